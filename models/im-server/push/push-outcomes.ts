/**
 * What the outcome of a SEND means for its deferred message (A15, A17, A18, A19): delivered, to be tried again, passed over until
 * the next registration (A19, and 413), or never pushed again (400, and 415 to the last wrapper).
 *
 * A delivered message leaves the store when its session is over, or when the grace since its 200 has passed, whichever comes
 * first: a failure REPORT that comes later than the 200 (RFC 4975 section 7.1.4) finds it still there. A crash within the grace
 * pushes it again, under the same push Message-ID, by which the client knows it (A11).
 */
import type { Ports } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import { MsrpStatus } from '../../msrp/codes.js';
import { Observed } from '../../observations.js';
import { RowState, type DeferredIndex } from '../store/deferred-index.js';
import type { PushPayloads } from './push-payloads.js';
import type { PushSession } from './push-session.js';
import type { DeferredStore } from '../store/store.js';
import { Wrapper } from './wrapper.js';

/** What the session may do after a SEND that failed. */
export const Aftermath = {
  /** The others go on. */
  goOn: 0,
  /** No new SEND in this session. */
  settle: 1,
} as const;
export type Aftermath = (typeof Aftermath)[keyof typeof Aftermath];

/** A client that refuses a push for what she is refuses it again: only a new registration is a reason to ask her once more. */
const LASTING_REFUSALS: readonly number[] = [405, 415, 420, 488, 501, 603, 606];

/** True if the session's end is no reason to try again by the retry timer. */
export function isLasting(status: number): boolean {
  return LASTING_REFUSALS.includes(status);
}

export class PushOutcomes {
  constructor(
    private readonly ports: Ports,
    private readonly graceNs: number,
    private readonly index: DeferredIndex,
    private readonly store: DeferredStore,
    private readonly payloads: PushPayloads,
  ) {}

  /** Every chunk has its 200, or success REPORTs cover it. */
  delivered(session: PushSession, row: number): void {
    const { index } = this;
    const nowNs = this.ports.now();
    session.settled++;
    index.state[row] = RowState.delivered;
    index.setAside(row);
    session.grace.push(row, nowNs);
    const { grace } = session;
    while (grace.oldestNs() + this.graceNs <= nowNs) this.remove(grace.shift());
  }

  /** The client said that she did not get it after all. True if it could be taken back; then its status says what becomes of it. */
  takeBack(session: PushSession, row: number): boolean {
    const { index } = this;
    if (!session.grace.take(row)) return false;
    session.settled--;
    index.putBack(row);
    index.state[row] = RowState.inPush;
    return true;
  }

  /** A SEND did not get its 200, or a REPORT took it back. */
  undelivered(session: PushSession, row: number, status: number): Aftermath {
    switch (status) {
      case MsrpStatus.unsupportedType: {
        // RFC 4975 section 10.6: no more of that type in this session, and every push is multipart/mixed.
        const kind = session.wrapperOf.get(row) ?? Wrapper.sipfrag;
        if (this.payloads.refuse(row, kind)) session.heldBack.push(row);
        else this.deadLetter(row, status);
        return Aftermath.settle;
      }
      case MsrpStatus.stopSending:
        // R13: no more of it in this session. It is kept and marked, and is no failure yet of which its sender were to be told.
        this.passOver(row, status);
        this.store.rememberTooLarge(row);
        this.expireIfOver(row);
        return Aftermath.goOn;
      case MsrpStatus.badRequest:
        this.deadLetter(row, status);
        return Aftermath.goOn;
      default:
        session.heldBack.push(row);
        return status === MsrpStatus.timeout || status === MsrpStatus.lost
          ? Aftermath.settle
          : Aftermath.goOn;
    }
  }

  /** The client's answer has no room for it, or does not take its type (A19); or she answered it with this status (A18). */
  passOver(row: number, status = 0): void {
    const { index, ports } = this;
    index.state[row] = RowState.passedOver;
    ports.observe.emit(Observed.passedOver, index.user[row], index.dm[row], status, index.receivedAtNs[row]);
  }

  /** The session is over: what it delivered leaves, what it held waits again. */
  release(session: PushSession): void {
    const { index } = this;
    const { grace } = session;
    while (grace.count > 0) this.remove(grace.shift());
    for (let i = 0; i < session.heldBack.length; i++) {
      const row = session.heldBack[i];
      assert(index.state[row] === RowState.inPush, 'a message that a session held is somewhere else');
      this.wait(row);
    }
  }

  /** Says so if nothing of the user's queue is left to deliver: all that there was is delivered and in its grace. */
  observeDrained(session: PushSession): void {
    const { grace, user } = session;
    if (grace.count === 0 || this.index.count(user) > grace.count) return;
    const sinceNs = this.ports.now() - session.triggeredAtNs;
    this.ports.observe.emit(Observed.drained, user, session.push, sinceNs, 0);
  }

  /** The row waits for a push again, unless its lifetime ended meanwhile (A25). */
  wait(row: number): void {
    this.index.state[row] = RowState.waiting;
    this.expireIfOver(row);
  }

  private remove(row: number): void {
    this.store.leave(row, false);
  }

  private deadLetter(row: number, status: number): void {
    const { index, ports } = this;
    index.state[row] = RowState.deadLettered;
    const receivedAtNs = index.receivedAtNs[row];
    ports.observe.emit(Observed.deadLettered, index.user[row], index.dm[row], status, receivedAtNs);
    this.store.rememberDeadLetter(row);
    this.expireIfOver(row);
  }

  /** The queue of lifetimes passes over what is in a push, so whoever ends that looks again. */
  private expireIfOver(row: number): void {
    if (this.store.isExpired(row, this.ports.now())) this.store.leave(row, true);
  }
}
