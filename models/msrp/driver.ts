/**
 * Glue between an MSRP endpoint and the ports of its actor: hands inputs in, drains outputs to TCP, timers and the owner.
 * An actor needs nothing else of this folder but the driver, `Spans` and the codes.
 *
 * After each call the outputs are drained; a call from inside one of the owner's methods adds outputs that the outer call
 * drains, so the owner may do anything in them.
 */
import { unreachable } from '../../sim/kernel/assert.js';
import type { Conn, Ports, RandomStream, TcpEnd } from '../../sim/host/ports.js';
import type { FailureReport, MsrpConfig, SessionEnd } from './codes.js';
import type { ReceivedMessage } from './received-message.js';
import type { Spans } from './spans.js';

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
   */
  onSettled(session: number, tag: number, token: number, status: number): void;
  /** The session ended without `endSession`; its messages were settled before. The number is void from now on. */
  onEnded(session: number, tag: number, reason: SessionEnd): void;
}

/** Settings that an actor may override. */
export type MsrpSettings = Partial<MsrpConfig>;

export class MsrpDriver {
  /**
   * `timerKind`: the kind of all timers that the driver starts; pass them to `onTimer`. `random` serves transaction ids and
   * the Message-ID of binding SENDs.
   */
  constructor(
    _ports: Ports,
    _timerKind: number,
    _random: RandomStream,
    _owner: MsrpOwner,
    _settings: MsrpSettings = {},
  ) {}

  /**
   * The passive side of RFC 4145 and 6135: waits for a SEND to `localUri` on any accepted connection. Open it before the
   * offer leaves. `peerPath` is the value of the peer's `a=path`, '' if not known yet (see `setPeerPath`). `peerKey` names
   * (From, To) for resumption (R15); '' for none.
   */
  openPassive(_tag: number, _localUri: string, _peerPath: string, _peerKey = ''): number {
    return unreachable('not built yet');
  }

  /**
   * The active side: `conn` comes from `ports.tcp.connect`, or is a connection that other sessions with that peer use. As
   * soon as it is up, a SEND goes out, without a body if nothing was given to `send` until then.
   */
  openActive(_tag: number, _conn: Conn, _localUri: string, _peerPath: string, _peerKey = ''): number {
    return unreachable('not built yet');
  }

  /** The peer's `a=path`, once the answer tells it. Nothing is sent before. */
  setPeerPath(_session: number, _peerPath: string): void {}

  /**
   * Queues a message. The endpoint takes over one hold of the block of each span. `messageId` must fit the grammar (4 to 32
   * characters), `contentType` is the header value. `token` comes back in `onSent` and `onSettled`.
   */
  send(
    _session: number,
    _token: number,
    _messageId: string,
    _contentType: string,
    _body: Spans,
    _failureReport: FailureReport = 0,
    _successReport = false,
  ): void {}

  /**
   * Stops sending message `token`: what was not begun is dropped, an interruptible chunk is closed with `#`. Settles it with
   * `MsrpStatus.aborted`. False if it was settled already.
   */
  abort(_session: number, _token: number): boolean {
    return unreachable('not built yet');
  }

  /** Messages of the session given to `send` and not settled. */
  unsettled(_session: number): number {
    return unreachable('not built yet');
  }

  /** True while the number names a session. */
  isOpen(_session: number): boolean {
    return unreachable('not built yet');
  }

  /** Answers a message that `onMessage` left for later. Harmless if the session has ended meanwhile. */
  answer(_handle: number, _status: number): void {}

  /**
   * Ends the session, after BYE. Unsettled messages are settled with `MsrpStatus.lost`, partials are dropped, and the
   * connection is closed if it was the last session on it. `onEnded` is not called.
   */
  endSession(_session: number): void {}

  /** True if the connection is one of the driver's: accepted through it or used by `openActive`. */
  owns(_conn: Conn): boolean {
    return unreachable('not built yet');
  }

  onTcpAccepted(_conn: Conn): void {}
  onTcpConnected(_conn: Conn): void {}
  onTcpData(_conn: Conn, _buf: Buffer, _start: number, _end: number): void {}
  onTcpWritable(_conn: Conn): void {}
  onTcpClosed(_conn: Conn, _end: TcpEnd): void {}
  /** For timers of the kind given to the constructor. */
  onTimer(_a: number, _b: number): void {}
}
