/**
 * Special functions that the statistics need: log-gamma, regularised incomplete beta and gamma, the normal distribution. Written
 * out here because the sums must come out the same on every machine: only `exp`, `log`, `log1p` and `sqrt` are used.
 *
 * Accuracy is about 1e-12 relative in the ranges that the statistics use; the tests hold it against published tables.
 */
import { assert } from '../../sim/kernel/assert.js';

const LANCZOS: readonly number[] = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];
const LANCZOS_G = 7;
const HALF_LOG_TWO_PI = 0.9189385332046727;
const TINY = 1e-300;
const PRECISION = 1e-15;
const ROUNDS = 10_000;

/** ln Gamma(x) for x > 0. */
export function logGamma(x: number): number {
  assert(x > 0, 'log-gamma of a number above 0');
  if (x < 0.5) return logGamma(x + 1) - Math.log(x);
  const z = x - 1;
  let sum = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i] / (z + i);
  const t = z + LANCZOS_G + 0.5;
  return HALF_LOG_TWO_PI + (z + 0.5) * Math.log(t) - t + Math.log(sum);
}

/** The regularised incomplete beta function I_x(a, b), for a, b > 0 and x in [0, 1]. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** Continued fraction of the incomplete beta function, by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m <= ROUNDS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return h;
}

function away(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}

/** The regularised lower incomplete gamma function P(a, x), for a > 0. */
export function incompleteGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n <= ROUNDS && term > sum * PRECISION; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return front * sum;
  }
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n <= ROUNDS; n++) {
    const step = -n * (n - a);
    b += 2;
    d = 1 / away(step * d + b);
    c = away(b + step / c);
    h *= d * c;
    if (Math.abs(d * c - 1) < PRECISION) break;
  }
  return 1 - front * h;
}

/** The distribution function of the standard normal law. */
export function normalCdf(z: number): number {
  const tail = 0.5 * (1 - incompleteGamma(0.5, (z * z) / 2));
  return z >= 0 ? 1 - tail : tail;
}

/**
 * The z with `cdf(z) = p` for a distribution symmetrical about 0 or on positive numbers: `low` and `high` are a first guess of the
 * bracket, widened until it holds.
 */
export function bisect(cdf: (z: number) => number, p: number, low: number, high: number): number {
  assert(p > 0 && p < 1, 'a quantile of a probability between 0 and 1');
  let from = low;
  let to = high;
  while (cdf(to) < p) to *= 2;
  while (cdf(from) > p) from = from === 0 ? -to : from * 2;
  for (let i = 0; i < 200; i++) {
    const middle = (from + to) / 2;
    if (middle === from || middle === to) break;
    if (cdf(middle) < p) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}
