/** What an actor that has MSRP sessions is asked and told; the calls come from `MsrpDriver`. */
import type { SessionEnd } from './codes.js';
import type { ReceivedMessage } from './receiving/received-message.js';

/**
 * The owner of sessions. `session` is the number that `openPassive` or `openActive` gave, unique in the life of the endpoint
 * and never reused; `tag` is the owner's own number for it, handed back as it was given.
 */
export interface MsrpOwner {
  /**
   * May a message begin? Asked once for each message, with the Content-Type value of the chunk that came first and the total
   * (-1 if the peer did not tell). Returns 200, or the status that refuses it: 413, 415 (R14), 403, ... Decided at once.
   */
  judgeMessage(
    session: number,
    tag: number,
    buf: Buffer,
    typeStart: number,
    typeEnd: number,
    totalOctets: number,
  ): number;
  /**
   * A message is complete. Returns the status that answers its last transaction, and for 200 sends the success REPORT if
   * one was asked for; or `MsrpStatus.later`: then `answer(message.handle, status)` must follow, while the blocks stay held.
   */
  onMessage(session: number, tag: number, message: ReceivedMessage): number;
  /** The session is bound to a connection. Messages given to `send` before are sent from now on. */
  onBound(session: number, tag: number): void;
  /** The last octet of the message `token` was handed to TCP. */
  onSent(session: number, tag: number, token: number): void;
  /**
   * The message `token` is settled, exactly once for each `send`: 200 once every chunk had its 200 (and the success REPORTs
   * cover it, if they were asked for; with Failure-Report partial or no and no success report: once it was written); else the
   * status of the first failure, or `MsrpStatus.timeout`, `.lost`, `.aborted`. The endpoint's hold on its spans is gone.
   * `acceptedOctets`: so many octets from the first were answered 200 or reported, for a resumption (R15).
   */
  onSettled(session: number, tag: number, token: number, status: number, acceptedOctets?: number): void;
  /** The peer reported a failure of message `token` after it was settled with 200 (A17). */
  onLateFailure?(session: number, tag: number, token: number, status: number): void;
  /**
   * A message that failed is settled with the first response that says so. When those to its other chunks have come too, or are
   * waited for in vain, so that `awaits` is false, it is told here.
   */
  onQuiet?(session: number, tag: number): void;
  /** The session ended without `endSession`; its messages were settled before. The number is void from now on. */
  onEnded(session: number, tag: number, reason: SessionEnd): void;
}
