/**
 * Large Messages from end to end: 1 MiB in chunks of 2 KiB, sent to users who are away, assembled, stored, pushed and settled, with
 * fingerprint, metrics and invariants on. The stations are free of cost, so that the machine is measured.
 */
import { cellOf } from '../workloads/cell.js';
import { scenarioSchema, type Scenario } from '../workloads/scenario/scenario.js';
import { simulate } from '../workloads/simulate.js';
import { free } from './end-to-end.js';
import type { Candidate } from './measure.js';

const MESSAGE_MIB = 1;
const MESSAGES = 40;

/** A world in which every Large Message is deferred, and whose stations cost nothing. */
export function largeScenario(messages: number): Scenario {
  return scenarioSchema.parse({
    version: 1,
    name: 'bench-large',
    rampUp: '1s',
    duration: '20s',
    drain: '60s',
    population: { subscribers: 40, offlineShare: '95%' },
    traffic: {
      pager: { rate: '0.1/s' },
      large: {
        rate: `${messages / 20}/s`,
        size: { dist: 'fixed', value: `${MESSAGE_MIB}MiB` },
        chunk: '2KiB',
        contentTypes: ['text/plain'],
      },
    },
    network: { delay: '1ms' },
    client: { keepAlive: false, reconnectJitter: '2s' },
    core: { cpu: { costs: free('request', 'response', 'register', 'keepAlive') } },
    server: {
      push: { maxConcurrent: 1_000_000 },
      metadata: { enabled: false },
      cpu: { costs: free('message', 'register', 'push', 'send', 'session', 'large') },
    },
  });
}

function endToEnd(): Candidate {
  const scenario = largeScenario(MESSAGES);
  let seed = 0;
  return {
    name: 'deferred Large Messages, 1 MiB in 2 KiB chunks, store and push',
    unit: 'MiB',
    round() {
      const { summary } = simulate(cellOf(scenario, String(seed++)));
      const broken = summary.invariants.find(({ held }) => !held);
      if (broken !== undefined) throw new Error(`${broken.id}: ${broken.first}`);
      return summary.counts.settled * MESSAGE_MIB;
    },
  };
}

export const endToEndLarge: readonly Candidate[] = [endToEnd()];
