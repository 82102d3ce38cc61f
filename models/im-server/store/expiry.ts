/**
 * Lifetime of a deferred message: S6, S6a, S6b, S6c with the readings A9, A10 and A25.
 *
 * - Expires below or equal to the operator's maximum: that value. Above it, absent or malformed: the operator's *default*, not
 *   the maximum. 0: the message is not stored at all.
 * - The lifetime counts from the sender's Date if that is within the skew limit of the receive time, else from receipt. One that
 *   is over on arrival is refused as 0 is: a 202 for a message that nobody will ever get would be a lie.
 * - The switch off: nothing expires.
 *
 * Not here: the check before each SEND (`push/push-sends.ts`), and what comes due (`expiry-queue.ts`) and leaves (`store.ts`).
 */
import { NS_PER_MS, NS_PER_S } from '../../../sim/kernel/time.js';
import { NO_DATE } from '../../wire/sip/values/date.js';
import type { ExpiryConfig } from '../config.js';

/** The message may not be stored: its Expires is 0 (A9), or its lifetime was over when it came. */
export const DO_NOT_STORE = -2;
/** No lifetime. */
export const NEVER = -1;
/** `expiresS` of a header that is absent or malformed. */
export const NO_EXPIRES = -1;

/**
 * The instant of expiry in virtual nanoseconds, {@link NEVER}, or {@link DO_NOT_STORE}.
 *
 * `expiresS`: the Expires header in seconds, or {@link NO_EXPIRES}. `dateMs`: the sender's Date in milliseconds since 1970, or
 * `NO_DATE`. `receivedMs`: the server's wall clock at receipt, which is virtual instant `receivedAtNs`.
 */
export function expiryInstant(
  config: ExpiryConfig,
  expiresS: number,
  dateMs: number,
  receivedMs: number,
  receivedAtNs: number,
): number {
  if (expiresS === 0) return DO_NOT_STORE;
  if (!config.enabled) return NEVER;
  const askedNs = expiresS * NS_PER_S;
  const lifetimeNs = expiresS === NO_EXPIRES || askedNs > config.maxNs ? config.defaultNs : askedNs;
  // Date has whole seconds, so a sender whose clock is right is up to a second behind.
  const behindNs = (receivedMs - dateMs) * NS_PER_MS;
  const trusted = dateMs !== NO_DATE && Math.abs(behindNs) <= config.skewLimitNs;
  const leftNs = lifetimeNs - (trusted ? behindNs : 0);
  return leftNs > 0 ? receivedAtNs + leftNs : DO_NOT_STORE;
}

/** What is wrong with an operator's lifetimes, or undefined. A default above the maximum is a configuration error (A9). */
export function expiryFault(config: ExpiryConfig): string | undefined {
  if (config.defaultNs > config.maxNs) return 'the default lifetime exceeds the maximum';
  if (config.defaultNs <= 0) return 'the default lifetime must be positive';
  return undefined;
}
