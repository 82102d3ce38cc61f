/**
 * The ledger: what each message was when it left its sender, and what was seen to happen to it since, one row a message. The
 * invariants judge by it; it judges nothing.
 */

import { Columns, rowsFor } from './columns.js';
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
/** In place of a sender: the message is not known. */
const NOBODY = -1;
/** Of all columns by message, and of those by deferred message. */
const ROW_OCTETS = 11 * 8 + 2 * 4 + 2 + 5;
const DM_OCTETS = 8 + 4;

export class Ledger {
  /** What Large Messages have beside the columns. */
  readonly large = new LargeLedger();
  /** Messages known: one more than the largest number. */
  size = 0;
  sender = new Int32Array(1024);
  recipient = new Int32Array(1024);
  /** 1 if the sender asked for anonymity. */
  anonymous = new Uint8Array(1024);
  /** Status of the final answer at the sender; 0 while there is none. */
  answered = new Uint16Array(1024);
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
  /** One more than the sender's Expires in seconds; 0 if there is none. */
  expiresPlusOneS = new Float64Array(1024);
  /** When the server received it, once it is stored. */
  receivedAtNs = new Float64Array(1024);
  /** Message of a deferred message number; -1 if it has no mark, -2 if it was never seen stored. */
  messageOfDm = new Int32Array(1024);
  /** When the server received what became this deferred message; a message that is stored twice has several. */
  receivedAtNsOfDm = new Float64Array(1024);
  /** One more than the largest deferred message number. */
  private dms = 0;

  /** Makes room for message `m`. */
  reach(m: number): void {
    if (m < this.size) return;
    if (m >= this.sender.length) this.enlarge(m);
    for (let i = this.size; i <= m; i++) this.sender[i] = NOBODY;
    this.size = m + 1;
  }

  knows(m: number): boolean {
    return m >= 0 && m < this.size && this.sender[m] >= 0;
  }

  /** Writes what most messages do not have: a column takes no memory where nothing but 0 ever was. */
  noteRare(column: Float64Array, m: number, value: number): void {
    if (column[m] !== value) column[m] = value;
  }

  /** The sender's Expires in seconds; -1 if there is none. */
  expiresS(m: number): number {
    return this.expiresPlusOneS[m] - 1;
  }

  nameDm(dm: number, m: number, receivedAtNs: number): void {
    if (dm >= this.messageOfDm.length) this.enlargeDms(dm);
    for (let i = this.dms; i < dm; i++) this.messageOfDm[i] = NEVER_STORED;
    if (dm >= this.dms) this.dms = dm + 1;
    this.messageOfDm[dm] = m;
    this.receivedAtNsOfDm[dm] = receivedAtNs;
  }

  /** The message of a deferred message number; negative if it is not known. */
  ofDm(dm: number): number {
    return dm >= 0 && dm < this.dms ? this.messageOfDm[dm] : NEVER_STORED;
  }

  /** True if a deferred message of this number was seen stored. */
  hasDm(dm: number): boolean {
    return this.ofDm(dm) !== NEVER_STORED;
  }

  private enlarge(m: number): void {
    const columns = new Columns(rowsFor(m, this.sender.length, ROW_OCTETS), ROW_OCTETS);
    this.body = columns.next(this.body);
    this.callId = columns.next(this.callId);
    this.from = columns.next(this.from);
    this.to = columns.next(this.to);
    this.subject = columns.next(this.subject);
    this.priority = columns.next(this.priority);
    this.contentType = columns.next(this.contentType);
    this.date = columns.next(this.date);
    this.dateMs = columns.next(this.dateMs);
    this.expiresPlusOneS = columns.next(this.expiresPlusOneS);
    this.receivedAtNs = columns.next(this.receivedAtNs);
    this.sender = columns.next(this.sender);
    this.recipient = columns.next(this.recipient);
    this.answered = columns.next(this.answered);
    this.anonymous = columns.next(this.anonymous);
    this.presented = columns.next(this.presented);
    this.live = columns.next(this.live);
    this.storedTimes = columns.next(this.storedTimes);
    this.fate = columns.next(this.fate);
  }

  private enlargeDms(dm: number): void {
    const columns = new Columns(rowsFor(dm, this.messageOfDm.length, DM_OCTETS), DM_OCTETS);
    this.receivedAtNsOfDm = columns.next(this.receivedAtNsOfDm);
    this.messageOfDm = columns.next(this.messageOfDm);
  }
}
