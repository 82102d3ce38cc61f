/**
 * Binding of sessions to connections (rules 3.4), and whose connection it is (A23, D-062).
 *
 * An INVITE that was forked brings a connection of each device that took it, and the session is with the one whose answer counted.
 * Binding SENDs may overtake that answer. Until it tells the peer's path, the first connection holds the place, those of other
 * peers stand by, and the owner is told of nothing; then the peer's own connection is bound, and the others are let go: their
 * devices hear by SIP that theirs was not the session.
 *
 * Not modelled: which of several URIs in a path is the peer's; there the first connection counts.
 */
import type { FrameHead } from '../../wire/msrp/frame-head.js';
import { MsrpUri } from '../../wire/msrp/uri.js';
import { MsrpStatus } from '../codes.js';
import type { Context } from '../context.js';
import type { Reassembly } from './reassembly.js';
import type { Sender } from '../sending/sender.js';
import type { Connection, Session } from '../session.js';

/** Connections that may stand by for one session: more devices than a user has. */
const STANDBY_KEPT = 16;

export class Binding {
  private readonly uri = new MsrpUri();
  private readonly peer = new MsrpUri();

  constructor(
    private readonly ctx: Context,
    private readonly sender: Sender,
    private readonly reassembly: Reassembly,
  ) {}

  /** Binds a passive session that waits to the connection of this request. An active one is bound by its own SEND. */
  bind(connection: Connection, session: Session, head: FrameHead): void {
    if (session.active || session.connection !== null) return;
    session.connection = connection;
    connection.sessions.push(session);
    if (session.peerPath !== '') return this.tell(session, connection);
    session.boundFrom = fromPathOf(head);
  }

  /**
   * A request of a session that has another connection. Returns 0 if it may stand by, or the status that refuses it. One that carries
   * content may not: it would have to be kept.
   */
  standBy(connection: Connection, session: Session, head: FrameHead, hasBody: boolean): number {
    const { standby } = session;
    if (session.active || session.peerPath !== '' || hasBody) return MsrpStatus.otherConnection;
    const from = fromPathOf(head);
    if (from === session.boundFrom) return MsrpStatus.otherConnection;
    const known = standby.find((other) => other.from === from);
    if (known !== undefined) return known.connection === connection ? 0 : MsrpStatus.otherConnection;
    if (standby.length === STANDBY_KEPT) return MsrpStatus.otherConnection;
    standby.push({ connection, from });
    return 0;
  }

  /** The peer's path is known now: its connection is the one that counts. */
  decide(session: Session): void {
    const { connection, standby } = session;
    if (session.active || session.bound || connection === null) return;
    if (!this.isPeer(session, session.boundFrom)) {
      this.release(connection, session);
      // If none of them is the peer's, its connection is still to come.
      for (const { connection: other, from } of standby) {
        if (this.isPeer(session, from) && this.attach(other, session)) break;
      }
    }
    standby.length = 0;
    if (session.connection !== null) this.tell(session, session.connection);
  }

  /** The connection that held the place is lost. True if one that stood by has it now. */
  succeed(session: Session): boolean {
    const { connection, standby } = session;
    if (connection === null || session.bound) return false;
    for (let next = standby.shift(); next !== undefined; next = standby.shift()) {
      if (!this.isUp(next.connection)) continue;
      this.release(connection, session);
      session.boundFrom = next.from;
      return this.attach(next.connection, session);
    }
    return false;
  }

  /** The active side sends at once, without a body if there is nothing to say (rules 3.4). */
  bindActive(connection: Connection): boolean {
    if (!connection.up || connection.closing) return false;
    for (const session of connection.sessions) {
      if (session.bound || session.paths === '' || session.outbox.length > 0) continue;
      this.sender.sendBodiless(session);
      this.sender.tellBound(session);
      return true;
    }
    return false;
  }

  /** True if a request comes from the peer of a session, as far as that is known. */
  isPeerOf(session: Session, head: FrameHead): boolean {
    return session.peerPath === '' || this.isPeer(session, fromPathOf(head));
  }

  private isPeer({ peerPath }: Session, from: string): boolean {
    if (from === peerPath) return true;
    // Spelled in another way perhaps; a path of several URIs is not looked into.
    if (!this.peer.parse(peerPath)) return true;
    return this.uri.parse(from) && this.peer.equals(this.uri);
  }

  private tell(session: Session, connection: Connection): void {
    this.sender.tellBound(session);
    this.ctx.markReady(connection);
  }

  private isUp(connection: Connection): boolean {
    return !connection.closing && this.ctx.connections.get(connection.conn) === connection;
  }

  private attach(connection: Connection, session: Session): boolean {
    if (!this.isUp(connection)) return false;
    session.connection = connection;
    connection.sessions.push(session);
    return true;
  }

  /** What came of the wrong device is none of this session's. */
  private release(connection: Connection, session: Session): void {
    this.reassembly.dropPartials(session);
    detach(connection, session);
    session.connection = null;
  }
}

/** Takes a session off its connection. */
export function detach(connection: Connection, session: Session): void {
  if (connection.session === session) {
    connection.session = null;
    connection.partial = null;
  }
  connection.lastTemplate = 0;
  connection.sessions.splice(connection.sessions.indexOf(session), 1);
}

function fromPathOf({ buf, fromPath }: FrameHead): string {
  return buf.latin1Slice(fromPath.start, fromPath.end);
}
