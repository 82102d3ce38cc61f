/**
 * Intervals of quantiles by order statistics: no assumption about the distribution. The number of values below the true quantile
 * is binomial, so the r-th and s-th smallest values enclose it with a probability that depends on n alone.
 */
import { assert } from '../../sim/kernel/assert.js';
import { CONFIDENCE } from './interval.js';
import { logGamma } from './special.js';

export interface QuantileInterval {
  /**
   * The estimate: the smallest value with at least the share `q` of all values at or below it. Where it has exactly that share, any value up
   * to the next one would do as well, and the mean of the two is taken: of an even number the usual median.
   */
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Ranks of `low` and `high`, from 1. */
  readonly ranks: readonly [number, number];
  /** Probability that the true quantile lies between them, at least what was asked for. */
  readonly coverage: number;
}

/** Probabilities of 0 to n successes among n trials. */
function binomial(n: number, p: number): number[] {
  return Array.from({ length: n + 1 }, (_, k) =>
    Math.exp(
      logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) + k * Math.log(p) + (n - k) * Math.log1p(-p),
    ),
  );
}

/**
 * The interval of the `q`-quantile (0 < q < 1) of what `values` were drawn from, or undefined if there are too few values for this
 * confidence: the median needs 6, the 95th percentile 73 for 95 %.
 */
export function quantileInterval(
  values: readonly number[],
  q: number,
  confidence = CONFIDENCE,
): QuantileInterval | undefined {
  assert(q > 0 && q < 1, 'a quantile between 0 and 1');
  const n = values.length;
  const sorted = values.toSorted((a, b) => a - b);
  const p = binomial(n, q);
  // Ranks grow outwards from the middle, each time on the side where more probability is to be had.
  const middle = Math.min(n, Math.max(1, Math.ceil(n * q)));
  let low = middle;
  let high = middle;
  let coverage = 0;
  while (coverage < confidence && (low > 1 || high < n)) {
    const below = low > 1 ? p[low - 1] : -1;
    const above = high < n ? p[high] : -1;
    if (below >= above) low--;
    else high++;
    // Between ranks r and s lie the counts r to s - 1.
    coverage = 0;
    for (let k = low; k < high; k++) coverage += p[k];
  }
  if (coverage < confidence) return undefined;
  const next = Number.isInteger(n * q) ? middle : middle - 1;
  return {
    value: (sorted[middle - 1] + sorted[next]) / 2,
    low: sorted[low - 1],
    high: sorted[high - 1],
    ranks: [low, high],
    coverage,
  };
}
