/**
 * Sessions that a client is invited to (rules 1.4 D2 to D13, 2.3, 3.4; RFC 3261 section 13.3, RFC 4975 section 8, RFC 6135): an
 * INVITE with an MSRP offer is accepted without alerting (RFC 4975 section 8.8), the MSRP connection is made as COMEDIA decided,
 * SENDs are taken until BYE. `invite-offer.ts` reads the INVITE, `invite-answer.ts` writes the 200.
 *
 * Two sorts. In a *push* the IM Server brings deferred messages, each a multipart. In a *live* session another client brings Large
 * Messages herself; its INVITE has the feature tag of Large Messages in Contact. The SIP/IP Core proxies that INVITE end to end, and
 * the MSRP connection runs from client to client: the IM Server has no part in what needs no deferral, as with a MESSAGE that is
 * delivered live, so that both modes fall back to it by the same serial forking and the server's load is what was deferred.
 *
 * One push a client. A second INVITE from the same IM Server ends the first, which the server, running one push a user (A23), must
 * have lost; one from somebody else is answered 486. Live sessions: {@link LIVE_SESSIONS} a client, then 486.
 *
 * A session ends by BYE; by BYE of our own if no ACK came, if nothing was received for {@link PUSH_IDLE_LIMIT_NS}, or if its MSRP
 * connection was lost and no BYE followed within {@link BYE_WAIT_NS}; and without a word when the link goes down.
 *
 * Not modelled: re-INVITE (488, the session goes on), relays in our own path, forking.
 */
import { TcpEnd, type Lane } from '../../../sim/host/ports.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { MSRP_PORT, SIP_PORT } from '../../addressing.js';
import { MsrpStatus, type SessionEnd } from '../../msrp/codes.js';
import type { MsrpDriver } from '../../msrp/driver.js';
import type { MsrpOwner } from '../../msrp/owner.js';
import type { ReceivedMessage } from '../../msrp/receiving/received-message.js';
import { tagOf } from '../../msrp/two-owners.js';
import { dialogOfUas, type Dialog } from '../../sip/dialog.js';
import { TAKEN_CONTENT } from '../../sip/offer-content.js';
import type { Tx } from '../../sip/user.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { endWithoutBody } from '../../wire/sip/response.js';
import { NO_MSRP } from '../capabilities.js';
import { FleetTimer, TokenKind, tokenOf, type FleetContext } from '../context.js';
import { Side } from '../msrp-desk.js';
import { hostIp } from '../../msrp/host-ip.js';
import type { Inbox } from './inbox.js';
import { InviteAnswer } from './invite-answer.js';
import { InviteOffer, isLive } from './invite-offer.js';
import { InvitedSessions, type InvitedSession } from './invited-sessions.js';

/** A session without any message for so long is given up. Twice the 30 s of a SEND transaction, and time to spare. */
export const PUSH_IDLE_LIMIT_NS = 120 * NS_PER_S;
/** After the MSRP connection was lost: how long to wait for the server's BYE. */
export const BYE_WAIT_NS = 32 * NS_PER_S;
/** How often a session looks at its deadline. */
const CHECK_NS = 8 * NS_PER_S;

/** Live sessions that a client has at a time. */
export const LIVE_SESSIONS = 8;

export class PushSessions implements MsrpOwner {
  private readonly driver: MsrpDriver;
  private readonly context: FleetContext;
  private readonly inbox: Inbox;
  private readonly sessions = new InvitedSessions();
  private nextSession = 0;
  private readonly checkLane: Lane;
  private readonly offer: InviteOffer;
  private readonly answer: InviteAnswer;

  constructor(context: FleetContext, inbox: Inbox, driver: MsrpDriver) {
    const { ports } = context;
    this.context = context;
    this.inbox = inbox;
    this.checkLane = ports.timer.lane(CHECK_NS);
    this.offer = new InviteOffer(context.devices);
    this.answer = new InviteAnswer(context);
    this.driver = driver;
  }

  /** Sessions that are open. */
  get count(): number {
    return this.sessions.count;
  }

  /** An INVITE for `user` that begins a dialog. Answers it. */
  onInvite(tx: Tx, user: number, message: SipMessage): void {
    const { endpoint } = this.context;
    const refusal = this.offer.refusal(user, message);
    if (refusal !== 0) {
      const lines = refusal === 415 ? TAKEN_CONTENT : refusal === 488 ? NO_MSRP : '';
      endpoint.answer(tx, message, refusal, lines);
      return;
    }
    const peer = this.offer.peerIn(message);
    const live = isLive(message);
    const current = live ? undefined : this.sessions.pushOf(user);
    const busy = live
      ? this.sessions.liveOf(user) >= LIVE_SESSIONS
      : current !== undefined && current.peer !== peer;
    if (busy) {
      endpoint.answer(tx, message, 486);
      return;
    }
    const dialog = dialogOfUas(this.context.ports.octets, message, endpoint.toTagOf(tx));
    if (dialog === undefined) {
      endpoint.answer(tx, message, 400);
      return;
    }
    if (current !== undefined) this.end(current);
    this.accept(tx, user, message, dialog, peer, live);
  }

  /** The ACK of our 200. */
  onAck(user: number, message: SipMessage): void {
    const session = this.sessions.ofMessage(user, message);
    if (session !== undefined) this.context.endpoint.acknowledged(session.inviteTx);
  }

  /** The dialog of the user's to which `message` belongs. */
  dialogOf(user: number, message: SipMessage): Dialog | undefined {
    return this.sessions.ofMessage(user, message)?.dialog;
  }

  /** The peer said BYE in `dialog`, and was answered. */
  onBye(user: number, dialog: Dialog): void {
    const session = this.sessions.of(user).find((one) => one.dialog === dialog);
    if (session !== undefined) this.end(session);
  }

  /** 64 T1 without ACK (RFC 3261 section 13.3.1.4). */
  onNoAck(tx: Tx, user: number): void {
    const session = this.sessions.of(user).find(({ inviteTx }) => inviteTx === tx);
    if (session !== undefined) this.giveUp(session);
  }

  /** The check timer of session `number` fired. */
  onTimer(number: number): void {
    const session = this.sessions.at(number);
    if (session === undefined) return;
    const { ports } = this.context;
    session.timer = -1;
    // A long message in many chunks is no silence.
    const receiving = session.msrp >= 0 && this.driver.isReceiving(session.msrp);
    if (ports.now() >= session.deadlineNs && !receiving) this.giveUp(session);
    else session.timer = ports.timer.start(this.checkLane, FleetTimer.session, number, 0);
  }

  /** The access link went down: nothing can be sent, and the connection is dead (RFC 4975 section 5.4). */
  onLinkDown(user: number): void {
    for (const session of this.sessions.of(user).slice()) {
      const { conn } = session;
      const cut = conn >= 0 && this.driver.owns(conn);
      if (cut) {
        session.msrp = -1;
        this.context.ports.tcp.abort(conn);
      }
      this.end(session);
      if (cut) this.driver.onTcpClosed(conn, TcpEnd.reset);
    }
  }

  // ---- MsrpOwner; the tag of a session is its number ----

  judgeMessage(_session: number, number: number, buf: Buffer, typeStart: number, typeEnd: number): number {
    const own = this.touch(number);
    if (own !== undefined && own.invite !== 0) return MsrpStatus.ok;
    return this.inbox.judge(buf, typeStart, typeEnd);
  }

  onMessage(session: number, number: number, message: ReceivedMessage): number {
    const own = this.touch(number);
    if (own?.msrp !== session) return MsrpStatus.noSession;
    const user = this.context.devices.userOf(own.user);
    if (own.invite === 0) return this.inbox.pushed(user, message);
    return this.inbox.large(user, own.invite, own.inviteStart, own.inviteOctets, message);
  }

  onBound(_session: number, number: number): void {
    this.touch(number);
  }

  onSent(): void {
    // A client sends nothing in these sessions but what the engine sends by itself.
  }

  onSettled(): void {
    // As above.
  }

  onEnded(session: number, number: number, _reason: SessionEnd): void {
    const own = this.sessions.at(number);
    if (own?.msrp !== session) return;
    own.msrp = -1;
    own.deadlineNs = this.context.ports.now() + BYE_WAIT_NS;
  }

  // ---- inside ----

  /** Accepts the offer that was read: opens the MSRP session, answers 200, connects if we are the active side. */
  private accept(tx: Tx, user: number, message: SipMessage, dialog: Dialog, peer: string, live: boolean) {
    const { ports, endpoint, writer } = this.context;
    const { offer, answer } = this;
    answer.write(tx, user, message, offer, live);
    const { connects, localUri, bodyStart } = answer;
    const { length } = writer;
    const block = writer.end();
    const number = this.nextSession++;
    const { arrival } = endpoint;
    if (live) ports.octets.retain(arrival.block);
    const session: InvitedSession = {
      number,
      user,
      dialog,
      invite: live ? arrival.block : 0,
      inviteStart: arrival.start,
      inviteOctets: arrival.length,
      peer,
      inviteTx: tx,
      msrp: -1,
      conn: -1,
      deadlineNs: ports.now() + PUSH_IDLE_LIMIT_NS,
      timer: ports.timer.start(this.checkLane, FleetTimer.session, number, 0),
    };
    this.sessions.add(session);
    const tag = tagOf(Side.invited, number);
    // R15: a replacement of a live session that failed goes on where it stopped, if the network says whose it is: nothing tells one
    // anonymous sender from the next. The server's pushes begin anew.
    const asserted = message.textOf(Header.pAssertedIdentity);
    const key = live && asserted !== undefined ? `${peer} ${user} ${asserted}` : '';
    // A passive side must be ready before its answer leaves; an active one dials after it.
    if (!connects) session.msrp = this.driver.openPassive(tag, localUri, offer.path, key);
    endpoint.respondUntilAck(tx, block, length, bodyStart);
    if (connects) {
      const { host, port } = offer.nextHop;
      session.conn = ports.tcp.connect(user, hostIp(host), port < 0 ? MSRP_PORT : port);
      session.msrp = this.driver.openActive(tag, session.conn, localUri, offer.path, key);
    }
  }

  /** Something happened in the session: it is alive. */
  private touch(number: number): InvitedSession | undefined {
    const session = this.sessions.at(number);
    if (session !== undefined) session.deadlineNs = this.context.ports.now() + PUSH_IDLE_LIMIT_NS;
    return session;
  }

  /** Ends the session with a BYE of our own. */
  private giveUp(session: InvitedSession): void {
    const { endpoint, writer, leg, config } = this.context;
    const { user } = session;
    session.dialog.begin(writer, endpoint, 'BYE', user, leg);
    endWithoutBody(writer);
    const { length } = writer;
    const block = writer.end();
    const token = tokenOf(TokenKind.bye, user);
    const bye = endpoint.request(user, block, length, length, config.coreIp, SIP_PORT, leg, token);
    this.forget(session);
    this.context.closing.add(user, bye, session.dialog);
  }

  /** The session is over without a BYE of ours. */
  private end(session: InvitedSession): void {
    this.forget(session);
    session.dialog.release();
  }

  /** Forgets all of the session but its dialog: its timer, the repeats of its 200, its MSRP session. */
  private forget(session: InvitedSession): void {
    const { endpoint, ports } = this.context;
    this.sessions.remove(session);
    if (session.timer !== -1) ports.timer.cancel(session.timer);
    session.timer = -1;
    if (endpoint.isLive(session.inviteTx)) endpoint.acknowledged(session.inviteTx);
    if (session.msrp >= 0 && this.driver.isOpen(session.msrp)) this.driver.endSession(session.msrp);
    session.msrp = -1;
    if (session.invite !== 0) ports.octets.release(session.invite);
  }
}
