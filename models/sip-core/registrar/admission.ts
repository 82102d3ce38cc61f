/**
 * How many REGISTER requests are let in: a token bucket of one second's worth, so that an avalanche of registrations meets a
 * constant rate behind it (rules section 5). What is over is answered 503 with Retry-After (RFC 3261 section 21.5.4).
 *
 * Kept as one instant, the theoretical arrival time of the next request if all came at the rate: no tokens to count, no drift.
 */
import { NS_PER_S } from '../../../sim/kernel/time.js';

export class TokenBucket {
  private readonly intervalNs: number;
  private readonly burstNs: number;
  private nextNs = 0;

  /** `perSecond` 0 lets everything in. */
  constructor(perSecond: number) {
    this.intervalNs = perSecond > 0 ? Math.round(NS_PER_S / perSecond) : 0;
    this.burstNs = Math.max(NS_PER_S - this.intervalNs, 0);
  }

  /** Takes one token at `nowNs`; false if there is none. */
  take(nowNs: number): boolean {
    if (this.intervalNs === 0) return true;
    if (this.nextNs - this.burstNs > nowNs) return false;
    this.nextNs = Math.max(this.nextNs, nowNs) + this.intervalNs;
    return true;
  }
}

/**
 * Seconds that a refused client is told to wait: 5 to 14, spread by `random` (any integer), so that those who were refused
 * together do not return together. The range is assumed.
 */
export function retryAfterSeconds(random: number): number {
  return 5 + ((random >>> 0) % 10);
}
