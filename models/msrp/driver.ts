/**
 * MSRP as an actor uses it: hands each input to an endpoint, then has performed what that wants done (`performing.ts`). The actor is
 * told as `MsrpOwner` says, and needs nothing else of this folder but `Spans` and the codes.
 *
 * After each call the outputs are drained; a call from inside one of the owner's methods adds outputs that the outer call
 * drains, so the owner may do anything in them.
 */
import { TcpEnd, type Conn, type Ports, type RandomStream } from '../../sim/host/ports.js';
import { FailureReport, type MsrpConfig } from './codes.js';
import type { MsrpCounters } from './context.js';
import { MsrpEndpoint } from './endpoint.js';
import type { MsrpOwner } from './owner.js';
import { Performing } from './performing.js';
import { NO_PLAN, type SendPlan } from './sending/outgoing.js';
import type { Spans } from './sending/spans.js';

/** Settings that an actor may override. */
export type MsrpSettings = Partial<MsrpConfig>;

export class MsrpDriver {
  readonly endpoint: MsrpEndpoint;
  private readonly ports: Ports;
  private readonly performing: Performing;

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
    this.endpoint = new MsrpEndpoint(ports.octets, random, owner, settings, (conn) => ports.tcp.holds(conn));
    this.performing = new Performing(ports, timerKind, this.endpoint, owner);
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
    this.performing.drain();
    return session;
  }

  /**
   * The active side: `conn` comes from `ports.tcp.connect`, or is a connection that other sessions with that peer use. As
   * soon as it is up, a SEND goes out, without a body if nothing was given to `send` until then. On a connection that is up
   * already that is at once, and `onBound` comes before this returns.
   */
  openActive(tag: number, conn: Conn, localUri: string, peerPath: string, peerKey = ''): number {
    const session = this.endpoint.openActive(this.ports.now(), tag, conn, localUri, peerPath, peerKey);
    this.performing.drain();
    return session;
  }

  /**
   * Before any session: a message of the Message-ID in octets [start, end) of `buf` was finished in a session with this peer key
   * that died with its host. For `lastsNs` a session of that key that brings it again is answered as for a duplicate (R15).
   */
  recall(peerKey: string, buf: Buffer, start: number, end: number, lastsNs: number): void {
    this.endpoint.recall(this.ports.now(), peerKey, buf, start, end, lastsNs);
    this.performing.drain();
  }

  /** The peer's `a=path`, once the answer tells it. Nothing is sent before. */
  setPeerPath(session: number, peerPath: string): void {
    this.endpoint.setPeerPath(this.ports.now(), session, peerPath);
    this.performing.drain();
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
    this.performing.drain();
  }

  /** A SEND without body, to keep a bound session's connection alive (R16). */
  keepAlive(session: number): void {
    this.endpoint.keepAlive(this.ports.now(), session);
    this.performing.drain();
  }

  /**
   * Stops sending message `token`: what was not begun is dropped, an interruptible chunk is closed with `#`. Settles it with
   * `MsrpStatus.aborted`. False if it was settled already.
   */
  abort(session: number, token: number): boolean {
    const found = this.endpoint.abort(this.ports.now(), session, token);
    this.performing.drain();
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
    this.performing.drain();
  }

  /**
   * Ends the session, after BYE. Unsettled messages are settled with `MsrpStatus.lost`, partials are dropped, and the
   * connection is closed if it was the last session on it. `onEnded` is not called. Does nothing if it has ended already.
   * `failed`: the peer did not end it and may come again, so what is known of its messages is kept for a replacement (R15).
   */
  endSession(session: number, failed = false): void {
    this.endpoint.endSession(this.ports.now(), session, failed);
    this.performing.drain();
  }

  /**
   * To be called before BYE: if a SEND of the session had no response in its time, or TCP still holds octets that may be of SENDs
   * without one, its connection is reset, and all sessions on it end, this one too. TCP would go on to send what it holds whenever
   * the way is free again, long after BYE. `endSession` does the same.
   */
  giveUpHeld(session: number): void {
    this.endpoint.giveUpHeld(this.ports.now(), session);
    this.performing.drain();
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
    this.performing.drain();
  }

  onTcpConnected(conn: Conn): void {
    this.endpoint.connected(this.ports.now(), conn);
    this.performing.drain();
  }

  onTcpData(conn: Conn, buf: Buffer, start: number, end: number): void {
    this.endpoint.data(this.ports.now(), conn, buf, start, end);
    this.performing.drainAfter(buf, start, end);
  }

  onTcpWritable(conn: Conn): void {
    this.endpoint.writable(this.ports.now(), conn);
    this.performing.drain();
  }

  onTcpClosed(conn: Conn, end: TcpEnd): void {
    this.endpoint.closed(this.ports.now(), conn, end === TcpEnd.fin);
    this.performing.drain();
  }

  /** For timers of the kind given to the constructor. */
  onTimer(a: number, b: number): void {
    this.endpoint.timer(this.ports.now(), a, b);
    this.performing.drain();
  }
}
