/** Bugs of the timers that repeat requests (RFC 3261 section 17.1; rules T1, T2). Caught by I14. */
import type { ActorFactory } from '../../sim/host/ports.js';
import { NS_PER_MS } from '../../sim/kernel/time.js';
import { createClientFleet } from '../client/fleet.js';
import { PROFILE_TIMES } from '../sip/transaction/timers.js';
import type { SipCoreConfig } from '../sip-core/config.js';
import { createSipCore } from '../sip-core/core.js';
import type { Saboteur } from './saboteur.js';
import { editLanes } from './tampering.js';

/** A Core with other timers; `delay` gets the delay and T1 and T2 of the clients' leg, all in nanoseconds. */
function coreWithTimers(
  delay: (ns: number, t1Ns: number, t2Ns: number) => number,
): ActorFactory<SipCoreConfig> {
  return (ports, config) => {
    const { t1Ns, t2Ns } = PROFILE_TIMES[config.clientTimers];
    return createSipCore(
      editLanes(ports, (ns) => delay(ns, t1Ns, t2Ns)),
      config,
    );
  };
}

const repeatsLate: Saboteur = {
  name: 'repeats-late',
  title: 'the Core repeats requests a millisecond late',
  caughtBy: 'I14',
  core: coreWithTimers((ns, t1Ns) => (ns === t1Ns ? ns + NS_PER_MS : ns)),
};

const forgetsTheCeiling: Saboteur = {
  name: 'forgets-the-ceiling',
  title: 'intervals of Timer E go on doubling beyond T2',
  caughtBy: 'I14',
  core: coreWithTimers((ns, _t1Ns, t2Ns) => (ns === t2Ns ? 2 * ns : ns)),
};

const neverGivesUp: Saboteur = {
  name: 'never-gives-up',
  title: 'clients repeat requests for 128 T1',
  caughtBy: 'I14',
  clients: (ports, config) => {
    const { t1Ns } = PROFILE_TIMES[config.timers];
    return createClientFleet(
      editLanes(ports, (ns) => (ns === 64 * t1Ns ? 2 * ns : ns)),
      config,
    );
  },
};

const neverRepeats: Saboteur = {
  name: 'never-repeats',
  title: 'the Core sends each request once and waits',
  caughtBy: 'I14',
  core: coreWithTimers((ns, t1Ns) => (ns === t1Ns ? 1e6 * ns : ns)),
};

export const retransmissionSaboteurs: readonly Saboteur[] = [
  repeatsLate,
  forgetsTheCeiling,
  neverGivesUp,
  neverRepeats,
];
