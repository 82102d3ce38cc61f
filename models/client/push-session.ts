/**
 * Push sessions at the client (rules 1.4 D2 to D13, 2.3, 3.4; RFC 3261 section 13.3, RFC 4975 section 8, RFC 6135): an INVITE
 * with an MSRP offer is accepted without alerting (RFC 4975 section 8.8), the MSRP connection is made as COMEDIA decided, SENDs
 * are taken until BYE.
 *
 * One session a client. A second INVITE from the same IM Server ends the first, which the server, running one push a user (A23),
 * must have lost; one from somebody else is answered 486.
 *
 * A session ends by BYE; by BYE of our own if no ACK came, if nothing was received for {@link PUSH_IDLE_LIMIT_NS}, or if its MSRP
 * connection was lost and no BYE followed within {@link BYE_WAIT_NS}; and without a word when the link goes down.
 *
 * Not modelled: INVITE without an offer (488), re-INVITE (488, the session goes on), TLS, relays in our own path, forking.
 */
import { TcpEnd, type Conn, type Lane, type TimerId } from '../../sim/host/ports.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { ipText, MSRP_PORT, SIP_PORT, userOfUserPart } from '../addressing.js';
import type { SessionEnd } from '../msrp/codes.js';
import { MsrpDriver, type MsrpOwner } from '../msrp/driver.js';
import { randomIdent, SESSION_ID_CHARS } from '../msrp/ident.js';
import type { ReceivedMessage } from '../msrp/received-message.js';
import { dialogOfUas, type Dialog } from '../sip/dialog.js';
import type { Tx } from '../sip/user.js';
import type { OctetWriter } from '../wire/octet-writer.js';
import { Header } from '../wire/sip/header-names.js';
import type { SipMessage } from '../wire/sip/message.js';
import { endWithoutBody } from '../wire/sip/response.js';
import { parseUri, SipUri } from '../wire/sip/uri.js';
import { parseIpv4 } from '../wire/sip/host.js';
import { parseAddress, SipAddress } from '../wire/sip/address.js';
import { ContentType } from '../wire/mime/content-type.js';
import { Setup } from '../wire/sdp/constants.js';
import { SessionDescription } from '../wire/sdp/description.js';
import { answerDirection, answerSetup, offererConnects } from '../wire/sdp/negotiate.js';
import { portFor, writeMsrpAnswer, type MsrpEndpoint } from '../wire/sdp/write.js';
import { MsrpUri } from '../wire/msrp/uri.js';
import { AddressedStream, Draw } from './chance.js';
import { FleetTimer, TokenKind, tokenOf, type FleetContext } from './context.js';
import type { Inbox } from './inbox.js';
import { writeContactUri } from './register-writer.js';

/** A session without any message for so long is given up. Twice the 30 s of a SEND transaction, and time to spare. */
export const PUSH_IDLE_LIMIT_NS = 120 * NS_PER_S;
/** After the MSRP connection was lost: how long to wait for the server's BYE. */
export const BYE_WAIT_NS = 32 * NS_PER_S;
/** How often a session looks at its deadline. */
const CHECK_NS = 8 * NS_PER_S;

/** What the client takes as root of a message, and inside one (rules 2.3, 3.6; R14). */
const ACCEPT_TYPES = 'multipart/mixed multipart/alternative';
const ACCEPT_WRAPPED_TYPES = '*';

interface PushSession {
  readonly dialog: Dialog;
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
  readonly driver: MsrpDriver;
  private readonly context: FleetContext;
  private readonly inbox: Inbox;
  private readonly sessions = new Map<number, PushSession>();
  private readonly checkLane: Lane;
  private readonly idChance: AddressedStream;
  private readonly sdp = new SessionDescription();
  private readonly type = new ContentType();
  private readonly uri = new SipUri();
  private readonly address = new SipAddress();
  private readonly msrpUri = new MsrpUri();

  constructor(context: FleetContext, inbox: Inbox) {
    const { ports } = context;
    this.context = context;
    this.inbox = inbox;
    this.checkLane = ports.timer.lane(CHECK_NS);
    this.idChance = new AddressedStream(ports.random, Draw.sessionId);
    this.driver = new MsrpDriver(ports, FleetTimer.msrp, ports.random.stream('client msrp'), this);
  }

  /** Sessions that are open. */
  get count(): number {
    return this.sessions.size;
  }

  /** An INVITE for `user`. Answers it. */
  onInvite(tx: Tx, user: number, message: SipMessage): void {
    const { endpoint } = this.context;
    const current = this.sessions.get(user);
    if (this.hasToTag(message)) {
      const known = current !== undefined && current.dialog.matches(message);
      endpoint.answer(tx, message, known ? 488 : 481);
      return;
    }
    const refusal = this.refusal(user, message);
    if (refusal !== 0) {
      endpoint.answer(tx, message, refusal, refusal === 415 ? 'Accept: application/sdp\r\n' : '');
      return;
    }
    const { address } = this;
    const peer = message.buf.latin1Slice(address.uriStart, address.uriEnd);
    if (current !== undefined && current.peer !== peer) {
      endpoint.answer(tx, message, 486);
      return;
    }
    const dialog = dialogOfUas(this.context.ports.octets, message, endpoint.toTagOf(tx));
    if (dialog === undefined) {
      endpoint.answer(tx, message, 400);
      return;
    }
    if (current !== undefined) this.end(user, current);
    this.accept(tx, user, message, dialog, peer);
  }

  /** The ACK of our 200. */
  onAck(user: number, message: SipMessage): void {
    const session = this.sessions.get(user);
    if (session !== undefined && session.dialog.matches(message)) {
      this.context.endpoint.acknowledged(session.inviteTx);
    }
  }

  /** A BYE for `user`. Answers it, and ends the session that it belongs to. */
  onBye(tx: Tx, user: number, message: SipMessage): void {
    const { endpoint } = this.context;
    const session = this.sessions.get(user);
    if (session === undefined || !session.dialog.matches(message)) {
      endpoint.answer(tx, message, 481);
    } else if (!session.dialog.acceptsCSeq(message)) {
      endpoint.answer(tx, message, 500);
    } else {
      endpoint.answer(tx, message, 200);
      this.end(user, session);
    }
  }

  /** 64 T1 without ACK (RFC 3261 section 13.3.1.4). */
  onNoAck(tx: Tx, user: number): void {
    const session = this.sessions.get(user);
    if (session !== undefined && session.inviteTx === tx) this.giveUp(user, session);
  }

  /** The check timer of the session of `user` fired. */
  onTimer(user: number): void {
    const session = this.sessions.get(user);
    if (session === undefined) return;
    const { ports } = this.context;
    session.timer = -1;
    if (ports.now() >= session.deadlineNs) this.giveUp(user, session);
    else session.timer = ports.timer.start(this.checkLane, FleetTimer.session, user, 0);
  }

  /** The access link went down: nothing can be sent, and the connection is dead (RFC 4975 section 5.4). */
  onLinkDown(user: number): void {
    const session = this.sessions.get(user);
    if (session === undefined) return;
    const { conn } = session;
    const cut = conn >= 0 && this.driver.owns(conn);
    if (cut) {
      session.msrp = -1;
      this.context.ports.tcp.abort(conn);
    }
    this.end(user, session);
    if (cut) this.driver.onTcpClosed(conn, TcpEnd.reset);
  }

  // ---- MsrpOwner; the tag of a session is the user ----

  judgeMessage(_session: number, user: number, buf: Buffer, typeStart: number, typeEnd: number): number {
    this.touch(user);
    return this.inbox.judge(buf, typeStart, typeEnd);
  }

  onMessage(session: number, user: number, message: ReceivedMessage): number {
    const own = this.touch(user);
    return own?.msrp === session ? this.inbox.pushed(user, message) : 481;
  }

  onBound(_session: number, user: number): void {
    this.touch(user);
  }

  onSent(): void {
    // A client sends nothing in a push session but what the engine sends by itself.
  }

  onSettled(): void {
    // As above.
  }

  onEnded(session: number, user: number, _reason: SessionEnd): void {
    const own = this.sessions.get(user);
    if (own?.msrp !== session) return;
    own.msrp = -1;
    own.deadlineNs = this.context.ports.now() + BYE_WAIT_NS;
  }

  // ---- inside ----

  /** Status that refuses an INVITE outside of a dialog, or 0. Leaves the offer in `sdp`, From in `address`. */
  private refusal(user: number, message: SipMessage): number {
    const { sdp, type, uri } = this;
    const { buf } = message;
    if (parseUri(buf, message.uriStart, message.uriEnd, uri) !== 0) return 400;
    if (userOfUserPart(buf, uri.userStart, uri.userEnd) !== user) return 404;
    if (!this.readAddress(message, Header.from)) return 400;
    const at = message.find(Header.contentType);
    if (message.bodyOctets === 0) return 488;
    if (at < 0 || !type.parse(buf, message.valueStart[at], message.valueEnd[at])) return 415;
    if (!type.is('application', 'sdp')) return 415;
    if (!sdp.parse(buf, message.bodyStart, message.bodyEnd)) return 488;
    const index = sdp.msrpMedia();
    return index < 0 || sdp.media[index].isTls || !this.readPath(index) ? 488 : 0;
  }

  /** Reads the first URI of the offered path, which is where to connect. */
  private readPath(index: number): boolean {
    const { sdp, msrpUri } = this;
    const media = sdp.media[index];
    const path = sdp.buf.latin1Slice(media.pathStart, media.pathEnd);
    const blank = path.indexOf(' ');
    return (
      msrpUri.parse(blank < 0 ? path : path.slice(0, blank)) &&
      msrpUri.scheme === 'msrp' &&
      msrpUri.transport === 'tcp' &&
      hostIp(msrpUri.host) >= 0
    );
  }

  /** Accepts the offer in `sdp`: opens the MSRP session, answers 200, connects if we are the active side. */
  private accept(tx: Tx, user: number, message: SipMessage, dialog: Dialog, peer: string): void {
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
      acceptTypes: ACCEPT_TYPES,
      acceptWrappedTypes: ACCEPT_WRAPPED_TYPES,
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
    writeContactUri(writer, user, ip);
    writer.ascii(';+g.oma.sip-im\r\nContent-Type: application/sdp\r\nContent-Length: ').decimal(sdpOctets);
    writer.ascii('\r\n\r\n');
    const bodyStart = writer.length;
    writeMsrpAnswer(writer, sdp, index, answer);
    const { length } = writer;
    const block = writer.end();
    const session: PushSession = {
      dialog,
      peer,
      inviteTx: tx,
      msrp: -1,
      conn: -1,
      deadlineNs: ports.now() + PUSH_IDLE_LIMIT_NS,
      timer: ports.timer.start(this.checkLane, FleetTimer.session, user, 0),
    };
    this.sessions.set(user, session);
    // A passive side must be ready before its answer leaves; an active one dials after it.
    if (!active) session.msrp = this.driver.openPassive(user, localUri, peerPath);
    endpoint.respondUntilAck(tx, block, length, bodyStart);
    if (active) {
      const dialPort = this.msrpUri.port < 0 ? MSRP_PORT : this.msrpUri.port;
      session.conn = ports.tcp.connect(user, hostIp(this.msrpUri.host), dialPort);
      session.msrp = this.driver.openActive(user, session.conn, localUri, peerPath);
    }
  }

  /** Something happened in the session: it is alive. */
  private touch(user: number): PushSession | undefined {
    const session = this.sessions.get(user);
    if (session !== undefined) session.deadlineNs = this.context.ports.now() + PUSH_IDLE_LIMIT_NS;
    return session;
  }

  /** Ends the session with a BYE of our own. */
  private giveUp(user: number, session: PushSession): void {
    const { endpoint, writer, leg, config } = this.context;
    session.dialog.begin(writer, endpoint, 'BYE', user, leg);
    endWithoutBody(writer);
    const { length } = writer;
    const block = writer.end();
    endpoint.request(user, block, length, length, config.coreIp, SIP_PORT, leg, tokenOf(TokenKind.bye, user));
    this.end(user, session);
  }

  /** Forgets the session: its timer, the repeats of its 200, its MSRP session. */
  private end(user: number, session: PushSession): void {
    const { endpoint, ports } = this.context;
    this.sessions.delete(user);
    if (session.timer !== -1) ports.timer.cancel(session.timer);
    session.timer = -1;
    if (endpoint.isLive(session.inviteTx)) endpoint.acknowledged(session.inviteTx);
    if (session.msrp >= 0 && this.driver.isOpen(session.msrp)) this.driver.endSession(session.msrp);
    session.msrp = -1;
    session.dialog.release();
  }

  /** Reads the first header `id` into `address`; false if there is none or it is malformed. */
  private readAddress(message: SipMessage, id: Header): boolean {
    const at = message.find(id);
    return (
      at >= 0 && parseAddress(message.buf, message.valueStart[at], message.valueEnd[at], this.address) === 0
    );
  }

  private hasToTag(message: SipMessage): boolean {
    const { address } = this;
    return this.readAddress(message, Header.to) && address.tagEnd > address.tagStart;
  }
}

/** Copies every Record-Route line of the INVITE into the 2xx (RFC 3261 section 12.1.1). */
function copyRecordRoute(writer: OctetWriter, message: SipMessage): void {
  for (let i = message.find(Header.recordRoute); i >= 0 && i < message.headerCount; i++) {
    if (message.ids[i] !== Header.recordRoute) continue;
    writer.span(message.buf, message.nameStart[i], message.lineEnd[i]);
  }
}

/** The IPv4 address that `host` spells, or -1. */
function hostIp(host: string): number {
  const octets = Buffer.from(host, 'latin1');
  return parseIpv4(octets, 0, octets.length);
}
