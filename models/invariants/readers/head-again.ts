/**
 * Recognises the head of an MSRP frame that is like the one before: the chunks of a message differ in transaction id and Byte-Range
 * alone, their responses in the transaction id. All octets but those are compared with the ones that were read line by line, so the
 * frame is what reading it again would give; a test holds {@link SlowMsrpStream} to that.
 */
import type { Memory } from './memory.js';
import { slowNumber } from './slow-sip.js';

/** Where the transaction id begins: after `MSRP `. */
const TID_AT = 5;
/** Larger numbers are read line by line. */
const DIGITS = 12;
/** Octets of `ident` (RFC 4975 section 9). */
const IDENT = Uint8Array.from({ length: 256 }, (_, octet) =>
  /[A-Za-z0-9.\-+%=]/.test(String.fromCharCode(octet)) ? 1 : 0,
);

export class HeadAgain {
  /** Octets of the head that is known; 0: none is. */
  octets = 0;
  /** First and last position in Byte-Range of the head that matched last. */
  first = 0;
  last = 0;
  /** The memory of the head that is known. */
  private own: DataView = new DataView(new ArrayBuffer(0));
  private viewed: Buffer | null = null;
  private ownBase = 0;
  private tidEnd = 0;
  private firstAt = 0;
  private firstEnd = 0;
  private lastAt = 0;
  private lastEnd = 0;
  /** Where the transaction id stands again; 0 if it does not. */
  private tidAgainAt = 0;

  /**
   * Knows the first `octets` of `held` from now on, as they stand there. The numbers of Byte-Range are in [firstAt, firstEnd) and
   * [lastAt, lastEnd); or it has none, and the transaction id stands again at `tidAgainAt`.
   */
  know(
    held: Buffer,
    octets: number,
    tidEnd: number,
    firstAt: number,
    firstEnd: number,
    lastAt: number,
    lastEnd: number,
    tidAgainAt: number,
  ): void {
    if (firstEnd - firstAt > DIGITS || lastEnd - lastAt > DIGITS) return;
    if (this.viewed !== held) {
      this.viewed = held;
      this.own = new DataView(held.buffer);
    }
    this.ownBase = held.byteOffset;
    this.octets = octets;
    this.tidEnd = tidEnd;
    this.firstAt = firstAt;
    this.firstEnd = firstEnd;
    this.lastAt = lastAt;
    this.lastEnd = lastEnd;
    this.tidAgainAt = tidAgainAt;
  }

  /** True if such a head begins at `at` of `buf`, which `memory` sees. Then its octets are in `held`. */
  matches(memory: Memory, buf: Buffer, at: number, held: Buffer): boolean {
    const { tidEnd, tidAgainAt } = this;
    if (!this.isSame(memory.view, memory.base + at)) return false;
    for (let i = TID_AT; i < tidEnd; i++) if (IDENT[buf[at + i]] === 0) return false;
    if (tidAgainAt > 0) {
      const again = at + tidAgainAt - TID_AT;
      for (let i = TID_AT; i < tidEnd; i++) if (buf[again + i] !== buf[at + i]) return false;
    } else {
      this.first = slowNumber(buf, at + this.firstAt, at + this.firstEnd);
      this.last = slowNumber(buf, at + this.lastAt, at + this.lastEnd);
      if (this.first < 0 || this.last < 0) return false;
    }
    this.take(buf, at, held);
    return true;
  }

  /** Compares what must be the same: all but transaction ids and the two numbers. */
  private isSame(view: DataView, position: number): boolean {
    const { tidEnd, tidAgainAt, octets } = this;
    if (!this.hasSame(view, position, 0, TID_AT)) return false;
    if (tidAgainAt > 0) {
      const again = tidAgainAt + tidEnd - TID_AT;
      return this.hasSame(view, position, again, octets) && this.hasSame(view, position, tidEnd, tidAgainAt);
    }
    return (
      this.hasSame(view, position, this.lastEnd, octets) &&
      this.hasSame(view, position, this.firstEnd, this.lastAt) &&
      this.hasSame(view, position, tidEnd, this.firstAt)
    );
  }

  /** True if octets [start, end) of the head are the same in the one at `position` of `view`. */
  private hasSame(view: DataView, position: number, start: number, end: number): boolean {
    const { own, ownBase } = this;
    let at = start;
    for (; at + 4 <= end; at += 4) {
      if (view.getInt32(position + at) !== own.getInt32(ownBase + at)) return false;
    }
    for (; at < end; at++) if (view.getUint8(position + at) !== own.getUint8(ownBase + at)) return false;
    return true;
  }

  /** Puts what may differ into the head that is known. */
  private take(buf: Buffer, at: number, held: Buffer): void {
    const { tidEnd, firstAt, lastAt, firstEnd, lastEnd, tidAgainAt } = this;
    for (let i = TID_AT; i < tidEnd; i++) held[i] = buf[at + i];
    for (let i = firstAt; i < firstEnd; i++) held[i] = buf[at + i];
    for (let i = lastAt; i < lastEnd; i++) held[i] = buf[at + i];
    if (tidAgainAt === 0) return;
    const end = tidAgainAt + tidEnd - TID_AT;
    for (let i = tidAgainAt; i < end; i++) held[i] = buf[at + i];
  }
}
