/**
 * An MSRP endpoint: all sessions and connections of one actor, as a sans-IO state machine (RFC 4975; COMEDIA as in RFC 4145
 * and 6135). Inputs are method calls with the time; outputs wait in a queue until `take` has given them all. Chunks are
 * composed only when the queue is empty, so that the owner's `blocked` is felt after each of them.
 *
 * Several sessions may share a connection. A session exists from `openPassive` or `openActive` until `endSession` or `ended`;
 * a connection from `accepted` or `openActive` until it is closed. Idle users cost nothing.
 *
 * Not modelled: relays (RFC 4976) beyond paths of several URIs, TLS, CEMA.
 */
import { assert } from '../../sim/kernel/assert.js';
import type { Octets, RandomStream } from '../../sim/host/ports.js';
import { isIdent } from '../wire/msrp/grammar.js';
import { FrameFault } from '../wire/msrp/frame-faults.js';
import { msrpDefaults, MsrpStatus, SessionEnd, type FailureReport, type MsrpConfig } from './codes.js';
import { Context, TimerOf, type MessageJudge, type MsrpCounters } from './context.js';
import { Ending, IDLE_CONNECTION_NS } from './ending.js';
import { NO_PLAN, OutgoingMessage, type SendPlan } from './sending/outgoing.js';
import { Opening } from './opening.js';
import { Out } from './outputs.js';
import { Binding } from './receiving/binding.js';
import { Reassembly } from './receiving/reassembly.js';
import { Receiver } from './receiving/receiver.js';
import type { ReceivedMessage } from './receiving/received-message.js';
import { Sender } from './sending/sender.js';
import type { Settlement } from './sending/settlement.js';
import type { Connection, Session } from './session.js';
import type { Spans } from './sending/spans.js';

export class MsrpEndpoint {
  /** The numbers of the output that `take` gave last. */
  readonly out: Context['out'];
  private readonly ctx: Context;
  private readonly sender: Sender;
  private readonly settlement: Settlement;
  private readonly reassembly: Reassembly;
  private readonly binding: Binding;
  private readonly receiver: Receiver;
  private readonly opening: Opening;
  private readonly ending: Ending;

  /** `holds`: true while TCP holds octets of this connection that did not arrive. */
  constructor(
    octets: Octets,
    random: RandomStream,
    judge: MessageJudge,
    settings: Partial<MsrpConfig> = {},
    holds: (conn: number) => boolean = () => false,
  ) {
    const config = Object.assign(msrpDefaults(), settings);
    assert(config.chunkOctets >= 1 && config.windowTransactions >= 1, 'chunk and window must be positive');
    this.ctx = new Context(octets, random, config, judge, holds);
    this.out = this.ctx.out;
    this.sender = new Sender(this.ctx);
    this.settlement = this.sender.settlement;
    this.reassembly = new Reassembly(this.ctx);
    this.binding = new Binding(this.ctx, this.sender, this.reassembly);
    this.opening = new Opening(this.ctx, this.reassembly, this.binding);
    const ending = new Ending(this.ctx, this.settlement, this.reassembly, this.binding);
    this.ending = ending;
    this.receiver = new Receiver(this.ctx, this.sender, this.reassembly, this.binding, (session, reason) =>
      ending.fail(session, reason),
    );
  }

  get config(): MsrpConfig {
    return this.ctx.config;
  }

  get counters(): Readonly<MsrpCounters> {
    return this.ctx.counters;
  }

  /** Octets of arena memory that messages hold which are incomplete or not answered yet. */
  get heldOctets(): number {
    return this.reassembly.heldOctets;
  }

  get sessionCount(): number {
    return this.ctx.sessions.size;
  }

  get connectionCount(): number {
    return this.ctx.connections.size;
  }

  // --------------------------------------------------------------------------------------------------------- sessions

  /** See `MsrpDriver.openPassive`. */
  openPassive(nowNs: number, tag: number, localUri: string, peerPath: string, peerKey: string): number {
    this.ctx.nowNs = nowNs;
    return this.opening.session(tag, false, localUri, peerPath, peerKey).id;
  }

  /** See `MsrpDriver.openActive`. */
  openActive(
    nowNs: number,
    tag: number,
    conn: number,
    localUri: string,
    peerPath: string,
    peerKey: string,
  ): number {
    this.ctx.nowNs = nowNs;
    const session = this.opening.session(tag, true, localUri, peerPath, peerKey);
    this.opening.connect(session, conn);
    return session.id;
  }

  /** See `MsrpDriver.recall`. */
  recall(nowNs: number, peerKey: string, buf: Buffer, start: number, end: number, lastsNs: number): void {
    this.ctx.nowNs = nowNs;
    this.reassembly.recall(peerKey, buf, start, end, lastsNs);
  }

  /** See `MsrpDriver.setPeerPath`. */
  setPeerPath(nowNs: number, sessionId: number, peerPath: string): void {
    this.ctx.nowNs = nowNs;
    this.opening.setPeerPath(this.session(sessionId), peerPath);
  }

  /** See `MsrpDriver.send`. */
  send(
    nowNs: number,
    sessionId: number,
    token: number,
    messageId: string,
    contentType: string,
    body: Spans,
    failureReport: FailureReport,
    successReport: boolean,
    plan: SendPlan = NO_PLAN,
  ): void {
    this.ctx.nowNs = nowNs;
    assert(isIdent(messageId), 'Message-ID outside of the grammar');
    assert(contentType !== '', 'a message has a Content-Type');
    const message = new OutgoingMessage(
      token,
      messageId,
      contentType,
      body,
      failureReport,
      successReport,
      plan,
    );
    this.sender.queue(this.session(sessionId), message);
  }

  /** A SEND without body, to keep the connection alive (R16). The session must be bound. */
  keepAlive(nowNs: number, sessionId: number): void {
    this.ctx.nowNs = nowNs;
    const session = this.session(sessionId);
    if (session.bound && session.paths !== '') this.sender.sendBodiless(session);
  }

  /** See `MsrpDriver.abort`. */
  abort(nowNs: number, sessionId: number, token: number): boolean {
    this.ctx.nowNs = nowNs;
    const session = this.ctx.sessions.get(sessionId);
    if (session === undefined) return false;
    for (let i = 0; i < session.messages.length; i++) {
      const message = session.messages.at(i);
      if (message.token !== token) continue;
      this.settlement.settle(session, message, MsrpStatus.aborted);
      return true;
    }
    return false;
  }

  /** Messages of the session that are not settled; 0 if there is no such session. */
  unsettled(sessionId: number): number {
    return this.ctx.sessions.get(sessionId)?.messages.length ?? 0;
  }

  /** See `MsrpDriver.awaits`. */
  awaits(sessionId: number): boolean {
    const session = this.ctx.sessions.get(sessionId);
    return session !== undefined && this.settlement.awaits(session);
  }

  /** See `MsrpDriver.holds`. */
  holds(sessionId: number): boolean {
    const connection = this.ctx.sessions.get(sessionId)?.connection;
    return connection !== undefined && connection !== null && this.ctx.holds(connection.conn);
  }

  /** True while a message of the session is on its way in. */
  isReceiving(sessionId: number): boolean {
    return (this.ctx.sessions.get(sessionId)?.partials.length ?? 0) > 0;
  }

  isOpen(sessionId: number): boolean {
    return this.ctx.sessions.has(sessionId);
  }

  /** The complete message of this handle, until it is answered. */
  message(handle: number): ReceivedMessage {
    const message = this.receiver.pending.get(handle);
    assert(message !== undefined, 'no message of this handle');
    return message;
  }

  /** See `MsrpDriver.answer`. */
  answer(nowNs: number, handle: number, status: number): void {
    this.ctx.nowNs = nowNs;
    this.receiver.answer(handle, status);
  }

  /** See `MsrpDriver.endSession`. */
  endSession(nowNs: number, sessionId: number, failed = false): void {
    this.ctx.nowNs = nowNs;
    const session = this.ctx.sessions.get(sessionId);
    if (session !== undefined) this.ending.remove(session, failed);
  }

  /** See `MsrpDriver.giveUpHeld`. */
  giveUpHeld(nowNs: number, sessionId: number): void {
    this.ctx.nowNs = nowNs;
    const session = this.ctx.sessions.get(sessionId);
    if (session !== undefined) this.ending.giveUpHeld(session);
  }

  private session(id: number): Session {
    const session = this.ctx.sessions.get(id);
    assert(session !== undefined, 'no such MSRP session');
    return session;
  }

  // ------------------------------------------------------------------------------------------------------ connections

  /** See `MsrpDriver.mayShare`. */
  mayShare(conn: number): boolean {
    return this.ctx.connections.get(conn)?.closing === false;
  }

  owns(conn: number): boolean {
    return this.ctx.connections.has(conn);
  }

  /** A connection was accepted. Without a session it is given up after half a minute. */
  accepted(nowNs: number, conn: number): void {
    this.ctx.nowNs = nowNs;
    this.opening.connection(conn).up = true;
    this.ctx.out.push(Out.timer, IDLE_CONNECTION_NS, conn, TimerOf.connection);
  }

  /** A connection that `openActive` waits for is up. */
  connected(nowNs: number, conn: number): void {
    this.ctx.nowNs = nowNs;
    const connection = this.ctx.connections.get(conn);
    if (connection === undefined) return;
    connection.up = true;
    this.ctx.markReady(connection);
  }

  /** Octets arrived, valid until all outputs are drained. */
  data(nowNs: number, conn: number, buf: Buffer, start: number, end: number): void {
    const { ctx } = this;
    ctx.nowNs = nowNs;
    const connection = ctx.connections.get(conn);
    if (connection === undefined || connection.closing) return;
    this.receiver.data(connection, buf, start, end);
    this.readOn(connection);
  }

  private readOn(connection: Connection): void {
    const fault = this.receiver.goOn(connection);
    if (fault === FrameFault.none) return;
    this.ctx.counters.framingFaults++;
    this.ctx.out.push(Out.malformed, connection.conn, fault);
    this.ending.reset(connection, SessionEnd.framing);
  }

  /** TCP's send buffer is over its high-water mark. */
  blocked(conn: number): void {
    const connection = this.ctx.connections.get(conn);
    if (connection !== undefined) connection.writable = false;
  }

  /** There is room again. */
  writable(nowNs: number, conn: number): void {
    this.ctx.nowNs = nowNs;
    const connection = this.ctx.connections.get(conn);
    if (connection === undefined) return;
    connection.writable = true;
    connection.repliesWhileFull = 0;
    if (connection.readingPaused) {
      connection.readingPaused = false;
      this.ctx.out.push(Out.pauseReading, conn, 0);
    }
    this.ctx.markReady(connection);
  }

  /**
   * The peer's direction ended. `orderly`: by FIN, so that our own direction is still to be closed. All sessions of the
   * connection have failed (RFC 4975 section 5.4).
   */
  closed(nowNs: number, conn: number, orderly: boolean): void {
    this.ctx.nowNs = nowNs;
    const connection = this.ctx.connections.get(conn);
    if (connection === undefined) return;
    const half = orderly && !connection.closing;
    this.ending.drop(connection, SessionEnd.connectionLost);
    if (half) this.ctx.out.push(Out.close, conn);
  }

  // ----------------------------------------------------------------------------------------------- time and outputs

  /** A timer of `Out.timer` has fired; `a` and `b` are its numbers. */
  timer(nowNs: number, a: number, b: number): void {
    const { ctx } = this;
    ctx.nowNs = nowNs;
    if (b === TimerOf.session) return this.expire(a);
    if (b === TimerOf.resume) return this.reassembly.expireLeftovers();
    const connection = ctx.connections.get(a);
    if (connection === undefined || connection.sessions.length > 0) return;
    this.ending.reset(connection, SessionEnd.connectionLost);
  }

  private expire(sessionId: number): void {
    const session = this.ctx.sessions.get(sessionId);
    if (session === undefined || this.ctx.nowNs < session.timerNs) return;
    session.timerNs = Infinity;
    const next = Math.min(this.settlement.expire(session), this.reassembly.expire(session));
    if (next !== Infinity) this.ctx.wake(session, next);
  }

  /** The next thing to do, its numbers in `out`; `Out.none` once all is done. To be called after each input until it says so. */
  take(nowNs: number): Out {
    const { out, ready } = this.ctx;
    this.ctx.nowNs = nowNs;
    while (out.empty) {
      if (ready.length > 0) {
        const connection = ready[ready.length - 1];
        if (this.binding.bindActive(connection) || this.sender.step(connection)) continue;
        connection.ready = false;
        ready.pop();
        continue;
      }
      const reading = this.receiver.unread();
      if (reading === null) break;
      this.readOn(reading);
    }
    return out.take();
  }
}
