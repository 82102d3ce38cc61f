/**
 * The sessions that clients are invited to and that are open, without behaviour: found by number, by user, by dialog. What happens to them is in
 * `push-session.ts`.
 */
import type { Block, Conn, TimerId } from '../../../sim/host/ports.js';
import type { Dialog } from '../../sip/dialog.js';
import type { Tx } from '../../sip/user.js';
import type { SipMessage } from '../../wire/sip/message.js';

export interface InvitedSession {
  readonly number: number;
  readonly user: number;
  readonly dialog: Dialog;
  /** The INVITE of a live session, held; 0 in a push. */
  readonly invite: Block;
  readonly inviteStart: number;
  readonly inviteOctets: number;
  /** URI of From in the INVITE: who invited. */
  readonly peer: string;
  readonly inviteTx: Tx;
  /** MSRP session; -1 once it is over. */
  msrp: number;
  /** The connection that we opened; -1 if the server opens it. */
  conn: Conn;
  /** Given up at this instant. */
  deadlineNs: number;
  timer: TimerId;
}

export class InvitedSessions {
  private readonly sessions = new Map<number, InvitedSession>();
  /** The same by user; no entry without a session. */
  private readonly ofUser = new Map<number, InvitedSession[]>();

  get count(): number {
    return this.sessions.size;
  }

  at(number: number): InvitedSession | undefined {
    return this.sessions.get(number);
  }

  /** All of `user`, as long as nothing is added or removed. */
  of(user: number): readonly InvitedSession[] {
    return this.ofUser.get(user) ?? NONE;
  }

  /** The session of `user` to whose dialog `message` belongs. */
  ofMessage(user: number, message: SipMessage): InvitedSession | undefined {
    return this.ofUser.get(user)?.find(({ dialog }) => dialog.matches(message));
  }

  /** The push of `user`. */
  pushOf(user: number): InvitedSession | undefined {
    return this.ofUser.get(user)?.find(({ invite }) => invite === 0);
  }

  /** How many live sessions `user` has. */
  liveOf(user: number): number {
    let count = 0;
    for (const { invite } of this.of(user)) if (invite !== 0) count++;
    return count;
  }

  add(session: InvitedSession): void {
    const { number, user } = session;
    this.sessions.set(number, session);
    const others = this.ofUser.get(user);
    if (others === undefined) this.ofUser.set(user, [session]);
    else others.push(session);
  }

  remove(session: InvitedSession): void {
    this.sessions.delete(session.number);
    const all = this.ofUser.get(session.user) ?? [];
    all.splice(all.indexOf(session), 1);
    if (all.length === 0) this.ofUser.delete(session.user);
  }
}

const NONE: readonly InvitedSession[] = [];
