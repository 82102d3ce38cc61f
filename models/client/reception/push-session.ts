/**
 * Sessions that a client is invited to (rules 1.4 D2 to D13, 2.3, 3.4; RFC 3261 section 13.3, RFC 4975 section 8, RFC 6135): an
 * INVITE with an MSRP offer is accepted without alerting (RFC 4975 section 8.8), the MSRP connection is made as COMEDIA decided,
 * SENDs are taken until BYE.
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
 * Not modelled: INVITE without an offer (488), re-INVITE (488, the session goes on), TLS, relays in our own path, forking.
 */
import { TcpEnd, type Block, type Conn, type Lane, type TimerId } from '../../../sim/host/ports.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { ipText, MSRP_PORT, SIP_PORT, userOfUserPart } from '../../addressing.js';
import { IM_TAG } from '../../feature-tags.js';
import { MsrpStatus, type SessionEnd } from '../../msrp/codes.js';
import type { MsrpDriver, MsrpOwner } from '../../msrp/driver.js';
import { randomIdent, SESSION_ID_CHARS } from '../../msrp/ident.js';
import type { ReceivedMessage } from '../../msrp/receiving/received-message.js';
import { dialogOfUas, type Dialog } from '../../sip/dialog.js';
import { OfferContent, TAKEN_CONTENT } from '../../sip/offer-content.js';
import type { Tx } from '../../sip/user.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { endWithoutBody } from '../../wire/sip/response.js';
import { parseUri, SipUri } from '../../wire/sip/values/uri.js';
import { parseAddress, SipAddress } from '../../wire/sip/values/address.js';
import { Setup } from '../../wire/sdp/constants.js';
import { SessionDescription } from '../../wire/sdp/description.js';
import { answerDirection, answerSetup, offererConnects } from '../../wire/sdp/negotiate.js';
import { portFor, writeMsrpAnswer, type MsrpEndpoint } from '../../wire/sdp/write.js';
import { MsrpUri, readNextHop } from '../../wire/msrp/uri.js';
import { ALLOW, NO_MSRP, SUPPORTED } from '../capabilities.js';
import { AddressedStream, Draw } from '../chance.js';
import { FleetTimer, TokenKind, tokenOf, type FleetContext } from '../context.js';
import type { Inbox } from './inbox.js';
import { copyRecordRoute, isLive } from './invite-reader.js';
import { hostIp } from '../msrp-peer.js';
import { tagOf } from '../../msrp/two-owners.js';
import { Side } from '../msrp-desk.js';
import { writeContactUri } from '../registration/register-writer.js';

/** A session without any message for so long is given up. Twice the 30 s of a SEND transaction, and time to spare. */
export const PUSH_IDLE_LIMIT_NS = 120 * NS_PER_S;
/** After the MSRP connection was lost: how long to wait for the server's BYE. */
export const BYE_WAIT_NS = 32 * NS_PER_S;
/** How often a session looks at its deadline. */
const CHECK_NS = 8 * NS_PER_S;

/** What the client takes as root of a message, and inside one (rules 2.3, 3.6; R14). */
const ACCEPT_TYPES = 'multipart/mixed multipart/alternative';
const ACCEPT_WRAPPED_TYPES = '*';
/** In a live session the client takes anything (R14). */
const ANY_TYPE = '*';
/** Live sessions that a client has at a time. */
export const LIVE_SESSIONS = 8;

interface PushSession {
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

export class PushSessions implements MsrpOwner {
  private readonly driver: MsrpDriver;
  private readonly context: FleetContext;
  private readonly inbox: Inbox;
  private readonly sessions = new Map<number, PushSession>();
  /** The same by user. */
  private readonly ofUser = new Map<number, PushSession[]>();
  private nextSession = 0;
  private readonly checkLane: Lane;
  private readonly idChance: AddressedStream;
  private readonly sdp = new SessionDescription();
  private readonly content = new OfferContent();
  private readonly uri = new SipUri();
  private readonly address = new SipAddress();
  private readonly msrpUri = new MsrpUri();

  constructor(context: FleetContext, inbox: Inbox, driver: MsrpDriver) {
    const { ports } = context;
    this.context = context;
    this.inbox = inbox;
    this.checkLane = ports.timer.lane(CHECK_NS);
    this.idChance = new AddressedStream(ports.random, Draw.sessionId);
    this.driver = driver;
  }

  /** Sessions that are open. */
  get count(): number {
    return this.sessions.size;
  }

  /** An INVITE for `user` that begins a dialog. Answers it. */
  onInvite(tx: Tx, user: number, message: SipMessage): void {
    const { endpoint } = this.context;
    const refusal = this.refusal(user, message);
    if (refusal !== 0) {
      const lines = refusal === 415 ? TAKEN_CONTENT : refusal === 488 ? NO_MSRP : '';
      endpoint.answer(tx, message, refusal, lines);
      return;
    }
    const { address } = this;
    const peer = message.buf.latin1Slice(address.uriStart, address.uriEnd);
    const live = isLive(message);
    const current = live ? undefined : this.ofUser.get(user)?.find((session) => session.invite === 0);
    const busy = live ? this.liveOf(user) >= LIVE_SESSIONS : current !== undefined && current.peer !== peer;
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
    const session = this.sessionOf(user, message);
    if (session !== undefined) this.context.endpoint.acknowledged(session.inviteTx);
  }

  /** The dialog of the user's to which `message` belongs. */
  dialogOf(user: number, message: SipMessage): Dialog | undefined {
    return this.sessionOf(user, message)?.dialog;
  }

  /** The peer said BYE in `dialog`, and was answered. */
  onBye(user: number, dialog: Dialog): void {
    const session = this.ofUser.get(user)?.find((one) => one.dialog === dialog);
    if (session !== undefined) this.end(session);
  }

  /** 64 T1 without ACK (RFC 3261 section 13.3.1.4). */
  onNoAck(tx: Tx, user: number): void {
    const session = this.ofUser.get(user)?.find(({ inviteTx }) => inviteTx === tx);
    if (session !== undefined) this.giveUp(session);
  }

  /** The check timer of session `number` fired. */
  onTimer(number: number): void {
    const session = this.sessions.get(number);
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
    for (const session of this.ofUser.get(user)?.slice() ?? []) {
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
    const own = this.sessions.get(number);
    if (own?.msrp !== session) return;
    own.msrp = -1;
    own.deadlineNs = this.context.ports.now() + BYE_WAIT_NS;
  }

  // ---- inside ----

  /** Status that refuses an INVITE outside of a dialog, or 0. Leaves the offer in `sdp`, From in `address`. */
  private refusal(user: number, message: SipMessage): number {
    const { sdp, uri } = this;
    const { buf } = message;
    if (parseUri(buf, message.uriStart, message.uriEnd, uri) !== 0) return 400;
    if (userOfUserPart(buf, uri.userStart, uri.userEnd) !== this.context.devices.userOf(user)) return 404;
    if (!this.readAddress(message, Header.from)) return 400;
    const unfit = this.content.refusal(message);
    if (unfit !== 0) return unfit;
    if (message.bodyOctets === 0) return 488;
    if (!sdp.parse(buf, message.bodyStart, message.bodyEnd)) return 488;
    const index = sdp.msrpMedia();
    return index < 0 || !this.readPath(index) ? 488 : 0;
  }

  /** Reads the first URI of the offered path, which is where to connect. */
  private readPath(index: number): boolean {
    const { sdp, msrpUri } = this;
    const media = sdp.media[index];
    const path = sdp.buf.latin1Slice(media.pathStart, media.pathEnd);
    return readNextHop(path, msrpUri) && hostIp(msrpUri.host) >= 0;
  }

  /** Accepts the offer in `sdp`: opens the MSRP session, answers 200, connects if we are the active side. */
  private accept(tx: Tx, user: number, message: SipMessage, dialog: Dialog, peer: string, live: boolean) {
    const { ports, config, endpoint, writer, table } = this.context;
    const { sdp } = this;
    const index = sdp.msrpMedia();
    const media = sdp.media[index];
    const setup = answerSetup(media.setup, config.setup === 'passive' ? Setup.passive : Setup.active);
    const active = !offererConnects(media.setup, setup);
    const peerPath = sdp.buf.latin1Slice(media.pathStart, media.pathEnd);
    const ip = ports.ipOf(user);
    const ordinal = ++table.sessions[user];
    const ident = randomIdent(this.idChance.at(user, ordinal * SESSION_ID_CHARS), SESSION_ID_CHARS);
    const port = portFor(setup, MSRP_PORT);
    const localUri = `msrp://${ipText(ip)}:${port}/${ident};tcp`;
    const answer: MsrpEndpoint = {
      user: '-',
      sessionId: ordinal,
      sessionVersion: 1,
      address: ipText(ip),
      port,
      path: localUri,
      acceptTypes: live ? ANY_TYPE : ACCEPT_TYPES,
      acceptWrappedTypes: live ? '' : ACCEPT_WRAPPED_TYPES,
      setup,
      maxSizeOctets: -1,
      direction: answerDirection(media.direction),
    };
    // Written twice, because Content-Length stands before it.
    writer.begin();
    writeMsrpAnswer(writer, sdp, index, answer);
    const sdpOctets = writer.length;
    writer.discard();
    endpoint.beginResponse(writer, tx, message, 200);
    copyRecordRoute(writer, message);
    writer.ascii('Contact: ');
    writeContactUri(writer, this.context.devices.userOf(user), ip);
    writer.ascii(`;${IM_TAG}\r\n${ALLOW}${SUPPORTED}Content-Type: application/sdp\r\nContent-Length: `);
    writer.decimal(sdpOctets);
    writer.ascii('\r\n\r\n');
    const bodyStart = writer.length;
    writeMsrpAnswer(writer, sdp, index, answer);
    const { length } = writer;
    const block = writer.end();
    const number = this.nextSession++;
    const { arrival } = endpoint;
    if (live) ports.octets.retain(arrival.block);
    const session: PushSession = {
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
    this.sessions.set(number, session);
    const others = this.ofUser.get(user);
    if (others === undefined) this.ofUser.set(user, [session]);
    else others.push(session);
    const tag = tagOf(Side.invited, number);
    // R15: a replacement of a live session that failed goes on where it stopped, if the network says whose it is: nothing tells one
    // anonymous sender from the next. The server's pushes begin anew.
    const asserted = message.textOf(Header.pAssertedIdentity);
    const key = live && asserted !== undefined ? `${peer} ${user} ${asserted}` : '';
    // A passive side must be ready before its answer leaves; an active one dials after it.
    if (!active) session.msrp = this.driver.openPassive(tag, localUri, peerPath, key);
    endpoint.respondUntilAck(tx, block, length, bodyStart);
    if (active) {
      const dialPort = this.msrpUri.port < 0 ? MSRP_PORT : this.msrpUri.port;
      session.conn = ports.tcp.connect(user, hostIp(this.msrpUri.host), dialPort);
      session.msrp = this.driver.openActive(tag, session.conn, localUri, peerPath, key);
    }
  }

  /** The session of `user` to whose dialog `message` belongs. */
  private sessionOf(user: number, message: SipMessage): PushSession | undefined {
    return this.ofUser.get(user)?.find(({ dialog }) => dialog.matches(message));
  }

  private liveOf(user: number): number {
    let count = 0;
    for (const { invite } of this.ofUser.get(user) ?? []) if (invite !== 0) count++;
    return count;
  }

  /** Something happened in the session: it is alive. */
  private touch(number: number): PushSession | undefined {
    const session = this.sessions.get(number);
    if (session !== undefined) session.deadlineNs = this.context.ports.now() + PUSH_IDLE_LIMIT_NS;
    return session;
  }

  /** Ends the session with a BYE of our own. */
  private giveUp(session: PushSession): void {
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
  private end(session: PushSession): void {
    this.forget(session);
    session.dialog.release();
  }

  /** Forgets all of the session but its dialog: its timer, the repeats of its 200, its MSRP session. */
  private forget(session: PushSession): void {
    const { endpoint, ports } = this.context;
    this.sessions.delete(session.number);
    const all = this.ofUser.get(session.user) ?? [];
    all.splice(all.indexOf(session), 1);
    if (all.length === 0) this.ofUser.delete(session.user);
    if (session.timer !== -1) ports.timer.cancel(session.timer);
    session.timer = -1;
    if (endpoint.isLive(session.inviteTx)) endpoint.acknowledged(session.inviteTx);
    if (session.msrp >= 0 && this.driver.isOpen(session.msrp)) this.driver.endSession(session.msrp);
    session.msrp = -1;
    if (session.invite !== 0) ports.octets.release(session.invite);
  }

  /** Reads the first header `id` into `address`; false if there is none or it is malformed. */
  private readAddress(message: SipMessage, id: Header): boolean {
    const at = message.find(id);
    return (
      at >= 0 && parseAddress(message.buf, message.valueStart[at], message.valueEnd[at], this.address) === 0
    );
  }
}
