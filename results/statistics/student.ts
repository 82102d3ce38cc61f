/** Student's t distribution, for intervals over few replications. */
import { assert } from '../../sim/kernel/assert.js';
import { bisect, incompleteBeta } from './special.js';

/** P(T <= t) with `degrees` degrees of freedom. */
export function studentCdf(t: number, degrees: number): number {
  const tail = 0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5);
  return t >= 0 ? 1 - tail : tail;
}

/** The t with P(T <= t) = p; t(0.975; 9) = 2.2621571628. For p in (0, 1) and at least one degree of freedom. */
export function studentQuantile(p: number, degrees: number): number {
  assert(degrees >= 1, "Student's t needs at least one degree of freedom");
  if (p === 0.5) return 0;
  return p < 0.5 ? -studentQuantile(1 - p, degrees) : bisect((t) => studentCdf(t, degrees), p, 0, 16);
}
