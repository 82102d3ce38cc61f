/** The Kolmogorov-Smirnov test of a sample against a distribution that is given in full. */
import { assert } from '../../sim/kernel/assert.js';

export interface KolmogorovSmirnov {
  /** Largest distance between the two distribution functions. */
  readonly distance: number;
  /** Probability of a distance this large if the sample is from that distribution (Stephens' form, good from 8 values on). */
  readonly p: number;
}

/** Tests `values` against the distribution function `cdf`, which is continuous or has its jumps where values repeat. */
export function kolmogorovSmirnov(values: readonly number[], cdf: (x: number) => number): KolmogorovSmirnov {
  const n = values.length;
  assert(n > 0, 'a test of no values');
  const sorted = values.toSorted((a, b) => a - b);
  let distance = 0;
  for (let i = 0; i < n; i++) {
    const expected = cdf(sorted[i]);
    distance = Math.max(distance, (i + 1) / n - expected, expected - i / n);
  }
  const root = Math.sqrt(n);
  return { distance, p: kolmogorovTail((root + 0.12 + 0.11 / root) * distance) };
}

/** P(K > z) of the Kolmogorov distribution. */
export function kolmogorovTail(z: number): number {
  if (z < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * z * z);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-16) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
