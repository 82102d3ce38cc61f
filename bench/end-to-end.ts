/**
 * Deferred Pager Mode messages from end to end: sent, stored, pushed, settled, with fingerprint, metrics and invariants on. 95 %
 * of the clients are off the network while the load is offered, then all come back. The stations are free of cost.
 */
import { simulate } from '../workloads/simulate.js';
import { cellOf } from '../workloads/cell.js';
import { scenarioSchema, type Scenario } from '../workloads/scenario/scenario.js';
import type { Candidate } from './measure.js';

/** Costs of nothing for these kinds of work: the machine is measured, not the model's stations. */
export function free(...kinds: string[]): Record<string, { base: string; perKiB: string }> {
  return Object.fromEntries(kinds.map((kind) => [kind, { base: '0ns', perKiB: '0ns' }]));
}

/**
 * A world in which nearly every message is deferred, ten of them for each user, and whose stations cost nothing; `changes` go on
 * top, key by key.
 */
export function deferredScenario(messages: number, jitter: string, changes: object = {}): Scenario {
  return scenarioSchema.parse({
    version: 1,
    name: 'bench-deferred',
    rampUp: '1s',
    duration: '40s',
    drain: '60s',
    population: { subscribers: Math.max(200, messages / 10), offlineShare: '95%' },
    traffic: { pager: { rate: `${messages / 40}/s` } },
    network: { delay: '10ms', jitter },
    client: { keepAlive: false, reconnectJitter: '10s' },
    core: { cpu: { costs: free('request', 'response', 'register', 'keepAlive') } },
    server: serverOf(false),
    ...changes,
  });
}

function serverOf(metadata: boolean): object {
  return {
    push: { maxConcurrent: 1_000_000 },
    metadata: { enabled: metadata },
    cpu: { costs: free('message', 'register', 'push', 'send', 'session', 'large') },
  };
}

function endToEnd(name: string, jitter: string, changes: object = {}): Candidate {
  const scenario = deferredScenario(20_000, jitter, changes);
  let seed = 0;
  return {
    name: `deferred Pager Mode, end to end, ${name}`,
    unit: 'deferred messages',
    round() {
      const { summary } = simulate(cellOf(scenario, String(seed++)));
      const broken = summary.invariants.find(({ held }) => !held);
      if (broken !== undefined) throw new Error(`${broken.id}: ${broken.first}`);
      return summary.counts.settled;
    },
  };
}

export const endToEndPager: readonly Candidate[] = [
  endToEnd('constant delay', '0ms'),
  endToEnd('100 a user', '0ms', { population: { subscribers: 200, offlineShare: '95%' } }),
  endToEnd('jitter', '5ms'),
  endToEnd('metadata on', '0ms', { server: serverOf(true) }),
];
