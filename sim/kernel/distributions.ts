/**
 * Samplers on a stream of chance. Each draws a fixed number of uniforms, so that a changed parameter shifts no later draw; but
 * {@link erlang} draws as many as it has phases.
 *
 * Only `exp`, `log`, `log1p`, `sqrt`, `sin` and `cos` are used: they agree between Node versions, which `Math.pow` and `**`
 * with a fractional exponent do not (a golden table in the test pins them). A power x^a is exp(a log x).
 */
import { assert } from './assert.js';
import type { RandomStream } from '../host/ports.js';

/** Exponential with this mean. One uniform. */
export function exponential(stream: RandomStream, mean: number): number {
  return -mean * Math.log1p(-stream.uniform());
}

/** Uniform in [low, high). One uniform. */
export function uniformBetween(stream: RandomStream, low: number, high: number): number {
  return low + (high - low) * stream.uniform();
}

/** Normal, by Box and Muller's cosine half. Two uniforms. */
export function normal(stream: RandomStream, mean: number, deviation: number): number {
  return mean + deviation * standardNormal(stream.uniform(), stream.uniform());
}

/** A standard normal value from two uniforms in [0, 1); for addressed chance. */
export function standardNormal(u: number, v: number): number {
  return Math.sqrt(-2 * Math.log1p(-u)) * Math.cos(2 * Math.PI * v);
}

/** Lognormal with this median and this deviation of the logarithm. Two uniforms. */
export function lognormal(stream: RandomStream, median: number, sigma: number): number {
  return median * Math.exp(normal(stream, 0, sigma));
}

/** Pareto from `least` up, with tail exponent `alpha`. One uniform. */
export function pareto(stream: RandomStream, least: number, alpha: number): number {
  return least * Math.exp(-Math.log1p(-stream.uniform()) / alpha);
}

/** Pareto truncated to [least, most], by inversion. One uniform. */
export function boundedPareto(stream: RandomStream, least: number, most: number, alpha: number): number {
  assert(least > 0 && most >= least && alpha > 0, 'bounded Pareto needs 0 < least <= most and alpha > 0');
  const tail = Math.exp(alpha * Math.log(least / most));
  return least * Math.exp(-Math.log1p(-stream.uniform() * (1 - tail)) / alpha);
}

/** Gamma with this mean and squared coefficient of variation 1/k, as a sum of k exponentials (Erlang). k uniforms. */
export function erlang(stream: RandomStream, mean: number, k: number): number {
  let sum = 0;
  for (let i = 0; i < k; i++) sum += exponential(stream, mean / k);
  return sum;
}

/** Hyper-exponential of two phases with balanced means: this mean and squared coefficient of variation >= 1. Two uniforms. */
export function hyperExponential(stream: RandomStream, mean: number, scv: number): number {
  assert(scv >= 1, 'a hyper-exponential has a squared coefficient of variation of at least 1');
  const p = (1 + Math.sqrt((scv - 1) / (scv + 1))) / 2;
  const first = stream.uniform() < p;
  return exponential(stream, mean / (2 * (first ? p : 1 - p)));
}
