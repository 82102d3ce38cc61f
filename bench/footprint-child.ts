/**
 * One world in a process of its own, for what can only be measured on a process: run by `footprint.ts` with the number of messages
 * and of subscribers, it prints one line of JSON.
 */
import { prepare } from '../workloads/simulate.js';
import { cellOf } from '../workloads/cell.js';
import { NS_PER_S } from '../sim/kernel/time.js';
import { deferredScenario } from './end-to-end.js';

export interface Footprint {
  readonly stored: number;
  /** Resident set of the process after a full collection, when the load has ended and nobody has come back. */
  readonly residentOctets: number;
  /** CPU time of the process from the end of the ramp-up to the end of the load. */
  readonly cpuUs: number;
}

const [messages, subscribers] = process.argv.slice(2).map(Number);
const base = deferredScenario(messages, '0ms');
const scenario = { ...base, population: { ...base.population, subscribers } };
const loadFromNs = scenario.rampUp;
const loadToNs = scenario.rampUp + scenario.duration;

const simulation = prepare(cellOf(scenario));
while (simulation.nowNs < loadFromNs) simulation.step();
const before = process.cpuUsage();
// Slices are of a second; after the last one of the load the clients come back.
while (simulation.nowNs < loadToNs - NS_PER_S) simulation.step();
const { user, system } = process.cpuUsage(before);
globalThis.gc?.();
globalThis.gc?.();
const { rss } = process.memoryUsage();
const { counts } = simulation.finish().summary;
const footprint: Footprint = { stored: counts.stored, residentOctets: rss, cpuUs: user + system };
console.log(JSON.stringify(footprint));
