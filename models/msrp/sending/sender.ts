/**
 * The sending half: chunks and their transactions (RFC 4975 sections 7.1.1 and 10; rules 3.2). What settles a message is in
 * `settlement.ts`. One step writes one chunk, or one piece of a long one, so that TCP's back-pressure is felt between steps and
 * sessions on one connection take turns (R6).
 *
 * Not modelled: retransmission of single chunks. A message that failed is sent again as a whole by its owner.
 */
import { assert } from '../../../sim/kernel/assert.js';
import { Flag } from '../../wire/msrp/write-frames.js';
import { ChunkWriter } from './chunk-writer.js';
import { FailureReport, MsrpStatus } from '../codes.js';
import type { Context } from '../context.js';
import { Transaction, type OutgoingMessage } from './outgoing.js';
import { Out } from '../outputs.js';
import { removeFrom } from '../queues.js';
import type { Connection, Session } from '../session.js';
import { Settlement, type ChunkCloser } from './settlement.js';

/** A chunk longer than this must be interruptible, and is not interrupted before (R5). */
export const FAIR_OCTETS = 2048;
/** Octets of an interruptible chunk that are written at a time. */
const PIECE_OCTETS = 16 * 1024;
/** Transactions without a timer (Failure-Report: partial) that a session remembers. */
const UNTIMED_KEPT = 256;

export class Sender implements ChunkCloser {
  private readonly ctx: Context;
  private readonly chunks: ChunkWriter;
  /** What becomes of the messages. */
  readonly settlement: Settlement;

  constructor(ctx: Context) {
    this.ctx = ctx;
    this.chunks = new ChunkWriter(ctx);
    this.settlement = new Settlement(ctx, this);
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
    // Nothing of it counts as accepted before its end-line is written, should a peer answer so early.
    transaction.start = transaction.end = message.offset;
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
    if (aborts) this.settlement.settle(session, message, MsrpStatus.aborted);
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
        this.settlement.spare.push(session.transactions.remove(0));
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

  /** Ends the open chunk of `connection`: with `#` if it is aborted, or else as far as it is written. */
  closeOpen(connection: Connection, aborted: boolean): void {
    const open = connection.open;
    assert(open !== null, 'no open chunk');
    if (!aborted && open.message.aborts) {
      this.settlement.settle(open.session, open.message, MsrpStatus.aborted);
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
    if (message.failureReport === FailureReport.no) this.settlement.spare.push(transaction);
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
    if (message.done) return this.settlement.settle(session, message, MsrpStatus.ok);
    if (!message.successReport) return;
    message.reportDeadlineNs = nowNs + config.reportTimeoutNs;
    this.ctx.wake(session, message.reportDeadlineNs);
  }

  private startTimer(session: Session, transaction: Transaction): void {
    transaction.deadlineNs = this.ctx.nowNs + this.ctx.config.transactionTimeoutNs;
    this.ctx.wake(session, transaction.deadlineNs);
  }

  private transaction(): Transaction {
    const transaction = this.settlement.spare.pop() ?? new Transaction();
    transaction.deadlineNs = Infinity;
    return transaction;
  }

  /** An active session counts as bound once its first SEND left (rules 3.4). */
  tellBound(session: Session): void {
    if (session.bound) return;
    session.bound = true;
    this.ctx.out.push(Out.bound, session.id, session.tag);
  }
}

/** The continuation flag of a chunk that ends at `end`. */
function flagOf(message: OutgoingMessage, end: number, aborted: boolean): number {
  return aborted ? Flag.aborted : end === message.octets ? Flag.complete : Flag.more;
}
