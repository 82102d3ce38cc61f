/**
 * Bursts of machine-type communication (3GPP TR 37.868, 6.1.1): a fixed number of arrivals in a fixed time, each of them
 * uniform (traffic model 1, 60 s) or Beta(3, 4) (model 2, 10 s) over it.
 *
 * Arrivals come in order without being kept: the smallest of n uniforms is drawn from its own distribution, then the smallest of
 * the n - 1 that are left above it, and so on. One uniform each.
 */
import type { RandomStream } from '../../sim/host/ports.js';
import type { NextArrival } from '../traffic/arrivals.js';

export type BurstShape = (share: number) => number;

/** Every instant alike. */
export const UNIFORM: BurstShape = (share) => share;

/** Distribution function of Beta(3, 4) on [0, 1]: 60 times the integral of x^2 (1-x)^3. */
export function betaCdf(x: number): number {
  const cube = x * x * x;
  return cube * (20 - 45 * x + 36 * x * x - 10 * cube);
}

/** Density of Beta(3, 4), relative to uniform. */
export function betaDensity(x: number): number {
  const rest = 1 - x;
  return 60 * x * x * rest * rest * rest;
}

/** Inverse of {@link betaCdf} by bisection: 50 halvings, sums and products only, so it is the same everywhere. */
export const BETA_3_4: BurstShape = (share) => {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (betaCdf(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
};

/** `count` arrivals in [fromNs, fromNs + overNs), then Infinity. `shape` gives the place of a share of them. */
export function burst(
  stream: RandomStream,
  shape: BurstShape,
  fromNs: number,
  overNs: number,
  count: number,
): NextArrival {
  let left = count;
  let above = 1;
  return () => {
    if (left === 0) return Infinity;
    // 1 minus the smallest of n uniforms on [done, 1) is `above` times the n-th root of a uniform.
    above *= Math.exp(Math.log1p(-stream.uniform()) / left--);
    return fromNs + Math.min(overNs - 1, Math.floor(shape(1 - above) * overNs));
  };
}
