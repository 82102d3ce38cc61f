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
  });

  it('tells no throughput beyond twice the last point, and refuses three points', () => {
    const far = fitUsl(curve(10, 0.01, 0.0001, [1, 2, 3, 4]));
    expect(far?.peakAt).toBeGreaterThan(8);
    expect(far?.peak).toBeUndefined();
    expect(fitUsl(curve(10, 0.01, 0.0001, [1, 2, 3]))).toBeUndefined();
  });
});
