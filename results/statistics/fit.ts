/**
 * Fitting service times: base and cost for each KiB by least squares, and the shape of what is left by maximum likelihood, the best of
 * constant, exponential, gamma and lognormal by Akaike's criterion.
 *
 * A constant has no density, so it wins only where the times vary by less than 1 % around the line.
 */
import { assert } from '../../sim/kernel/assert.js';
import { meanOf } from './interval.js';
import { kolmogorovSmirnov } from './kolmogorov.js';
import { incompleteGamma, logGamma, normalCdf } from './special.js';

/** Relative deviation below which times count as constant. */
const CONSTANT_BELOW = 0.01;
const OCTETS_OF_A_KIB = 1024;

export interface CostLine {
  /** Nanoseconds, neither below 0. */
  readonly baseNs: number;
  readonly nsPerKiB: number;
}

/** Least squares of duration over size, with neither part below 0. */
export function fitLine(octets: readonly number[], durationsNs: readonly number[]): CostLine {
  const kib = octets.map((size) => size / OCTETS_OF_A_KIB);
  const meanX = meanOf(kib);
  const meanY = meanOf(durationsNs);
  let xx = 0;
  let xy = 0;
  let squares = 0;
  let products = 0;
  kib.forEach((x, i) => {
    xx += (x - meanX) * (x - meanX);
    xy += (x - meanX) * (durationsNs[i] - meanY);
    squares += x * x;
    products += x * durationsNs[i];
  });
  const slope = xx === 0 ? 0 : xy / xx;
  if (slope <= 0) return { baseNs: meanY, nsPerKiB: 0 };
  const base = meanY - slope * meanX;
  return base >= 0 ? { baseNs: base, nsPerKiB: slope } : { baseNs: 0, nsPerKiB: products / squares };
}

export type ShapeName = 'constant' | 'exponential' | 'gamma' | 'lognormal';

export interface Shape {
  readonly name: ShapeName;
  /** Akaike's criterion; absent for a constant. */
  readonly aic?: number;
  /** Kolmogorov-Smirnov distance of the data from the fit; absent for a constant. */
  readonly distance?: number;
}

/** The shapes of positive `values`, the best first. */
export function fitShapes(values: readonly number[]): Shape[] {
  assert(values.length > 0, 'a fit of no values');
  const n = values.length;
  const mean = meanOf(values);
  let squares = 0;
  let logs = 0;
  for (const value of values) {
    squares += (value - mean) * (value - mean);
    logs += Math.log(value);
  }
  const meanLog = logs / n;
  if (Math.sqrt(squares / n) <= CONSTANT_BELOW * mean) return [{ name: 'constant' }];

  let logSquares = 0;
  for (const value of values) logSquares += (Math.log(value) - meanLog) * (Math.log(value) - meanLog);
  const sigma = Math.sqrt(logSquares / n);
  const alpha = gammaShape(Math.log(mean) - meanLog);
  const shapes: Shape[] = [
    {
      name: 'exponential',
      aic: 2 - 2 * (-n * Math.log(mean) - n),
      distance: kolmogorovSmirnov(values, (x) => -Math.expm1(-x / mean)).distance,
    },
    {
      name: 'gamma',
      aic:
        4 -
        2 *
          (n * (alpha * Math.log(alpha / mean) - logGamma(alpha)) +
            (alpha - 1) * logs -
            (alpha * n * mean) / mean),
      distance: kolmogorovSmirnov(values, (x) => incompleteGamma(alpha, (alpha * x) / mean)).distance,
    },
    {
      name: 'lognormal',
      aic: 4 - 2 * (-logs - n * Math.log(sigma) - (n / 2) * Math.log(2 * Math.PI) - n / 2),
      distance: kolmogorovSmirnov(values, (x) => normalCdf((Math.log(x) - meanLog) / sigma)).distance,
    },
  ];
  return shapes.toSorted((a, b) => (a.aic ?? 0) - (b.aic ?? 0) || (a.name < b.name ? -1 : 1));
}

/** The alpha with log(alpha) - digamma(alpha) = s, by bisection; the left side falls from infinity to 0. */
function gammaShape(s: number): number {
  let low = 1e-6;
  let high = 1e9;
  for (let i = 0; i < 200; i++) {
    const middle = Math.sqrt(low * high);
    if (middle === low || middle === high) break;
    if (Math.log(middle) - digamma(middle) > s) low = middle;
    else high = middle;
  }
  return Math.sqrt(low * high);
}

function digamma(x: number): number {
  let shift = 0;
  let at = x;
  for (; at < 8; at++) shift -= 1 / at;
  const f = 1 / (at * at);
  return shift + Math.log(at) - 0.5 / at - f * (1 / 12 - f * (1 / 120 - f * (1 / 252 - f * (1 / 240))));
}

/** Mean absolute error over the actual value. */
export function meanAbsolutePercentageError(actual: readonly number[], predicted: readonly number[]): number {
  return meanOf(actual.map((value, i) => Math.abs(predicted[i] - value) / value));
}
