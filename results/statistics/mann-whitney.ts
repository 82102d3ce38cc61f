/**
 * The Mann-Whitney U test: whether one of two independent samples tends to larger values. For noisy figures (speed, memory), which
 * are neither normal nor paired. Exact for small samples without ties, otherwise by the normal approximation with corrections for
 * ties and continuity.
 */
import { assert } from '../../sim/kernel/assert.js';
import { normalCdf } from './special.js';

/** Largest product of sample sizes for which the exact distribution is counted out. */
const EXACT_UP_TO = 900;

export interface MannWhitney {
  /** Number of pairs (x, y) with x > y, ties counting one half. */
  readonly u: number;
  /** Two-sided probability of a U this far from its mean if both samples have one distribution. */
  readonly p: number;
  readonly exact: boolean;
}

/** U and p of samples `x` and `y`, neither empty. */
export function mannWhitney(x: readonly number[], y: readonly number[]): MannWhitney {
  const [n, m] = [x.length, y.length];
  assert(n > 0 && m > 0, 'the Mann-Whitney test of an empty sample');
  let u = 0;
  for (const a of x) for (const b of y) u += a > b ? 1 : a === b ? 0.5 : 0;
  const all = [...x, ...y].toSorted((a, b) => a - b);
  const tied = all.some((value, i) => i > 0 && value === all[i - 1]);
  if (!tied && n * m <= EXACT_UP_TO) return { u, p: exactP(u, n, m), exact: true };

  let ties = 0;
  for (let i = 0, j = 0; i < all.length; i = j) {
    while (j < all.length && all[j] === all[i]) j++;
    const t = j - i;
    ties += t * t * t - t;
  }
  const total = n + m;
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)));
  if (variance === 0) return { u, p: 1, exact: false };
  const distance = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5);
  return { u, p: Math.min(1, 2 * (1 - normalCdf(distance / Math.sqrt(variance)))), exact: false };
}

/** Twice the smaller tail of U, counted over all orders of n + m values. */
function exactP(u: number, n: number, m: number): number {
  // ways[j][v]: orders of i of the x and j of the y with U = v, for the i at hand.
  let ways: Float64Array[] = Array.from({ length: m + 1 }, () => Float64Array.of(1));
  for (let i = 1; i <= n; i++) {
    const next: Float64Array[] = [Float64Array.of(1)];
    for (let j = 1; j <= m; j++) {
      const row = new Float64Array(i * j + 1);
      // The largest value is an x, above all j of the y; or it is a y.
      ways[j].forEach((count, v) => (row[v + j] += count));
      next[j - 1].forEach((count, v) => (row[v] += count));
      next.push(row);
    }
    ways = next;
  }
  const counts = ways[m];
  const orders = counts.reduce((sum, count) => sum + count, 0);
  const tail = Math.min(u, n * m - u);
  let below = 0;
  for (let v = 0; v <= tail; v++) below += counts[v];
  return Math.min(1, (2 * below) / orders);
}
