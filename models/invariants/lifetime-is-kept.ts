/**
 * I9b: nothing is pushed after its lifetime, nothing expires before it, and the lifetime is the one that the rules
 * give (S6, S6a, S6b, A9, A10, A25). The instant is computed here again from what the sender wrote and the operator set.
 */
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import type { Witness } from './ledger/witness.js';
import { NO_DATE } from './readers/slow-date.js';

export class LifetimeIsKept extends Invariant {
  readonly id = 'I9b';
  readonly title = 'nothing is pushed after its lifetime or expires before it';
  readonly clause = '12.2.2.3 item 6; RFC 3428 section 7';
  readonly kinds = [Observed.stamped, Observed.pushSent, Observed.fetched, Observed.expired];

  constructor(
    context: InvariantContext,
    private readonly witness: Witness,
  ) {
    super(context);
  }

  watch(kind: number, user: number, dm: number, a: number): void {
    const { ledger } = this.witness;
    const m = ledger.ofDm(dm);
    if (!ledger.knows(m)) {
      // A message without its mark is told by I4 when it is stored; one that was never stored can only be told here.
      if (!ledger.hasDm(dm)) this.violate(`deferred message ${dm} was never stored`);
      return;
    }
    this.checked++;
    const expiresAtNs = this.lifetimeOf(m, dm);
    const nowNs = this.context.now();
    if (kind === Observed.stamped) {
      if (ledger.expiresS(m) === 0) this.violate(`message ${m} is stored although its Expires is 0`);
      if (a !== expiresAtNs)
        this.violate(`message ${m} is to expire at ${a} ns; the rules say ${expiresAtNs}`);
    } else if (kind === Observed.pushSent || kind === Observed.fetched) {
      if (expiresAtNs >= 0 && nowNs >= expiresAtNs) {
        this.violate(
          `message ${m} was ${kind === Observed.fetched ? 'given' : 'pushed'} to user ${user} after its lifetime`,
        );
      }
    } else if (expiresAtNs < 0 || nowNs < expiresAtNs) {
      this.violate(`message ${m} expired before its lifetime was over`);
    }
  }

  private lifetimeOf(m: number, dm: number): number {
    const { expiry, epochMs } = this.context;
    if (expiry === undefined) return -1;
    const { ledger } = this.witness;
    const receivedAtNs = ledger.receivedAtNsOfDm[dm];
    const asked = ledger.expiresS(m) * 1e9;
    const lifetimeNs = asked > 0 && asked <= expiry.maxNs ? asked : expiry.defaultNs;
    const skewMs = this.faults.serverSkewMs(receivedAtNs, ledger.recipient[m]);
    const receivedMs = Math.floor(epochMs + skewMs + receivedAtNs / 1e6);
    const behindNs = (receivedMs - ledger.dateMs[m]) * 1e6;
    // S6c: the lifetime of a Large Message is the default, from its receipt.
    if (ledger.large.of(m) !== undefined) return receivedAtNs + expiry.defaultNs;
    const trusted = ledger.dateMs[m] !== NO_DATE && Math.abs(behindNs) <= expiry.skewLimitNs;
    return receivedAtNs + lifetimeNs - (trusted ? behindNs : 0);
  }
}
