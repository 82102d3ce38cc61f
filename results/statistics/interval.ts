/**
 * Confidence intervals of a mean over independent replications, and of a mean difference between replications that were paired by
 * common random numbers. Replications of different seeds are independent; seconds of one run are not, so nothing here is ever
 * applied to them.
 */
import { assert } from '../../sim/kernel/assert.js';
import { studentCdf, studentQuantile } from './student.js';

/** Confidence of every interval, unless said otherwise. */
export const CONFIDENCE = 0.95;

/** A mean and how far off it may be. With one value nothing is known about its precision, and there is no half-width. */
export interface Estimate {
  readonly n: number;
  readonly mean: number;
  /** Of the sample, with n - 1 in the divisor. */
  readonly deviation?: number;
  /** Half the width of the confidence interval. */
  readonly halfWidth?: number;
}

/** The mean of `values`, summed in their order. */
export function meanOf(values: readonly number[]): number {
  assert(values.length > 0, 'the mean of nothing');
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Student-t interval of the mean of independent replications. */
export function estimateOf(values: readonly number[], confidence = CONFIDENCE): Estimate {
  const n = values.length;
  const mean = meanOf(values);
  if (n < 2) return { n, mean };
  let squares = 0;
  for (const value of values) squares += (value - mean) * (value - mean);
  const deviation = Math.sqrt(squares / (n - 1));
  const halfWidth = (studentQuantile((1 + confidence) / 2, n - 1) * deviation) / Math.sqrt(n);
  return { n, mean, deviation, halfWidth };
}

/** A mean difference over pairs. */
export interface PairedDifference extends Estimate {
  /** Two-sided probability of a difference this large if there is none; absent with one pair. */
  readonly p?: number;
}

/**
 * `after - before` pair by pair, replication i of both with the same seed. Common random numbers make the pairs alike, so that the
 * interval is far narrower than that of two independent samples.
 */
export function pairedDifference(
  before: readonly number[],
  after: readonly number[],
  confidence = CONFIDENCE,
): PairedDifference {
  assert(before.length === after.length, 'a paired comparison of samples of two lengths');
  const estimate = estimateOf(
    before.map((value, i) => after[i] - value),
    confidence,
  );
  if (estimate.deviation === undefined) return estimate;
  if (estimate.deviation === 0) return { ...estimate, p: estimate.mean === 0 ? 1 : 0 };
  const t = (Math.abs(estimate.mean) / estimate.deviation) * Math.sqrt(estimate.n);
  return { ...estimate, p: 2 * (1 - studentCdf(t, estimate.n - 1)) };
}

/** Half-width over mean, in absolute value; undefined if there is no half-width or the mean is 0. */
export function relativeHalfWidth(estimate: Estimate): number | undefined {
  return estimate.halfWidth === undefined || estimate.mean === 0
    ? undefined
    : estimate.halfWidth / Math.abs(estimate.mean);
}

/**
 * Replications needed for a relative half-width of `target`, judged by the deviation that was seen: the smallest n >= 2 with
 * t(n - 1) s / sqrt(n) <= target |mean|. Undefined if nothing is known of the deviation, or if more than `most` are needed.
 */
export function replicationsNeeded(
  estimate: Estimate,
  target: number,
  confidence = CONFIDENCE,
  most = 100_000,
): number | undefined {
  const { deviation, mean } = estimate;
  if (deviation === undefined || mean === 0) return undefined;
  const enough = (n: number) =>
    (studentQuantile((1 + confidence) / 2, n - 1) * deviation) / Math.sqrt(n) <= target * Math.abs(mean);
  let low = 1;
  let high = 2;
  while (!enough(high)) {
    low = high;
    high *= 2;
    if (high > most) return undefined;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}
