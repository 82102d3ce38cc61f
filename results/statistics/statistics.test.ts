/** The statistics against published constants and worked examples. */
import { describe, expect, it } from 'vitest';
import { estimateOf, pairedDifference, relativeHalfWidth, replicationsNeeded } from './interval.js';
import { kolmogorovSmirnov, kolmogorovTail } from './kolmogorov.js';
import { mannWhitney } from './mann-whitney.js';
import { mser5 } from './mser5.js';
import { quantileInterval } from './order-statistics.js';
import { bisect, incompleteGamma, logGamma, normalCdf } from './special.js';
import { stopAfter } from './stopping.js';
import { studentCdf, studentQuantile } from './student.js';

describe('special functions', () => {
  it('log-gamma at whole and half numbers', () => {
    expect(logGamma(1)).toBeCloseTo(0, 13);
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 12);
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 11);
    expect(logGamma(0.1)).toBeCloseTo(2.252712651734206, 11);
  });

  it('incomplete gamma: exponential, chi-square and both sides of the switch', () => {
    expect(incompleteGamma(1, 2)).toBeCloseTo(1 - Math.exp(-2), 13);
    expect(incompleteGamma(1, 0.5)).toBeCloseTo(1 - Math.exp(-0.5), 13);
    // The 95th percentile of chi-square with 10 degrees of freedom is 18.307038.
    expect(incompleteGamma(5, 18.307038 / 2)).toBeCloseTo(0.95, 7);
  });

  it('the normal law', () => {
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 12);
    expect(normalCdf(-1)).toBeCloseTo(0.15865525393145705, 12);
    // The quantiles, also where the bracket has to be widened to the left.
    expect(bisect(normalCdf, 0.975, 0, 10)).toBeCloseTo(1.959963984540054, 10);
    expect(bisect(normalCdf, 0.025, 0, 10)).toBeCloseTo(-1.959963984540054, 10);
  });
});

describe("Student's t", () => {
  it.each([
    [0.975, 9, 2.2621571628],
    [0.975, 1, 12.7062047362],
    [0.975, 2, 4.3026527297],
    [0.95, 5, 2.0150483733],
    [0.995, 30, 2.7499956536],
    [0.975, 120, 1.9799304051],
    [0.9995, 4, 8.6103015813],
    [0.025, 9, -2.2621571628],
  ])('t(%d; %d) = %d', (p, degrees, t) => {
    expect(studentQuantile(p, degrees)).toBeCloseTo(t, 8);
    expect(studentCdf(t, degrees)).toBeCloseTo(p, 9);
  });

  it('its middle is 0, and its ends are far out: with one degree t(p) is the tangent of pi (p - 1/2)', () => {
    for (const degrees of [1, 9, 120]) expect(studentQuantile(0.5, degrees)).toBe(0);
    for (const p of [0.99, 0.999, 0.9999]) {
      const t = Math.tan(Math.PI * (p - 0.5));
      expect(studentQuantile(p, 1) / t).toBeCloseTo(1, 8);
      expect(studentQuantile(1 - p, 1) / -t).toBeCloseTo(1, 8);
    }
  });
});

describe('intervals over replications', () => {
  it('the mean and half-width of ten values: t(0.975; 9) s / sqrt(10)', () => {
    const values = [9, 10, 11, 12, 8, 10, 10, 13, 7, 10];
    const { mean, deviation, halfWidth, n } = estimateOf(values);
    expect(mean).toBe(10);
    expect(deviation).toBeCloseTo(Math.sqrt(28 / 9), 12);
    expect(halfWidth).toBeCloseTo((2.2621571628 * Math.sqrt(28 / 9)) / Math.sqrt(10), 8);
    expect(n).toBe(10);
  });

  it('one replication has no half-width', () => {
    expect(estimateOf([5])).toEqual({ n: 1, mean: 5 });
    expect(relativeHalfWidth(estimateOf([5]))).toBeUndefined();
  });

  it('pairs: the paired t test of the sleep data (Student 1908): t = -4.0621, p = 0.002833', () => {
    const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    const difference = pairedDifference(second, first);
    expect(difference.mean).toBeCloseTo(-1.58, 12);
    expect(difference.mean - difference.halfWidth!).toBeCloseTo(-2.4598858, 6);
    expect(difference.mean + difference.halfWidth!).toBeCloseTo(-0.7001142, 6);
    expect(difference.p).toBeCloseTo(0.002833, 6);
  });

  it('equal pairs differ by nothing; pairs that differ all by the same do so for certain; of one pair nothing is known', () => {
    expect(pairedDifference([1, 2, 3], [1, 2, 3])).toMatchObject({ mean: 0, halfWidth: 0, p: 1 });
    expect(pairedDifference([1, 2, 3], [2, 3, 4])).toMatchObject({ mean: 1, halfWidth: 0, p: 0 });
    expect(pairedDifference([1], [2])).toEqual({ n: 1, mean: 1 });
  });

  it('the relative half-width is one of size: of a negative mean too, and of none if the mean is 0', () => {
    expect(relativeHalfWidth({ n: 5, mean: -10, halfWidth: 2 })).toBe(0.2);
    expect(relativeHalfWidth({ n: 5, mean: 0, halfWidth: 2 })).toBeUndefined();
  });

  it('replications for 5 %: enough with n, not with n - 1', () => {
    const estimate = { n: 5, mean: 100, deviation: 12 };
    const n = replicationsNeeded(estimate, 0.05)!;
    const width = (k: number) => (studentQuantile(0.975, k - 1) * 12) / Math.sqrt(k);
    expect(width(n)).toBeLessThanOrEqual(5);
    expect(width(n - 1)).toBeGreaterThan(5);
    expect(replicationsNeeded({ ...estimate, mean: -100 }, 0.05)).toBe(n);
    expect(replicationsNeeded({ ...estimate, deviation: 0 }, 0.05)).toBe(2);
    expect(replicationsNeeded({ n: 1, mean: 3 }, 0.05)).toBeUndefined();
    expect(replicationsNeeded({ ...estimate, mean: 0 }, 0.05)).toBeUndefined();
    // 12 % of the mean as half-width, a ten thousandth of it wanted: more than anybody runs.
    expect(replicationsNeeded(estimate, 0.0001)).toBeUndefined();
  });

  it('stops at the first prefix that is precise enough, whatever comes after it', () => {
    const rule = { relativeHalfWidth: 0.1, least: 4, most: 8 };
    const steady = [10, 10.1, 9.9, 10, 10.05, 9.95];
    expect(stopAfter(steady, rule)).toBe(4);
    expect(stopAfter(steady.slice(0, 3), rule)).toBeUndefined();
    const wild = [1, 30, 2, 40, 1, 50, 3, 60];
    expect(stopAfter(wild.slice(0, 7), rule)).toBeUndefined();
    expect(stopAfter(wild, rule)).toBe(8);
    expect(stopAfter([0, 0, 0, 0], rule)).toBe(4);
    // Of one value nothing is known, whatever the rule says.
    expect(stopAfter([10], { ...rule, least: 1 })).toBeUndefined();
    expect(stopAfter([10, 10], { ...rule, least: 1 })).toBe(2);
  });
});

describe('quantile intervals by order statistics', () => {
  const oneTo = (n: number) => Array.from({ length: n }, (_, i) => n - i);

  it('the median of 10 lies between the 2nd and the 9th (97.9 %), of 20 between the 6th and the 15th (95.9 %)', () => {
    const ten = quantileInterval(oneTo(10), 0.5)!;
    expect(ten.ranks).toEqual([2, 9]);
    expect(ten.coverage).toBeCloseTo(0.978515625, 9);
    const twenty = quantileInterval(oneTo(20), 0.5)!;
    expect(twenty.ranks).toEqual([6, 15]);
    expect(twenty.coverage).toBeCloseTo(0.9586, 4);
    expect([twenty.low, twenty.value, twenty.high]).toEqual([6, 10.5, 15]);
    expect(quantileInterval(oneTo(99), 0.9)!.value).toBe(90);
  });

  it('of an even number the median is the mean of the two middle values, of an odd one the middle value', () => {
    expect(quantileInterval([9, 1, 4, 2, 8, 3], 0.5)).toMatchObject({ value: 3.5, low: 1, high: 9 });
    expect(quantileInterval([9, 1, 4, 2, 8, 3, 100], 0.5)).toMatchObject({ value: 4, low: 1, high: 100 });
    expect(quantileInterval([1, 2, 3, 3, 5, 9], 0.5)!.value).toBe(3);
    // A quarter of 20 is the 5th value, and any up to the 6th; of 22 only the 6th has a quarter at or below it.
    expect(quantileInterval(oneTo(20), 0.25)!.value).toBe(5.5);
    expect(quantileInterval(oneTo(22), 0.25)!.value).toBe(6);
  });

  it('too few values give no interval: 5 for a median, 58 for the 95th percentile', () => {
    expect(quantileInterval(oneTo(5), 0.5)).toBeUndefined();
    expect(quantileInterval(oneTo(6), 0.5)).toBeDefined();
    expect(quantileInterval(oneTo(58), 0.95)).toBeUndefined();
  });
});

describe('MSER-5', () => {
  const level = (n: number) => Array.from({ length: n }, (_, i) => 10 + (i % 2 === 0 ? 0.5 : -0.5));

  it('cuts a start-up and nothing else', () => {
    const ramp = Array.from({ length: 20 }, (_, i) => i / 2);
    expect(mser5([...ramp, ...level(200)])).toEqual({ cut: 20, settled: true });
    expect(mser5(level(200))!.cut).toBe(0);
  });

  it('says when a series never settles, and when it is too short', () => {
    expect(mser5(Array.from({ length: 100 }, (_, i) => i * i))!.settled).toBe(false);
    expect(mser5(level(9))).toBeUndefined();
    expect(mser5(Array.from({ length: 10 }, () => 7))).toEqual({ cut: 0, settled: true });
  });
});

describe('Mann-Whitney', () => {
  it('exact: Hollander and Wolfe, W = 35, p = 0.2544', () => {
    const x = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
    const y = [1.15, 0.88, 0.9, 0.74, 1.21];
    const { u, p, exact } = mannWhitney(x, y);
    expect(u).toBe(35);
    expect(p).toBeCloseTo(0.254412, 6);
    expect(exact).toBe(true);
  });

  it('exact: U = 17 of 20, p = 1/9', () => {
    expect(mannWhitney([19, 22, 16, 29, 24], [20, 11, 17, 12])).toMatchObject({ u: 17 });
    expect(mannWhitney([19, 22, 16, 29, 24], [20, 11, 17, 12]).p).toBeCloseTo(0.1111111111, 9);
  });

  it('ties go to the normal approximation; equal samples differ by nothing', () => {
    expect(mannWhitney([3, 3, 3], [3, 3])).toMatchObject({ u: 3, p: 1 });
    const { p, exact } = mannWhitney([1, 2, 2, 3, 4, 5, 6, 7], [4, 6, 6, 7, 8, 9, 9, 10]);
    expect(exact).toBe(false);
    expect(p).toBeGreaterThan(0.005);
    expect(p).toBeLessThan(0.03);
  });

  it('without ties, above 900 pairs: by the normal approximation, which by then is as good as exact', () => {
    const every = (count: number, from: number) => Array.from({ length: count }, (_, i) => from + 2 * i);
    // The last that is counted out; then one value more.
    const counted = mannWhitney(every(30, 0), every(30, 13));
    const approximated = mannWhitney(every(31, 0), every(30, 13));
    expect([counted.exact, approximated.exact]).toEqual([true, false]);
    const z = (u: number, n: number, m: number) =>
      (Math.abs(u - (n * m) / 2) - 0.5) / Math.sqrt((n * m * (n + m + 1)) / 12);
    expect(Math.abs(counted.p - 2 * (1 - normalCdf(z(counted.u, 30, 30))))).toBeLessThan(0.001);
    expect(approximated.p).toBeCloseTo(2 * (1 - normalCdf(z(approximated.u, 31, 30))), 12);
  });

  it('with ties: the variance of U is that over all ways to deal the values out, half a step off its mean', () => {
    const x = [1, 2, 2, 5];
    const y = [2, 5, 5, 7, 8];
    const all = [...x, ...y];
    const count = (mine: readonly number[], theirs: readonly number[]) =>
      mine.reduce(
        (sum, a) => sum + theirs.filter((b) => a > b).length + theirs.filter((b) => a === b).length / 2,
        0,
      );
    const us: number[] = [];
    for (let deal = 0; deal < 2 ** all.length; deal++) {
      const mine = all.filter((_, i) => (deal >> i) % 2 === 1);
      if (mine.length === x.length)
        us.push(
          count(
            mine,
            all.filter((_, i) => (deal >> i) % 2 === 0),
          ),
        );
    }
    const mean = us.reduce((sum, u) => sum + u, 0) / us.length;
    const variance = us.reduce((sum, u) => sum + (u - mean) * (u - mean), 0) / us.length;
    const { u, p } = mannWhitney(x, y);
    expect([u, mean]).toEqual([count(x, y), 10]);
    expect(p).toBeCloseTo(2 * (1 - normalCdf((Math.abs(u - mean) - 0.5) / Math.sqrt(variance))), 12);
    // Whichever of them is named first.
    expect(mannWhitney(y, x).p).toBeCloseTo(p, 12);
    expect(mannWhitney([20, 11, 17, 12], [19, 22, 16, 29, 24]).p).toBeCloseTo(0.1111111111, 9);
    expect(mannWhitney([1, 4], [2, 3]).p).toBe(1);
  });
});

describe('Kolmogorov-Smirnov', () => {
  it('the tail at 1.0 and at the 5 % point 1.3581', () => {
    expect(kolmogorovTail(1)).toBeCloseTo(0.2699996717, 9);
    expect(kolmogorovTail(1.3580986)).toBeCloseTo(0.05, 6);
  });

  it('the distance is the largest on either side, in whatever order the values come', () => {
    // All values low: the sample runs ahead. All high: it stays behind.
    expect(kolmogorovSmirnov([0.3, 0.1, 0.2], (x) => x).distance).toBeCloseTo(0.7, 12);
    expect(kolmogorovSmirnov([0.8, 0.7, 0.9], (x) => x).distance).toBeCloseTo(0.7, 12);
    expect(kolmogorovTail(0)).toBe(1);
    // 10 values at the tabled 5 % point of D for n = 10, 0.409 (Massey 1951).
    const values = Array.from({ length: 10 }, (_, i) => Math.max(0, (i + 1) / 10 - 0.409));
    expect(kolmogorovSmirnov(values, (x) => x).p).toBeCloseTo(0.05, 2);
  });

  it('an even grid is uniform, its square is not', () => {
    const grid = Array.from({ length: 200 }, (_, i) => (i + 0.5) / 200);
    const uniform = kolmogorovSmirnov(grid, (x) => x);
    expect(uniform.distance).toBeCloseTo(1 / 400, 12);
    expect(uniform.p).toBe(1);
    expect(
      kolmogorovSmirnov(
        grid.map((x) => x * x),
        (x) => x,
      ).p,
    ).toBeLessThan(1e-6);
  });
});
