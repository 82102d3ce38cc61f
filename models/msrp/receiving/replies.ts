/**
 * Responses and REPORTs of the receiving half (RFC 4975 sections 7.1.2 to 7.1.4 and 7.2): which of them Failure-Report and
 * Success-Report ask for (rules 3.5), composed together and written as one block.
 */
import { FrameKind, type FrameHead } from '../../wire/msrp/frame-head.js';
import { uriEnd } from '../../wire/msrp/uri.js';
import { okText, writeReport, writeResponse } from '../../wire/msrp/write-frames.js';
import { FailureReport, MsrpStatus } from '../codes.js';
import type { Context } from '../context.js';
import { drawIdent, TID_CHARS } from '../ident.js';
import { Out } from '../outputs.js';
import type { PartialMessage } from './partial-message.js';
import type { Sender } from '../sending/sender.js';
import type { Connection, Session } from '../session.js';

/** Replies that may wait in a full send buffer before we stop reading what causes them. */
const REPLIES_WHILE_FULL_OCTETS = 64 * 1024;
/** A block of replies is written out beyond this size. */
const BATCH_OCTETS = 16 * 1024;

/** True if a request with this Failure-Report gets a response with this status. */
function wantsResponse(failureReport: number, status: number): boolean {
  if (failureReport === FailureReport.no) return false;
  return failureReport === FailureReport.yes || status !== MsrpStatus.ok;
}

export class Replies {
  private readonly ctx: Context;
  private readonly sender: Sender;
  private readonly tid = new Uint8Array(TID_CHARS);
  /** The connection of the replies that the writer holds and that were not written out yet; null if there are none. */
  private batch: Connection | null = null;

  constructor(ctx: Context, sender: Sender) {
    this.ctx = ctx;
    this.sender = sender;
  }

  /** Composes a response to the frame that is being received, if Failure-Report lets it have one. */
  toFrame(connection: Connection, status: number): void {
    const { head } = connection.parser;
    const { fromPath, toPath, tid, buf } = head;
    if (!wantsResponse(head.failureReport, status) || !fromPath.present) return;
    const own =
      connection.session?.localUri ?? (toPath.present ? buf.latin1Slice(toPath.start, toPath.end) : '');
    // Without a To-Path there is nothing to say whom the response is from, and the grammar wants it (RFC 4975 section 9).
    if (own === '') return;
    const writer = this.openBatch(connection);
    // To a SEND it goes to the previous hop, to other methods the whole way back (RFC 4975 section 7.2).
    const isSend = head.kind === FrameKind.send;
    const to = isSend ? uriEnd(buf, fromPath.start, fromPath.end) : fromPath.end;
    writeResponse(writer, buf, tid.start, tid.end, status, fromPath.start, to, own);
    if (writer.length > BATCH_OCTETS) this.flush(connection);
  }

  /** Writes the 200 to a chunk that has just ended and needs no other answer, if Failure-Report lets it have one. */
  okToChunk(connection: Connection): void {
    const { head } = connection.parser;
    const again = head.template !== 0 && head.template === connection.lastTemplate && this.batch === null;
    if (!again || head.failureReport !== FailureReport.yes) return this.toFrame(connection, MsrpStatus.ok);
    this.sender.interrupt(connection);
    if (connection.lastOk === '') connection.lastOk = this.commonOk(connection, head);
    const { okFrames, lastOk } = connection;
    const { writer, octets, out } = this.ctx;
    const block = okFrames.next(writer, octets, head.buf, head.tid.start, head.tid.end, lastOk);
    out.push(Out.write, connection.conn, block, 0, okFrames.octets, 0);
    this.written(connection, okFrames.octets);
  }

  private commonOk(connection: Connection, head: FrameHead): string {
    const { fromPath, buf } = head;
    const to = buf.latin1Slice(fromPath.start, uriEnd(buf, fromPath.start, fromPath.end));
    return okText(to, connection.session?.localUri ?? '');
  }

  /**
   * A success REPORT for the chunk that has just ended, for duplicates of finished messages: its octets, or with the last chunk all
   * of them, since all of them are here. Who resumes behind what an earlier session brought waits for that (R15).
   */
  reportChunk(connection: Connection, session: Session, head: FrameHead): void {
    const { fromPath, messageId, buf } = head;
    const end = head.rangeStart - 1 + connection.parser.bodyOctets;
    const start = end === head.total ? 1 : head.rangeStart;
    const id = messageId.start;
    this.report(
      connection,
      session,
      buf,
      fromPath.start,
      fromPath.end,
      buf,
      id,
      messageId.end,
      start,
      end,
      head.total,
    );
  }

  /**
   * Answers a complete message, and its duplicates that came meanwhile, each in the session in which it came if that is still there: the
   * response to the last transaction and, with 200, the success REPORT of the whole.
   */
  toMessage(message: PartialMessage, status: number): void {
    const { octets } = this.ctx;
    const base = octets.start(message.label);
    const tid = base + message.replyTidStart;
    const tidEnd = base + message.replyTidEnd;
    const path = base + message.replyPathStart;
    const pathEnd = base + message.replyPathEnd;
    const { sessionId, failureReport, successReport } = message;
    this.both(
      sessionId,
      message,
      status,
      octets.buf,
      tid,
      tidEnd,
      path,
      pathEnd,
      failureReport,
      successReport,
    );
    for (const reply of message.duplicates) {
      const { sessionId: at, tidEnd: split, failureReport: failure, successReport: success } = reply;
      const all = reply.octets;
      this.both(at, message, status, all, 0, split, split, all.length, failure, success);
    }
    if (this.batch !== null) this.flush(this.batch);
  }

  private both(
    sessionId: number,
    message: PartialMessage,
    status: number,
    buf: Buffer,
    tidStart: number,
    tidEnd: number,
    pathStart: number,
    pathEnd: number,
    failureReport: number,
    successReport: number,
  ): void {
    const session = this.ctx.sessions.get(sessionId);
    if (session === undefined) return;
    const { connection } = session;
    if (connection === null || !connection.up || connection.closing) return;
    if (wantsResponse(failureReport, status)) {
      const writer = this.openBatch(connection);
      const to = uriEnd(buf, pathStart, pathEnd);
      writeResponse(writer, buf, tidStart, tidEnd, status, pathStart, to, session.localUri);
    }
    if (status !== MsrpStatus.ok || successReport === 0) return;
    const { octets } = this.ctx;
    const base = octets.start(message.label);
    const { idStart, idEnd, length } = message;
    const own = octets.buf;
    this.report(
      connection,
      session,
      buf,
      pathStart,
      pathEnd,
      own,
      base + idStart,
      base + idEnd,
      1,
      length,
      length,
    );
  }

  private report(
    connection: Connection,
    session: Session,
    path: Buffer,
    pathStart: number,
    pathEnd: number,
    id: Buffer,
    idStart: number,
    idEnd: number,
    start: number,
    end: number,
    total: number,
  ): void {
    const writer = this.openBatch(connection);
    drawIdent(this.ctx.random, this.tid);
    const { tid } = this;
    const { localUri } = session;
    const ok = MsrpStatus.ok;
    writeReport(writer, tid, path, pathStart, pathEnd, localUri, id, idStart, idEnd, start, end, total, ok);
  }

  private openBatch(connection: Connection): Context['writer'] {
    const { writer } = this.ctx;
    if (this.batch === connection) return writer;
    if (this.batch !== null) this.flush(this.batch);
    this.sender.interrupt(connection);
    this.batch = connection;
    writer.begin();
    return writer;
  }

  /** Writes out what was composed. */
  flush(connection: Connection): void {
    if (this.batch !== connection) return;
    this.batch = null;
    const { writer, out } = this.ctx;
    const { length } = writer;
    out.push(Out.write, connection.conn, writer.end(), 0, length, 0);
    this.written(connection, length);
  }

  /** A peer that never reads its replies is not read any more. */
  private written(connection: Connection, length: number): void {
    if (connection.writable) return;
    const { out } = this.ctx;
    connection.repliesWhileFull += length;
    if (connection.repliesWhileFull <= REPLIES_WHILE_FULL_OCTETS || connection.readingPaused) return;
    connection.readingPaused = true;
    out.push(Out.pauseReading, connection.conn, 1);
  }
}
