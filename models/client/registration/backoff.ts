/**
 * How long a client waits after a failed registration (RFC 5626 section 4.5): uniform in [W/2, W] with W = base * 2^failures up
 * to a maximum, failures counted from 1. With the default base of 30 s the first retry comes after 30 to 60 s.
 */
import { uniformBetween } from '../chance.js';

/** Wait in nanoseconds from 32 bits of chance; a Retry-After may lengthen it, never shorten. */
export function backoffNs(
  failures: number,
  baseNs: number,
  maxNs: number,
  bits: number,
  retryAfterNs: number,
): number {
  let upperNs = baseNs;
  for (let i = 0; i < failures && upperNs < maxNs; i++) upperNs *= 2;
  upperNs = Math.min(upperNs, maxNs);
  const waitNs = uniformBetween(bits, Math.ceil(upperNs / 2), Math.floor(upperNs));
  return Math.max(waitNs, retryAfterNs);
}
