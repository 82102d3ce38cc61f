/**
 * How sessions and connections come about: the URI of our own under which requests of a session are known (RFC 4975 section 6), the path to the
 * peer, which an INVITE may leave open at first, and the connection of an active session, which may be shared. A replacement of
 * a session that failed takes over what that one had (R15). How they end is in `ending.ts`.
 */
import { assert } from '../../sim/kernel/assert.js';
import { pathLines } from '../wire/msrp/write-frames.js';
import type { Context } from './context.js';
import type { Binding } from './receiving/binding.js';
import type { Reassembly } from './receiving/reassembly.js';
import { Connection, Session } from './session.js';

export class Opening {
  private lastSession = 0;

  constructor(
    private readonly ctx: Context,
    private readonly reassembly: Reassembly,
    private readonly binding: Binding,
  ) {}

  /** A session of which nothing is bound yet. `peerPath` and `peerKey` are empty if they are not known. */
  session(tag: number, active: boolean, localUri: string, peerPath: string, peerKey: string): Session {
    const { ctx } = this;
    const session = new Session(ctx.idBounds);
    assert(
      session.local.parse(localUri) && session.local.hasSessionId,
      'our own URI must be an MSRP URI with a session-id',
    );
    assert(!ctx.bySessionId.has(session.local.sessionId), 'session-id used twice');
    session.id = ++this.lastSession;
    session.tag = tag;
    session.active = active;
    session.localUri = localUri;
    session.peerKey = peerKey;
    ctx.sessions.set(session.id, session);
    ctx.bySessionId.set(session.local.sessionId, session);
    if (peerPath !== '') setPath(session, peerPath);
    if (peerKey !== '') this.reassembly.resume(session);
    return session;
  }

  /** Gives the active `session` its connection, which others may have already. */
  connect(session: Session, conn: number): void {
    const { ctx } = this;
    const connection = ctx.connections.get(conn) ?? this.connection(conn);
    assert(!connection.closing, 'active session on a connection that is being closed');
    session.connection = connection;
    connection.sessions.push(session);
    ctx.markReady(connection);
  }

  /** The peer's answer told its path. */
  setPeerPath(session: Session, peerPath: string): void {
    setPath(session, peerPath);
    this.binding.decide(session);
    if (session.connection !== null) this.ctx.markReady(session.connection);
  }

  /** A connection that is not known yet. */
  connection(conn: number): Connection {
    const connection = new Connection();
    connection.conn = conn;
    this.ctx.connections.set(conn, connection);
    return connection;
  }
}

function setPath(session: Session, peerPath: string): void {
  session.peerPath = peerPath;
  session.paths = pathLines(peerPath, session.localUri);
}
