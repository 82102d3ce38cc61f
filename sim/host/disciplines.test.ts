/** CPU disciplines against closed forms of queueing theory, at fixed seeds; service mean 1 ms, tolerances a few per cent. */
import { describe, expect, test } from 'vitest';
import { exponential } from '../kernel/distributions.js';
import { Kernel, Phase } from '../kernel/kernel.js';
import { Chance } from '../kernel/random.js';
import { CpuStation } from './cpu.js';
import { SharedCpu } from './shared-cpu.js';
import type { CpuSpec, WorkCost } from './specs.js';
import type { Station } from './station.js';
import { StationMeter } from './station-meter.js';

const MS = 1e6;
const work = (baseNs: number, distribution: WorkCost['distribution'] = 'constant'): WorkCost => ({
  baseNs,
  nsPerKiB: 0,
  distribution,
});

function build(spec: Partial<CpuSpec>) {
  const kernel = new Kernel();
  const full: CpuSpec = { servers: 1, queueLimit: 1e9, costs: [], provenance: 'test', ...spec };
  const done: { token: number; atNs: number }[] = [];
  const sink = () => ({ onServed: (token: number) => void done.push({ token, atNs: kernel.nowNs }) });
  const stream = new Chance('cpu').stream('cpu', 0, 0);
  const meter = new StationMeter(kernel, full.servers);
  const cpu: Station =
    full.discipline === 'processor-sharing'
      ? new SharedCpu({ kernel, spec: full, stream, sink, meter })
      : new CpuStation(kernel, full, stream, sink, undefined, meter);
  return { kernel, cpu, done, meter };
}

/** Mean time in the system of each kind of work, in milliseconds, over `jobs` Poisson arrivals at `perMs` in all. */
function meanTimes(spec: Partial<CpuSpec>, perMs: number, kinds: number, jobs = 150_000) {
  const { kernel, cpu, done, meter } = build(spec);
  const gaps = new Chance('42').stream('arrivals', 0, 0);
  const mix = new Chance('42').stream('kinds', 0, 0);
  const arrivedNs: number[] = [];
  const kindOf: number[] = [];
  const handler = kernel.register({
    onEvent() {
      const token = arrivedNs.length;
      arrivedNs.push(kernel.nowNs);
      kindOf.push(mix.below(kinds));
      cpu.spend(kindOf[token]!, 0, token);
      if (arrivedNs.length < jobs) next();
    },
  });
  const next = () =>
    kernel.at(kernel.nowNs + Math.round(exponential(gaps, MS / perMs)), Phase.workload, handler, 0, 0, 0);
  next();
  kernel.runUntil(1e18 / 1000);
  expect(done.length).toBe(jobs);
  const sums = Array.from({ length: kinds }, () => 0);
  const counts = Array.from({ length: kinds }, () => 0);
  for (const { token, atNs } of done) {
    sums[kindOf[token]!]! += (atNs - arrivedNs[token]!) / MS;
    counts[kindOf[token]!]!++;
  }
  return { means: sums.map((sum, kind) => sum / counts[kind]!), meter, lastNs: done.at(-1)!.atNs };
}

describe('processor sharing', () => {
  test('two jobs share one server; a short one overtakes', () => {
    const { kernel, cpu, done } = build({
      discipline: 'processor-sharing',
      costs: [work(10 * MS), work(2 * MS)],
    });
    cpu.spend(0, 0, 1);
    kernel.runUntil(4 * MS);
    cpu.spend(1, 0, 2);
    kernel.runUntil(100 * MS);
    // The long one has 6 ms left when the short one comes; both run at half speed for 4 ms.
    expect(done.map(({ token, atNs }) => [token, atNs / MS])).toEqual([
      [2, 8],
      [1, 12],
    ]);
  });

  test('as many jobs as servers do not slow each other down', () => {
    const { kernel, cpu, done } = build({
      discipline: 'processor-sharing',
      servers: 2,
      costs: [work(3 * MS)],
    });
    for (const token of [1, 2, 3]) cpu.spend(0, 0, token);
    kernel.runUntil(1 * MS);
    expect(cpu.inSystem).toBe(3);
    kernel.runUntil(100 * MS);
    expect(done.map(({ token, atNs }) => [token, atNs / MS])).toEqual([
      [1, 4.5],
      [2, 4.5],
      [3, 4.5],
    ]);
  });

  test.each(['constant', 'exponential'] as const)(
    'M/G/1-PS with %s service: mean time 1 / (1 - rho), whatever the distribution',
    (distribution) => {
      const { means, meter, lastNs } = meanTimes(
        { discipline: 'processor-sharing', costs: [work(MS, distribution)] },
        0.7,
        1,
      );
      expect(Math.abs(means[0]! - 1 / 0.3) / (1 / 0.3)).toBeLessThan(0.05);
      // Utilisation law, and Little's law between two accounts that know nothing of each other.
      expect(meter.busyNs / lastNs).toBeCloseTo(0.7, 1);
      expect(meter.presentNs / lastNs).toBeCloseTo(
        (meter.completed / lastNs) * (meter.spentNs / meter.completed),
        6,
      );
    },
  );

  test('refuses what is over the limit, and forgets everything when it stops', () => {
    const { kernel, cpu, done, meter } = build({
      discipline: 'processor-sharing',
      queueLimit: 1,
      costs: [work(MS)],
    });
    expect([1, 2, 3].map((token) => cpu.spend(0, 0, token))).toEqual([true, true, false]);
    expect(meter.refused).toBe(1);
    cpu.stop();
    kernel.runUntil(10 * MS);
    expect(done).toEqual([]);
  });

  test('work without cost goes through while a server is idle', () => {
    const { cpu, done } = build({ discipline: 'processor-sharing', costs: [] });
    cpu.spend(0, 0, 7);
    expect(done).toEqual([{ token: 7, atNs: 0 }]);
  });
});

describe('priority', () => {
  test('the most urgent class goes first, in order of arrival, and no service is interrupted', () => {
    const { kernel, cpu, done } = build({
      discipline: 'priority',
      priorities: [1, 0],
      costs: [work(MS), work(MS)],
    });
    for (const [kind, token] of [
      [0, 1],
      [0, 2],
      [1, 3],
      [0, 4],
      [1, 5],
    ] as const)
      cpu.spend(kind, 0, token);
    kernel.runUntil(100 * MS);
    expect(done.map(({ token }) => token)).toEqual([1, 3, 5, 2, 4]);
  });

  test('M/M/1 with two classes: the waiting times of Cobham', () => {
    const { means } = meanTimes(
      {
        discipline: 'priority',
        priorities: [0, 1],
        costs: [work(MS, 'exponential'), work(MS, 'exponential')],
      },
      0.8,
      2,
    );
    // R = rho; W1 = R / (1 - rho1), W2 = R / ((1 - rho1)(1 - rho)), with rho1 = 0.4.
    const urgent = 0.8 / 0.6 + 1;
    const other = 0.8 / (0.6 * 0.2) + 1;
    expect(Math.abs(means[0]! - urgent) / urgent).toBeLessThan(0.05);
    expect(Math.abs(means[1]! - other) / other).toBeLessThan(0.08);
  });

  test('kinds without a class come last', () => {
    const { kernel, cpu, done } = build({
      discipline: 'priority',
      priorities: [0, 1],
      costs: [work(MS), work(MS), work(MS)],
    });
    for (const [kind, token] of [
      [0, 1],
      [2, 2],
      [1, 3],
      [0, 4],
    ] as const)
      cpu.spend(kind, 0, token);
    kernel.runUntil(100 * MS);
    expect(done.map(({ token }) => token)).toEqual([1, 4, 2, 3]);
  });
});
