/** The universal scalability law: coefficients that were put in come out again, and nothing is foretold too far. */
import { describe, expect, it } from 'vitest';
import { fitUsl, uslAt } from './usl.js';

const curve = (lambda: number, contention: number, coherence: number, sizes: readonly number[]) =>
  sizes.map((n) => ({ n, throughput: uslAt({ lambda, contention, coherence, r2: 1 }, n) }));

describe('universal scalability law', () => {
  it('finds contention, coherence and the peak N* = sqrt((1 - a) / b)', () => {
    const fit = fitUsl(curve(995, 0.02671, 0.000769, [1, 2, 4, 8, 16, 24, 32]));
    expect(fit?.lambda).toBeCloseTo(995, 6);
    expect(fit?.contention).toBeCloseTo(0.02671, 9);
    expect(fit?.coherence).toBeCloseTo(0.000769, 9);
    expect(fit?.r2).toBeCloseTo(1, 12);
    expect(fit?.peakAt).toBeCloseTo(Math.sqrt((1 - 0.02671) / 0.000769), 6);
    expect(fit?.peak).toBeCloseTo(uslAt(fit!, fit!.peakAt!), 9);
  });

  it('of something linear has no peak, and never a negative coefficient', () => {
    const straight = fitUsl([1, 2, 3, 4, 5].map((n) => ({ n, throughput: 100 * n })));
    expect(straight).toMatchObject({ coherence: 0 });
    expect(straight?.contention).toBeCloseTo(0, 9);
    expect(straight?.peakAt).toBeUndefined();
    const better = fitUsl([1, 2, 3, 4, 5].map((n) => ({ n, throughput: 100 * n * (1 + n / 50) })));
    expect(better?.contention).toBeGreaterThanOrEqual(0);
    expect(better?.coherence).toBeGreaterThanOrEqual(0);
    // What is told of the fit is that of the law with these coefficients.
    const points = [1, 2, 3, 4, 5].map((n) => ({ n, throughput: 100 * n * (1 + n / 50) }));
    const mean = points.reduce((sum, { throughput }) => sum + throughput, 0) / points.length;
    let [off, all] = [0, 0];
    for (const { n, throughput } of points) {
      off += (throughput - uslAt(better!, n)) * (throughput - uslAt(better!, n));
      all += (throughput - mean) * (throughput - mean);
    }
    expect(better?.r2).toBeCloseTo(1 - off / all, 9);
  });

  it('tells no throughput beyond twice the last point, and refuses three points', () => {
    const far = fitUsl(curve(10, 0.01, 0.0001, [1, 2, 3, 4]));
    expect(far?.peakAt).toBeGreaterThan(8);
    expect(far?.peak).toBeUndefined();
    expect(fitUsl(curve(10, 0.01, 0.0001, [1, 2, 3]))).toBeUndefined();
  });

  it('takes nothing from points at which nothing was carried, and explains a throughput that stays the same', () => {
    const points = curve(995, 0.02671, 0.000769, [1, 2, 4, 8]);
    expect(fitUsl([...points, { n: 16, throughput: 0 }])).toEqual(fitUsl(points));
    expect(fitUsl([...points.slice(0, 3), { n: 16, throughput: 0 }])).toBeUndefined();
    const flat = fitUsl([1, 2, 3, 4].map((n) => ({ n, throughput: 100 })));
    expect(flat).toMatchObject({ r2: 1, coherence: 0 });
    expect(flat?.contention).toBeCloseTo(1, 9);
    expect(flat?.peakAt).toBe(1);
    expect(flat?.peak).toBeCloseTo(100, 6);
  });

  it('one that only falls has its peak at one', () => {
    const falling = fitUsl(curve(100, 0.5, 2, [1, 2, 3, 4, 5]));
    expect(falling?.peakAt).toBe(1);
    expect(falling?.peak).toBeCloseTo(100, 6);
    const steeper = fitUsl(curve(100, 1.5, 0.1, [1, 2, 3, 4, 5]));
    expect(steeper?.contention).toBeCloseTo(1.5, 6);
    expect([steeper?.peakAt, steeper?.peak]).toEqual([1, steeper?.lambda]);
    expect(fitUsl(curve(100, 1.5, 0, [1, 2, 3, 4, 5]))?.peakAt).toBe(1);
  });
});
