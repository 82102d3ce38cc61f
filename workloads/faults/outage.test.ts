/** What the plan says of an outage before the run, and what a run tells of it. */
import { describe, expect, it } from 'vitest';
import { Observed } from '../../models/observations.js';
import type { Recovery } from '../../results/cell/recovery.js';
import type { ExpandedFault } from '../../sim/faults/plan.js';
import { cellOf } from '../cell.js';
import { parseScenario } from '../scenario/loader.js';
import { prepare, simulate } from '../simulate.js';
import { runToEnd } from '../simulation.js';
import { Host } from '../topology.js';
import type { Watcher } from '../watch/watcher.js';
import { plannedOutage } from './outage.js';

const S = 1e9;

const WORLD = `
version: 1
name: outage
rampUp: 5s
duration: 100s
drain: 60s
population: { subscribers: 10 }
traffic: { pager: { rate: 1/s, size: { dist: fixed, value: 100B } } }
network: { delay: 5ms, jitter: 0ms }
`;

function cut(atS: number, forS: number | undefined, members: number[], spreadS = 0): ExpandedFault {
  return {
    id: `cut-${atS}`,
    kind: 'partition',
    atNs: atS * S,
    forNs: forS === undefined ? undefined : forS * S,
    host: Host.clients,
    members,
    direction: 'both',
    params: spreadS === 0 ? {} : { spreadNs: spreadS * S },
  };
}

describe('the planned outage', () => {
  const planned = (...plan: ExpandedFault[]) => plannedOutage(plan, parseScenario(WORLD, 'outage.yaml'));

  it('ends when the last of its clients has her network back, and begins to end with the first', () => {
    const outage = planned(cut(20, 40, [1, 2, 3], 30));
    expect(outage).toMatchObject({ startsAtNs: 20 * S, healsFromNs: 60 * S, endsAtNs: 90 * S, clients: 3 });
  });

  it('ends with the load at the latest, and what begins later is none', () => {
    expect(planned(cut(20, undefined, [1]), cut(105, 5, [2]))).toMatchObject({
      endsAtNs: 105 * S,
      clients: 1,
    });
    expect(planned(cut(50, 40, [1], 30))).toMatchObject({ healsFromNs: 90 * S, endsAtNs: 105 * S });
    expect(planned(cut(105, 5, [2]))).toBeUndefined();
  });

  it('counts who is cut twice once, until her later healing', () => {
    const outage = planned(cut(20, 40, [1, 2, 3]), cut(50, 20, [3, 4]), cut(55, 1, [1]));
    expect(outage).toMatchObject({ clients: 4, healedAtNs: [60 * S, 70 * S, 56 * S], endsAtNs: 70 * S });
    expect([...(outage?.healing ?? [])]).toEqual([0, 1, 1, 2, 2, 0, 0, 0, 0, 0]);
  });
});

describe('a run', () => {
  const figuresOf = (faults: string, ...overrides: string[]): Recovery | undefined =>
    simulate(cellOf(parseScenario(`${WORLD}faults:\n${faults}`, 'outage.yaml', overrides))).summary.recovery;
  const CUT = 'kind: partition, target: clients, mode: fixed-percent';

  it('is not taken in by the refreshes of clients that were never cut', () => {
    // Of 40 clients two come back up to 40 s late, and the others refresh every few seconds.
    const scenario = parseScenario(
      `${WORLD}faults:\n  - { at: 20s, for: 10s, ${CUT}, value: 5, direction: both }\n`,
      'outage.yaml',
      [
        'duration=60s',
        'drain=20s',
        'population.subscribers=40',
        'core.minExpires=10s',
        'client.registerExpires=20s',
        'core.registerExpires=20s',
        'client.reconnectJitter=40s',
      ],
    );
    const firstAtNs = new Map<number, number>();
    const cell = cellOf(scenario);
    const watcher: Watcher = {
      attach(world) {
        world.observations.subscribe(Observed.registered, (_kind, client) => {
          if (world.kernel.nowNs < 30 * S || !world.plan[0].members.includes(client)) return;
          if (!firstAtNs.has(client)) firstAtNs.set(client, world.kernel.nowNs);
        });
      },
      finish() {},
    };
    const late = runToEnd(prepare(cell, undefined, [watcher])).summary.recovery;
    expect(firstAtNs.size).toBe(2);
    const lastAtNs = Math.max(...firstAtNs.values());
    expect(lastAtNs).toBeGreaterThan(35 * S);
    expect(late).toMatchObject({ clients: 2, secondsToRegister: Math.ceil((lastAtNs - 30 * S) / S) });
    expect(late).toMatchObject({ peakRegistersOffered: 1, peakRegistersCarried: 1 });
  });

  it('has everybody back soon after the second of two outages, those of the first long before', () => {
    const twice = figuresOf(
      `  - { at: 20s, for: 20s, ${CUT}, value: 40, direction: both }\n  - { at: 30s, for: 40s, ${CUT}, value: 10, direction: both }\n`,
      'population.subscribers=50',
      'client.reconnectJitter=5s',
    );
    expect(twice?.endsAtSecond).toBe(70);
    expect(twice?.secondsToRegister).toBeGreaterThan(0);
    expect(twice?.secondsToRegister).toBeLessThanOrEqual(6);
  });

  it('does not wait for users who are away for their own reasons', () => {
    const absent = figuresOf(
      `  - { at: 20s, for: 20s, ${CUT}, value: 80, direction: both }\n`,
      'population.subscribers=60',
      'population.absence.share=30%',
      'population.absence.median=900s',
      'population.absence.mean=1000s',
      'client.reconnectJitter=2s',
    );
    expect(absent?.clients).toBe(48);
    expect(absent?.secondsToRegister).toBeLessThanOrEqual(3);
  });
});
