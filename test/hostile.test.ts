/** Hostile clients: whatever some of them do, the servers stay sound and the others get all that was sent to them, once. */
import { describe, expect, test } from 'vitest';
import { HABIT_NAMES } from '../models/hostile/habits.js';
import { habitOf } from '../models/hostile/hostile-fleet.js';
import { Observed } from '../models/observations.js';
import { cellOf } from '../workloads/cell.js';
import { parseScenario } from '../workloads/scenario/loader.js';
import { prepare } from '../workloads/simulate.js';
import { actorsOf } from '../workloads/fuzz/sabotage.js';
import { runToEnd } from '../workloads/simulation.js';
import type { World } from '../sim/world.js';

const WORLD = `version: 1
name: hostile
duration: 40s
rampUp: 5s
drain: 210s
population: { subscribers: 30, hostile: { share: 30% } }
traffic:
  pager: { rate: 5/s }
  large: { rate: 1/s, size: { dist: fixed, value: 12KiB } }
network: { delay: 25ms }
client: { backoffBase: 5s, backoffMax: 20s, reconnectJitter: 4s }
faults:
  - { at: 8s, for: 14s, kind: partition, target: clients, mode: fixed-percent, value: 60 }
`;

function run(kinds: readonly string[]) {
  const scenario = parseScenario(WORLD, 'hostile.yaml', [`population.hostile.kinds=[${kinds.join(', ')}]`]);
  const cell = cellOf(scenario);
  const settledTo = new Map<number, number>();
  let ofHonest = 0;
  const watcher = {
    attach({ observations, chance }: World): void {
      const honest = (user: number): boolean =>
        habitOf(chance, scenario.population.hostile, user) === undefined;
      observations.subscribe(Observed.presented, (_kind, user) => {
        if (honest(user)) settledTo.set(user, (settledTo.get(user) ?? 0) + 1);
      });
      observations.subscribe(Observed.stored, (_kind, user) => {
        if (honest(user)) ofHonest++;
      });
    },
    finish(): void {},
  };
  const { summary } = runToEnd(prepare(cell, actorsOf(cell), [watcher]));
  const presented = [...settledTo.values()].reduce((sum, count) => sum + count, 0);
  return { summary, presented, ofHonest };
}

describe.each([...HABIT_NAMES.map((name) => [name]), [...HABIT_NAMES]])('%s', (...kinds) => {
  const { summary, presented, ofHonest } = run(kinds);

  test('breaks no invariant of the others', () => {
    const violated = summary.invariants.filter(({ held }) => !held);
    expect(violated.map(({ id, first }) => `${id}: ${first}`)).toEqual([]);
  });

  test('keeps nothing from the others', () => {
    expect(ofHonest).toBeGreaterThan(10);
    expect(presented).toBe(ofHonest);
  });
});

test('who is hostile depends on the seed and the user, and shares are met', () => {
  const random = {
    addressed: (_purpose: number, entity: number, ordinal: number) => (entity * 2654435761 + ordinal) | 0,
  };
  const hostile = Array.from({ length: 1000 }, (_, user) =>
    habitOf(random, { share: 0.3, kinds: HABIT_NAMES }, user),
  );
  const count = hostile.filter((habit) => habit !== undefined).length;
  expect(count).toBeGreaterThan(270);
  expect(count).toBeLessThan(330);
  expect(habitOf(random, { share: 0, kinds: HABIT_NAMES }, 5)).toBeUndefined();
});
