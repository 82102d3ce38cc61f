/**
 * Glue between an MSRP endpoint and the ports of its actor: hands inputs in, drains outputs to TCP, timers and the owner.
 * An actor needs nothing else of this folder but the driver, `Spans` and the codes.
 *
 * After each call the outputs are drained; a call from inside one of the owner's methods adds outputs that the outer call
 * drains, so the owner may do anything in them.
 */
import { TcpEnd, type Conn, type Ports, type RandomStream } from '../../sim/host/ports.js';
import { Observed } from '../observations.js';
import { FailureReport, MsrpStatus, type MsrpConfig, type SessionEnd } from './codes.js';
import { TimerOf, type MsrpCounters } from './context.js';
import { MsrpEndpoint } from './endpoint.js';
import { Out } from './outputs.js';
import { NO_PLAN, type SendPlan } from './sending/outgoing.js';
import type { ReceivedMessage } from './receiving/received-message.js';
import type { Spans } from './sending/spans.js';

/**
 * The owner of sessions. `session` is the number that `openPassive` or `openActive` gave, unique in the life of the endpoint
 * and never reused; `tag` is the owner's own number for it, handed back as it was given.
 */
export interface MsrpOwner {
  /**
   * May a message begin? Asked once for each message, with the Content-Type value of the chunk that came first and the total
   * (-1 if the peer did not tell). Returns 200, or the status that refuses it: 413, 415 (R14), 403, ... Decided at once.
   */
  judgeMessage(
    session: number,
    tag: number,
    buf: Buffer,
    typeStart: number,
    typeEnd: number,
    totalOctets: number,
  ): number;
  /**
   * A message is complete. Returns the status that answers its last transaction, and for 200 sends the success REPORT if
   * one was asked for; or `MsrpStatus.later`: then `answer(message.handle, status)` must follow, while the blocks stay held.
   */
  onMessage(session: number, tag: number, message: ReceivedMessage): number;
  /** The session is bound to a connection. Messages given to `send` before are sent from now on. */
  onBound(session: number, tag: number): void;
  /** The last octet of the message `token` was handed to TCP. */
  onSent(session: number, tag: number, token: number): void;
  /**
   * The message `token` is settled, exactly once for each `send`: 200 once every chunk had its 200 (and the success REPORTs
   * cover it, if they were asked for; with Failure-Report partial or no and no success report: once it was written); else the
   * status of the first failure, or `MsrpStatus.timeout`, `.lost`, `.aborted`. The endpoint's hold on its spans is gone.
   * `acceptedOctets`: so many octets from the first were answered 200 or reported, for a resumption (R15).
   */
  onSettled(session: number, tag: number, token: number, status: number, acceptedOctets?: number): void;
  /** The peer reported a failure of message `token` after it was settled with 200 (A17). */
  onLateFailure?(session: number, tag: number, token: number, status: number): void;
  /**
   * A message that failed is settled with the first response that says so. When those to its other chunks have come too, or are
   * waited for in vain, so that `awaits` is false, it is told here.
   */
  onQuiet?(session: number, tag: number): void;
  /** The session ended without `endSession`; its messages were settled before. The number is void from now on. */
  onEnded(session: number, tag: number, reason: SessionEnd): void;
}

/** Settings that an actor may override. */
export type MsrpSettings = Partial<MsrpConfig>;

/** No octets: an arena that was left for a larger one must not be kept alive. */
const NOTHING: Buffer = Buffer.alloc(0);

export class MsrpDriver {
  readonly endpoint: MsrpEndpoint;
  private readonly ports: Ports;
  private readonly owner: MsrpOwner;
  private readonly timerKind: number;
  private draining = false;
  /** Octets that came last, while they are being read. */
  private piece: Buffer = NOTHING;
  private pieceStart = 0;
  private pieceEnd = 0;

  /**
   * `timerKind`: the kind of all timers that the driver starts; pass them to `onTimer`. `random` serves transaction ids and
   * the Message-ID of binding SENDs.
   */
  constructor(
    ports: Ports,
    timerKind: number,
    random: RandomStream,
    owner: MsrpOwner,
    settings: MsrpSettings = {},
  ) {
    this.ports = ports;
    this.owner = owner;
    this.timerKind = timerKind;
    this.endpoint = new MsrpEndpoint(ports.octets, random, owner, settings, (conn) => ports.tcp.holds(conn));
  }

  /** What happened so far, in numbers. */
  get counters(): Readonly<MsrpCounters> {
    return this.endpoint.counters;
  }

  /**
   * The passive side of RFC 4145 and 6135: waits for a SEND to `localUri` on any accepted connection. Open it before the
   * offer leaves. `peerPath` is the value of the peer's `a=path`, '' if not known yet (see `setPeerPath`). `peerKey` names
   * (From, To) for resumption (R15); '' for none.
   */
  openPassive(tag: number, localUri: string, peerPath: string, peerKey = ''): number {
    const session = this.endpoint.openPassive(this.ports.now(), tag, localUri, peerPath, peerKey);
    this.drain();
    return session;
  }

  /**
   * The active side: `conn` comes from `ports.tcp.connect`, or is a connection that other sessions with that peer use. As
   * soon as it is up, a SEND goes out, without a body if nothing was given to `send` until then. On a connection that is up
   * already that is at once, and `onBound` comes before this returns.
   */
  openActive(tag: number, conn: Conn, localUri: string, peerPath: string, peerKey = ''): number {
    const session = this.endpoint.openActive(this.ports.now(), tag, conn, localUri, peerPath, peerKey);
    this.drain();
    return session;
  }

  /**
   * Before any session: a message of the Message-ID in octets [start, end) of `buf` was finished in a session with this peer key
   * that died with its host. For `lastsNs` a session of that key that brings it again is answered as for a duplicate (R15).
   */
  recall(peerKey: string, buf: Buffer, start: number, end: number, lastsNs: number): void {
    this.endpoint.recall(this.ports.now(), peerKey, buf, start, end, lastsNs);
    this.drain();
  }

  /** The peer's `a=path`, once the answer tells it. Nothing is sent before. */
  setPeerPath(session: number, peerPath: string): void {
    this.endpoint.setPeerPath(this.ports.now(), session, peerPath);
    this.drain();
  }

  /**
   * Queues a message. The endpoint takes over one hold of the block of each span, and copies the list itself. `messageId`
   * must fit the grammar (4 to 32 characters), `contentType` is the header value. `token` comes back in `onSent` and
   * `onSettled`. `plan` cuts this message otherwise than the endpoint's settings do.
   */
  send(
    session: number,
    token: number,
    messageId: string,
    contentType: string,
    body: Spans,
    failureReport: FailureReport = FailureReport.yes,
    successReport = false,
    plan: SendPlan = NO_PLAN,
  ): void {
    const now = this.ports.now();
    this.endpoint.send(now, session, token, messageId, contentType, body, failureReport, successReport, plan);
    this.drain();
  }

  /** A SEND without body, to keep a bound session's connection alive (R16). */
  keepAlive(session: number): void {
    this.endpoint.keepAlive(this.ports.now(), session);
    this.drain();
  }

  /**
   * Stops sending message `token`: what was not begun is dropped, an interruptible chunk is closed with `#`. Settles it with
   * `MsrpStatus.aborted`. False if it was settled already.
   */
  abort(session: number, token: number): boolean {
    const found = this.endpoint.abort(this.ports.now(), session, token);
    this.drain();
    return found;
  }

  /** Messages of the session given to `send` and not settled. */
  unsettled(session: number): number {
    return this.endpoint.unsettled(session);
  }

  /** True while chunks of messages that failed wait for their responses; see `onQuiet`. */
  awaits(session: number): boolean {
    return this.endpoint.awaits(session);
  }

  /** True while TCP holds octets of the session's connection that did not arrive. */
  holds(session: number): boolean {
    return this.endpoint.holds(session);
  }

  /** True while a message of the session is on its way in. */
  isReceiving(session: number): boolean {
    return this.endpoint.isReceiving(session);
  }

  /** True while the number names a session. */
  isOpen(session: number): boolean {
    return this.endpoint.isOpen(session);
  }

  /**
   * Answers a message that `onMessage` left for later. If the session has ended meanwhile nothing is sent, but the message's
   * memory is given back: so always answer.
   */
  answer(handle: number, status: number): void {
    this.endpoint.answer(this.ports.now(), handle, status);
    this.drain();
  }

  /**
   * Ends the session, after BYE. Unsettled messages are settled with `MsrpStatus.lost`, partials are dropped, and the
   * connection is closed if it was the last session on it. `onEnded` is not called. Does nothing if it has ended already.
   * `failed`: the peer did not end it and may come again, so what is known of its messages is kept for a replacement (R15).
   */
  endSession(session: number, failed = false): void {
    this.endpoint.endSession(this.ports.now(), session, failed);
    this.drain();
  }

  /**
   * To be called before BYE: if a SEND of the session had no response in its time, or TCP still holds octets that may be of SENDs
   * without one, its connection is reset, and all sessions on it end, this one too. TCP would go on to send what it holds whenever
   * the way is free again, long after BYE. `endSession` does the same.
   */
  giveUpHeld(session: number): void {
    this.endpoint.giveUpHeld(this.ports.now(), session);
    this.drain();
  }

  /** True if `openActive` may put another session on the connection: it is one of the driver's and not being closed. */
  mayShare(conn: Conn): boolean {
    return this.endpoint.mayShare(conn);
  }

  /** True if the connection is one of the driver's: accepted through it or used by `openActive`. */
  owns(conn: Conn): boolean {
    return this.endpoint.owns(conn);
  }

  onTcpAccepted(conn: Conn): void {
    this.endpoint.accepted(this.ports.now(), conn);
    this.drain();
  }

  onTcpConnected(conn: Conn): void {
    this.endpoint.connected(this.ports.now(), conn);
    this.drain();
  }

  onTcpData(conn: Conn, buf: Buffer, start: number, end: number): void {
    this.piece = buf;
    this.pieceStart = start;
    this.pieceEnd = end;
    this.endpoint.data(this.ports.now(), conn, buf, start, end);
    this.drain();
    this.piece = NOTHING;
  }

  onTcpWritable(conn: Conn): void {
    this.endpoint.writable(this.ports.now(), conn);
    this.drain();
  }

  onTcpClosed(conn: Conn, end: TcpEnd): void {
    this.endpoint.closed(this.ports.now(), conn, end === TcpEnd.fin);
    this.drain();
  }

  /** For timers of the kind given to the constructor. */
  onTimer(a: number, b: number): void {
    this.endpoint.timer(this.ports.now(), a, b);
    this.drain();
  }

  private drain(): void {
    if (this.draining) return;
    this.draining = true;
    const { endpoint } = this;
    const now = this.ports.now();
    for (let op = endpoint.take(now); op !== Out.none; op = endpoint.take(now)) this.perform(op);
    this.draining = false;
  }

  private perform(op: Out): void {
    const { endpoint, owner } = this;
    const { tcp } = this.ports;
    const { a, b, c, d, e } = endpoint.out;
    switch (op) {
      case Out.write:
        if (!tcp.write(a, b, c, d, e === 1)) endpoint.blocked(a);
        return;
      case Out.close:
        return tcp.close(a);
      case Out.abort:
        return tcp.abort(a);
      case Out.pauseReading:
        return tcp.pauseReading(a, b === 1);
      case Out.timer:
        return this.startTimer(a, b, c);
      case Out.bound:
        return owner.onBound(a, b);
      case Out.message: {
        const status = owner.onMessage(a, b, endpoint.message(c));
        if (status !== MsrpStatus.later) endpoint.answer(this.ports.now(), c, status);
        return;
      }
      case Out.sent:
        return owner.onSent(a, b, c);
      case Out.settled:
        return owner.onSettled(a, b, c, d, e);
      case Out.lateFailure:
        return owner.onLateFailure?.(a, b, c, d);
      case Out.quiet:
        return owner.onQuiet?.(a, b);
      case Out.ended:
        return owner.onEnded(a, b, c as SessionEnd);
      case Out.malformed: {
        const { observe, hostId } = this.ports;
        observe.emitOctets(Observed.malformed, hostId, 0, b, this.piece, this.pieceStart, this.pieceEnd);
        return;
      }
      case Out.none:
    }
  }

  /** The delays are few and constant, but for what is left of one when the oldest of several was settled early. */
  private startTimer(delayNs: number, a: number, b: number): void {
    const { timer } = this.ports;
    const { config } = this.endpoint;
    const constant =
      b !== TimerOf.session || delayNs === config.transactionTimeoutNs || delayNs === config.partialTimeoutNs;
    if (constant) timer.start(timer.lane(delayNs), this.timerKind, a, b);
    else timer.after(delayNs, this.timerKind, a, b);
  }
}
