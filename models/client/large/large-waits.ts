/**
 * What a sender of Large Messages waits for with the timer of a session: the answer to INVITE, its binding, the end of a back-off, and the silence after what nobody confirms (Failure-Report partial or no, and no success REPORT; rules 3.5): for `QUIET_NS` after the last octet
 * no BYE, which would overtake it. Until then an error that `partial` lets through is the message's last word; with `no`
 * there is nothing more to be heard.
 */
import type { Ports } from '../../../sim/host/ports.js';
import type { MsrpDriver } from '../../msrp/driver.js';
import { QUIET_NS, ReportChoice } from '../../msrp/sending/report-choice.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { backoffNs } from '../registration/backoff.js';
import { Draw } from '../chance.js';
import { FleetTimer } from '../context.js';
import { LargePhase, type LargeItem, type LargePair } from './large-pair.js';

/** Wait after a failed session: uniform in half of this and this, doubled with each failure in a row up to the ceiling. */
const BACKOFF_BASE_NS = 1 * NS_PER_S;
const BACKOFF_MAX_NS = 60 * NS_PER_S;
/** A session that is not bound to a connection after so long is given up. */
export const LARGE_BIND_LIMIT_NS = 32 * NS_PER_S;

/**
 * An INVITE without a final answer is given up after this. The UAC has no timer once 100 came (RFC 3261 section 17.1.1.2), and a proxy that has
 * lost the transaction ends it no more; one that has not did so before (section 16.6 item 11: Timer C, over 3 minutes).
 */
const LARGE_ANSWER_LIMIT_NS = 181 * NS_PER_S;

export class LargeWaits {
  constructor(
    private readonly ports: Ports,
    private readonly driver: MsrpDriver,
  ) {}

  /** For the final answer to INVITE. */
  answer(pair: LargePair): void {
    const { timer } = this.ports;
    pair.timer = timer.start(timer.lane(LARGE_ANSWER_LIMIT_NS), FleetTimer.large, pair.number, 0);
  }

  /** For the binding. */
  bind(pair: LargePair): void {
    const { timer } = this.ports;
    pair.timer = timer.start(timer.lane(LARGE_BIND_LIMIT_NS), FleetTimer.large, pair.number, 0);
  }

  /** After a failed session; `leastNs` of a Retry-After, 0 without one. */
  backOff(pair: LargePair, leastNs: number): void {
    const { ports } = this;
    pair.failures++;
    const bits = ports.random.addressed(Draw.largeBackoff, pair.sender, pair.session);
    const waitNs = backoffNs(pair.failures, BACKOFF_BASE_NS, BACKOFF_MAX_NS, bits, leastNs);
    pair.phase = LargePhase.backingOff;
    pair.timer = ports.timer.after(waitNs, FleetTimer.large, pair.number, 0);
  }

  /** All octets of `item` are handed to TCP. True if that is all there is to know of it. */
  begin(pair: LargePair, item: LargeItem): boolean {
    const nowNs = this.ports.now();
    pair.quietUntilNs = nowNs + QUIET_NS;
    const heard = item.offer.reports !== ReportChoice.nothing;
    if (heard) {
      item.handed = true;
      item.writtenNs = nowNs;
    }
    this.wait(pair);
    return !heard;
  }

  /** The messages of `pair` against which nothing spoke for so long. */
  over(pair: LargePair): LargeItem[] {
    const sinceNs = this.ports.now() - QUIET_NS;
    return pair.items.filter(({ writtenNs }) => writtenNs >= 0 && writtenNs <= sinceNs);
  }

  /** True if the silence after a message says nothing: TCP still holds octets that did not arrive. */
  inVain(pair: LargePair): boolean {
    return this.over(pair).length > 0 && this.driver.holds(pair.msrp);
  }

  /** True, and the timer runs, if octets may be on their way that nobody confirms: no BYE yet. */
  holds(pair: LargePair): boolean {
    const waits = pair.quietUntilNs > this.ports.now() || pair.items.some(({ writtenNs }) => writtenNs >= 0);
    if (waits) this.wait(pair);
    return waits;
  }

  /** Looks again when the silence of the message that was written first is over, or else that of the session. */
  private wait(pair: LargePair): void {
    if (pair.timer !== -1) return;
    const { ports } = this;
    const first = pair.items.find(({ writtenNs }) => writtenNs >= 0);
    const untilNs = first === undefined ? pair.quietUntilNs : first.writtenNs + QUIET_NS;
    pair.timer = ports.timer.after(untilNs - ports.now(), FleetTimer.large, pair.number, 0);
  }
}
