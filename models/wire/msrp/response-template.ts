/**
 * The responses to the chunks of one message differ in the transaction id alone. A template remembers such a frame, so that the next
 * one is recognised by two comparisons instead of being read line by line; it gives the very same result (a property test compares
 * both). `head-template.ts` does the same for the chunks.
 */
import { FrameFault } from './frame-faults.js';
import { FrameHead, FrameKind } from './frame-head.js';
import { sameOctets, Words } from './same-octets.js';

const MSRP_OCTETS = 5;
/** The flag and CRLF after the transaction id of the end-line. */
const AFTER_TID_OCTETS = 3;

export class ResponseTemplate {
  /** Octets of the frame, end-line and all; 0: none is remembered. */
  octets = 0;
  /** The head, from position 0. */
  private readonly head: FrameHead;
  private readonly own = new Words();
  private readonly seen = new Words();
  private frame: Buffer;
  private tidEnd = 0;

  constructor() {
    this.frame = Buffer.alloc(0);
    this.head = new FrameHead(this.frame);
  }

  forget(): void {
    this.octets = 0;
  }

  /** Remembers the frame without body in [start, end) of `buf`, if it is a response as it should be. */
  remember(head: FrameHead, buf: Buffer, start: number, end: number): void {
    if (head.kind !== FrameKind.response || head.fault !== FrameFault.none) return;
    this.octets = end - start;
    if (this.frame.length < this.octets) this.frame = Buffer.from(new ArrayBuffer(2 * this.octets + 8));
    buf.copy(this.frame, 0, start, end);
    this.tidEnd = head.tid.end - start;
    this.head.copyFrom(head);
    this.head.moveTo(this.frame, -start);
  }

  /** Reads the frame at `start` into `head` if it is like the remembered one and lies before `end` as a whole. */
  matches(head: FrameHead, buf: Buffer, start: number, end: number): boolean {
    const { octets, tidEnd, frame } = this;
    if (octets === 0 || start + octets > end) return false;
    // What comes after the transaction id tells a response from a request.
    if (buf[start + tidEnd] !== 32 || buf[start + tidEnd + 1] !== frame[tidEnd + 1]) return false;
    const own = this.own.see(frame);
    const seen = this.seen.see(buf);
    const again = octets - AFTER_TID_OCTETS - (tidEnd - MSRP_OCTETS);
    if (!sameOctets(seen, start + tidEnd, own, tidEnd, again - tidEnd)) return false;
    if (!sameOctets(seen, start, own, 0, MSRP_OCTETS)) return false;
    const last = octets - AFTER_TID_OCTETS;
    if (!sameOctets(seen, start + last, own, last, AFTER_TID_OCTETS)) return false;
    for (let i = MSRP_OCTETS; i < tidEnd; i++) {
      const octet = buf[start + i];
      if (octet <= 32 || octet >= 127 || octet !== buf[start + again + i - MSRP_OCTETS]) return false;
    }
    head.copyFrom(this.head);
    head.moveParts(buf, start, Infinity, 0);
    return true;
  }

  /** The flag of the remembered frame. */
  get flag(): number {
    return this.frame[this.octets - AFTER_TID_OCTETS];
  }
}
