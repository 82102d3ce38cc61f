/**
 * The sending half: chunks, their transactions and what settles a message (RFC 4975 sections 7.1.1, 7.3.2 and 10; rules 3.2
 * and 3.5). One step writes one chunk, or one piece of a long one, so that TCP's back-pressure is felt between steps and
 * sessions on one connection take turns (R6).
 *
 * Not modelled: retransmission of single chunks. A message that failed is sent again as a whole by its owner.
 */
import { assert } from '../../../sim/kernel/assert.js';
import type { FrameHead } from '../../wire/msrp/frame-head.js';
import { Flag } from '../../wire/msrp/write-frames.js';
import { ChunkWriter } from './chunk-writer.js';
import { FailureReport, MsrpStatus } from '../codes.js';
import type { Context } from '../context.js';
import { Transaction, type OutgoingMessage } from './outgoing.js';
import { Out } from '../outputs.js';
import { findById, hasTid, removeFrom } from '../queues.js';
import type { Connection, Session } from '../session.js';

/** A chunk longer than this must be interruptible, and is not interrupted before (R5). */
export const FAIR_OCTETS = 2048;
/** Octets of an interruptible chunk that are written at a time. */
const PIECE_OCTETS = 16 * 1024;
/** Settled messages that a session remembers for late failure REPORTs. */
const SETTLED_KEPT = 64;
/** Transactions without a timer (Failure-Report: partial) that a session remembers. */
const UNTIMED_KEPT = 256;

export class Sender {
  private readonly ctx: Context;
  private readonly chunks: ChunkWriter;
  private readonly spare: Transaction[] = [];

  constructor(ctx: Context) {
    this.ctx = ctx;
    this.chunks = new ChunkWriter(ctx);
  }

  queue(session: Session, message: OutgoingMessage): void {
    this.chunks.lookThrough(message);
    session.messages.push(message);
    session.outbox.push(message);
    if (session.connection !== null) this.ctx.markReady(session.connection);
  }

  /** Writes one chunk or piece of `connection`; false if there is nothing to write, or no room. */
  step(connection: Connection): boolean {
    if (!connection.up || connection.closing || !connection.writable) return false;
    if (connection.open !== null) return this.stepOpen(connection);
    const { sessions } = connection;
    for (let i = 0; i < sessions.length; i++) {
      const turn = (connection.turn + i) % sessions.length;
      if (!this.sendable(sessions[turn])) continue;
      connection.turn = turn + 1;
      this.startChunk(connection, sessions[turn]);
      return true;
    }
    return false;
  }

  private sendable(session: Session): boolean {
    if (session.outbox.length === 0 || session.paths === '') return false;
    if (!session.active && !session.bound) return false;
    return session.awaiting < this.ctx.config.windowTransactions;
  }

  /** The SEND without body that binds a session, or keeps it alive (R16). */
  sendBodiless(session: Session): void {
    const { connection } = session;
    assert(
      connection !== null && connection.up && session.paths !== '',
      'binding SEND without a connection or a path',
    );
    this.interrupt(connection);
    const transaction = this.transaction();
    this.chunks.bodiless(connection, session.paths, transaction.tid);
    transaction.message = null;
    session.transactions.push(transaction);
    session.awaiting++;
    this.startTimer(session, transaction);
  }

  private startChunk(connection: Connection, session: Session): void {
    const { config } = this.ctx;
    const message = session.outbox.at(0);
    const chunkOctets = message.chunkOctets > 0 ? message.chunkOctets : config.chunkOctets;
    const until = Math.min(message.octets, message.abortAfterOctets);
    const limit = Math.min(until - message.offset, chunkOctets);
    const interruptible = limit > FAIR_OCTETS;
    const transaction = this.transaction();
    this.chunks.chooseTid(message, limit, transaction.tid);
    transaction.message = message;
    transaction.start = message.offset;
    const { tid } = transaction;
    if (interruptible) {
      this.chunks.beginOpen(connection, message, session.paths, tid);
      this.begun(session, message, transaction);
      connection.open = { session, message, transaction, written: 0, limit };
      this.stepOpen(connection);
      return;
    }
    const end = message.offset + limit;
    const aborts = end >= message.abortAfterOctets && end < message.octets;
    this.chunks.beginWhole(connection, message, session.paths, tid, end, flagOf(message, end, aborts));
    this.begun(session, message, transaction);
    this.chunks.body(connection, message, limit);
    this.chunks.endWhole(connection);
    this.ended(session, message, transaction, aborts);
    if (aborts) this.settle(session, message, MsrpStatus.aborted);
  }

  /** The head of a chunk was written: its transaction is open. */
  private begun(session: Session, message: OutgoingMessage, transaction: Transaction): void {
    if (message.failureReport === FailureReport.no) session.unanswerable = true;
    else {
      session.transactions.push(transaction);
      if (message.failureReport === FailureReport.yes) {
        session.awaiting++;
        message.outstanding++;
      } else if (session.transactions.length > UNTIMED_KEPT && session.awaiting === 0) {
        this.spare.push(session.transactions.remove(0));
      }
    }
    this.tellBound(session);
  }

  /** Goes on with a long chunk, or interrupts it for another session that has something to send. */
  private stepOpen(connection: Connection): boolean {
    const open = connection.open;
    assert(open !== null, 'no open chunk');
    if (open.written >= FAIR_OCTETS && this.othersWait(connection, open.session)) {
      this.closeOpen(connection, false);
      return true;
    }
    const size = Math.min(PIECE_OCTETS, open.limit - open.written);
    this.chunks.body(connection, open.message, size);
    open.written += size;
    if (open.written === open.limit) this.closeOpen(connection, false);
    return true;
  }

  private othersWait(connection: Connection, session: Session): boolean {
    for (const other of connection.sessions) if (other !== session && this.sendable(other)) return true;
    return false;
  }

  private closeOpen(connection: Connection, aborted: boolean): void {
    const open = connection.open;
    assert(open !== null, 'no open chunk');
    if (!aborted && open.message.aborts) {
      this.settle(open.session, open.message, MsrpStatus.aborted);
      return;
    }
    connection.open = null;
    this.endChunk(connection, open.session, open.message, open.transaction, aborted);
  }

  /** Makes room for a response, a REPORT or another request: a chunk that is being written is interrupted (R6). */
  interrupt(connection: Connection): void {
    const { open } = connection;
    if (open === null) return;
    if (open.written < FAIR_OCTETS) {
      const size = Math.min(FAIR_OCTETS, open.limit) - open.written;
      this.chunks.body(connection, open.message, size);
      open.written += size;
    }
    this.closeOpen(connection, false);
  }

  private endChunk(
    connection: Connection,
    session: Session,
    message: OutgoingMessage,
    transaction: Transaction,
    aborted: boolean,
  ): void {
    this.chunks.endOpen(connection, transaction.tid, flagOf(message, message.offset, aborted));
    this.ended(session, message, transaction, aborted);
  }

  /** The end-line of a chunk was written. */
  private ended(
    session: Session,
    message: OutgoingMessage,
    transaction: Transaction,
    aborted: boolean,
  ): void {
    const { out, counters, nowNs, config } = this.ctx;
    const last = message.offset === message.octets && !aborted;
    transaction.end = message.offset;
    counters.chunksSent++;
    if (message.failureReport === FailureReport.no) this.spare.push(transaction);
    else if (message.failureReport === FailureReport.yes) this.startTimer(session, transaction);
    if (!last) {
      if (message.interleave && !aborted) {
        removeFrom(session.outbox, message);
        session.outbox.push(message);
      }
      return;
    }
    message.written = true;
    session.outbox.remove(0);
    message.release(this.ctx.octets);
    out.push(Out.sent, session.id, session.tag, message.token);
    if (message.done) return this.settle(session, message, MsrpStatus.ok);
    if (!message.successReport) return;
    message.reportDeadlineNs = nowNs + config.reportTimeoutNs;
    this.ctx.wake(session, message.reportDeadlineNs);
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

  private startTimer(session: Session, transaction: Transaction): void {
    transaction.deadlineNs = this.ctx.nowNs + this.ctx.config.transactionTimeoutNs;
    this.ctx.wake(session, transaction.deadlineNs);
  }

  private transaction(): Transaction {
    const transaction = this.spare.pop() ?? new Transaction();
    transaction.deadlineNs = Infinity;
    return transaction;
  }

  /** An active session counts as bound once its first SEND left (rules 3.4). */
  tellBound(session: Session): void {
    if (session.bound) return;
    session.bound = true;
    this.ctx.out.push(Out.bound, session.id, session.tag);
  }

  // ---------------------------------------------------------------------------------------------------------- answers

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
  fail(session: Session, message: OutgoingMessage, status: number): void {
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
      this.closeOpen(connection, true);
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
}

/** The peer has no such session, or has it on another connection. */
function endsSession(status: number): boolean {
  return status === MsrpStatus.noSession || status === MsrpStatus.otherConnection;
}

/** The continuation flag of a chunk that ends at `end`. */
function flagOf(message: OutgoingMessage, end: number, aborted: boolean): number {
  return aborted ? Flag.aborted : end === message.octets ? Flag.complete : Flag.more;
}
