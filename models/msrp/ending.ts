/**
 * How sessions and connections end (RFC 4975 section 5.4).
 *
 * What TCP holds would leave whenever the way is free again, also long after BYE, and FIN waits behind it. So where a session ends
 * while SENDs of it may be held there, its connection is reset, and what else is on it ends too (P9, D-117, D-125).
 */
import { NS_PER_S } from '../../sim/kernel/time.js';
import { MsrpStatus, SessionEnd } from './codes.js';
import { TimerOf, type Context } from './context.js';
import { Out } from './outputs.js';
import { detach, type Binding } from './receiving/binding.js';
import type { Reassembly } from './receiving/reassembly.js';
import type { Settlement } from './sending/settlement.js';
import type { Connection, Session } from './session.js';

/** A connection without a session is given up after so long. */
export const IDLE_CONNECTION_NS = 30 * NS_PER_S;

export class Ending {
  constructor(
    private readonly ctx: Context,
    private readonly settlement: Settlement,
    private readonly reassembly: Reassembly,
    private readonly binding: Binding,
  ) {}

  /** The session ends without its owner's doing. */
  fail(session: Session, reason: SessionEnd): void {
    this.remove(session, reason === SessionEnd.connectionLost || reason === SessionEnd.framing);
    this.ctx.out.push(Out.ended, session.id, session.tag, reason);
  }

  remove(session: Session, resumable: boolean): void {
    const { ctx } = this;
    const { connection } = session;
    const held = this.holdsSends(session);
    this.settlement.settleAll(session, MsrpStatus.lost);
    if (connection !== null) detach(connection, session);
    this.reassembly.leave(session, resumable);
    ctx.sessions.delete(session.id);
    ctx.bySessionId.delete(session.local.sessionId);
    if (connection === null || !ctx.connections.has(connection.conn)) return;
    if (held) return this.reset(connection, SessionEnd.connectionLost);
    if (connection.sessions.length > 0 || connection.closing || !ctx.config.closeWhenIdle) return;
    connection.closing = true;
    ctx.out.push(Out.close, connection.conn);
    ctx.out.push(Out.timer, IDLE_CONNECTION_NS, connection.conn, TimerOf.connection);
  }

  /** See `MsrpDriver.giveUpHeld`. */
  giveUpHeld(session: Session): void {
    const { connection } = session;
    if (connection === null || (!session.timedOut && !this.holdsSends(session))) return;
    this.reset(connection, SessionEnd.connectionLost);
  }

  /** True if octets of the session's SENDs may be among those that TCP holds. */
  private holdsSends(session: Session): boolean {
    const { connection } = session;
    if (connection === null || !connection.up || connection.closing) return false;
    return this.settlement.isUnsure(session) && this.ctx.holds(connection.conn);
  }

  reset(connection: Connection, reason: SessionEnd): void {
    this.drop(connection, reason);
    this.ctx.out.push(Out.abort, connection.conn);
  }

  /** Forgets a connection; its sessions fail. */
  drop(connection: Connection, reason: SessionEnd): void {
    this.ctx.connections.delete(connection.conn);
    connection.open = null;
    connection.up = false;
    while (connection.sessions.length > 0) {
      const [session] = connection.sessions;
      if (!this.binding.succeed(session)) this.fail(session, reason);
    }
  }
}
