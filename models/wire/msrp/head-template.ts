/**
 * The heads of the chunks of one message differ in transaction id and Byte-Range alone. A template remembers such a head, so
 * that the next one is recognised by two comparisons instead of being read line by line; it gives the very same result
 * (a property test compares both).
 */
import { FrameFault } from './frame-faults.js';
import { FrameHead, FrameKind } from './frame-head.js';
import { readByteRange } from './head-lines.js';
import { sameOctets, Words } from './same-octets.js';

const CR = 13;
const MSRP_OCTETS = 5;
/** A longer Byte-Range value is read the slow way. */
const RANGE_OCTETS = 48;

export class HeadTemplate {
  /** Counts the heads that were remembered; 0 while there is none. */
  serial = 0;
  /** The head, from position 0. */
  private readonly head: FrameHead;
  private octets: Buffer;
  private readonly own = new Words();
  private readonly seen = new Words();
  private headOctets = 0;
  private tidOctets = 0;
  private rangeStart = 0;
  private rangeEnd = 0;
  /** Where the head that matched ends. */
  matchedEnd = 0;

  constructor() {
    this.octets = Buffer.alloc(0);
    this.head = new FrameHead(this.octets);
  }

  forget(): void {
    this.headOctets = 0;
  }

  /** Remembers the head [start, end) of `buf`, if others like it may follow. */
  remember(head: FrameHead, buf: Buffer, start: number, end: number): void {
    const goesOn = head.hasRange && (head.rangeEnd < 0 || head.rangeEnd < head.total);
    if (!goesOn || head.fault !== FrameFault.none || head.kind !== FrameKind.send) return;
    this.headOctets = end - start;
    if (this.octets.length < this.headOctets) {
      this.octets = Buffer.from(new ArrayBuffer(2 * this.headOctets + 8));
    }
    buf.copy(this.octets, 0, start, end);
    this.tidOctets = head.tid.end - head.tid.start;
    this.rangeStart = head.range.start - start;
    this.rangeEnd = head.range.end - start;
    head.template = ++this.serial;
    this.head.copyFrom(head);
    this.head.moveTo(this.octets, -start);
  }

  /** Reads the head at `start` into `head` if it is like the remembered one and lies before `end` as a whole. */
  matches(head: FrameHead, buf: Buffer, start: number, end: number): boolean {
    const { octets, headOctets, rangeStart, rangeEnd } = this;
    if (headOctets === 0 || start + rangeStart >= end) return false;
    const tidEnd = MSRP_OCTETS + this.tidOctets;
    // What comes after the transaction id tells a request from a response.
    if (buf[start + tidEnd] !== 32 || buf[start + tidEnd + 1] !== octets[tidEnd + 1]) return false;
    const own = this.own.see(octets);
    const seen = this.seen.see(buf);
    for (let i = 0; i < MSRP_OCTETS; i++) if (buf[start + i] !== octets[i]) return false;
    for (let i = MSRP_OCTETS; i < tidEnd; i++)
      if (buf[start + i] <= 32 || buf[start + i] >= 127) return false;
    if (!sameOctets(seen, start + tidEnd, own, tidEnd, rangeStart - tidEnd)) return false;
    const from = start + rangeStart;
    const limit = Math.min(end, from + RANGE_OCTETS);
    let to = from;
    while (to < limit && buf[to] !== CR) to++;
    const tail = headOctets - rangeEnd;
    if (to + tail > end || !sameOctets(seen, to, own, rangeEnd, tail)) return false;
    head.copyFrom(this.head);
    head.hasRange = false;
    readByteRange(head, buf, from, to);
    if (head.fault !== FrameFault.none) return false;
    head.moveParts(buf, start, this.rangeEnd, to - start - rangeEnd);
    this.matchedEnd = to + tail;
    return true;
  }
}
