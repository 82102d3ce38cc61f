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
  private words: Int32Array = new Int32Array(0);
  /** Of each octet of the head 0xff if it must be the same, else 0. */
  private mask = new Int32Array(0);
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
    if (this.words.buffer !== held.buffer) {
      this.words = new Int32Array(held.buffer, held.byteOffset, held.length >> 2);
      this.mask = new Int32Array(held.length >> 2);
    }
    const mask = new Uint8Array(this.mask.buffer);
    mask.fill(0xff, 0, octets);
    mask.fill(0, octets, (octets + 3) & -4);
    mask.fill(0, TID_AT, tidEnd);
    mask.fill(0, firstAt, firstEnd);
    mask.fill(0, lastAt, lastEnd);
    if (tidAgainAt > 0) mask.fill(0, tidAgainAt, tidAgainAt + tidEnd - TID_AT);
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
    if (!this.isSame(memory.words, memory.base + at)) return false;
    const { tidEnd, tidAgainAt } = this;
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

  /** Compares what must be the same. */
  private isSame(words: Int32Array, position: number): boolean {
    const { words: own, mask, octets } = this;
    const count = (octets + 3) >> 2;
    let at = position >>> 2;
    if (at + count + 1 > words.length) return false;
    const shift = (position & 3) << 3;
    let other = 0;
    if (shift === 0) {
      for (let i = 0; i < count; i++) other |= (words[at + i] ^ own[i]) & mask[i];
      return other === 0;
    }
    const up = 32 - shift;
    let word = words[at];
    for (let i = 0; i < count; i++) {
      const next = words[++at];
      other |= (((word >>> shift) | (next << up)) ^ own[i]) & mask[i];
      word = next;
    }
    return other === 0;
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
