/**
 * One world in a process of its own, for what can only be measured on a process: run by `footprint.ts` with the number of messages
 * and of subscribers, it prints one line of JSON. With `bare` as third word nobody observes the world and no fingerprint is taken;
 * its figures are then CPU time alone.
 */
import { ObservationHub } from '../sim/host/observations.js';
import { Fingerprint } from '../sim/kernel/fingerprint.js';
import { prepare } from '../workloads/simulate.js';
import { cellOf } from '../workloads/cell.js';
import { NS_PER_S } from '../sim/kernel/time.js';
import { deferredScenario } from './end-to-end.js';

const LOAD_FROM_S = 2;
/**
 * The load, the same for all sizes, so that as many transactions are under way at most and what they leave behind falls out of a
 * difference.
 */
const MESSAGES_PER_S = 2_000;
/** A minute after the load no transaction of it is left: what remains is the store, and what watches over it. */
const REST_S = 63;

export interface Footprint {
  readonly stored: number;
  /** Resident set of the process after a full collection, a minute after the load; nobody has come back. */
  readonly residentOctets: number;
  /** CPU time of the process from the first message to that instant. */
  readonly cpuUs: number;
}

const [messages, subscribers] = process.argv.slice(2, 4).map(Number);
if (process.argv[4] === 'bare') {
  const nothing = (): void => {};
  ObservationHub.prototype.subscribe = nothing;
  Object.assign(Fingerprint.prototype, {
    advance: nothing,
    word: nothing,
    integer: nothing,
    octets: nothing,
  });
}
const loadS = messages / MESSAGES_PER_S;
const restS = LOAD_FROM_S + loadS + REST_S;
const burst = { at: `${LOAD_FROM_S}s`, over: `${loadS}s`, count: messages };
const scenario = deferredScenario(messages, '0ms', {
  duration: `${restS + 5}s`,
  population: { subscribers, offlineShare: '95%' },
  traffic: { pager: { process: 'uniform-burst', burst } },
});

const simulation = prepare(cellOf(scenario));
while (simulation.nowNs < LOAD_FROM_S * NS_PER_S) simulation.step();
const before = process.cpuUsage();
while (simulation.nowNs < restS * NS_PER_S) simulation.step();
const { user, system } = process.cpuUsage(before);
globalThis.gc?.();
globalThis.gc?.();
const { rss } = process.memoryUsage();
const { counts } = simulation.finish().summary;
const footprint: Footprint = { stored: counts.stored, residentOctets: rss, cpuUs: user + system };
console.log(JSON.stringify(footprint));
