/**
 * Pushing deferred messages (change request 12.2.2.5, P1 to P9, D1 to D13): the sessions that run, and what SIP, MSRP and the station
 * report of them. Who is pushed to is decided by `PushTriggers`, what goes into a session by `PushSends`, when BYE leaves by `PushEnd`; SIP
 * is done by `PushSignalling`, MSRP by `MsrpDriver`.
 *
 * A message is settled by the 200 to its SEND, or by what else `server.push.reports` asks for (rules 3.5); anything else keeps it (A15,
 * A17). Where no confirmation is asked for, silence settles it, as long as the wait for a 200 would be. BYE follows when
 * every SEND has its settlement.
 *
 * Not modelled: relays in the server's own path. What a SEND's outcome means for its message is `push-outcomes.ts`.
 */
import type { Ports } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import { MsrpStatus } from '../../msrp/codes.js';
import type { MsrpDriver } from '../../msrp/driver.js';
import type { MsrpOwner } from '../../msrp/owner.js';
import type { ReceivedMessage } from '../../msrp/receiving/received-message.js';
import { isUnconfirmed, ReportChoice } from '../../msrp/sending/report-choice.js';
import { Observed } from '../../observations.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import type { SKIP } from './accept-judge.js';
import type { ImServerConfig } from '../config.js';
import type { DeferredIndex } from '../store/deferred-index.js';
import type { HeaderPolicy } from '../store/header-policy.js';
import { PushEnd } from './push-end.js';
import { Aftermath, PushOutcomes } from './push-outcomes.js';
import { PushPayloads } from './push-payloads.js';
import { PushPhase, type PushSession } from './push-session.js';
import { PushSends, type WrapperChoice } from './push-sends.js';
import { PushSignalling, type SignallingOwner } from './push-signalling.js';
import { PushTriggers } from './push-triggers.js';
import { QuietSettlement } from './quiet-settlement.js';
import type { ServiceSettings } from '../settings.js';
import type { DeferredStore } from '../store/store.js';
import { ImTimer } from '../timers.js';
import type { WorkDesk } from '../work.js';
import type { WaitingNotice } from '../notices/waiting-notice.js';
import type { Wrapper } from './wrapper.js';
import type { SipEndpoint } from '../../sip/endpoint.js';

export class Push implements MsrpOwner, SignallingOwner, WrapperChoice {
  /** Every session that runs, by its number. */
  readonly sessions = new Map<number, PushSession>();
  private readonly msrp: MsrpDriver;
  readonly signalling: PushSignalling;
  private readonly triggers: PushTriggers;
  private readonly running: (PushSession | undefined)[] = [];
  private readonly payloads: PushPayloads;
  private readonly outcomes: PushOutcomes;
  private readonly quiet: QuietSettlement;
  private readonly end: PushEnd;
  private readonly sends: PushSends;
  private readonly unconfirmed: boolean;

  constructor(
    private readonly ports: Ports,
    config: ImServerConfig,
    protected readonly index: DeferredIndex,
    store: DeferredStore,
    desk: WorkDesk,
    msrp: MsrpDriver,
    endpoint: SipEndpoint,
    writer: OctetWriter,
    policy: HeaderPolicy,
    settings: ServiceSettings,
    notice: WaitingNotice,
  ) {
    const { push } = config;
    this.payloads = new PushPayloads(ports, config, index, store, writer, policy);
    this.outcomes = new PushOutcomes(ports, push.graceNs, index, store, this.payloads);
    this.quiet = new QuietSettlement(ports, push.sendTimeoutNs, this.outcomes);
    this.msrp = msrp;
    this.unconfirmed = isUnconfirmed(push.reports ?? ReportChoice.responses);
    const signalling = new PushSignalling(ports, config, endpoint, writer, this.msrp, this);
    this.signalling = signalling;
    const below = (bound: number): number => signalling.below(bound);
    const triggers = new PushTriggers(ports, config, index, desk, settings, notice, below);
    this.triggers = triggers;
    const { sessions, running, outcomes, payloads, quiet } = this;
    this.end = new PushEnd(ports, msrp, signalling, quiet, outcomes, triggers, sessions, running);
    this.sends = new PushSends(ports, push, index, store, desk, msrp, payloads, outcomes, this.end, this);
  }

  /** Pushes what waits after a restart. */
  recover(): void {
    this.triggers.recover();
  }

  /** A third-party REGISTER came (rules 2.3). `capable`: the body shows an IM-capable binding. */
  onRegistration(user: number, expiresS: number, capable: boolean): void {
    const session = this.running[user];
    this.triggers.registered(user, expiresS, capable, session !== undefined);
    if (!this.triggers.isHere(user)) {
      if (session !== undefined) this.end.left(session);
      return;
    }
    if (session === undefined) {
      this.triggers.trigger(user);
      return;
    }
    session.toReconsider = true;
    // A registration that comes before the answer is a trigger too, and one that comes when the session is being ended; between them
    // what waits joins its push.
    if (session.dialog === undefined) this.signalling.hasten(session);
    else if (session.phase >= PushPhase.settling) session.registeredSince = true;
  }

  /** A message was stored for the user: it joins a push that runs (A16), else it may need a retry of its own. */
  onStored(user: number): void {
    const session = this.running[user];
    if (session === undefined) this.triggers.retryLater(user);
    else if (session.phase === PushPhase.pushing) this.sends.pump(session);
  }

  /** From the actor's timers of the kinds of `ImTimer`. */
  onTimer(kind: number, a: number): void {
    if (this.triggers.onTimer(kind, a)) return;
    const session = this.sessions.get(a);
    assert(session !== undefined, 'a timer without its session');
    if (kind === ImTimer.pushQuiet) {
      const held = this.msrp.holds(session.msrp);
      this.quiet.fired(session, held);
      // As after a SEND without a response in its time.
      if (held && session.phase === PushPhase.pushing) session.phase = PushPhase.settling;
      if (session.phase <= PushPhase.settling) this.sends.pump(session);
      return;
    }
    assert(kind === ImTimer.pushGuard, 'a timer of the push without a meaning');
    session.guardTimer = -1;
    this.end.giveUp(session);
  }

  /** The station has done the work of setting up a session. */
  onPushServed(user: number): void {
    const { triggers } = this;
    const queued = this.index.count(user);
    const session = this.signalling.invite(user, triggers.triggeredAtNs(user));
    if (session === undefined) {
      triggers.finished(user);
      triggers.retryLater(user);
      return;
    }
    this.sessions.set(session.push, session);
    this.running[user] = session;
    const sinceTriggerNs = this.ports.now() - session.triggeredAtNs;
    this.ports.observe.emit(Observed.pushInvited, user, session.push, sinceTriggerNs, queued);
  }

  /** The station has done the work of one SEND. */
  onSendServed(row: number): void {
    const user = this.index.user[row];
    const session = this.running[user];
    if (session !== undefined && session.atStation === row) {
      this.sends.served(session, row);
      return;
    }
    // The session for which it waited is over; it held the row until now.
    this.outcomes.wait(row);
    if (session === undefined) this.triggers.retryLater(user);
    else this.sends.pump(session);
  }

  // ---- what the signalling reports ----

  sessionOf(push: number): PushSession | undefined {
    return this.sessions.get(push);
  }

  /** The client refused the session, or could not be reached. */
  onRefused(session: PushSession, status: number, holdNs = 0): void {
    session.status = status;
    this.triggers.refused(session.user, status);
    if (holdNs > 0) this.triggers.hold(holdNs);
    this.end.over(session);
  }

  /** BYE was answered, or nobody answered it, or the client said BYE herself. */
  onFinished(session: PushSession): void {
    this.end.over(session);
  }

  /** The client left: nothing more can be sent, and what is under way is lost. */
  onPeerBye(session: PushSession): void {
    session.phase = PushPhase.leaving;
    this.msrp.endSession(session.msrp);
    this.end.over(session);
  }

  // ---- what MSRP reports ----

  onBound(_msrp: number, tag: number): void {
    const push = this.sessions.get(tag);
    if (push === undefined) return;
    if (push.phase !== PushPhase.binding) return;
    this.signalling.clearGuard(push);
    push.phase = PushPhase.pushing;
    this.ports.observe.emit(Observed.pushEstablished, push.user, push.push, 200, 0);
    this.sends.pump(push);
  }

  judgeMessage(): number {
    // The push session is offered sendonly: content from the client has no place in it.
    return MsrpStatus.forbidden;
  }

  onMessage(_session: number, _tag: number, _message: ReceivedMessage): number {
    return MsrpStatus.forbidden;
  }

  onSent(): void {
    // Settlement counts, not the writing.
  }

  onSettled(_msrp: number, tag: number, row: number, status: number): void {
    const session = this.sessions.get(tag);
    assert(session !== undefined, 'settlement of a SEND without its session');
    session.inFlight--;
    if (status === MsrpStatus.ok) {
      // Behind relays success REPORTs are asked for in any case.
      if (this.unconfirmed && !session.relayed) this.quiet.written(session, row);
      else this.outcomes.delivered(session, row);
    } else if (this.outcomes.undelivered(session, row, status) === Aftermath.settle) {
      if (session.phase === PushPhase.pushing) session.phase = PushPhase.settling;
    }
    if (session.phase <= PushPhase.settling) this.sends.pump(session);
  }

  /** RFC 4975 section 7.1.4: a failure that is reported for a range means that the session has failed. */
  onLateFailure(_msrp: number, tag: number, row: number, status: number): void {
    const session = this.sessions.get(tag);
    if (session === undefined) return;
    if (session.unsure.take(row)) {
      // With Failure-Report: partial every error is late.
      session.inFlight++;
      this.onSettled(_msrp, tag, row, status);
    } else if (this.outcomes.takeBack(session, row)) {
      this.outcomes.undelivered(session, row, status);
      if (session.phase === PushPhase.pushing) this.end.wind(session);
    }
  }

  onQuiet(_msrp: number, tag: number): void {
    const session = this.sessions.get(tag);
    if (session !== undefined && session.phase <= PushPhase.settling) this.sends.pump(session);
  }

  onEnded(_msrp: number, tag: number): void {
    const session = this.sessions.get(tag);
    if (session === undefined) return;
    session.msrpOver = true;
    this.quiet.doubt(session);
    if (session.phase >= PushPhase.binding && session.phase <= PushPhase.settling) this.end.wind(session);
  }

  /** In which wrapper a message goes. */
  wrapperFor(session: PushSession, row: number): Wrapper | typeof SKIP {
    const { accepts } = session;
    assert(accepts !== undefined, 'a SEND before the answer');
    return this.payloads.choose(accepts, row);
  }
}
