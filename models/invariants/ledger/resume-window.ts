/**
 * How long the IM Server must know a stored Large Message again (R15), as far as it shows in what it sends. What a session knew is kept for
 * the resume window after its end, which its BYE tells or its answer to the sender's, and goes to a session of the same sender that is
 * opened until then. A server that crashed reads it from the records, for the resume window after their receipt.
 */
import { slowDigest } from '../readers/slow-sip.js';
import { Needle, startsWith } from '../readers/search.js';

/** The end of a CSeq. */
const TO_INVITE = new Needle(' INVITE\r\n');
const TO_BYE = new Needle(' BYE\r\n');
const CALL_ID = /\r\n(?:Call-ID|i)[ \t]*:[ \t]*([^ \t\r]*)/i;

/** A session that the server took part in. */
interface Call {
  /** When it accepted the INVITE. */
  readonly openedNs: number;
  /** When its own BYE left, or the answer to the sender's if that was before; infinite until then. */
  endedNs: number;
  /** The sender said BYE. */
  left: boolean;
}

export class ResumeWindow {
  /** By digest of the Call-ID. */
  private readonly calls = new Map<number, Call>();
  constructor(
    private readonly windowNs: number,
    private readonly crashesNs: readonly number[],
  ) {}

  /**
   * What the server sends, a datagram or a piece of a stream. A SIP message behind another one in its piece is not seen: then a session is
   * taken for one that is still open, which excuses less.
   */
  sent(buf: Buffer, start: number, end: number, nowNs: number): void {
    if (startsWith(buf, start, end, 'BYE ')) {
      const call = this.calls.get(callIdDigest(buf, start, end));
      if (call !== undefined) call.endedNs = Math.min(call.endedNs, nowNs);
    } else if (startsWith(buf, start, end, 'SIP/2.0 2')) {
      if (TO_INVITE.in(buf, start, end) >= 0) this.opened(callIdDigest(buf, start, end), nowNs);
      else if (this.calls.size > 0 && TO_BYE.in(buf, start, end) >= 0) {
        const call = this.calls.get(callIdDigest(buf, start, end));
        if (call === undefined) return;
        call.left = true;
        call.endedNs = Math.min(call.endedNs, nowNs);
      }
    }
  }

  /** A 200 that is repeated opens nothing, but after a crash it is another session. */
  private opened(callId: number, nowNs: number): void {
    const known = this.calls.get(callId);
    if (known !== undefined && !this.crashed(known.openedNs, nowNs)) return;
    this.calls.set(callId, { openedNs: nowNs, endedNs: Infinity, left: false });
  }

  /**
   * True if a message that came at `receivedAtNs` in the first of these sessions need not be known in the last of them: somewhere in
   * between its sender came later than the window lasted. `callIds`: her sessions with it, in their order.
   */
  isOver(callIds: readonly number[], receivedAtNs: number): boolean {
    const [first, ...later] = callIds;
    const { windowNs } = this;
    let sinceNs = receivedAtNs;
    let knownUntilNs = (this.calls.get(first)?.endedNs ?? Infinity) + windowNs;
    for (const callId of later) {
      const call = this.calls.get(callId);
      if (call === undefined) continue;
      if (this.crashed(sinceNs, call.openedNs)) knownUntilNs = receivedAtNs + windowNs;
      if (call.openedNs > knownUntilNs) return true;
      // It took over what was known, and one that its sender left before any chunk gave it back.
      if (!call.left) knownUntilNs = call.endedNs + windowNs;
      sinceNs = call.openedNs;
    }
    return false;
  }

  private crashed(fromNs: number, untilNs: number): boolean {
    return this.crashesNs.some((atNs) => atNs > fromNs && atNs <= untilNs);
  }
}

function callIdDigest(buf: Buffer, start: number, end: number): number {
  const found = CALL_ID.exec(buf.latin1Slice(start, end));
  if (found === null) return 0;
  const valueEnd = start + found.index + found[0].length;
  return slowDigest(buf, valueEnd - found[1].length, valueEnd);
}
