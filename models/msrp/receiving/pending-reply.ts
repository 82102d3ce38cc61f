/** The answer to a duplicate of a message that its owner has not answered yet (R15). */
import type { FrameHead } from '../../wire/msrp/frame-head.js';

/** What an answer to a frame needs after the frame is gone. */
export class PendingReply {
  /** Transaction id, then From-Path. */
  readonly octets: Buffer;
  readonly tidEnd: number;
  readonly failureReport: number;
  readonly successReport: number;

  /** `sessionId`: the session in which the duplicate came, the message's own or one that replaces it. */
  constructor(
    readonly sessionId: number,
    head: FrameHead,
  ) {
    const { tid, fromPath, buf } = head;
    this.octets = Buffer.concat([
      buf.subarray(tid.start, tid.end),
      buf.subarray(fromPath.start, fromPath.end),
    ]);
    this.tidEnd = tid.end - tid.start;
    this.failureReport = head.failureReport;
    this.successReport = head.successReport;
  }
}
