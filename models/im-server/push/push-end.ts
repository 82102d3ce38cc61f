/**
 * How a push session ends (P9, A15, A23, A24): BYE once nothing is under way, what is given up before it, and whether another session
 * follows.
 *
 * Not here: what goes into a session (`push-sends.ts`), what becomes of its messages (`push-outcomes.ts`), the octets of BYE
 * (`push-signalling.ts`).
 */
import type { Ports } from '../../../sim/host/ports.js';
import type { MsrpDriver } from '../../msrp/driver.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { Observed } from '../../observations.js';
import { ImTimer } from '../timers.js';
import type { PushOutcomes } from './push-outcomes.js';
import { PushPhase, type PushSession } from './push-session.js';
import type { PushSignalling } from './push-signalling.js';
import type { PushTriggers } from './push-triggers.js';
import type { QuietSettlement } from './quiet-settlement.js';

/** A24: what is under way to a user who has left is waited for so long, however long a SEND or its success REPORT may take else. */
const LEFT_LIMIT_NS = 30 * NS_PER_S;
/** Status of a session that ended without a SIP reason of its own. */
const NO_STATUS = 0;

export class PushEnd {
  constructor(
    private readonly ports: Ports,
    private readonly msrp: MsrpDriver,
    private readonly signalling: PushSignalling,
    private readonly quiet: QuietSettlement,
    private readonly outcomes: PushOutcomes,
    private readonly triggers: PushTriggers,
    /** Every session that runs, by its number. */
    private readonly sessions: Map<number, PushSession>,
    /** The same by user. */
    private readonly running: (PushSession | undefined)[],
  ) {}

  /** A24: the user left. What is under way has its time, and then BYE leaves whatever came of it. */
  left(session: PushSession): void {
    if (session.phase > PushPhase.settling) return;
    this.wind(session);
    if (session.phase !== PushPhase.settling || session.guardTimer >= 0) return;
    session.guardTimer = this.ports.timer.after(LEFT_LIMIT_NS, ImTimer.pushGuard, session.push, 0);
  }

  /** No new SEND; BYE once nothing is under way. */
  wind(session: PushSession): void {
    if (session.phase < PushPhase.settling) {
      if (session.phase === PushPhase.inviting) {
        this.signalling.cancel(session);
        session.phase = PushPhase.leaving;
        return;
      }
      session.phase = PushPhase.settling;
    }
    if (session.phase !== PushPhase.settling || session.inFlight + session.unsure.count > 0) return;
    // A message that failed is settled; its other chunks may have no response yet (A15).
    if (this.msrp.awaits(session.msrp)) return;
    this.outcomes.observeDrained(session);
    this.signalling.clearGuard(session);
    session.phase = PushPhase.leaving;
    // No SEND leaves after BYE (P9), nor what TCP still holds of one that nobody answered.
    if (!session.msrpOver) this.msrp.giveUpHeld(session.msrp);
    this.ports.observe.emit(
      Observed.pushByeSent,
      session.user,
      session.push,
      session.inFlight,
      session.settled,
    );
    this.signalling.bye(session);
  }

  /** The guard ran out: the client answered nothing, never bound the session, or left and did not settle what was under way. */
  giveUp(session: PushSession): void {
    session.status = 408;
    if (session.phase === PushPhase.inviting && session.registeredSince) {
      // Nobody waits for the answer any more: a late 2xx is acknowledged and ended by BYE (RFC 3261 section 9.1).
      this.signalling.cancel(session);
      this.over(session);
      return;
    }
    if (session.phase === PushPhase.settling) this.abandon(session);
    this.wind(session);
  }

  /** Nothing is waited for any more: what was not settled stays stored. */
  private abandon(session: PushSession): void {
    this.quiet.doubt(session);
    if (session.atStation !== 0) {
      // The station gives it back when it comes to it.
      session.atStation = 0;
      session.inFlight--;
    }
    // Every SEND under way is settled as lost by this, and the last of them may bring BYE already.
    this.msrp.endSession(session.msrp);
  }

  /** The session is no more; what it left may need another one. */
  over(session: PushSession): void {
    const { ports, triggers } = this;
    this.signalling.clearGuard(session);
    this.quiet.doubt(session);
    if (!session.msrpOver) this.msrp.endSession(session.msrp);
    this.sessions.delete(session.push);
    this.running[session.user] = undefined;
    const failed = session.heldBack.length > 0 || session.settled === 0;
    this.outcomes.release(session);
    if (session.toReconsider) triggers.reconsider(session.user);
    const status = session.status === NO_STATUS ? 200 : session.status;
    ports.observe.emit(Observed.pushEnded, session.user, session.push, status, session.settled);
    triggers.ended(session.user, status, failed, session.registeredSince);
  }
}
