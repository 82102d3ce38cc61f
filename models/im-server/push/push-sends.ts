/**
 * What goes into a push session (P2, A16, A25): the user's next message, one at a time through the station, and its SEND while there
 * is room for another one.
 *
 * Not here: what becomes of a SEND (`push.ts`, `push-outcomes.ts`), the octets of the message (`push-payloads.ts`).
 */
import type { Ports } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import type { FailureReport } from '../../msrp/codes.js';
import type { MsrpDriver } from '../../msrp/driver.js';
import { failureReportIn, ReportChoice, successReportIn } from '../../msrp/sending/report-choice.js';
import { Observed } from '../../observations.js';
import { ImServerWork, type ImServerConfig } from '../config.js';
import { RowState, type DeferredIndex } from '../store/deferred-index.js';
import type { DeferredStore } from '../store/store.js';
import type { WorkDesk } from '../work.js';
import { SKIP } from './accept-judge.js';
import type { PushEnd } from './push-end.js';
import type { PushOutcomes } from './push-outcomes.js';
import type { PushPayloads } from './push-payloads.js';
import { PushPhase, type PushSession } from './push-session.js';
import type { Wrapper } from './wrapper.js';

/** Decides how a message is wrapped. */
export interface WrapperChoice {
  /** In which wrapper it goes; `SKIP` if in none. */
  wrapperFor(session: PushSession, row: number): Wrapper | typeof SKIP;
}

export class PushSends {
  private readonly failureReport: FailureReport;
  private readonly successReport: boolean;

  constructor(
    private readonly ports: Ports,
    private readonly push: ImServerConfig['push'],
    private readonly index: DeferredIndex,
    private readonly store: DeferredStore,
    private readonly desk: WorkDesk,
    private readonly msrp: MsrpDriver,
    private readonly payloads: PushPayloads,
    private readonly outcomes: PushOutcomes,
    private readonly end: PushEnd,
    private readonly choice: WrapperChoice,
  ) {
    const { reports = ReportChoice.responses } = push;
    this.failureReport = failureReportIn(reports);
    this.successReport = successReportIn(reports);
  }

  /** Offers SENDs while there is room; ends the session when nothing is left to send or to settle. */
  pump(session: PushSession): void {
    if (session.pumping) return;
    session.pumping = true;
    while (session.phase === PushPhase.pushing && session.inFlight < this.push.windowSends) {
      if (session.atStation !== 0 || !this.offerNext(session)) break;
    }
    session.pumping = false;
    if (session.inFlight + session.unsure.count > 0 || session.phase > PushPhase.settling) return;
    if (session.phase === PushPhase.settling || session.phase === PushPhase.pushing) this.end.wind(session);
  }

  /** The station has done the work of the SEND that the session waits for. */
  served(session: PushSession, row: number): void {
    session.atStation = 0;
    if (session.phase !== PushPhase.pushing) {
      session.inFlight--;
      session.heldBack.push(row);
    } else this.sendRow(session, row);
    this.pump(session);
  }

  /** Takes the user's next message to the station. False if there is none, or the station takes no more. */
  private offerNext(session: PushSession): boolean {
    const { index, store } = this;
    const row = index.firstWaiting(session.user);
    if (row === 0) return false;
    if (this.isOutOfDate(row)) {
      store.leave(row, true);
      return true;
    }
    index.state[row] = RowState.inPush;
    session.inFlight++;
    session.atStation = row;
    if (this.desk.spend(ImServerWork.send, index.octets[row], row)) return true;
    session.atStation = 0;
    session.inFlight--;
    session.heldBack.push(row);
    return false;
  }

  private sendRow(session: PushSession, row: number): void {
    const { index, ports, payloads } = this;
    const { accepts } = session;
    assert(accepts !== undefined, 'a SEND before the answer');
    // A25: the lifetime may have ended while the SEND waited for the station.
    if (this.isOutOfDate(row)) {
      session.inFlight--;
      this.store.leave(row, true);
      return;
    }
    const kind = this.choice.wrapperFor(session, row);
    if (kind === SKIP || !payloads.compose(accepts, row, kind)) {
      session.inFlight--;
      this.outcomes.passOver(row);
      return;
    }
    session.wrapperOf.set(row, kind);
    const { spans, messageId, contentType } = payloads;
    const expiresAtNs = index.expiresAtNs[row];
    ports.observe.emit(Observed.pushSent, session.user, index.dm[row], session.push, expiresAtNs);
    const successReport = this.successReport || session.relayed;
    this.msrp.send(session.msrp, row, messageId, contentType, spans, this.failureReport, successReport);
  }

  /** The check of A25. */
  private isOutOfDate(row: number): boolean {
    return this.store.isExpired(row, this.ports.now());
  }
}
