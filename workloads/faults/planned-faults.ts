/** From the plan of a run to what its judges must know of it (`models/invariants/planned-faults.ts`), and whether it is claimed. */
import { instanceOf } from '../../models/addressing.js';
import type { PlannedFaults } from '../../models/invariants/planned-faults.js';
import type { ExpandedFault } from '../../sim/faults/plan.js';
import type { GilbertElliott } from '../../sim/network/access-profiles.js';
import { NS_PER_MS } from '../../sim/kernel/time.js';
import type { World } from '../../sim/world.js';
import { phasesOf, type Scenario } from '../scenario/scenario.js';
import { Host, instanceOnHost } from '../topology.js';
import { durationText } from '../scenario/units.js';
import { alterationsOf } from './alterations.js';

/** What the plan of `world` excuses, and whether it is within what `scenario` claims. */
export function plannedFaults(world: World, scenario: Scenario): PlannedFaults {
  const { plan } = world;
  const endOf = endsOf(scenario);
  const away = plan.filter(({ kind }) => kind === 'crash' || kind === 'pause');
  const serverCrashesNs = plan
    .filter(({ kind, host }) => kind === 'crash' && instanceOnHost(host) >= 0)
    .map(({ atNs }) => atNs)
    .sort((a, b) => a - b);
  const coreCrashesNs = plan
    .filter(({ kind, host }) => kind === 'crash' && host === Host.core)
    .map(({ atNs }) => atNs);
  const skews = plan.filter((fault) => fault.kind === 'clock-skew' && instanceOnHost(fault.host) >= 0);
  const { instances } = scenario.server;
  return {
    absences: away.map((fault) => ({
      host: world.host(fault.host).id,
      ...(fault.host === Host.clients ? { members: fault.members } : {}),
      fromNs: fault.atNs,
      untilNs: endOf(fault),
    })),
    serverCrashesNs,
    coreCrashesNs,
    serverSkewMs(atNs, user) {
      let skewMs = 0;
      const instance = instanceOf(user, instances);
      for (const fault of skews) {
        if (fault.kind !== 'clock-skew' || instanceOnHost(fault.host) !== instance) continue;
        if (atNs < fault.atNs || atNs >= endOf(fault)) continue;
        skewMs += fault.params.offsetMs + ((atNs - fault.atNs) / NS_PER_MS) * (fault.params.driftPpm / 1e6);
      }
      return skewMs;
    },
    altered: alterationsOf(world.links, world.host(Host.clients).id),
    lies: scenario.claims.lyingDisk
      ? []
      : plan
          .filter(({ kind, host }) => kind === 'lying-disk' && instanceOnHost(host) >= 0)
          .flatMap((fault) =>
            serverCrashesNs
              .filter((crashNs) => crashNs >= fault.atNs && crashNs < endOf(fault))
              .map((crashNs) => ({ fromNs: fault.atNs, crashNs })),
          ),
    beyondBudget: beyondBudget(plan, scenario),
  };
}

/** When each fault is over: after its time, when everything heals, or with the run. */
function endsOf(scenario: Scenario): (fault: ExpandedFault) => number {
  const { healNs, endNs } = phasesOf(scenario);
  return (fault) => Math.min(fault.atNs + (fault.forNs ?? Infinity), Math.max(healNs, fault.atNs), endNs);
}

/** Share of packets that a fault loses or damages while it lasts, in the long run where it loses them in bursts. */
function lostShare(fault: ExpandedFault): number {
  if (fault.kind === 'corrupt') return fault.params.probability;
  if (fault.kind !== 'loss') return 0;
  const { probability = 0, burst } = fault.params;
  return 1 - (1 - probability) * (1 - (burst === undefined ? 0 : burstLoss(burst)));
}

/** The share that is lost with the chain at rest. One that never moves stays in the good state, where it begins. */
function burstLoss({ toBad, toGood, lossInBad, lossInGood }: GilbertElliott): number {
  const moves = toBad + toGood;
  return moves === 0 ? lossInGood : (toBad * lossInBad + toGood * lossInGood) / moves;
}

/** The error of a clock is a straight line in time, and so largest at the beginning or at the end of its fault. */
function largestSkewNs(fault: ExpandedFault, lastsNs: number): number {
  if (fault.kind !== 'clock-skew') return 0;
  const offsetNs = fault.params.offsetMs * NS_PER_MS;
  return Math.max(Math.abs(offsetNs), Math.abs(offsetNs + lastsNs * (fault.params.driftPpm / 1e6)));
}

/** Why the deployment does not claim to survive this plan; empty if it does. */
export function beyondBudget(plan: readonly ExpandedFault[], scenario: Scenario): string {
  const { claims } = scenario;
  const endOf = endsOf(scenario);
  if (claims.budget === 'unlimited') return 'the fault budget is unlimited, so liveness is not claimed';
  const crashes = plan.filter(({ kind, host }) => kind === 'crash' && host !== Host.clients).length;
  if (crashes > claims.crashes)
    return `${crashes} crashes are planned, ${claims.crashes} are claimed to be survived`;
  for (const fault of plan) {
    const lastsNs = endOf(fault) - fault.atNs;
    const isOutage = ['crash', 'pause', 'partition', 'clog', 'stall'].includes(fault.kind);
    if (isOutage && fault.host !== Host.clients && lastsNs > claims.outage) {
      return `${fault.id} lasts ${durationText(lastsNs)}, ${durationText(claims.outage)} are claimed`;
    }
    if (lostShare(fault) > claims.loss) return `${fault.id} takes more packets than claimed`;
    if (largestSkewNs(fault, lastsNs) > claims.clockSkew && instanceOnHost(fault.host) >= 0)
      return `${fault.id} skews the clock more than claimed`;
  }
  return '';
}
