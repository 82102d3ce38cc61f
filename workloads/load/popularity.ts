/**
 * Who is written to: everybody alike, or a few much more than the others (Zipf: the share of rank k is proportional to k^-s).
 * User n has rank n + 1.
 *
 * Zipf by inversion of the integral of a hat function and rejection (Hoermann and Derflinger, 1996): no table, so a population of
 * millions costs nothing, and one or two tries on average whatever the exponent.
 */
import type { RandomStream } from '../../sim/host/ports.js';
import { assert } from '../../sim/kernel/assert.js';

/** Draws ranks 1 ... `count` with probability proportional to rank^-`exponent`. */
export function zipf(stream: RandomStream, count: number, exponent: number): () => number {
  assert(count >= 1 && exponent > 0, 'Zipf needs somebody and an exponent above 0');
  const flat = Math.abs(1 - exponent) < 1e-9;
  const power = 1 - exponent;
  /** An antiderivative of x^-s, and its inverse. */
  const area = (x: number) => (flat ? Math.log(x) : (Math.exp(power * Math.log(x)) - 1) / power);
  const place = (y: number) => (flat ? Math.exp(y) : Math.exp(Math.log(1 + power * y) / power));
  const weight = (rank: number) => Math.exp(-exponent * Math.log(rank));
  const first = area(1.5) - 1;
  const last = area(count + 0.5);
  const sure = 2 - place(area(2.5) - weight(2));
  return () => {
    for (;;) {
      const y = last + stream.uniform() * (first - last);
      const x = place(y);
      const rank = Math.min(count, Math.max(1, Math.round(x)));
      if (rank - x <= sure || y >= area(rank + 0.5) - weight(rank)) return rank;
    }
  };
}
