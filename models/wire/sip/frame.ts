/**
 * Cutting a byte stream into SIP messages (RFC 3261 section 18.3, RFC 5626 section 3.5.1): draft of the signatures.
 */
import { SipFault } from './faults.js';
import { SipMessage } from './message.js';

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

  /** Looks at [start, end) of `buf`: all octets of the stream that were not taken. No octet is searched twice. */
  next(buf: Buffer, start: number, end: number, out: SipMessage): FrameStatus {
    (void buf, void start, void end, void out);
    return FrameStatus.incomplete;
  }

  /** Forgets everything, for a new stream. */
  reset(): void {
    this.taken = this.needed = 0;
    this.fault = SipFault.none;
  }
}
