/** Statistics of the arrival processes and executors, at fixed seeds. Tolerances are about four standard deviations. */
import { describe, expect, test } from 'vitest';
import { Chance } from '../../sim/kernel/random.js';
import { cellOf } from '../cell.js';
import { parseScenario } from '../scenario/loader.js';
import { betaCdf } from './burst.js';
import { curveOf, expectedCount } from './curve.js';
import { instantsOf } from './instants.js';
import { figuresOf } from './plan-load.js';
import { zipf } from './popularity.js';
import { AbsenceTimes } from '../traffic/absence.js';
import type { Load } from './schema.js';

const S = 1e9;

/** The load of a scenario that says this of its Pager Mode traffic. */
function loadOf(pager: string, duration = '1000s'): Load {
  const text = `version: 1\nname: x\nduration: ${duration}\npopulation: { subscribers: 50 }\ntraffic: { pager: { ${pager} } }\n`;
  return cellOf(parseScenario(text, 'x.yaml')).scenario.traffic.pager;
}

/** All instants of a load in [from, from + length), in seconds since `from`. */
function instants(pager: string, lengthS = 1000, seed = '42', fromS = 7): number[] {
  const load = loadOf(pager, `${lengthS}s`);
  const next = instantsOf(load, new Chance(seed), 'x', fromS * S, (fromS + lengthS) * S);
  const seen: number[] = [];
  for (let atNs = next(fromS * S); atNs < (fromS + lengthS) * S; atNs = next(atNs)) {
    if (!Number.isInteger(atNs)) throw new Error('an instant is a whole number of nanoseconds');
    seen.push(atNs / S - fromS);
  }
  expect(seen.findIndex((at, i) => i > 0 && at < seen[i - 1]!)).toBe(-1);
  return seen;
}

const between = (all: readonly number[], from: number, until: number) =>
  all.filter((at) => at >= from && at < until).length;

/** Largest distance between the empirical distribution of `sample` and `cdf` (Kolmogorov and Smirnov). */
function distanceTo(cdf: (x: number) => number, sample: readonly number[]): number {
  const sorted = sample.toSorted((a, b) => a - b);
  return sorted.reduce((most, x, i) => {
    const f = cdf(x);
    return Math.max(most, f - i / sorted.length, (i + 1) / sorted.length - f);
  }, 0);
}
/** Exceeded by chance in one sample of a thousand. */
const ksLimit = (n: number) => 1.95 / Math.sqrt(n);

const gapsOf = (all: readonly number[]) => all.slice(1).map((at, i) => at - all[i]!);

/** Variance of counts in windows over their mean: 1 for Poisson, 0 for constant, more for bursty processes. */
function dispersion(all: readonly number[], lengthS: number, windowS: number): number {
  const counts = Array.from({ length: lengthS / windowS }, () => 0);
  for (const at of all) counts[Math.floor(at / windowS)]!++;
  const mean = all.length / counts.length;
  return counts.reduce((sum, n) => sum + (n - mean) * (n - mean), 0) / (counts.length - 1) / mean;
}

describe('processes', () => {
  test('constant: evenly spaced, without drift', () => {
    const all = instants('process: constant, rate: 3/s');
    expect(all.length).toBe(3000);
    // Half a third of a second, then a third each.
    expect(all[0]).toBeCloseTo(1 / 6, 8);
    expect(all[3]).toBeCloseTo(7 / 6, 8);
    expect(all[2999]).toBeCloseTo(1000 - 1 / 6, 8);
  });

  test.each([
    ['rate: 1/s', 10, 10],
    ['rate: 0.05/s', 100, 5],
    ['rate: 100/s', 4, 400],
    // 2.4 are expected: the third would come at 2.5 gaps.
    ['rate: 0.6/s', 4, 2],
    ['rate: 0.65/s', 4, 3],
    ['executor: stairs, rate: 1/s, stairs: { step: 1/s, every: 10s }', 30, 60],
    ['executor: ramping-arrival-rate, rate: 0/s, stages: [{ for: 20s, to: 10/s }]', 20, 100],
    ['executor: spike, rate: 1/s, spike: { at: 5s, for: 2s, to: 10/s }', 15, 33],
    ['executor: soak, rate: 4/s, soak: { ramp: 5s }', 20, 60],
  ])('constant: as many as the rate promises: %s for %d s are %d', (pager, lengthS, count) => {
    expect(instants(`process: constant, ${pager}`, lengthS).length).toBe(count);
  });

  test('poisson: exponential gaps', () => {
    const gaps = gapsOf(instants('rate: 20/s'));
    expect(Math.abs(gaps.length - 20_000)).toBeLessThan(570);
    expect(distanceTo((x) => 1 - Math.exp(-20 * x), gaps)).toBeLessThan(ksLimit(gaps.length));
  });

  test('mmpp: its mean is the rate, its states are told apart by their weights, and it is over-dispersed', () => {
    const all = instants(
      'process: mmpp, rate: 20/s, mmpp: { states: [{ weight: 1, mean: 8s }, { weight: 9, mean: 2s }] }',
      20_000,
    );
    // Mean weight 2.6 over time: the calm state has 7.7/s, the busy one 69/s, so counts of a second vary far more than Poisson.
    expect(all.length / 20_000 / 20).toBeCloseTo(1, 1);
    expect(dispersion(all, 20_000, 1)).toBeGreaterThan(20);
    expect(dispersion(all, 20_000, 1)).toBeLessThan(32);
    const rates = Array.from({ length: 20_000 }, (_, i) => i);
    const counts = new Map<number, number>();
    for (const at of all) counts.set(Math.floor(at), (counts.get(Math.floor(at)) ?? 0) + 1);
    const calm = rates.filter((second) => (counts.get(second) ?? 0) < 20).length;
    expect(calm / 20_000).toBeGreaterThan(0.65);
    expect(calm / 20_000).toBeLessThan(0.8);
  });

  test('on-off: silent for the share of time that it says, with the mean rate kept', () => {
    const all = instants('process: on-off, rate: 10/s, onOff: { on: 2s, off: 6s }', 20_000);
    expect(all.length / 20_000 / 10).toBeCloseTo(1, 1);
    const busy = new Set(all.map((at) => Math.floor(at * 10))).size;
    // 40/s in busy times: of their tenths of a second hardly one in fifty is empty.
    expect(busy / 200_000).toBeGreaterThan(0.21);
    expect(busy / 200_000).toBeLessThan(0.28);
  });

  test('on-off with constant times alternates exactly', () => {
    const all = instants('process: on-off, rate: 10/s, onOff: { on: 5s, off: 5s, distribution: constant }');
    // Folded to one round of ten seconds, all of them lie within five.
    const gaps = all.map((at) => at % 10).toSorted((a, b) => a - b);
    const widest = Math.max(gaps[0]! + 10 - gaps.at(-1)!, ...gapsOf(gaps));
    expect(widest).toBeGreaterThan(5);
    expect(widest).toBeLessThan(5.1);
  });

  test('on-off with constant times is found at any point of its round: a short load has the mean rate over many seeds', () => {
    const load = loadOf('process: on-off, rate: 20/s, onOff: { on: 10s, off: 30s, distribution: constant }');
    const SEEDS = 1500;
    const firsts: number[] = [];
    let count = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const next = instantsOf(load, new Chance(`s${seed}`), 'x', 0, 20 * S);
      const firstNs = next(0);
      if (firstNs > S && firstNs < 20 * S) firsts.push(firstNs / S);
      for (let atNs = firstNs; atNs < 20 * S; atNs = next(atNs)) count++;
    }
    // 20/s for 20 s. In a busy time there are 80/s, so the deviation of a count is about 380, that of the mean 10.
    expect(Math.abs(count / SEEDS - 400)).toBeLessThan(40);
    // A silent time with 1 to 20 s left of it ends anywhere in that stretch.
    expect(distanceTo((x) => (x - 1) / 19, firsts)).toBeLessThan(ksLimit(firsts.length));
  });

  test('beta-burst: all of it, Beta(3, 4) over 10 s (TR 37.868 model 2)', () => {
    const all = instants('process: beta-burst, burst: { at: 100s, count: 5000 }');
    expect(all.length).toBe(5000);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(100);
    expect(Math.max(...all)).toBeLessThan(110);
    expect(distanceTo((x) => betaCdf((x - 100) / 10), all)).toBeLessThan(ksLimit(5000));
    // Mean 3/7 of the length: a uniform burst has its own at a half.
    expect(all.reduce((sum, at) => sum + at, 0) / 5000).toBeCloseTo(100 + 30 / 7, 1);
  });

  test('uniform-burst: all of it, over 60 s (TR 37.868 model 1)', () => {
    const all = instants('process: uniform-burst, burst: { count: 5000 }');
    expect(all.length).toBe(5000);
    expect(distanceTo((x) => x / 60, all)).toBeLessThan(ksLimit(5000));
  });

  test('the same seed gives the same instants, another seed others', () => {
    for (const pager of [
      'rate: 5/s',
      'process: on-off, rate: 5/s, onOff: { on: 2s, off: 6s }',
      'process: beta-burst, burst: { count: 50 }',
    ]) {
      expect(instants(pager, 100)).toEqual(instants(pager, 100));
      expect(instants(pager, 100)).not.toEqual(instants(pager, 100, '43'));
    }
  });
});

describe('executors', () => {
  const RAMP =
    'executor: ramping-arrival-rate, rate: 10/s, stages: [{ for: 500s, to: 50/s }, { for: 0s, to: 20/s }]';

  test('ramping-arrival-rate climbs along a line, jumps, and keeps the last rate', () => {
    const all = instants(RAMP);
    expect(Math.abs(between(all, 0, 100) - 1400)).toBeLessThan(150);
    expect(Math.abs(between(all, 400, 500) - 4600)).toBeLessThan(280);
    expect(Math.abs(between(all, 500, 1000) - 10_000)).toBeLessThan(400);
  });

  test('constant arrivals under a ramp lie where its area says', () => {
    const all = instants(`process: constant, ${RAMP}`);
    // Area 10 t + 0.04 t^2 is a half at its first arrival, and one more at each after it.
    for (const [i, at] of all.slice(0, 100).entries())
      expect(10 * at + 0.04 * at * at).toBeCloseTo(i + 0.5, 6);
    expect(all.length).toBe(25_000);
  });

  test('stairs', () => {
    const all = instants('executor: stairs, rate: 10/s, stairs: { step: 10/s, every: 200s }');
    for (let step = 0; step < 5; step++) {
      const expected = 2000 * (step + 1);
      const count = between(all, step * 200, (step + 1) * 200);
      expect(Math.abs(count - expected)).toBeLessThan(4 * Math.sqrt(expected));
    }
  });

  test('stairs with a number of steps stay at the top', () => {
    const { peakPerS } = figuresOf(
      loadOf('executor: stairs, rate: 1/s, stairs: { step: 2/s, every: 10s, steps: 3 }'),
      1000 * S,
    );
    expect(peakPerS).toBe(7);
  });

  test('spike', () => {
    const all = instants('executor: spike, rate: 10/s, spike: { at: 500s, for: 20s, to: 100/s, edge: 10s }');
    expect(Math.abs(between(all, 500, 520) - 2000)).toBeLessThan(180);
    expect(Math.abs(between(all, 490, 500) - 550)).toBeLessThan(100);
    expect(Math.abs(between(all, 0, 490) - 4900)).toBeLessThan(280);
    expect(Math.abs(between(all, 530, 1000) - 4700)).toBeLessThan(280);
  });

  test('soak ramps up, holds, and ramps down', () => {
    const all = instants('executor: soak, rate: 20/s, soak: { ramp: 100s }');
    expect(Math.abs(between(all, 0, 100) - 1000)).toBeLessThan(130);
    expect(Math.abs(between(all, 100, 900) - 16_000)).toBeLessThan(510);
    expect(Math.abs(between(all, 900, 1000) - 1000)).toBeLessThan(130);
  });

  test('diurnal: the mean of a day is the rate, the busiest hour has 13 % of it', () => {
    const load = loadOf('executor: diurnal, rate: 10/s, diurnal: { day: 24m }', '1440s');
    const curve = curveOf(load, 1440 * S);
    expect(expectedCount(curve, 0, 1440 * S)).toBeCloseTo(14_400, 3);
    const hours = Array.from({ length: 24 }, (_, hour) =>
      expectedCount(curve, hour * 60 * S, (hour + 1) * 60 * S),
    );
    expect(hours.indexOf(Math.max(...hours))).toBe(21);
    expect(figuresOf(load, 1440 * S).peakPerS / 10).toBeCloseTo(0.13 * 24, 6);
    const late = curveOf(
      loadOf('executor: diurnal, rate: 10/s, diurnal: { day: 24m, startsAt: 21h }'),
      600 * S,
    );
    expect(expectedCount(late, 0, 60 * S)).toBeCloseTo(Math.max(...hours), 6);
  });

  test.each([
    'rate: 5/s',
    RAMP,
    'executor: stairs, rate: 10/s, stairs: { step: 10/s, every: 150s }',
    'executor: spike, rate: 10/s, spike: { at: 500s, for: 20s, to: 100/s }',
    'executor: diurnal, rate: 7/s, diurnal: { day: 500s, startsAt: 6h }',
    'process: on-off, rate: 10/s, onOff: { on: 200ms, off: 300ms }',
    'process: uniform-burst, burst: { count: 100 }',
  ])('what is expected of %s is what comes', (pager) => {
    const expected = figuresOf(loadOf(pager), 1000 * S).expected;
    expect(Math.abs(instants(pager).length - expected)).toBeLessThan(6 * Math.sqrt(expected));
  });
});

describe('populations', () => {
  test.each([0.7, 1, 1.5])('zipf with exponent %d: each rank has its share', (exponent) => {
    const draw = zipf(new Chance('42').stream('z', 0, 0), 1000, exponent);
    const counts = Array.from({ length: 1001 }, () => 0);
    for (let i = 0; i < 100_000; i++) counts[draw()]!++;
    let norm = 0;
    for (let rank = 1; rank <= 1000; rank++) norm += Math.exp(-exponent * Math.log(rank));
    for (const rank of [1, 2, 3, 10, 100]) {
      const expected = (100_000 * Math.exp(-exponent * Math.log(rank))) / norm;
      expect(Math.abs(counts[rank]! - expected)).toBeLessThan(4.5 * Math.sqrt(expected));
    }
    expect(counts[0]).toBe(0);
  });

  test.each([1, 2])('zipf among three with exponent %d: the last one has her share, too', (exponent) => {
    const draw = zipf(new Chance('42').stream('z', 0, 0), 3, exponent);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 110_000; i++) counts[draw()]!++;
    // 1, 1/2 and 1/3 of 11/6; 1, 1/4 and 1/9 of 49/36.
    const shares = exponent === 1 ? [6 / 11, 3 / 11, 2 / 11] : [36 / 49, 9 / 49, 4 / 49];
    for (const [i, share] of shares.entries())
      expect(Math.abs(counts[i + 1]! - 110_000 * share)).toBeLessThan(4.5 * Math.sqrt(110_000 * share));
  });

  test('absences: the shares and the lognormal times that were asked for', () => {
    const chance = new Chance('42');
    const HOUR = 3600 * S;
    const spec = { share: 0.15, medianNs: HOUR / 2, meanNs: 2 * HOUR };
    const times = new AbsenceTimes(spec, (purpose, user, n) => chance.addressed(purpose, user, n));
    const users = Array.from({ length: 20_000 }, (_, user) => user);
    const away = users.filter((user) => times.startsAway(user)).length;
    expect(Math.abs(away / 20_000 - 0.15)).toBeLessThan(0.011);
    const offline = users.map((user) => times.offlineNs(user, 1)).toSorted((a, b) => a - b);
    expect(offline[10_000]! / (HOUR / 2)).toBeGreaterThan(0.93);
    expect(offline[10_000]! / (HOUR / 2)).toBeLessThan(1.07);
    const logs = offline.map((ns) => Math.log(ns));
    const mean = logs.reduce((sum, x) => sum + x, 0) / logs.length;
    const variance = logs.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / logs.length;
    expect(variance).toBeCloseTo(2 * Math.log(4), 0);
    // Online times are exponential with mean 2 h * 85 / 15.
    const online = users.map((user) => times.onlineNs(user, 1) / ((2 * HOUR * 0.85) / 0.15));
    expect(distanceTo((x) => 1 - Math.exp(-x), online)).toBeLessThan(ksLimit(20_000));
  });
});
