/**
 * Cutting a byte stream into SIP messages by Content-Length (RFC 3261 section 18.3); CRLF between messages is a keep-alive
 * (RFC 5626 section 3.5.1).
 *
 * Incremental: the search for the end of the header section goes on where it stopped, and the header fields are read at most
 * twice for each message (when their end is found, and when the body is there), so the work is linear in the octets however the
 * stream is segmented.
 */
import { SipFault } from './faults.js';
import { nextControl } from './head/header-scan.js';
import type { SipMessage } from './message.js';
import { Framing, SIP_LIMITS, parseSip, type SipLimits } from './parse.js';

const CR = 13;
const LF = 10;

export const FrameStatus = {
  /** The octets end before the message does: call again with the same octets and more. */
  incomplete: 0,
  /** A message: it is in `out`, and `taken` octets belong to it (`fault` may say that it is to be answered with an error). */
  message: 1,
  /** A CRLF between messages: `taken` is 2. Two of them are a ping, one is a pong. */
  lineEnd: 2,
  /** The stream cannot be cut any more (`fault` says why): answer if `canBeAnswered(out)`, then close. */
  broken: 3,
} as const;
export type FrameStatus = (typeof FrameStatus)[keyof typeof FrameStatus];

/** The cut of one stream. Keeps positions only, relative to the first octet not taken, so the octets may move between calls. */
export class StreamFramer {
  /** After `message` and `lineEnd`: octets to drop from the front before the next call. */
  taken = 0;
  fault: SipFault = SipFault.none;
  /** Octets that the message under way needs in all; 0 while that is unknown. */
  needed = 0;
  private readonly limits: SipLimits;
  /** Octets from the front in which no end of the header section begins. */
  private searched = 0;

  constructor(limits: SipLimits = SIP_LIMITS) {
    this.limits = limits;
  }

  /** Looks at [start, end) of `buf`: all octets of the stream that were not taken. */
  next(buf: Buffer, start: number, end: number, out: SipMessage): FrameStatus {
    this.taken = 0;
    this.fault = SipFault.none;
    if (this.needed === 0) {
      if (start >= end) return FrameStatus.incomplete;
      if (buf[start] === CR || buf[start] === LF) return this.lineEnd(buf, start, end, out);
      const bodyStart = this.findBody(buf, start, end, out);
      if (bodyStart < 0) return this.tooLarge(buf, start, end, out);
      this.needed = this.measure(buf, start, bodyStart, out);
      if (this.needed === 0) return FrameStatus.broken;
    }
    if (start + this.needed > end) return FrameStatus.incomplete;
    this.fault = parseSip(buf, start, start + this.needed, Framing.stream, out, this.limits);
    this.taken = this.needed;
    this.needed = this.searched = 0;
    return FrameStatus.message;
  }

  /** Forgets everything, for a new stream. */
  reset(): void {
    this.taken = this.needed = this.searched = 0;
    this.fault = SipFault.none;
  }

  private lineEnd(buf: Buffer, start: number, end: number, out: SipMessage): FrameStatus {
    if (buf[start] === CR && start + 1 === end) return FrameStatus.incomplete;
    if (buf[start] === CR && buf[start + 1] === LF) {
      this.taken = 2;
      return FrameStatus.lineEnd;
    }
    // There is no message: what `out` still has is of another one, and its octets may be gone.
    out.reset(buf, start);
    this.fault = SipFault.lineEnd;
    return FrameStatus.broken;
  }

  /** First octet after the empty line; -1 if it is not there yet. */
  private findBody(buf: Buffer, start: number, end: number, out: SipMessage): number {
    const view = out.viewOf(buf);
    let p = start + this.searched;
    for (;;) {
      p = nextControl(view, buf, p, end);
      if (p >= end) {
        this.searched = end - start;
        return -1;
      }
      if (buf[p] === LF && p - 3 >= start && buf[p - 1] === CR && buf[p - 2] === LF && buf[p - 3] === CR)
        return p + 1;
      p++;
    }
  }

  private tooLarge(buf: Buffer, start: number, end: number, out: SipMessage): FrameStatus {
    if (end - start <= this.limits.headerSectionOctets) return FrameStatus.incomplete;
    parseSip(buf, start, end, Framing.datagram, out, this.limits);
    this.fault = SipFault.headersTooLarge;
    return FrameStatus.broken;
  }

  /** Octets of the message whose header section is [start, bodyStart); 0 if that cannot be told, with the fault. */
  private measure(buf: Buffer, start: number, bodyStart: number, out: SipMessage): number {
    parseSip(buf, start, bodyStart, Framing.stream, out, this.limits);
    const octets = out.contentLength;
    if (octets >= 0 && octets <= this.limits.bodyOctets && !out.lengthInDoubt)
      return bodyStart - start + octets;
    if (octets > this.limits.bodyOctets) this.fault = SipFault.bodyTooLarge;
    else if (octets < 0 && !out.lengthInDoubt) this.fault = SipFault.contentLengthMissing;
    else this.fault = SipFault.contentLength;
    return 0;
  }
}
