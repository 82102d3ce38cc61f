/** I8: a message is stored once and presented once, whatever was retransmitted or pushed again (RFC 3261 section 17.2, A11). */
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { Fate } from './ledger/ledger.js';
import { ResumeWindow } from './ledger/resume-window.js';
import type { Witness } from './ledger/witness.js';

/** A request is repeated for so many T1 (RFC 3261 section 17.1.2.2), on each of two legs. */
const REPEAT_T1 = 128;
/** What has become of a message that is no longer in the store. */
const NO_RECORD = Fate.settled | Fate.expired | Fate.discarded;

export class OnceAndOnlyOnce extends Invariant {
  readonly id = 'I8';
  readonly title = 'stored once for each transaction, presented once';
  readonly clause = 'RFC 3261 section 17.2; RFC 4975 section 5.4';
  readonly kinds = [
    Observed.stored,
    Observed.presented,
    Observed.deliveredLive,
    Observed.largeLive,
    Observed.datagramSent,
    Observed.streamSent,
  ];
  private readonly resumption: ResumeWindow;

  constructor(
    context: InvariantContext,
    private readonly witness: Witness,
  ) {
    super(context);
    this.resumption = new ResumeWindow(context.resumeWindowNs ?? Infinity, this.faults.serverCrashesNs);
  }

  /**
   * A server that crashed recognises what comes again by its record. Nothing is left to recognise if the message was delivered, expired
   * or deleted unread, or lost by a disk that lied, before it came again; it is presented once all the same. A request
   * comes again for as long as its transaction lasts, a Large Message for the resume window (R15).
   */
  private storedAgain(m: number): void {
    const { ledger } = this.witness;
    const nowNs = this.context.now();
    const requestNs = REPEAT_T1 * this.context.serverTimers.t1Ns;
    const isLarge = ledger.large.of(m) !== undefined;
    const repeatNs = isLarge ? Math.max(requestNs, this.context.resumeWindowNs ?? 0) : requestNs;
    const crashed = this.faults.serverCrashesNs.some((atNs) => atNs <= nowNs && atNs > nowNs - repeatNs);
    const gone = (ledger.fate[m] & NO_RECORD) !== 0 || this.faults.lies.length > 0;
    if (crashed && gone) this.excuse('sent again after a crash, when its first record was gone');
    else if (this.cameLate(m))
      this.excuse('a Large Message, sent again when the resume window was over (R15)');
    else this.violate(`message ${m} is stored ${ledger.storedTimes[m]} times`);
  }

  /** Large Messages are known again for the resume window, no longer (R15): a shorter one than a sender's patience is the operator's choice. */
  private cameLate(m: number): boolean {
    const { ledger } = this.witness;
    const attempts = ledger.large.of(m)?.attempts ?? [];
    const last = attempts.findIndex(({ callId }) => callId === ledger.callId[m]);
    const before = attempts.slice(0, Math.max(0, last)).findLastIndex(({ receivedAtNs }) => receivedAtNs > 0);
    if (before < 0) return false;
    const sessions = attempts.slice(before, last + 1).map(({ callId }) => callId);
    return this.resumption.isOver(sessions, attempts[before].receivedAtNs);
  }

  private onSent(host: number, buf: Buffer, start: number, end: number): void {
    if (this.witness.ledger.large.isEmpty || !this.isServer(host)) return;
    this.resumption.sent(buf, start, end, this.context.now());
  }

  watch(
    kind: number,
    user: number,
    _message: number,
    _a: number,
    _b: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    if (kind === Observed.datagramSent || kind === Observed.streamSent) {
      this.onSent(user, buf, start, end);
      return;
    }
    const { ledger, m } = this.witness;
    if (!ledger.knows(m)) return;
    // Under the ids of such a sender nothing is known again (R15).
    if (ledger.large.of(m) !== undefined && this.context.isHostile?.(ledger.sender[m]) === true) return;
    this.checked++;
    if (kind === Observed.stored) {
      if (ledger.storedTimes[m] > 1) this.storedAgain(m);
      return;
    }
    const times = ledger.presented[m] + ledger.live[m];
    if (times > 1) this.violate(`message ${m} was presented ${times} times to user ${user}`);
  }
}
