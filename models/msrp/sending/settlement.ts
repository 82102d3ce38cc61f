/**
 * What becomes of a message that is sent (RFC 4975 sections 7.1.1 and 7.3.2; rules 3.5): responses, REPORTs and silence settle it, with the
 * status that its owner is told. What was settled with 200 may fail all the same, by a REPORT that comes late. What of
 * it is written, and when, is for `sender.ts` to say.
 */
import { assert } from '../../../sim/kernel/assert.js';
import type { FrameHead } from '../../wire/msrp/frame-head.js';
import { FailureReport, MsrpStatus } from '../codes.js';
import type { Context } from '../context.js';
import { Out } from '../outputs.js';
import { findById, hasTid, removeFrom } from '../queues.js';
import type { Connection, Session } from '../session.js';
import type { OutgoingMessage, Transaction } from './outgoing.js';

/** Settled messages that a session remembers for late failure REPORTs. */
const SETTLED_KEPT = 64;

/** Who writes chunks, and may have one open. */
export interface ChunkCloser {
  closeOpen(connection: Connection, aborted: boolean): void;
}

export class Settlement {
  /** Transactions that are over, to be used again. */
  readonly spare: Transaction[] = [];

  constructor(
    private readonly ctx: Context,
    private readonly chunks: ChunkCloser,
  ) {}

  /**
   * A response came. Returns the session to be ended if its status says so (481, 506), else null. A response to nothing is
   * ignored.
   */
  onResponse(connection: Connection, head: FrameHead): Session | null {
    for (const session of connection.sessions) {
      const { transactions } = session;
      for (let i = 0; i < transactions.length; i++) {
        if (!hasTid(transactions.at(i), head)) continue;
        this.onAnswer(session, transactions.remove(i), head.status);
        this.ctx.markReady(connection);
        return endsSession(head.status) ? session : null;
      }
    }
    return null;
  }

  private onAnswer(session: Session, transaction: Transaction, status: number): void {
    const { message } = transaction;
    const failedBefore = message !== null && message.settled;
    if (message === null || message.failureReport === FailureReport.yes) session.awaiting--;
    if (message !== null) {
      if (message.failureReport === FailureReport.yes) message.outstanding--;
      if (status === MsrpStatus.ok) message.accepted.add(transaction.start, transaction.end);
      if (status !== MsrpStatus.ok) this.fail(session, message, status);
      else if (!message.settled && message.done) this.settle(session, message, MsrpStatus.ok);
    }
    // A refused chunk that is still being written was closed by `fail`; another one of the same id keeps its object.
    transaction.message = null;
    if (failedBefore && !this.awaits(session)) this.ctx.out.push(Out.quiet, session.id, session.tag);
    if (transaction.deadlineNs !== Infinity) this.spare.push(transaction);
  }

  /**
   * A REPORT came (rules 3.5). Unknown Message-IDs and namespaces are ignored. True if it ends the session: octets did not arrive, or
   * the status would end it in a response (RFC 4975 section 7.3.2).
   */
  onReport(session: Session, head: FrameHead): boolean {
    if (head.namespace !== 0) return false;
    const message = findById(session.messages, head) ?? findById(session.settledLately, head);
    if (message === null) return false;
    if (head.status !== MsrpStatus.ok) {
      this.fail(session, message, head.status);
      return head.status === MsrpStatus.requestTimeout || endsSession(head.status);
    }
    const end = !head.hasRange || head.rangeEnd < 0 ? message.octets : head.rangeEnd;
    message.reported.add(head.rangeStart - 1, end);
    if (!message.settled && message.done) this.settle(session, message, MsrpStatus.ok);
    return false;
  }

  /** Stops a message for good; one that was settled with 200 is reported as a late failure. */
  private fail(session: Session, message: OutgoingMessage, status: number): void {
    const told = status === MsrpStatus.requestTimeout ? MsrpStatus.timeout : status;
    if (!message.settled) return this.settle(session, message, told);
    if (!message.settledOk || message.reportedLate) return;
    message.reportedLate = true;
    this.ctx.out.push(Out.lateFailure, session.id, session.tag, message.token, told);
  }

  /** Settles a message, in whatever state it is; an interruptible chunk of it is closed with `#` (R13). */
  settle(session: Session, message: OutgoingMessage, status: number): void {
    assert(!message.settled, 'message settled twice');
    const { connection, outbox, messages, settledLately } = session;
    if (connection !== null && connection.open !== null && connection.open.message === message) {
      this.chunks.closeOpen(connection, true);
    }
    message.settled = true;
    if (!message.written) {
      removeFrom(outbox, message);
      message.release(this.ctx.octets);
    }
    removeFrom(messages, message);
    if (status === MsrpStatus.ok) {
      message.settledOk = true;
      settledLately.push(message);
      if (settledLately.length > SETTLED_KEPT) settledLately.remove(0);
    }
    this.ctx.out.push(Out.settled, session.id, session.tag, message.token, status, message.acceptedOctets);
  }

  /** Settles all that is left of a session that ends. */
  settleAll(session: Session, status: number): void {
    while (session.messages.length > 0) this.settle(session, session.messages.at(0), status);
    while (session.transactions.length > 0) {
      const transaction = session.transactions.remove(0);
      transaction.message = null;
      this.spare.push(transaction);
    }
    session.settledLately.clear();
    session.awaiting = 0;
  }

  /** Fails what has waited too long; returns when to look again. */
  expire(session: Session): number {
    const { nowNs, counters } = this.ctx;
    const { transactions, messages } = session;
    let next = Infinity;
    for (let i = 0; i < transactions.length;) {
      const { deadlineNs } = transactions.at(i);
      if (deadlineNs > nowNs) {
        if (deadlineNs < next) next = deadlineNs;
        i++;
        continue;
      }
      counters.transactionTimeouts++;
      session.timedOut = true;
      this.onAnswer(session, transactions.remove(i), MsrpStatus.timeout);
    }
    for (let i = 0; i < messages.length;) {
      const message = messages.at(i);
      if (message.reportDeadlineNs === 0 || message.reportDeadlineNs > nowNs) {
        if (message.reportDeadlineNs > 0) next = Math.min(next, message.reportDeadlineNs);
        i++;
      } else this.settle(session, message, MsrpStatus.timeout);
    }
    if (session.connection !== null) this.ctx.markReady(session.connection);
    return next;
  }

  /** True if SENDs with content are out of which nobody said whether they arrived. */
  isUnsure({ transactions, unanswerable, timedOut }: Session): boolean {
    if (unanswerable || timedOut) return true;
    for (let i = 0; i < transactions.length; i++) if (transactions.at(i).message !== null) return true;
    return false;
  }

  /** True while chunks of messages that failed wait for their responses, and none of the session was waited for in vain. */
  awaits({ transactions, timedOut }: Session): boolean {
    if (timedOut) return false;
    for (let i = 0; i < transactions.length; i++) {
      const { message } = transactions.at(i);
      if (message?.settled === true && message.failureReport === FailureReport.yes) return true;
    }
    return false;
  }
}

/** The peer has no such session, or has it on another connection. */
function endsSession(status: number): boolean {
  return status === MsrpStatus.noSession || status === MsrpStatus.otherConnection;
}
