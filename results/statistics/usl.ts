/**
 * The universal scalability law (Gunther): X(N) = l N / (1 + a (N - 1) + b N (N - 1)). `a` is contention, what must be done one after the
 * other; `b` is coherence, what everybody must agree on with everybody. Both are never negative.
 *
 * N / X is linear in 1, N - 1 and N (N - 1), so the fit is by least squares, weighted by X^2 so that large values of N / X, where
 * little was carried, do not count more than others. A coefficient that would be negative is 0 and the rest is fitted anew.
 */
import { assert } from '../../sim/kernel/assert.js';

export interface UslPoint {
  readonly n: number;
  readonly throughput: number;
}

export interface UslFit {
  /** Throughput of one. */
  readonly lambda: number;
  readonly contention: number;
  readonly coherence: number;
  /** Share of the variation of the throughput that the law explains. */
  readonly r2: number;
  /** N of the highest throughput; absent if it grows for ever. */
  readonly peakAt?: number;
  /** Throughput there; absent too if the peak lies beyond twice the last point: that far nothing is foretold. */
  readonly peak?: number;
}

/** Points that a fit of three coefficients needs. */
export const LEAST_POINTS = 4;
/** Nothing is said beyond this many times the last point. */
const EXTRAPOLATION = 2;
/** What rounding may do to a coefficient. */
const ROUNDING = 1e-9;

/** X(N) of a fit. */
export function uslAt({ lambda, contention, coherence }: UslFit, n: number): number {
  return (lambda * n) / (1 + contention * (n - 1) + coherence * n * (n - 1));
}

/** The fit; undefined if there are fewer than {@link LEAST_POINTS} points with different N, or no fit makes sense. */
export function fitUsl(points: readonly UslPoint[]): UslFit | undefined {
  const usable = points.filter(({ n, throughput }) => n >= 1 && throughput > 0);
  if (new Set(usable.map(({ n }) => n)).size < LEAST_POINTS) return undefined;
  const terms: ((n: number) => number)[] = [() => 1, (n) => n - 1, (n) => n * (n - 1)];
  const choices = [[0, 1, 2], [0, 1], [0, 2], [0]];
  let best: { readonly coefficients: readonly number[]; readonly error: number } | undefined;
  for (const chosen of choices) {
    const solved = leastSquares(
      usable.map(({ n }) => chosen.map((term) => terms[term](n))),
      usable.map(({ n, throughput }) => n / throughput),
      usable.map(({ throughput }) => throughput * throughput),
    );
    if (solved === undefined) continue;
    const coefficients = [0, 0, 0];
    chosen.forEach((term, i) => (coefficients[term] = solved[i]));
    if (coefficients[0] <= 0 || coefficients[1] < 0 || coefficients[2] < 0) continue;
    const error = errorOf(usable, coefficients);
    if (best === undefined || error < best.error) best = { coefficients, error };
  }
  return best === undefined ? undefined : described(usable, best.coefficients, best.error);
}

function errorOf(points: readonly UslPoint[], [one, linear, square]: readonly number[]): number {
  let error = 0;
  for (const { n, throughput } of points) {
    const off = throughput - n / (one + linear * (n - 1) + square * n * (n - 1));
    error += off * off;
  }
  return error;
}

function described(
  points: readonly UslPoint[],
  [one, linear, square]: readonly number[],
  error: number,
): UslFit {
  const mean = points.reduce((sum, { throughput }) => sum + throughput, 0) / points.length;
  const total = points.reduce((sum, { throughput }) => sum + (throughput - mean) * (throughput - mean), 0);
  const contention = cleaned(linear / one);
  const coherence = cleaned(square / one);
  const fit = { lambda: 1 / one, contention, coherence, r2: total === 0 ? 1 : 1 - error / total };
  // Where all must be done one after the other, more bring no more from the first on.
  const grows = contention < 1 - ROUNDING;
  if (grows && coherence === 0) return fit;
  const peakAt = grows ? Math.max(1, Math.sqrt((1 - contention) / coherence)) : 1;
  const last = points.reduce((most, { n }) => Math.max(most, n), 0);
  return peakAt > EXTRAPOLATION * last ? { ...fit, peakAt } : { ...fit, peakAt, peak: uslAt(fit, peakAt) };
}

/** What is 0 but for rounding is 0. */
function cleaned(value: number): number {
  return value < 1e-12 ? 0 : value;
}

/** Weighted least squares by the normal equations; undefined if they have no single answer. */
function leastSquares(
  rows: readonly (readonly number[])[],
  values: readonly number[],
  weights: readonly number[],
): number[] | undefined {
  const width = rows[0].length;
  assert(
    rows.length === values.length && rows.length === weights.length,
    'a value and a weight for each row',
  );
  const matrix = Array.from({ length: width }, (_, i) => [
    ...Array.from({ length: width }, (__, j) =>
      rows.reduce((sum, row, r) => sum + weights[r] * row[i] * row[j], 0),
    ),
    rows.reduce((sum, row, r) => sum + weights[r] * row[i] * values[r], 0),
  ]);
  for (let pivot = 0; pivot < width; pivot++) {
    let largest = pivot;
    for (let i = pivot + 1; i < width; i++) {
      if (Math.abs(matrix[i][pivot]) > Math.abs(matrix[largest][pivot])) largest = i;
    }
    [matrix[pivot], matrix[largest]] = [matrix[largest], matrix[pivot]];
    if (Math.abs(matrix[pivot][pivot]) < 1e-12) return undefined;
    for (let i = 0; i < width; i++) {
      if (i === pivot) continue;
      const factor = matrix[i][pivot] / matrix[pivot][pivot];
      for (let j = pivot; j <= width; j++) matrix[i][j] -= factor * matrix[pivot][j];
    }
  }
  return matrix.map((row, i) => row[width] / row[i]);
}
