/**
 * The receiving half: frames in; responses, REPORTs and complete messages out (RFC 4975 sections 7.2 and 7.3, rules 3.4 and
 * 3.5).
 *
 * The responses and REPORTs to one frame are composed together and written as one block. A response that is due is never held
 * up by a chunk of ours: a long one is interrupted first (R6).
 */
import { assert } from '../../../sim/kernel/assert.js';
import { FrameEvent } from '../../wire/msrp/frame-parser.js';
import { FrameFault } from '../../wire/msrp/frame-faults.js';
import { FrameKind, type FrameHead } from '../../wire/msrp/frame-head.js';
import { MsrpUri, uriEnd } from '../../wire/msrp/uri.js';
import { MsrpStatus, SessionEnd } from '../codes.js';
import type { Context } from '../context.js';
import { Out } from '../outputs.js';
import type { PartialMessage } from './partial-message.js';
import { GOOD_ID_OCTETS, ID_PENDING } from './after-bye.js';
import type { Reassembly } from './reassembly.js';
import { PendingReply } from './pending-reply.js';
import { Replies } from './replies.js';
import type { Sender } from '../sending/sender.js';
import type { Settlement } from '../sending/settlement.js';
import type { Connection, Session } from '../session.js';
import type { Binding } from './binding.js';

/** `refusal` of a frame that gets no answer at all. */
const SILENT = -1;
/** `refusal` of a duplicate whose message the owner has not answered yet: it gets the same answer then. */
const LATER = -2;
/** Chunks that came again of one unanswered message, and wait for its answer: as many as senders have out as a rule. */
const DUPLICATES_KEPT = 64;
const HASH = 35;

export class Receiver {
  private readonly ctx: Context;
  private readonly settlement: Settlement;
  private readonly reassembly: Reassembly;
  /** Ends a session that the peer's answer, or a failed report, has ended. */
  private readonly endSession: (session: Session, reason: SessionEnd) => void;
  private readonly uri = new MsrpUri();
  private readonly replies: Replies;
  private handles = 0;
  /** The connection whose octets are being read, while outputs are drained in between. */
  private reading: Connection | null = null;
  /** Complete messages that wait for their answer. */
  readonly pending = new Map<number, PartialMessage>();

  constructor(
    ctx: Context,
    sender: Sender,
    reassembly: Reassembly,
    private readonly binding: Binding,
    endSession: (session: Session, reason: SessionEnd) => void,
  ) {
    this.ctx = ctx;
    this.settlement = sender.settlement;
    this.reassembly = reassembly;
    this.endSession = endSession;
    this.replies = new Replies(ctx, sender);
  }

  /** Octets of the stream; {@link goOn} reads them. */
  data(connection: Connection, buf: Buffer, start: number, end: number): void {
    assert(this.reading === null, 'octets before the outputs of the earlier ones were drained');
    connection.parser.feed(buf, start, end);
    this.reading = connection;
  }

  /** The connection of which octets have come that were not looked at; null if there is none. */
  unread(): Connection | null {
    const { reading, ctx } = this;
    if (reading === null) return null;
    if (reading.closing || ctx.connections.get(reading.conn) !== reading) this.reading = null;
    return this.reading;
  }

  /**
   * Reads on in what came, up to where something is to be done: outputs are drained before the next frame is looked at, so that a
   * stream has the same effects however it is cut. Returns a framing fault, after which the connection is of no use, or `none`.
   */
  goOn(connection: Connection): FrameFault {
    const { parser } = connection;
    const { out, ready } = this.ctx;
    for (;;) {
      const event = parser.next();
      if (event === FrameEvent.body) this.onBody(connection);
      else if (event === FrameEvent.head) this.onHead(connection);
      else if (event === FrameEvent.end) this.onEnd(connection);
      else {
        this.reading = null;
        this.keepPartial(connection);
        return event === FrameEvent.fault ? parser.fault : FrameFault.none;
      }
      // The end of a frame without body is one with its head.
      if (event === FrameEvent.head && !parser.hasBody) continue;
      this.replies.flush(connection);
      if (!out.empty || ready.length > 0 || connection.closing) return FrameFault.none;
    }
  }

  /** The piece ends within a chunk: its message has time for the next one. */
  private keepPartial({ partial, session }: Connection): void {
    if (partial === null || session === null) return;
    partial.deadlineNs = this.ctx.nowNs + this.ctx.config.partialTimeoutNs;
    this.ctx.wake(session, partial.deadlineNs);
  }

  // ----------------------------------------------------------------------------------------------------------- frames

  private onHead(connection: Connection): void {
    const { head, hasBody } = connection.parser;
    this.ctx.counters.framesReceived++;
    connection.session = null;
    connection.partial = null;
    connection.refusal = SILENT;
    connection.answered = false;
    if (head.kind === FrameKind.response) {
      if (head.fault === FrameFault.none) this.onResponse(connection, head);
      return;
    }
    if (head.fault !== FrameFault.none) {
      this.ctx.counters.headerFaults++;
      if (head.kind !== FrameKind.report) connection.refusal = MsrpStatus.badRequest;
      return;
    }
    if (head.template !== 0 && head.template === connection.lastTemplate)
      return this.onNextChunk(connection, head);
    const refusal = this.findSession(connection, head);
    if (head.kind === FrameKind.report) {
      if (connection.session !== null && refusal === 0) this.onReport(connection, connection.session, head);
      return;
    }
    connection.refusal = refusal;
    if (refusal !== 0) return;
    if (head.kind === FrameKind.otherRequest) connection.refusal = MsrpStatus.unknownMethod;
    else if (hasBody) this.beginChunk(connection, head);
  }

  private onResponse(connection: Connection, head: FrameHead): void {
    const ended = this.settlement.onResponse(connection, head);
    if (ended !== null) this.end(connection, ended, head.status);
  }

  private onReport(connection: Connection, session: Session, head: FrameHead): void {
    if (this.settlement.onReport(session, head)) this.end(connection, session, head.status);
  }

  /** `status`, in a response or a REPORT, ends the session. What is composed leaves before the connection is closed. */
  private end(connection: Connection, session: Session, status: number): void {
    this.replies.flush(connection);
    if (status === MsrpStatus.otherConnection) this.endSession(session, SessionEnd.otherConnection);
    else if (status === MsrpStatus.noSession) this.endSession(session, SessionEnd.noSession);
    else this.endSession(session, SessionEnd.timeout);
  }

  /** A chunk whose head is that of the one before, but for transaction id and Byte-Range. */
  private onNextChunk(connection: Connection, head: FrameHead): void {
    const { lastSession, lastPartial } = connection;
    connection.refusal = 0;
    connection.session = lastSession;
    const same = lastPartial !== null && lastPartial.uses === connection.lastUse;
    if (lastSession === null || !same || lastPartial.collecting !== lastSession.id)
      return this.beginChunk(connection, head);
    this.ctx.counters.chunksReceived++;
    connection.partial = lastPartial;
  }

  private beginChunk(connection: Connection, head: FrameHead): void {
    const { session } = connection;
    if (session === null) return;
    this.ctx.counters.chunksReceived++;
    connection.partial = this.reassembly.find(session, head);
    if (connection.partial === null) {
      // The judge belongs to the owner: nothing of ours may be half composed meanwhile.
      this.replies.flush(connection);
      connection.partial = this.reassembly.begin(session, head);
    }
    if (head.template !== 0) {
      if (connection.lastTemplate !== head.template) connection.lastOk = '';
      connection.lastTemplate = head.template;
      connection.lastSession = session;
      connection.lastPartial = connection.partial;
      connection.lastUse = connection.partial === null ? 0 : connection.partial.uses;
    }
    if (connection.partial !== null) return;
    const { verdict } = this.reassembly;
    connection.refusal = verdict === MsrpStatus.ok ? 0 : verdict === ID_PENDING ? LATER : verdict;
    // A sender that goes on until it is told so is told at once; one chunk of a known size ends by itself.
    if (connection.refusal > 0 && head.rangeEnd < 0) this.answerEarly(connection);
  }

  private onBody(connection: Connection): void {
    const { partial, parser, session } = connection;
    if (partial === null || session === null) return;
    const { head, spanBuf, spanStart, spanEnd, spanOffset } = parser;
    if (this.reassembly.put(session, partial, head, spanOffset, spanBuf, spanStart, spanEnd)) return;
    connection.partial = null;
    connection.refusal = MsrpStatus.stopSending;
    this.answerEarly(connection);
  }

  private answerEarly(connection: Connection): void {
    this.replies.toFrame(connection, connection.refusal);
    connection.answered = true;
  }

  private onEnd(connection: Connection): void {
    const { partial, session, parser } = connection;
    const { head } = parser;
    if (head.kind === FrameKind.response || head.kind === FrameKind.report) return;
    connection.partial = null;
    if (partial !== null && session !== null) {
      const status = this.reassembly.end(session, partial, head, parser.bodyOctets, parser.flag);
      if (status === MsrpStatus.ok) return this.deliver(session, partial, head);
      connection.refusal = status;
    }
    if (connection.answered || connection.refusal === SILENT) return;
    if (connection.refusal === LATER) return this.keepReply(session, head);
    if (connection.refusal !== 0) return this.replies.toFrame(connection, connection.refusal);
    if (partial !== null) return this.replies.okToChunk(connection);
    if (!parser.hasBody && parser.flag === HASH && session !== null) this.reassembly.abort(session, head);
    this.replies.toFrame(connection, MsrpStatus.ok);
    if (parser.hasBody && session !== null && head.successReport === 1)
      this.replies.reportChunk(connection, session, head);
  }

  /** A duplicate of a message that waits for the owner's answer. */
  private keepReply(session: Session | null, head: FrameHead): void {
    if (session === null) return;
    const message = this.pendingOf(session, head);
    if (message === undefined || message.duplicates.length === DUPLICATES_KEPT) return;
    message.duplicates.push(new PendingReply(session.id, head));
  }

  /**
   * The unanswered message of which a chunk has come again: of this session, or of one that this one replaces (R15). In another session that
   * is open a short id may be that of another message.
   */
  private pendingOf({ id, peerKey }: Session, { buf, messageId }: FrameHead): PartialMessage | undefined {
    const { start, end } = messageId;
    let replaced: PartialMessage | undefined;
    for (const message of this.pending.values()) {
      if (!message.hasId(buf, start, end)) continue;
      if (message.sessionId === id) return message;
      if (peerKey === '' || message.peerKey !== peerKey) continue;
      if (end - start >= GOOD_ID_OCTETS || !this.ctx.sessions.has(message.sessionId)) replaced ??= message;
    }
    return replaced;
  }

  /** A complete message goes to the owner; its answer comes with `answer`. */
  private deliver(session: Session, partial: PartialMessage, head: FrameHead): void {
    const { out, config, counters } = this.ctx;
    counters.messagesReceived++;
    this.handles = (this.handles + 1) & 0x3fffffff;
    partial.handle = this.handles;
    this.pending.set(partial.handle, partial);
    if (config.finishedIds > 0) {
      session.ids.remember(head.buf, head.messageId.start, head.messageId.end, ID_PENDING, this.ctx.nowNs);
    }
    out.push(Out.message, session.id, session.tag, partial.handle);
  }

  // --------------------------------------------------------------------------------------------------------- sessions

  /**
   * Finds the session of a request into `connection.session` and binds a waiting one (rules 3.4). Returns 0, or the status
   * that refuses the request.
   */
  private findSession(connection: Connection, head: FrameHead): number {
    const { buf, toPath } = head;
    for (const session of connection.sessions) {
      if (!isText(buf, toPath.start, toPath.end, session.localUri)) continue;
      connection.session = session;
      return 0;
    }
    // Exactly one URI, spelled in another way perhaps.
    if (uriEnd(buf, toPath.start, toPath.end) !== toPath.end) return MsrpStatus.noSession;
    if (!this.uri.parse(buf.latin1Slice(toPath.start, toPath.end))) return MsrpStatus.noSession;
    const session = this.ctx.bySessionId.get(this.uri.sessionId);
    if (session === undefined || !session.local.equals(this.uri)) return MsrpStatus.noSession;
    if (session.connection !== null && session.connection !== connection) {
      if (head.kind !== FrameKind.send) return MsrpStatus.otherConnection;
      return this.binding.standBy(connection, session, head, connection.parser.hasBody);
    }
    if (session.connection === null && head.kind !== FrameKind.send) return MsrpStatus.noSession;
    if (session.connection === null && !this.binding.isPeerOf(session, head)) return MsrpStatus.noSession;
    connection.session = session;
    this.binding.bind(connection, session, head);
    return 0;
  }

  /** The owner's answer to a complete message; gives the message's memory back. */
  answer(handle: number, status: number): void {
    const message = this.pending.get(handle);
    if (message === undefined) return;
    this.pending.delete(handle);
    const session = this.ctx.sessions.get(message.sessionId);
    if (session !== undefined) {
      if (this.ctx.config.finishedIds > 0 || status !== MsrpStatus.ok)
        message.rememberIn(session.ids, status, this.ctx.nowNs);
    }
    this.replies.toMessage(message, status);
    this.reassembly.answered(message, status);
    this.reassembly.recycle(message);
  }
}

function isText(buf: Buffer, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let i = text.length - 1; i >= 0; i--) if (buf[start + i] !== text.charCodeAt(i)) return false;
  return true;
}
