/** The cell of one seed of a fuzz campaign: the scenario with sizes, timers, faults and order of ties that the seed chose. */
import { Chance } from '../sim/kernel/random.js';
import type { RandomStream } from '../sim/host/ports.js';
import { cellOf, type Cell } from './cell.js';
import { withFaults } from './faults.js';
import { randomFaults } from './fuzz-faults.js';
import { loadScenario } from './scenario-files.js';

/** What may be varied besides faults: paths of the scenario, and the values to choose from for all of them together. */
const VARIED: readonly (readonly [string, readonly string[]])[] = [
  ['client.timers', ['internet', 'internet', 'ims']],
  ['server.timers', ['internet', 'internet', 'ims']],
  ['server.push.window', ['1', '2', '8', '32']],
  ['server.push.chunk', ['2KiB', '4KiB', '64KiB']],
  ['server.push.wrapper', ['sipfrag', 'sip']],
  ['server.push.retry', ['1s', '5s', '20s']],
  ['server.storage.commitLatency', ['0ms', '2ms', '20ms', '150ms']],
  ['server.storage.groupCommit', ['true', 'false']],
  ['core.liveDeliveryLimit', ['1s', '4s', '8s']],
  ['network.delay network.jitter', ['1ms 0ms', '40ms 0ms', '40ms 40ms', '150ms 30ms']],
  ['network.mtu', ['1500B', '576B']],
];
/** Each of them is varied with this probability. */
const VARY = 0.3;

/** Which campaign a seed belongs to. */
export interface Campaign {
  /** Name or path of the scenario. */
  readonly scenario: string;
  /** Overrides of the user; they are applied last. */
  readonly set: readonly string[];
  readonly sabotage: string | null;
}

/** The cell of `seed`; the same for ever. Throws a `UsageError` if the scenario is not there or not valid. */
export function fuzzCell({ scenario: name, set, sabotage }: Campaign, seed: number): Cell {
  const stream = new Chance(String(seed)).stream('fuzz', 0, 0);
  const overrides = [...variations(stream), ...set];
  const scenario = loadScenario(name, overrides);
  const tied = stream.uniform() < 0.5;
  const tieSeed = stream.int32();
  const cell = cellOf(scenario, String(seed), overrides, sabotage);
  const faults = [...scenario.faults, ...randomFaults(scenario, stream)];
  return { ...withFaults(cell, faults), ...(tied ? { tieSeed } : {}) };
}

function variations(stream: RandomStream): string[] {
  const chosen: string[] = [];
  for (const [paths, values] of VARIED) {
    const value = values[stream.below(values.length)] ?? '';
    const parts = value.split(' ');
    if (stream.uniform() < VARY) chosen.push(...paths.split(' ').map((one, i) => `${one}=${parts[i] ?? ''}`));
  }
  return chosen;
}
