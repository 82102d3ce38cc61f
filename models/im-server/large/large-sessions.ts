/**
 * Receiving Large Messages for users who are offline (change request 12.2.2.3 item 3; rules 2.1, 3.4, 3.5): the server answers
 * the sender's INVITE itself, is the passive MSRP endpoint, and stores each message when it is assembled (`assembled-messages.ts`).
 *
 * Not modelled: re-INVITE (488), UPDATE, session timers, early media, relays in our own path.
 */
import type { Ports } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import { SIP_PORT } from '../../addressing.js';
import { MsrpStatus } from '../../msrp/codes.js';
import type { MsrpDriver } from '../../msrp/driver.js';
import type { MsrpOwner } from '../../msrp/owner.js';
import type { ReceivedMessage } from '../../msrp/receiving/received-message.js';
import { Observed } from '../../observations.js';
import { dialogOfUas } from '../../sip/dialog.js';
import type { SipEndpoint } from '../../sip/endpoint.js';
import { OfferContent, TAKEN_CONTENT } from '../../sip/offer-content.js';
import { legOf, Transport, type Leg as SipLeg } from '../../sip/legs.js';
import { NO_TX, type Tx } from '../../sip/user.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { SessionDescription } from '../../wire/sdp/description.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { Method } from '../../wire/sip/head/methods.js';
import { endWithoutBody } from '../../wire/sip/response.js';
import { CAPABILITIES } from '../capabilities.js';
import { ALLOW, NO_CHANGE } from '../deferral/answer-lines.js';
import type { ImServerConfig } from '../config.js';
import { ACCEPTED, type DeferralJudge } from '../deferral/deferral.js';
import { FinishedBefore } from '../store/finished-before.js';
import { AssembledMessages } from './assembled-messages.js';
import { LargeAnswer } from './large-answer.js';
import { LargeSession } from './large-session.js';
import type { DeferredStore } from '../store/store.js';
import { ImTimer } from '../timers.js';
import { tokenOfBye } from '../tokens.js';
import type { WorkDesk } from '../work.js';

export class LargeSessions implements MsrpOwner {
  /** Those that take messages. */
  private readonly sessions = new Map<number, LargeSession>();
  /** Those that are over, and whose BYE is not answered or has to wait for an ACK. */
  private readonly closing = new Map<number, LargeSession>();
  /** Both, by our tag. */
  private readonly byToTag = new Map<number, LargeSession>();
  /** Messages that are whole. */
  readonly assembled: AssembledMessages;
  /** Takes what is in storage at the start. */
  readonly finishedBefore: FinishedBefore;
  private readonly leg: SipLeg;
  private readonly offer = new SessionDescription();
  private readonly content = new OfferContent();
  private readonly answer: LargeAnswer;
  private nextSession: number;

  constructor(
    private readonly ports: Ports,
    private readonly config: ImServerConfig,
    store: DeferredStore,
    private readonly judge: DeferralJudge,
    desk: WorkDesk,
    private readonly msrp: MsrpDriver,
    private readonly endpoint: SipEndpoint,
    private readonly writer: OctetWriter,
  ) {
    this.assembled = new AssembledMessages(ports, store, judge, desk, msrp);
    this.answer = new LargeAnswer(ports, config, msrp, endpoint, writer);
    this.finishedBefore = new FinishedBefore(msrp, config.large.resumeWindowNs);
    this.leg = legOf(Transport.udp, config.timers);
    // A restarted server goes on with numbers that no earlier incarnation gave out (RFC 4566 section 5.2).
    this.nextSession = ports.incarnation * 1_000_000;
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
    if (index < 0 || !this.answer.canServe(message, offer.media[index])) {
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
    session.msrp = this.answer.accept(session, message, offer, index, this.finishedBefore);
    session.limitTimer = ports.timer.after(
      this.config.large.sessionLimitNs,
      ImTimer.largeLimit,
      session.number,
      0,
    );
    ports.observe.emit(Observed.largeSessionOpened, session.user, session.number, 200, 0);
  }

  /**
   * True if the request belongs to one of our dialogs and was answered here. A MESSAGE stands for itself in any dialog, and goes
   * where its Request-URI says.
   */
  onInDialogRequest(tx: Tx, message: SipMessage): boolean {
    const session = this.sessionOf(message);
    if (session === undefined || message.method === Method.message) return false;
    const { endpoint } = this;
    if (!session.dialog.acceptsCSeq(message)) {
      endpoint.answer(tx, message, 500, 'Retry-After: 1\r\n');
    } else if (message.method === Method.bye) {
      endpoint.answer(tx, message, 200);
      if (!session.over) this.close(session, false);
      this.forget(session);
    } else if (message.method === Method.invite) endpoint.answer(tx, message, 488, NO_CHANGE);
    else if (message.method === Method.options) endpoint.answer(tx, message, 200, CAPABILITIES);
    else endpoint.answer(tx, message, 405, ALLOW);
    return true;
  }

  /** The ACK of our 200. */
  onAck(message: SipMessage): void {
    const session = this.sessionOf(message);
    if (session === undefined) return;
    this.endpoint.acknowledged(session.tx);
    if (session.over && !session.byeSent) this.bye(session);
  }

  /** 64 T1 without ACK (RFC 3261 section 13.3.1.4). */
  onNoAck(tx: Tx): void {
    for (const session of this.byToTag.values()) {
      if (session.tx !== tx) continue;
      if (!session.over) this.close(session, true);
      if (!session.byeSent) this.bye(session);
      return;
    }
  }

  /** The BYE of session `number` is answered, or never will be. */
  onByeSettled(number: number): void {
    const session = this.closing.get(number);
    if (session !== undefined) this.forget(session);
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
    return this.judge.hasRoom(session.user, Math.max(0, totalOctets))
      ? MsrpStatus.ok
      : this.assembled.full(session);
  }

  onMessage(_msrp: number, tag: number, message: ReceivedMessage): number {
    const session = this.sessions.get(tag);
    return session === undefined ? MsrpStatus.noSession : this.assembled.take(session, message);
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

  // ---- inside ----

  /**
   * BYE of our own, once there is an ACK (RFC 3261 section 15). The sender did not end the session: she may wait for a last 200, or for
   * silence, and comes again with what she has not seen confirmed, so to her it has failed (R15).
   */
  private hangUp(session: LargeSession): void {
    this.close(session, true);
    if (!this.endpoint.awaitsAck(session.tx)) this.bye(session);
  }

  private bye(session: LargeSession): void {
    const { writer, endpoint, config, leg } = this;
    session.byeSent = true;
    session.dialog.begin(writer, endpoint, 'BYE', 0, leg);
    endWithoutBody(writer);
    const { length } = writer;
    const block = writer.end();
    const token = tokenOfBye(session.number);
    const tx = endpoint.request(0, block, length, length, config.coreIp, SIP_PORT, leg, token);
    if (tx === NO_TX) this.forget(session);
  }

  /** The session takes nothing any more. What is being stored is stored all the same. */
  private close(session: LargeSession, failed: boolean): void {
    const { msrp } = session;
    session.msrp = -1;
    session.over = true;
    this.sessions.delete(session.number);
    this.closing.set(session.number, session);
    if (session.limitTimer >= 0) this.ports.timer.cancel(session.limitTimer);
    session.limitTimer = -1;
    if (msrp >= 0) this.msrp.endSession(msrp, failed);
    this.ports.observe.emit(Observed.largeSessionEnded, session.user, session.number, session.pending, 0);
    this.assembled.releaseIfOver(session);
  }

  /** The dialog is over, and with it the wait for an ACK. */
  private forget(session: LargeSession): void {
    this.closing.delete(session.number);
    this.byToTag.delete(session.toTag);
    this.endpoint.acknowledged(session.tx);
    session.dialog.release();
  }

  private sessionOf(message: SipMessage): LargeSession | undefined {
    const to = message.to();
    if (to === undefined || to.tagEnd - to.tagStart !== 8) return undefined;
    const tag = parseInt(message.buf.latin1Slice(to.tagStart, to.tagEnd), 16);
    const session = this.byToTag.get(tag | 0);
    return session !== undefined && session.dialog.matches(message) ? session : undefined;
  }

  private refuse(tx: Tx, message: SipMessage, user: number, status: number, headers = ''): void {
    this.endpoint.answer(tx, message, status, headers);
    this.ports.observe.emit(Observed.rejected, user, -1, status, 0);
  }
}
