/**
 * Who is pushed to, and when (D1, D2, O7, O8, A23): what is known of each user's presence, her setting, the operator's switch,
 * admission, and the retry of what a push left.
 *
 * A trigger is a third-party REGISTER with an IM-capable binding. What a push could not deliver, or came for a registered user, is
 * tried again by a timer (our decision: on a lossy network it would wait for a refresh otherwise).
 *
 * Her registration is over with the lifetime that the Core named last, if it tells of refreshes: it says so itself as a rule, but one that
 * lost its bindings would leave her registered here for ever.
 *
 * After a restart the server has forgotten who is registered, and the Core has no reason to say it again before the next refresh.
 * So it takes everybody for registered until the Core answers otherwise (our decision).
 *
 * Not here: the session itself (`push.ts`).
 */
import type { Ports } from '../../../sim/host/ports.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { Observed } from '../../observations.js';
import { ImServerWork, ServiceSetting, type ImServerConfig } from '../config.js';
import type { DeferredIndex } from '../store/deferred-index.js';
import { PushAdmission } from './push-admission.js';
import type { ServiceSettings } from '../settings.js';
import { ImTimer } from '../timers.js';
import type { WaitingNotice } from '../notices/waiting-notice.js';
import type { WorkDesk } from '../work.js';
import { isLasting } from './push-outcomes.js';

/** What the server knows of a user: not registered, registered, or (after its own restart) not yet refuted. */
const Presence = { away: 0, here: 1, assumed: 2 } as const;
/** Answers to a push that say that nobody is there (RFC 3261 sections 21.4.5, 21.4.11, 21.4.18). */
const ABSENT: readonly number[] = [404, 410, 480];

/** How long after her lifetime she counts as registered: a REGISTER of the Core about a refresh may still be on its way (Timer F). */
const LAPSE_GRACE_S = 32;
/** Longer lifetimes count as this; no run lasts as long. */
const LONGEST_S = 0x7fff_ffff;

export class PushTriggers {
  private readonly admission: PushAdmission;
  /** By user: end of the registration in whole seconds of the run, rounded up; counts while she is `here`. */
  private readonly untilS: Uint32Array;
  /** By user: {@link Presence}. */
  private readonly presence: Uint8Array;
  private readonly retryPending: Uint8Array;
  /** When the line is looked at again, if that is to come. */
  private wakesAtNs = -1;

  /** `below(bound)` draws a uniform integer in [0, bound). */
  constructor(
    private readonly ports: Ports,
    private readonly config: ImServerConfig,
    private readonly index: DeferredIndex,
    private readonly desk: WorkDesk,
    private readonly settings: ServiceSettings,
    private readonly notice: WaitingNotice,
    private readonly below: (bound: number) => number,
  ) {
    const { subscribers, push } = config;
    this.admission = new PushAdmission(push, subscribers);
    this.presence = new Uint8Array(subscribers);
    this.untilS = new Uint32Array(subscribers);
    if (ports.incarnation > 0) this.presence.fill(Presence.assumed);
    this.retryPending = new Uint8Array(subscribers);
  }

  /** Pushes what waits after a restart. */
  recover(): void {
    for (let user = 0; user < this.presence.length; user++) {
      if (this.isHere(user) && this.index.hasWaiting(user)) this.trigger(user);
    }
  }

  isHere(user: number): boolean {
    return this.presence[user] === Presence.here
      ? !this.hasLapsed(user)
      : this.presence[user] === Presence.assumed;
  }

  private hasLapsed(user: number): boolean {
    return this.config.push.refreshesAreTold && this.ports.now() >= this.untilS[user] * NS_PER_S;
  }

  /** A third-party REGISTER came (rules 2.3); does not start a push by itself. `inPush`: one runs. */
  registered(user: number, expiresS: number, capable: boolean, inPush: boolean): void {
    const wasHere = this.presence[user] === Presence.here && !this.hasLapsed(user);
    this.presence[user] = expiresS > 0 && capable ? Presence.here : Presence.away;
    this.untilS[user] =
      Math.ceil(this.ports.now() / NS_PER_S) + Math.min(expiresS, LONGEST_S) + LAPSE_GRACE_S;
    this.ports.observe.emit(Observed.triggered, user, 0, expiresS, this.index.count(user));
    if (!this.isHere(user)) return;
    if (!inPush) this.index.reconsider(user);
    if (!wasHere && this.settings.of(user) === ServiceSetting.notify) {
      this.notice.send(user, this.index.waitingFor(user));
    }
  }

  /** What was passed over may be pushed again. */
  reconsider(user: number): void {
    if (this.isHere(user)) this.index.reconsider(user);
  }

  /** A push INVITE was refused with this status: it may say that she is not there after all. */
  refused(user: number, status: number): void {
    if (this.presence[user] === Presence.assumed && ABSENT.includes(status)) {
      this.presence[user] = Presence.away;
    }
  }

  /**
   * The Core was asked too much of, and wants no request for so long (RFC 3261 section 21.5.4): who is to be pushed to waits in line. A
   * session that runs goes on, and so does what the station has begun.
   */
  hold(forNs: number): void {
    this.admission.hold(this.ports.now() + forNs);
  }

  /** Starts a push for the user, now or as admission allows. Nothing happens if one is on its way, or nothing waits. */
  trigger(user: number): void {
    const { admission, config, ports } = this;
    if (admission.isBusy(user) || !this.index.hasWaiting(user) || this.isWithheld(user)) return;
    admission.spread(user, ports.now());
    const { startJitterNs } = config.push;
    if (startJitterNs > 0) {
      ports.timer.after(this.below(startJitterNs + 1), ImTimer.pushJitter, user, 0);
    } else {
      admission.enter(user);
      this.admit();
    }
  }

  /** What waits for the user is tried again after the retry time, if she is there. */
  retryLater(user: number): void {
    const { retryNs } = this.config.push;
    if (retryNs === 0 || this.retryPending[user] === 1 || !this.isHere(user) || this.isWithheld(user)) return;
    this.retryPending[user] = 1;
    this.ports.timer.start(this.ports.timer.lane(retryNs), ImTimer.pushRetry, user, 0);
  }

  triggeredAtNs(user: number): number {
    return this.admission.triggeredAtNs(user);
  }

  /**
   * The session of the user is over, with this SIP status. `failed`: it did not deliver all that it took. `registeredSince`: she
   * registered while her INVITE was unanswered.
   */
  ended(user: number, status: number, failed: boolean, registeredSince: boolean): void {
    this.finished(user);
    if (this.index.hasWaiting(user) && (registeredSince || !isLasting(status))) {
      // What came or failed meanwhile must not wait for a refresh; without failures the next session may start at once.
      const atOnce = !failed || registeredSince;
      if (atOnce && this.isHere(user)) this.trigger(user);
      else this.retryLater(user);
    }
    this.admit();
  }

  /** The admitted session of the user is over, or came to nothing. */
  finished(user: number): void {
    this.admission.finished(user);
  }

  /** Lets start whom admission allows; the work of each ends in `onPushServed` of the owner. */
  admit(): void {
    const { admission, ports } = this;
    for (;;) {
      const user = admission.admit(ports.now());
      if (user < 0) break;
      if (!this.isHere(user) || !this.index.hasWaiting(user)) admission.finished(user);
      else if (!this.desk.spend(ImServerWork.push, 0, user)) {
        admission.finished(user);
        this.retryLater(user);
      }
    }
    const nowNs = ports.now();
    const waitNs = admission.waitNs(nowNs);
    // One timer, however many triggers come while the line stands still.
    if (waitNs <= 0 || (this.wakesAtNs > nowNs && this.wakesAtNs <= nowNs + waitNs)) return;
    this.wakesAtNs = nowNs + waitNs;
    ports.timer.after(waitNs, ImTimer.pushRate, 0, 0);
  }

  /** True if the timer was one of these. */
  onTimer(kind: number, user: number): boolean {
    switch (kind) {
      case ImTimer.pushJitter:
        this.admission.enter(user);
        this.admit();
        return true;
      case ImTimer.pushRate:
        this.admit();
        return true;
      case ImTimer.pushRetry:
        this.retryPending[user] = 0;
        if (this.isHere(user)) this.trigger(user);
        return true;
      default:
        return false;
    }
  }

  /** True if the operator or the user's own setting wants nothing pushed (D2, O7); it is observed each time it matters. */
  private isWithheld(user: number): boolean {
    const setting = this.settings.of(user);
    if (this.config.push.enabled && setting === ServiceSetting.push) return false;
    this.ports.observe.emit(Observed.withheld, user, 0, setting, this.index.count(user));
    return true;
  }
}
