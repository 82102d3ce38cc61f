/**
 * Overload and its control, on small worlds: what is refused is refused in the way the standards say, who is refused comes back
 * when told to, and nothing that was accepted is lost.
 */
import { describe, expect, test } from 'vitest';
import { Observed } from '../models/observations.js';
import type { CellResult } from '../results/cell-result.js';
import type { World } from '../sim/world.js';
import { cellOf } from '../workloads/cell.js';
import { parseScenario } from '../workloads/scenario/loader.js';
import { prepare } from '../workloads/simulate.js';
import { runToEnd } from '../workloads/simulation.js';

const WORLD = `version: 1
name: overload
rampUp: 5s
duration: 60s
drain: 120s
population: { subscribers: 120 }
traffic: { pager: { rate: 5/s } }
network: { delay: 25ms }
client: { keepAlive: false, backoffBase: 1s, backoffMax: 4s, reconnectJitter: 3s }
core: { flowTimeout: 24h }
faults:
  - { at: 20s, for: 10s, kind: partition, target: clients, mode: all }
`;

interface Seen {
  readonly atNs: number;
  readonly user: number;
  readonly a: number;
  readonly b: number;
}

/** Runs the world with these overrides; gives its result and all observations of `kinds`, by kind. */
function run(set: readonly string[], kinds: readonly number[] = []) {
  const seen = new Map<number, Seen[]>(kinds.map((kind) => [kind, []]));
  const watcher = {
    attach(world: World) {
      for (const kind of kinds)
        world.observations.subscribe(kind, (_kind, user, _message, a, b) => {
          seen.get(kind)!.push({ atNs: world.kernel.nowNs, user, a, b });
        });
    },
    finish() {},
  };
  const cell = cellOf(parseScenario(WORLD, 'overload.yaml', set));
  const result = runToEnd(prepare(cell, undefined, [watcher]));
  expect(result.summary.invariants.filter(({ held }) => !held)).toEqual([]);
  return { result, of: (kind: number) => seen.get(kind)! };
}

/** Half of the users stay, so that somebody sends to those who are away. */
const HALF = ['faults.0.mode=fixed-percent', 'faults.0.value=50', 'faults.0.for=20s'];

const most = (column: readonly number[]) => Math.max(...column);
const totalOf = ({ summary }: CellResult) => summary.counts;

describe('registration admission', () => {
  const { result, of } = run(
    ['core.registerLimit=5/s'],
    [Observed.registerSent, Observed.registered, Observed.registerFailed],
  );

  test('admits its rate, after a second of burst, and everybody comes back all the same', () => {
    expect(most(result.series.registersGranted)).toBeLessThanOrEqual(10);
    expect(totalOf(result).registerFailures).toBeGreaterThan(100);
    const { recovery } = result.summary;
    // 119 of 120 at 5/s need 23 s at the least.
    expect(recovery!.secondsToRegister!).toBeGreaterThanOrEqual(22);
    expect(recovery!.peakRegistersOffered).toBeGreaterThan(recovery!.peakRegistersCarried);
  });

  test('answers 503, and clients stay away for the time of Retry-After, which is longer than their own back-off', () => {
    const refused = of(Observed.registerFailed).filter(({ a, atNs }) => a === 503 && atNs > 30e9);
    expect(refused.length).toBeGreaterThan(50);
    for (const { user, atNs, b: waitNs } of refused) {
      expect(waitNs).toBeGreaterThanOrEqual(5e9);
      const again = of(Observed.registerSent).find((sent) => sent.user === user && sent.atNs > atNs);
      expect(again!.atNs - atNs).toBe(waitNs);
    }
  });
});

describe('reconnection', () => {
  const peak = (set: string[]) => run(set).result.summary.recovery!;

  test('in lockstep everybody comes in the same instant; with jitter they spread', () => {
    expect(peak(['client.reconnect=lockstep']).peakRegistersOffered).toBe(120);
    expect(peak([]).peakRegistersOffered).toBeLessThan(70);
  });

  test('by RFC 5626 the first attempt waits half to all of the base', () => {
    const { of } = run(['client.reconnect=rfc5626', 'client.backoffBase=4s'], [Observed.registerSent]);
    const first = new Map<number, number>();
    for (const { user, atNs } of of(Observed.registerSent))
      if (atNs >= 30e9 && !first.has(user)) first.set(user, atNs / 1e9 - 30);
    const waits = [...first.values()];
    expect(waits.length).toBe(120);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(2);
    expect(most(waits)).toBeLessThanOrEqual(4);
  });

  test('lockstep against admission: the refused come back together, in waves', () => {
    const storm = peak([
      'client.reconnect=lockstep',
      'core.registerLimit=5/s',
      'client.backoffBase=20s',
      'client.backoffMax=20s',
    ]);
    expect(storm.waves.length).toBeGreaterThanOrEqual(3);
  });
});

describe('the IM Server', () => {
  test('answers 503 when its queue is full, and stores what it accepted', () => {
    const { result } = run(
      [...HALF, 'server.cpu.servers=1', 'server.cpu.queue=1', 'server.cpu.costs.message={base: 2s}'],
      [],
    );
    const { counts } = result.summary;
    expect(counts.answeredFailed + counts.rejected).toBeGreaterThan(0);
    expect(counts.settled).toBe(counts.stored);
    expect(result.summary.stations!.find(({ name }) => name === 'IM Server CPU')!.refused).toBeGreaterThan(0);
  });

  test('runs no more push sessions at a time than it admits', () => {
    const { of } = run(
      [...HALF, 'server.push.maxConcurrent=2', 'server.cpu.costs.send={base: 100ms}'],
      [Observed.pushInvited, Observed.pushEnded],
    );
    const changes = [
      ...of(Observed.pushInvited).map(({ atNs }) => [atNs, 1] as const),
      ...of(Observed.pushEnded).map(({ atNs }) => [atNs, -1] as const),
    ].toSorted(([at, by], [other, otherBy]) => at - other || by - otherBy);
    let open = 0;
    let highest = 0;
    for (const [, by] of changes) highest = Math.max(highest, (open += by));
    expect(of(Observed.pushInvited).length).toBeGreaterThan(10);
    expect(highest).toBe(2);
  });

  test('starts push sessions no faster than its rate', () => {
    const { of } = run([...HALF, 'server.push.startRate=2/s'], [Observed.pushInvited]);
    const starts = of(Observed.pushInvited).map(({ atNs }) => atNs);
    expect(starts.length).toBeGreaterThan(10);
    const gaps = starts.slice(1).map((at, i) => at - starts[i]!);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0.5e9 - 1e6);
  });
});

describe('load', () => {
  test('a closed population never has more under way than it has users', () => {
    const { of, result } = run(
      [
        'faults=[]',
        'traffic.pager={executor: closed, closed: {users: 7, think: 500ms}}',
        'network.delay=200ms',
      ],
      [Observed.offered, Observed.answered],
    );
    const under = new Set<number>();
    const events = [
      ...of(Observed.offered).map((seen) => ({ ...seen, begins: true })),
      ...of(Observed.answered).map((seen) => ({ ...seen, begins: false })),
    ].toSorted((a, b) => a.atNs - b.atNs || Number(a.begins) - Number(b.begins));
    for (const { user, begins } of events) {
      if (begins) expect(under.has(user)).toBe(false);
      if (begins) under.add(user);
      else under.delete(user);
      expect(under.size).toBeLessThanOrEqual(7);
    }
    // A message and its answer cross four links of 200 ms; then 500 ms of thought: 7 users, 60 s.
    const cycles = (7 * 60) / (0.5 + 0.8);
    expect(Math.abs(totalOf(result).offered - cycles) / cycles).toBeLessThan(0.15);
  });

  test('users who come and go: some messages are deferred, all arrive', () => {
    const { result } = run([
      'faults=[]',
      'population.absence={share: 30%, median: 5s, mean: 10s}',
      'duration=120s',
    ]);
    const { counts } = result.summary;
    expect(counts.stored).toBeGreaterThan(50);
    expect(counts.stillWaiting).toBe(0);
    expect(counts.settled).toBe(counts.stored);
  });

  test('popular users get more: with Zipf the first of them gets far more than his share', () => {
    const { of } = run(['faults=[]', 'population.popularity={law: zipf, exponent: 1}'], [Observed.offered]);
    const all = of(Observed.offered);
    const first = all.filter(({ a }) => a === 0).length / all.length;
    // 1 / H(120) = 0.186, less what user 0 sends herself.
    expect(first).toBeGreaterThan(0.1);
    expect(first).toBeLessThan(0.28);
  });
});
