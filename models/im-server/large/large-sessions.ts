/**
 * Receiving Large Messages for users who are offline (change request 12.2.2.3 item 3; rules 2.1, 3.4, 3.5): the server answers
 * the sender's INVITE itself, is the passive MSRP endpoint, and stores each message when it is assembled. The last chunk's 200
 * (and the success REPORT) leaves after the commit, as 202 does in Pager Mode.
 *
 * Each message of a session becomes a deferred message of its own, with the headers of the session's INVITE.
 *
 * Not modelled: re-INVITE (488), UPDATE, session timers, early media, relays in our own path.
 */
import { CommitStatus, type Ports, type RandomStream } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import { imServerHost, ipText, MSRP_PORT, SIP_PORT } from '../../addressing.js';
import { randomIdent, SESSION_ID_CHARS } from '../../msrp/ident.js';
import { MsrpStatus } from '../../msrp/codes.js';
import type { MsrpDriver, MsrpOwner } from '../../msrp/driver.js';
import type { ReceivedMessage } from '../../msrp/receiving/received-message.js';
import { Observed } from '../../observations.js';
import { copyLines } from '../../sip/derived.js';
import { dialogOfUas } from '../../sip/dialog.js';
import type { SipEndpoint } from '../../sip/endpoint.js';
import { OfferContent, TAKEN_CONTENT } from '../../sip/offer-content.js';
import { legOf, Transport, type Leg as SipLeg } from '../../sip/legs.js';
import type { Tx } from '../../sip/user.js';
import { MsrpUri, readNextHop } from '../../wire/msrp/uri.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { Direction, Setup } from '../../wire/sdp/constants.js';
import { SessionDescription, type SdpMedia } from '../../wire/sdp/description.js';
import { answerDirection, answerSetup, offererConnects } from '../../wire/sdp/negotiate.js';
import { portFor, writeMsrpAnswer } from '../../wire/sdp/write.js';
import { Header } from '../../wire/sip/head/header-names.js';
import { parseIpv4 } from '../../wire/sip/values/host.js';
import { SipMessage } from '../../wire/sip/message.js';
import { Method } from '../../wire/sip/head/methods.js';
import { Framing, parseSip } from '../../wire/sip/parse.js';
import { endWithoutBody } from '../../wire/sip/response.js';
import { CAPABILITIES } from '../capabilities.js';
import { ALONE, ImServerWork, type ImServerConfig } from '../config.js';
import { ACCEPTED, Deferral, type DeferralJudge } from '../deferral/deferral.js';
import { FinishedBefore, peerKey } from '../store/finished-before.js';
import { LargeSession } from './large-session.js';
import { tagOf } from '../../msrp/two-owners.js';
import { Leg } from '../msrp-desk.js';
import type { DeferredStore } from '../store/store.js';
import { ImTimer } from '../timers.js';
import type { WorkDesk } from '../work.js';

const ALLOW = 'Allow: INVITE, ACK, CANCEL, BYE\r\n';
/** Token of a BYE whose answer nobody waits for. */
const NOBODY = -1;

/** A message that is assembled and not answered yet. */
interface Assembled {
  readonly session: LargeSession;
  readonly message: ReceivedMessage;
}

export class LargeSessions implements MsrpOwner {
  private readonly sessions = new Map<number, LargeSession>();
  private readonly byToTag = new Map<number, LargeSession>();
  /** By the handle of the MSRP endpoint. */
  private readonly assembled = new Map<number, Assembled>();
  /** Takes what is in storage at the start. */
  readonly finishedBefore: FinishedBefore;
  private readonly random: RandomStream;
  private readonly leg: SipLeg;
  private readonly offer = new SessionDescription();
  private readonly content = new OfferContent();
  private readonly nextHop = new MsrpUri();
  private readonly invite = new SipMessage();
  private readonly deferral = new Deferral();
  private nextSession = 0;
  private readonly host: string;

  constructor(
    private readonly ports: Ports,
    private readonly config: ImServerConfig,
    private readonly store: DeferredStore,
    private readonly judge: DeferralJudge,
    private readonly desk: WorkDesk,
    private readonly msrp: MsrpDriver,
    private readonly endpoint: SipEndpoint,
    private readonly writer: OctetWriter,
  ) {
    this.random = ports.random.stream('im-server/large');
    this.finishedBefore = new FinishedBefore(msrp, config.large.resumeWindowNs);
    this.leg = legOf(Transport.udp, config.timers);
    this.host = imServerHost((config.cluster ?? ALONE).instance);
  }

  /** Sessions that are open. */
  get count(): number {
    return this.sessions.size;
  }

  // ---- SIP ----

  /** The INVITE of a new session, after the station served it. Answers it. */
  onInvite(tx: Tx, message: SipMessage): void {
    const { ports, endpoint, judge, offer } = this;
    const verdict = judge.judge(message, ports.now(), ports.wallClock(), true);
    if (verdict.status !== ACCEPTED) {
      this.refuse(tx, message, verdict.user, verdict.status, verdict.headers);
      return;
    }
    const unfit = this.content.refusal(message);
    if (unfit !== 0) {
      this.refuse(tx, message, verdict.user, unfit, unfit === 415 ? TAKEN_CONTENT : '');
      return;
    }
    const readable = offer.parse(message.buf, message.bodyStart, message.bodyEnd);
    const index = readable ? offer.msrpMedia() : -1;
    if (index < 0 || !this.canServe(message, offer.media[index])) {
      const warning = 'Warning: 304 im.ims.example "an offer of TCP/MSRP with a path is needed"\r\n';
      this.refuse(tx, message, verdict.user, 488, warning);
      return;
    }
    const dialog = dialogOfUas(ports.octets, message, endpoint.toTagOf(tx));
    if (dialog === undefined) {
      this.refuse(tx, message, verdict.user, 400);
      return;
    }
    const block = endpoint.requestBlock(tx);
    ports.octets.retain(block);
    const session = new LargeSession(
      this.nextSession++,
      verdict.user,
      tx,
      endpoint.toTagOf(tx) | 0,
      dialog,
      block,
      endpoint.requestStart(tx),
      endpoint.requestLength(tx),
      verdict.anonymous,
      verdict.dateMs,
    );
    this.sessions.set(session.number, session);
    this.byToTag.set(session.toTag, session);
    this.accept(session, message, offer.media[index], index);
  }

  /** True if the request belongs to one of our dialogs and was answered here. */
  onInDialogRequest(tx: Tx, message: SipMessage): boolean {
    const session = this.sessionOf(message);
    if (session === undefined) return false;
    const { endpoint } = this;
    if (!session.dialog.acceptsCSeq(message)) {
      endpoint.answer(tx, message, 500, 'Retry-After: 1\r\n');
    } else if (message.method === Method.bye) {
      endpoint.answer(tx, message, 200);
      this.end(session, false);
    } else if (message.method === Method.invite) endpoint.answer(tx, message, 488);
    else if (message.method === Method.options) endpoint.answer(tx, message, 200, CAPABILITIES);
    else endpoint.answer(tx, message, 405, ALLOW);
    return true;
  }

  /** The ACK of our 200. */
  onAck(message: SipMessage): void {
    const session = this.sessionOf(message);
    if (session !== undefined) this.endpoint.acknowledged(session.tx);
  }

  /** 64 T1 without ACK (RFC 3261 section 13.3.1.4). */
  onNoAck(tx: Tx): void {
    for (const session of this.sessions.values()) {
      if (session.tx !== tx) continue;
      this.hangUp(session);
      return;
    }
  }

  /** From the actor's timers of the kind `ImTimer.largeLimit`. */
  onTimer(number: number): void {
    const session = this.sessions.get(number);
    assert(session !== undefined, 'a limit timer without its session');
    session.limitTimer = -1;
    this.hangUp(session);
  }

  // ---- MSRP ----

  judgeMessage(
    _msrp: number,
    tag: number,
    _buf: Buffer,
    _typeStart: number,
    _typeEnd: number,
    totalOctets: number,
  ): number {
    const session = this.sessions.get(tag);
    if (session === undefined) return MsrpStatus.noSession;
    // Every type is taken: as store endpoint the server answered accept-types `*` (rules 2.3).
    return this.judge.hasRoom(session.user, Math.max(0, totalOctets)) ? MsrpStatus.ok : this.full(session);
  }

  onMessage(_msrp: number, tag: number, message: ReceivedMessage): number {
    const session = this.sessions.get(tag);
    if (session === undefined) return MsrpStatus.noSession;
    const { ports } = this;
    ports.observe.emit(
      Observed.assembled,
      session.user,
      message.chunks,
      message.length,
      message.firstChunkNs,
    );
    if (message.droppedContentHeaders > 0) {
      const { droppedContentHeaders } = message;
      ports.observe.emit(Observed.contentHeadersDropped, session.user, 0, droppedContentHeaders, 0);
    }
    if (!this.judge.hasRoom(session.user, message.length)) return this.full(session);
    session.pending++;
    this.assembled.set(message.handle, { session, message });
    if (!this.desk.spend(ImServerWork.large, message.length, message.handle)) {
      this.assembled.delete(message.handle);
      session.pending--;
      return this.full(session);
    }
    return MsrpStatus.later;
  }

  onBound(): void {
    // The sender speaks first; nothing is sent to her.
  }

  onSent(): void {
    // The server sends nothing in this session.
  }

  onSettled(): void {
    // The server sends nothing in this session.
  }

  onEnded(_msrp: number, tag: number): void {
    const session = this.sessions.get(tag);
    if (session === undefined) return;
    session.msrp = -1;
    // RFC 4975 section 5.4: the session has failed; a replacement needs a new INVITE.
    this.hangUp(session);
  }

  // ---- storing ----

  /** The station has done the work of an assembled message. */
  onAssembledServed(handle: number): void {
    const entry = this.assembled.get(handle);
    assert(entry !== undefined, 'an assembled message that nobody knows');
    const { session, message } = entry;
    const { ports, store, invite, deferral, judge } = this;
    const start = ports.octets.start(session.invite) + session.inviteStart;
    parseSip(ports.octets.buf, start, start + session.inviteOctets, Framing.datagram, invite);
    deferral.user = session.user;
    deferral.anonymous = session.anonymous;
    deferral.dateMs = session.dateMs;
    deferral.expiresAtNs = judge.defaultExpiry(ports.now());
    const octets = message.length;
    ports.observe.emit(Observed.deferralRequested, session.user, -1, octets, message.firstChunkNs);
    store.saveLarge(invite, message, deferral, ports.wallClock());
  }

  /** Committed: now the sender may know (200 and success REPORT). */
  onStored(handle: number): void {
    this.settle(handle, MsrpStatus.ok);
  }

  onStoreFailed(handle: number, user: number, status: CommitStatus): void {
    this.ports.observe.emit(Observed.rejected, user, -1, MsrpStatus.stopSending, status);
    this.settle(handle, status === CommitStatus.full ? MsrpStatus.stopSending : MsrpStatus.badRequest);
  }

  private settle(handle: number, status: number): void {
    const entry = this.assembled.get(handle);
    assert(entry !== undefined, 'the commit of a message that nobody knows');
    this.assembled.delete(handle);
    entry.session.pending--;
    this.msrp.answer(handle, status);
    if (entry.session.over && entry.session.pending === 0) this.release(entry.session);
  }

  // ---- inside ----

  private accept(session: LargeSession, message: SipMessage, media: SdpMedia, index: number): void {
    const { ports, endpoint, writer, random, offer, msrp } = this;
    const address = ipText(ports.ipOf(0));
    const setup = answerSetup(media.setup, Setup.passive);
    const port = portFor(setup, MSRP_PORT);
    const path = `msrp://${address}:${port}/${randomIdent(random, SESSION_ID_CHARS)};tcp`;
    const peerPath = message.buf.latin1Slice(media.pathStart, media.pathEnd);
    const tag = tagOf(Leg.large, session.number);
    const key = peerKey(message, session.anonymous);
    if (session.anonymous && key !== '') this.finishedBefore.reveal(message, key, ports.now());
    if (offererConnects(media.setup, setup)) session.msrp = msrp.openPassive(tag, path, peerPath, key);
    else session.msrp = this.connect(tag, path, peerPath, key);

    endpoint.beginResponse(writer, session.tx, message, 200);
    copyLines(writer, message, Header.recordRoute);
    writer.ascii(`Contact: <sip:${this.host}:${SIP_PORT}>\r\n${ALLOW}`);
    writer.ascii('Content-Type: application/sdp\r\nContent-Length: ');
    const lengthAt = writer.length;
    writer.ascii('0000\r\n\r\n');
    const bodyAt = writer.length;
    writeMsrpAnswer(writer, offer, index, {
      user: 'im',
      sessionId: session.number,
      sessionVersion: 0,
      address,
      port,
      path,
      acceptTypes: '*',
      acceptWrappedTypes: '',
      setup,
      maxSizeOctets: this.config.large.messageOctets,
      direction:
        media.direction === Direction.sendrecv ? Direction.recvonly : answerDirection(media.direction),
    });
    writer.patchDecimal(lengthAt, 4, writer.length - bodyAt);
    const { length } = writer;
    endpoint.respondUntilAck(session.tx, writer.end(), length, bodyAt);
    session.limitTimer = ports.timer.after(
      this.config.large.sessionLimitNs,
      ImTimer.largeLimit,
      session.number,
      0,
    );
    ports.observe.emit(Observed.largeSessionOpened, session.user, session.number, 200, 0);
  }

  /** True if the path of the offer leads over plain TCP. */
  private canServe({ buf }: SipMessage, { pathStart, pathEnd }: SdpMedia): boolean {
    return readNextHop(buf.latin1Slice(pathStart, pathEnd), this.nextHop);
  }

  /** The (illegal) offer of a passive sender is tolerated: the server connects (rules 3.4). */
  private connect(tag: number, path: string, peerPath: string, key: string): number {
    const uri = this.nextHop;
    const host = Buffer.from(readNextHop(peerPath, uri) ? uri.host : '', 'latin1');
    const ip = parseIpv4(host, 0, host.length);
    if (ip < 0 || uri.port < 0) return this.msrp.openPassive(tag, path, peerPath, key);
    return this.msrp.openActive(tag, this.ports.tcp.connect(0, ip, uri.port), path, peerPath, key);
  }

  /**
   * BYE of our own; nobody waits for its answer. The sender did not end the session: she may wait for a last 200, or for silence, and
   * comes again with what she has not seen confirmed, so to her it has failed (R15).
   */
  private hangUp(session: LargeSession): void {
    const { writer, endpoint, config } = this;
    session.dialog.begin(writer, endpoint, 'BYE', 0, this.leg);
    endWithoutBody(writer);
    const { length } = writer;
    endpoint.request(0, writer.end(), length, length, config.coreIp, SIP_PORT, this.leg, NOBODY);
    this.end(session, true);
  }

  /** The dialog is over. What is being stored is stored all the same. */
  private end(session: LargeSession, failed: boolean): void {
    const { msrp } = session;
    session.msrp = -1;
    session.over = true;
    this.sessions.delete(session.number);
    this.byToTag.delete(session.toTag);
    if (session.limitTimer >= 0) this.ports.timer.cancel(session.limitTimer);
    session.limitTimer = -1;
    if (msrp >= 0) this.msrp.endSession(msrp, failed);
    session.dialog.release();
    this.ports.observe.emit(Observed.largeSessionEnded, session.user, session.number, session.pending, 0);
    if (session.pending === 0) this.release(session);
  }

  private release(session: LargeSession): void {
    this.ports.octets.release(session.invite);
  }

  private sessionOf(message: SipMessage): LargeSession | undefined {
    const to = message.to();
    if (to === undefined || to.tagEnd - to.tagStart !== 8) return undefined;
    const tag = parseInt(message.buf.latin1Slice(to.tagStart, to.tagEnd), 16);
    const session = this.byToTag.get(tag | 0);
    return session !== undefined && session.dialog.matches(message) ? session : undefined;
  }

  /** There is no room for the message (rules 2.6): its sender must stop. */
  private full(session: LargeSession): number {
    this.ports.observe.emit(Observed.rejected, session.user, -1, MsrpStatus.stopSending, 0);
    return MsrpStatus.stopSending;
  }

  private refuse(tx: Tx, message: SipMessage, user: number, status: number, headers = ''): void {
    this.endpoint.answer(tx, message, status, headers);
    this.ports.observe.emit(Observed.rejected, user, -1, status, 0);
  }
}
