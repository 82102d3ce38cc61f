/**
 * SIP of the push session (D2 to D7, D10 to D13): INVITE with an MSRP offer, ACK, BYE, and the client's own BYE. The server is the
 * UAC; it offers `actpass`, so the client connects as a rule (rules 3.4).
 *
 * The number of the session stands in its Call-ID, which finds it again; the dialog then compares the whole.
 *
 * Not modelled: re-INVITE, UPDATE, session timers, early media.
 */
import type { Ports, RandomStream } from '../../../sim/host/ports.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { imServerHost, ipText, MSRP_PORT, SIP_PORT } from '../../addressing.js';
import { randomIdent, SESSION_ID_CHARS } from '../../msrp/ident.js';
import type { MsrpDriver } from '../../msrp/driver.js';
import { AnsweredInvites } from '../../sip/answered-invites.js';
import { dialogOfUac, type Dialog } from '../../sip/dialog.js';
import type { SipEndpoint } from '../../sip/endpoint.js';
import { retryAfterNs } from '../../sip/retry-after.js';
import { PROFILE_TIMES } from '../../sip/transaction/timers.js';
import { legOf, Transport, type Leg as SipLeg } from '../../sip/legs.js';
import { NO_TX, type Tx } from '../../sip/user.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { Method } from '../../wire/sip/head/methods.js';
import { endWithoutBody } from '../../wire/sip/response.js';
import { CAPABILITIES } from '../capabilities.js';
import { ALLOW, NO_CHANGE } from '../deferral/answer-lines.js';
import { ALONE, type ImServerConfig } from '../config.js';
import { tagOf } from '../../msrp/two-owners.js';
import { Leg } from '../msrp-desk.js';
import { PushAnswer } from './push-answer.js';
import { PushInvite, pushOfCallId } from './push-invite.js';
import { PushPhase, PushSession } from './push-session.js';
import { ImTimer } from '../timers.js';
import { NOBODY } from '../tokens.js';

/** An INVITE without a final answer is given up after this, even if it rings (RFC 3261 section 16.6 item 11: over 3 minutes). */
const INVITE_GUARD_NS = 181 * NS_PER_S;

/** What the signalling tells the push. */
export interface SignallingOwner {
  sessionOf(push: number): PushSession | undefined;
  /** The session did not come about. `holdNs`: the next hop wants to be sent nothing for so long (RFC 3261 section 21.5.4). */
  onRefused(session: PushSession, status: number, holdNs?: number): void;
  /** BYE is settled. */
  onFinished(session: PushSession): void;
  /** The client ended the session by herself. */
  onPeerBye(session: PushSession): void;
}

export class PushSignalling {
  private readonly random: RandomStream;
  private readonly leg: SipLeg;
  private readonly answer = new PushAnswer();
  private readonly answered: AnsweredInvites;
  /** Numbers of push sessions are given out in turns by the servers of a cluster. */
  private nextPush = 0;
  private readonly pushStep: number;
  private readonly request: PushInvite;

  constructor(
    private readonly ports: Ports,
    private readonly config: ImServerConfig,
    private readonly endpoint: SipEndpoint,
    private readonly writer: OctetWriter,
    private readonly msrp: MsrpDriver,
    private readonly owner: SignallingOwner,
  ) {
    this.random = ports.random.stream('im-server/push');
    this.leg = legOf(Transport.udp, config.timers);
    this.answered = new AnsweredInvites(config.timers);
    // A restarted server goes on with numbers that no earlier incarnation gave out.
    const { instance, instances } = config.cluster ?? ALONE;
    this.nextPush = ports.incarnation * 1_000_000 * instances + instance;
    this.pushStep = instances;
    this.request = new PushInvite(writer, endpoint, this.random, this.leg, imServerHost(instance));
  }

  /** A uniform integer in [0, bound) of the push's own stream. */
  below(bound: number): number {
    return this.random.below(bound);
  }

  /** Invites the user; undefined if no transaction could be had. */
  invite(user: number, triggeredAtNs: number): PushSession | undefined {
    const { writer, endpoint, random, ports } = this;
    const push = this.nextPush;
    this.nextPush += this.pushStep;
    const address = ipText(ports.ipOf(0));
    const uri = `msrp://${address}:${MSRP_PORT}/${randomIdent(random, SESSION_ID_CHARS)};tcp`;
    const session = new PushSession(push, user, triggeredAtNs, uri, ports.now());
    this.request.write(user, push, address, uri);
    const { bodyAt } = this.request;
    const { length } = writer;
    const block = writer.end();
    const tx = endpoint.request(0, block, length, bodyAt, this.config.coreIp, SIP_PORT, this.leg, push);
    if (tx === NO_TX) return undefined;
    session.tx = tx;
    session.msrp = this.msrp.openPassive(tagOf(Leg.push, push), uri, '');
    session.guardTimer = ports.timer.after(INVITE_GUARD_NS, ImTimer.pushGuard, push, 0);
    return session;
  }

  /**
   * The user registered while her INVITE is unanswered. If the Core lost its transactions, no answer will ever come: one that rings
   * nowhere is given up 64 T1 after it left, when Timer B of any next hop has fired, and not before, since a client that
   * registers again and again under load must not add to it.
   */
  hasten(session: PushSession): void {
    session.registeredSince = true;
    if (session.rings || session.phase !== PushPhase.inviting) return;
    const { ports } = this;
    this.clearGuard(session);
    const dueNs = session.invitedAtNs + 64 * PROFILE_TIMES[this.config.timers].t1Ns;
    const waitNs = Math.max(0, dueNs - ports.now());
    session.guardTimer = ports.timer.after(waitNs, ImTimer.pushGuard, session.push, 0);
  }

  /** Gives an unanswered INVITE up; the session ends when its final response or its timeout comes. */
  cancel(session: PushSession): void {
    this.endpoint.cancel(session.tx);
  }

  bye(session: PushSession): void {
    const { dialog } = session;
    if (dialog === undefined) {
      this.owner.onFinished(session);
      return;
    }
    session.tx = this.sendBye(dialog, session.push);
    if (session.tx === NO_TX) this.finish(session);
  }

  clearGuard(session: PushSession): void {
    if (session.guardTimer < 0) return;
    this.ports.timer.cancel(session.guardTimer);
    session.guardTimer = -1;
  }

  // ---- from the endpoint ----

  onResponse(tx: Tx, message: SipMessage): void {
    const session = this.owner.sessionOf(this.endpoint.token(tx));
    if (message.status < 200) {
      if (session !== undefined) session.rings = true;
      return;
    }
    if (session === undefined) {
      // The session is over, but a 2xx of a fork, or one that crossed CANCEL, opened a dialog: close it (A23).
      if (message.status < 300 && cseqIsInvite(message)) this.closeAnswered(tx, message);
      return;
    }
    if (!cseqIsInvite(message)) {
      if (session.phase === PushPhase.leaving) this.finish(session);
      return;
    }
    if (message.status >= 300) {
      this.clearGuard(session);
      // A 503 that reaches us is the Core's own: it passes none on from further downstream (section 16.7 item 6).
      this.owner.onRefused(session, message.status, message.status === 503 ? retryAfterNs(message) : 0);
      return;
    }
    if (session.dialog !== undefined) {
      if (session.dialog.matches(message)) this.ack(session.dialog);
      else this.closeAnswered(tx, message);
      return;
    }
    this.answered.isNew(tx, message, this.ports.now());
    this.established(session, message);
  }

  /** No answer at all (408), or no transport (503). */
  onNoResponse(tx: Tx, status: number): void {
    const session = this.owner.sessionOf(this.endpoint.token(tx));
    if (session === undefined || session.tx !== tx) return;
    if (session.dialog === undefined) this.owner.onRefused(session, status);
    else this.finish(session);
  }

  /** True if the request belongs to a push dialog and was answered here. A MESSAGE stands for itself in any dialog. */
  onInDialogRequest(tx: Tx, message: SipMessage): boolean {
    const session = this.sessionOfCallId(message);
    const dialog = session?.dialog;
    if (session === undefined || dialog === undefined || !dialog.matches(message)) return false;
    if (message.method === Method.message) return false;
    if (!dialog.acceptsCSeq(message)) {
      this.endpoint.answer(tx, message, 500, 'Retry-After: 1\r\n');
    } else if (message.method === Method.bye) {
      this.endpoint.answer(tx, message, 200);
      const leaving = session.phase === PushPhase.leaving;
      // If both said BYE, ours is still to be answered: the session ends with that.
      if (!leaving) {
        dialog.release();
        session.dialog = undefined;
        this.owner.onPeerBye(session);
      }
    } else if (message.method === Method.options) {
      this.endpoint.answer(tx, message, 200, CAPABILITIES);
    } else if (message.method === Method.invite) {
      this.endpoint.answer(tx, message, 488, NO_CHANGE);
    } else {
      this.endpoint.answer(tx, message, 405, ALLOW);
    }
    return true;
  }

  // ---- inside ----

  private established(session: PushSession, message: SipMessage): void {
    const { answer, msrp, ports } = this;
    this.clearGuard(session);
    const dialog = dialogOfUac(ports.octets, message);
    if (dialog === undefined) {
      // Without tag or Contact there is nothing to acknowledge towards; the callee's own timers end it.
      this.owner.onRefused(session, 500);
      return;
    }
    session.dialog = dialog;
    this.ack(dialog);
    if (session.phase === PushPhase.leaving) {
      // The answer crossed our CANCEL.
      this.bye(session);
      return;
    }
    session.phase = PushPhase.binding;
    const accepts = answer.read(message);
    if (accepts === undefined) {
      this.leave(session, 488);
      return;
    }
    session.accepts = accepts;
    session.relayed = answer.relayed;
    if (!answer.readNextHop()) {
      this.leave(session, 488);
      return;
    }
    const { connects, path } = answer;
    if (connects) {
      if (!this.connect(session)) {
        this.leave(session, 488);
        return;
      }
    } else if (session.msrpOver) {
      // She had bound the session before her answer came, and the connection broke.
      this.leave(session, 408);
      return;
    }
    const { bindLimitNs } = this.config.push;
    session.guardTimer = ports.timer.after(bindLimitNs, ImTimer.pushGuard, session.push, 0);
    // If she was faster than her 200, the push begins with this.
    if (!connects) msrp.setPeerPath(session.msrp, path);
  }

  /** The client waits for us. */
  private connect(session: PushSession): boolean {
    const { msrp, ports, answer } = this;
    const { ip, port, path } = answer;
    if (port < 0 || ip < 0) return false;
    msrp.endSession(session.msrp);
    const conn = ports.tcp.connect(0, ip, port);
    session.msrp = msrp.openActive(tagOf(Leg.push, session.push), conn, session.localUri, path);
    return true;
  }

  private leave(session: PushSession, status: number): void {
    session.status = status;
    session.phase = PushPhase.leaving;
    this.bye(session);
  }

  private finish(session: PushSession): void {
    session.dialog?.release();
    session.dialog = undefined;
    this.owner.onFinished(session);
  }

  private ack(dialog: Dialog): void {
    const { writer } = this;
    dialog.begin(writer, this.endpoint, 'ACK', 0, this.leg);
    endWithoutBody(writer);
    const { length } = writer;
    this.endpoint.stateless.send(0, writer.end(), length, length, this.config.coreIp, SIP_PORT, this.leg);
  }

  private sendBye(dialog: Dialog, token: number): Tx {
    const { writer } = this;
    dialog.begin(writer, this.endpoint, 'BYE', 0, this.leg);
    endWithoutBody(writer);
    const { length } = writer;
    return this.endpoint.request(
      0,
      writer.end(),
      length,
      length,
      this.config.coreIp,
      SIP_PORT,
      this.leg,
      token,
    );
  }

  /** A 2xx whose dialog nobody wants: ACK, and BYE the first time (RFC 3261 section 13.2.2.4). */
  private closeAnswered(tx: Tx, message: SipMessage): void {
    const dialog = dialogOfUac(this.ports.octets, message);
    if (dialog === undefined) return;
    this.ack(dialog);
    if (this.answered.isNew(tx, message, this.ports.now())) this.sendBye(dialog, NOBODY);
    dialog.release();
  }

  private sessionOfCallId(message: SipMessage): PushSession | undefined {
    const push = pushOfCallId(message);
    return push < 0 ? undefined : this.owner.sessionOf(push);
  }
}

function cseqIsInvite(message: SipMessage): boolean {
  const index = message.find(Header.cseq);
  return index >= 0 && /INVITE$/.test(message.text(index));
}
