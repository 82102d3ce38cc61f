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

/** A minute after the burst no transaction of it is left: what remains is the store, and what watches over it. */
const AT_REST_NS = 85 * NS_PER_S;
const LOAD_FROM_NS = 2 * NS_PER_S;
const LOAD_OVER = { at: '2s', over: '20s' };

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
const scenario = deferredScenario(messages, '0ms', {
  duration: '90s',
  population: { subscribers, offlineShare: '95%' },
  traffic: { pager: { process: 'uniform-burst', burst: { ...LOAD_OVER, count: messages } } },
});

const simulation = prepare(cellOf(scenario));
while (simulation.nowNs < LOAD_FROM_NS) simulation.step();
const before = process.cpuUsage();
while (simulation.nowNs < AT_REST_NS) simulation.step();
const { user, system } = process.cpuUsage(before);
globalThis.gc?.();
globalThis.gc?.();
const { rss } = process.memoryUsage();
const { counts } = simulation.finish().summary;
const footprint: Footprint = { stored: counts.stored, residentOctets: rss, cpuUs: user + system };
console.log(JSON.stringify(footprint));
