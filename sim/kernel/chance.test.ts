import { describe, expect, test } from 'vitest';
import {
  boundedPareto,
  erlang,
  exponential,
  hyperExponential,
  lognormal,
  normal,
  pareto,
} from './distributions.js';
import { Chance, unit } from './random.js';

describe('streams', () => {
  test('are named: another purpose, entity, incarnation or seed is another stream; the same name repeats', () => {
    const chance = new Chance('42');
    const first = (c: Chance, purpose: string, entity: number, incarnation: number): number =>
      c.stream(purpose, entity, incarnation).uniform();
    const values = [
      first(chance, 'a', 0, 0),
      first(chance, 'b', 0, 0),
      first(chance, 'a', 1, 0),
      first(chance, 'a', 0, 1),
      first(new Chance('43'), 'a', 0, 0),
    ];
    expect(new Set(values).size).toBe(values.length);
    expect(first(new Chance('42'), 'a', 0, 0)).toBe(values[0]);
  });

  test('are pinned: a recorded seed means the same run tomorrow', () => {
    const stream = new Chance('42').stream('pinned', 1, 0);
    expect([stream.int32(), stream.below(1000), stream.uniform()]).toMatchInlineSnapshot(`
      [
        1006422255,
        977,
        0.9221340951044112,
      ]
    `);
  });
});

describe('addressed decisions', () => {
  test('depend on each part of the address and on nothing else', () => {
    const chance = new Chance('42');
    const bits = chance.addressed(1, 2, 3);
    chance.addressed(9, 9, 9);
    expect(chance.addressed(1, 2, 3)).toBe(bits);
    expect(chance.addressed(2, 2, 3)).not.toBe(bits);
    expect(chance.addressed(1, 3, 3)).not.toBe(bits);
    expect(chance.addressed(1, 2, 4)).not.toBe(bits);
    expect(new Chance('43').addressed(1, 2, 3)).not.toBe(bits);
  });

  test('are uniform: chi-square over 256 cells of neighbouring addresses', () => {
    const chance = new Chance('42');
    const cells = new Array<number>(256).fill(0);
    const draws = 256 * 1000;
    for (let i = 0; i < draws; i++) cells[Math.floor(unit(chance.addressed(5, i >> 8, i & 255)) * 256)]++;
    const chi2 = cells.reduce((sum, seen) => sum + (seen - 1000) ** 2 / 1000, 0);
    // 99.9 % point of chi-square with 255 degrees of freedom.
    expect(chi2).toBeLessThan(330.5);
  });
});

describe('distributions', () => {
  const moments = (draw: () => number): { mean: number; scv: number } => {
    let sum = 0;
    let squares = 0;
    const n = 200_000;
    for (let i = 0; i < n; i++) {
      const x = draw();
      sum += x;
      squares += x * x;
    }
    const mean = sum / n;
    return { mean, scv: squares / n / (mean * mean) - 1 };
  };
  const stream = (): ReturnType<Chance['stream']> => new Chance('42').stream('moments', 0, 0);

  test.each([
    ['exponential', (s: ReturnType<typeof stream>) => exponential(s, 3), 3, 1],
    ['erlang-4', (s: ReturnType<typeof stream>) => erlang(s, 3, 4), 3, 0.25],
    ['hyper-exponential, scv 4', (s: ReturnType<typeof stream>) => hyperExponential(s, 3, 4), 3, 4],
    ['normal', (s: ReturnType<typeof stream>) => normal(s, 3, 1), 3, 1 / 9],
    [
      'lognormal',
      (s: ReturnType<typeof stream>) => lognormal(s, 2, 0.5),
      2 * Math.exp(0.125),
      Math.exp(0.25) - 1,
    ],
    ['pareto, alpha 5', (s: ReturnType<typeof stream>) => pareto(s, 2, 5), 2.5, 1 / 15],
  ])('%s has its mean and variation', (_name, draw, mean, scv) => {
    const s = stream();
    const seen = moments(() => draw(s));
    expect(Math.abs(seen.mean / mean - 1)).toBeLessThan(0.02);
    expect(Math.abs(seen.scv - scv)).toBeLessThan(0.06 * (1 + scv));
  });

  test('a bounded Pareto stays in its bounds and follows its distribution function (Kolmogorov-Smirnov)', () => {
    const s = stream();
    const n = 20_000;
    const values = Float64Array.from({ length: n }, () => boundedPareto(s, 20, 1300, 1.6)).sort();
    expect(values[0]).toBeGreaterThanOrEqual(20);
    expect(values[n - 1]).toBeLessThanOrEqual(1300);
    const power = (x: number): number => Math.exp(-1.6 * Math.log(x / 20));
    const cdf = (x: number): number => (1 - power(x)) / (1 - power(1300));
    let distance = 0;
    values.forEach((x, i) => {
      distance = Math.max(distance, Math.abs(cdf(x) - (i + 0.5) / n));
    });
    expect(distance).toBeLessThan(1.95 / Math.sqrt(n));
  });

  test('the transcendental functions used agree with the golden table (determinism across Node versions)', () => {
    expect([
      Math.exp(1.6),
      Math.log(1300 / 20),
      Math.log1p(-0.3),
      Math.cos(2 * Math.PI * 0.123),
      Math.sqrt(2),
    ]).toEqual([
      4.953032424395115, 4.174387269895637, -0.35667494393873234, 0.7159364830218312, 1.4142135623730951,
    ]);
  });
});
