/** Fits of service times against lines and likelihoods by hand (`calibrate`). */
import { describe, expect, test } from 'vitest';
import { fitLine, fitShapes, meanAbsolutePercentageError, type ShapeName } from './fit.js';
import { bisect, normalCdf } from './special.js';

/** The quantile of the standard normal law. */
const normalQuantile = (p: number): number => bisect((z) => normalCdf(z), p, 0, 10);

const KIB = 1024;
/** Quantiles of a law at the middles of n equal shares. */
const sampleOf = (quantile: (p: number) => number, n = 400) =>
  Array.from({ length: n }, (_, i) => quantile((i + 0.5) / n));
const shapeOf = (values: readonly number[], name: ShapeName) =>
  fitShapes(values).find((shape) => shape.name === name)!;

describe('a line of cost over size', () => {
  test('is that of least squares', () => {
    // By hand: means 1 KiB and 14, sums 2 and 8.
    expect(fitLine([0, KIB, 2 * KIB], [11, 12, 19])).toEqual({ baseNs: 10, nsPerKiB: 4 });
  });

  test('of one size alone has no slope: its mean is the base', () => {
    expect(fitLine([500, 500, 500], [10, 20, 60])).toEqual({ baseNs: 30, nsPerKiB: 0 });
  });

  test('that would fall with size does not: the mean is the base', () => {
    expect(fitLine([0, KIB, 2 * KIB], [30, 20, 16])).toEqual({ baseNs: 22, nsPerKiB: 0 });
  });

  test('that would begin below 0 begins at 0, with the slope that fits best from there', () => {
    // From the origin: (1 * 1 + 3 * 9) / (1 + 9).
    expect(fitLine([KIB, 3 * KIB], [1, 9])).toEqual({ baseNs: 0, nsPerKiB: 2.8 });
    expect(fitLine([KIB, 2 * KIB], [3, 6])).toEqual({ baseNs: 0, nsPerKiB: 3 });
  });
});

describe('shapes', () => {
  test('times are constant where they vary by 1 %, in whatever unit, and no longer above it', () => {
    for (const unit of [1e-6, 1, 1e6]) {
      expect(fitShapes([0.991, 1.009].map((x) => x * unit))).toEqual([{ name: 'constant' }]);
      expect(fitShapes([0.989, 1.011].map((x) => x * unit))[0]!.name).not.toBe('constant');
    }
  });

  test('criteria are two for each parameter less twice the log of the likelihood', () => {
    const values = [1, 2, 4, 9];
    const logs = values.map((x) => Math.log(x));
    const sum = (all: readonly number[]) => all.reduce((total, x) => total + x, 0);
    // Exponential, mean 4.
    const exponential = sum(values.map((x) => -Math.log(4) - x / 4));
    expect(shapeOf(values, 'exponential').aic).toBeCloseTo(2 - 2 * exponential, 9);
    // Lognormal, the deviation with n in the divisor, as likelihood has it.
    const mu = sum(logs) / 4;
    const sigma = Math.sqrt(sum(logs.map((x) => (x - mu) * (x - mu))) / 4);
    const lognormal = sum(
      logs.map(
        (x) => -x - Math.log(sigma * Math.sqrt(2 * Math.PI)) - ((x - mu) * (x - mu)) / (2 * sigma * sigma),
      ),
    );
    expect(shapeOf(values, 'lognormal').aic).toBeCloseTo(4 - 2 * lognormal, 9);
  });

  test('a gamma shape is the most likely one: no other whole shape beats it', () => {
    const values = [0.2, 0.9, 1.4, 2.5, 3.1, 0.7, 1.9];
    const mean = values.reduce((total, x) => total + x, 0) / values.length;
    // The density with shape k (whole, so that its gamma function is a factorial) and this mean.
    const criterion = (k: number) => {
      let factorial = 1;
      for (let i = 2; i < k; i++) factorial *= i;
      const log = values.map(
        (x) => k * Math.log(k / mean) + (k - 1) * Math.log(x) - (k * x) / mean - Math.log(factorial),
      );
      return 4 - 2 * log.reduce((total, x) => total + x, 0);
    };
    const { aic } = shapeOf(values, 'gamma');
    const best = Math.min(...[1, 2, 3, 4, 5].map((k) => criterion(k)));
    expect(aic).toBeLessThanOrEqual(best);
    expect(aic).toBeGreaterThan(best - 0.2);
  });

  test('data of shape 1 are as likely as gamma as they are as exponential, but for a parameter', () => {
    const values = sampleOf((p) => -Math.log(1 - p) * 7, 4000);
    const [gamma, exponential] = [shapeOf(values, 'gamma').aic!, shapeOf(values, 'exponential').aic!];
    expect(gamma - exponential).toBeGreaterThan(1.5);
    expect(gamma - exponential).toBeLessThanOrEqual(2);
  });

  test.each<[ShapeName, readonly number[]]>([
    ['exponential', sampleOf((p) => -Math.log(1 - p) * 7)],
    ['lognormal', sampleOf((p) => 7 * Math.exp(0.5 * normalQuantile(p)))],
  ])('even samples of %s times of mean 7 or so are as near to it as can be', (name, values) => {
    const [best] = fitShapes(values);
    expect(best!.name).toBe(name);
    expect(best!.distance).toBeLessThan(0.01);
  });

  test('come with the distance to each, which a wrong one has far larger', () => {
    const values = sampleOf((p) => 7 * Math.exp(0.5 * normalQuantile(p)));
    expect(shapeOf(values, 'gamma').distance).toBeLessThan(0.06);
    expect(shapeOf(values, 'exponential').distance).toBeGreaterThan(0.2);
  });
});

test('the error is one of size, over the actual value', () => {
  expect(meanAbsolutePercentageError([10, 20], [15, 10])).toBe(0.5);
  expect(meanAbsolutePercentageError([10], [5])).toBe(0.5);
});
