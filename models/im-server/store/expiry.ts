/**
 * Lifetime of a deferred message: S6, S6a, S6b, S6c with the readings A9, A10 and A25.
 *
 * - Expires below or equal to the operator's maximum: that value. Above it, absent or malformed: the operator's *default*, not
 *   the maximum. 0: the message is not stored at all.
 * - The lifetime counts from the sender's Date if that is within the skew limit of the receive time, else from receipt. One that
 *   is over on arrival is refused as 0 is: a 202 for a message that nobody will ever get would be a lie.
 * - The switch off: nothing expires.
 *
 * Not here: the check before each SEND (`push.ts`) and the deletion (`server.ts`).
 */
import { NS_PER_MS, NS_PER_S } from '../../../sim/kernel/time.js';
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
 * -1. `receivedMs`: the server's wall clock at receipt, which is virtual instant `receivedAtNs`.
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
  const trusted = dateMs >= 0 && Math.abs(behindNs) <= config.skewLimitNs;
  const leftNs = lifetimeNs - (trusted ? behindNs : 0);
  return leftNs > 0 ? receivedAtNs + leftNs : DO_NOT_STORE;
}

/** What is wrong with an operator's lifetimes, or undefined. A default above the maximum is a configuration error (A9). */
export function expiryFault(config: ExpiryConfig): string | undefined {
  if (config.defaultNs > config.maxNs) return 'the default lifetime exceeds the maximum';
  if (config.defaultNs <= 0) return 'the default lifetime must be positive';
  return undefined;
}

/**
 * Rows by instant of expiry: a binary heap of (instant, row, dm) with lazy removal. One kernel timer, armed for the earliest,
 * serves all, since a timer for each of a million messages would cost more than the message's index row.
 */
export class ExpiryQueue {
  private instants = new Float64Array(64);
  private rows = new Int32Array(64);
  private dms = new Float64Array(64);
  size = 0;

  push(atNs: number, row: number, dm: number): void {
    if (this.size === this.rows.length) this.enlarge();
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.before(parent, atNs, dm)) break;
      this.move(parent, at);
      at = parent;
    }
    this.set(at, atNs, row, dm);
  }

  /** Earliest instant; Infinity if empty. */
  get earliestNs(): number {
    return this.size === 0 ? Infinity : this.instants[0];
  }

  get earliestRow(): number {
    return this.rows[0];
  }

  get earliestDm(): number {
    return this.dms[0];
  }

  shift(): void {
    const last = --this.size;
    if (last === 0) return;
    const atNs = this.instants[last];
    const row = this.rows[last];
    const dm = this.dms[last];
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= last) break;
      if (child + 1 < last && this.before(child + 1, this.instants[child], this.dms[child])) child++;
      if (!this.before(child, atNs, dm)) break;
      this.move(child, at);
      at = child;
    }
    this.set(at, atNs, row, dm);
  }

  /** Entry `index` goes before (instant, dm): by instant, then by message number. */
  private before(index: number, atNs: number, dm: number): boolean {
    const own = this.instants[index];
    return own < atNs || (own === atNs && this.dms[index] < dm);
  }

  private move(from: number, to: number): void {
    this.set(to, this.instants[from], this.rows[from], this.dms[from]);
  }

  private set(at: number, atNs: number, row: number, dm: number): void {
    this.instants[at] = atNs;
    this.rows[at] = row;
    this.dms[at] = dm;
  }

  private enlarge(): void {
    const instants = new Float64Array(this.rows.length * 2);
    instants.set(this.instants);
    this.instants = instants;
    const dms = new Float64Array(this.rows.length * 2);
    dms.set(this.dms);
    this.dms = dms;
    const rows = new Int32Array(this.rows.length * 2);
    rows.set(this.rows);
    this.rows = rows;
  }
}
