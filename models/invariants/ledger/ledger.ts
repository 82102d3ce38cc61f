/**
 * The ledger: what each message was when it left its sender, and what was seen to happen to it since, one row a message. The
 * invariants judge by it; it judges nothing.
 */

import { LargeLedger } from './large-ledger.js';

export const Fate = {
  stored: 1,
  settled: 2,
  expired: 4,
  deadLettered: 8,
  /** Deleted at the wish of its user. */
  discarded: 16,
} as const;

const NEVER_STORED = -2;

export class Ledger {
  /** What Large Messages have beside the columns. */
  readonly large = new LargeLedger();
  /** Messages known: one more than the largest number. */
  size = 0;
  sender = new Int32Array(1024).fill(-1);
  recipient = new Int32Array(1024);
  /** 1 if the sender asked for anonymity. */
  anonymous = new Uint8Array(1024);
  /** Status of the final answer at the sender; 0 while there is none. */
  answered = new Int32Array(1024);
  presented = new Uint8Array(1024);
  live = new Uint8Array(1024);
  storedTimes = new Uint8Array(1024);
  fate = new Uint8Array(1024);
  /** Digests of what must arrive unaltered; 0 where there is nothing. */
  body = new Float64Array(1024);
  callId = new Float64Array(1024);
  from = new Float64Array(1024);
  to = new Float64Array(1024);
  subject = new Float64Array(1024);
  priority = new Float64Array(1024);
  contentType = new Float64Array(1024);
  date = new Float64Array(1024);
  /** Milliseconds since 1970 of the sender's Date; -1 if there is none. */
  dateMs = new Float64Array(1024);
  /** The sender's Expires in seconds; -1 if there is none. */
  expiresS = new Float64Array(1024);
  /** When the server received it, once it is stored. */
  receivedAtNs = new Float64Array(1024);
  /** Message of a deferred message number; -1 if it has no mark, -2 if it was never seen stored. */
  messageOfDm = new Int32Array(1024).fill(NEVER_STORED);
  /** When the server received what became this deferred message; a message that is stored twice has several. */
  receivedAtNsOfDm = new Float64Array(1024);

  /** Makes room for message `m`. */
  reach(m: number): void {
    if (m >= this.sender.length) this.enlarge(m + 1);
    if (m >= this.size) this.size = m + 1;
  }

  knows(m: number): boolean {
    return m >= 0 && m < this.size && this.sender[m] >= 0;
  }

  nameDm(dm: number, m: number, receivedAtNs: number): void {
    if (dm >= this.messageOfDm.length) {
      const length = Math.max(dm + 1, this.messageOfDm.length * 2);
      this.messageOfDm = widened(this.messageOfDm, new Int32Array(length).fill(NEVER_STORED));
      this.receivedAtNsOfDm = widened(this.receivedAtNsOfDm, new Float64Array(length));
    }
    this.messageOfDm[dm] = m;
    this.receivedAtNsOfDm[dm] = receivedAtNs;
  }

  /** The message of a deferred message number; negative if it is not known. */
  ofDm(dm: number): number {
    return dm >= 0 && dm < this.messageOfDm.length ? this.messageOfDm[dm] : NEVER_STORED;
  }

  /** True if a deferred message of this number was seen stored. */
  hasDm(dm: number): boolean {
    return this.ofDm(dm) !== NEVER_STORED;
  }

  private enlarge(least: number): void {
    const length = Math.max(least, this.sender.length * 2);
    const sender = new Int32Array(length).fill(-1);
    sender.set(this.sender);
    this.sender = sender;
    this.recipient = widened(this.recipient, new Int32Array(length));
    this.answered = widened(this.answered, new Int32Array(length));
    this.anonymous = widened(this.anonymous, new Uint8Array(length));
    this.presented = widened(this.presented, new Uint8Array(length));
    this.live = widened(this.live, new Uint8Array(length));
    this.storedTimes = widened(this.storedTimes, new Uint8Array(length));
    this.fate = widened(this.fate, new Uint8Array(length));
    this.body = widened(this.body, new Float64Array(length));
    this.callId = widened(this.callId, new Float64Array(length));
    this.from = widened(this.from, new Float64Array(length));
    this.to = widened(this.to, new Float64Array(length));
    this.subject = widened(this.subject, new Float64Array(length));
    this.priority = widened(this.priority, new Float64Array(length));
    this.contentType = widened(this.contentType, new Float64Array(length));
    this.date = widened(this.date, new Float64Array(length));
    this.dateMs = widened(this.dateMs, new Float64Array(length));
    this.expiresS = widened(this.expiresS, new Float64Array(length));
    this.receivedAtNs = widened(this.receivedAtNs, new Float64Array(length));
  }
}

/** Of its own, since the models use theirs. */
function widened<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
