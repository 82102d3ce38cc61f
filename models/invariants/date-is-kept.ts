/** I6: every pushed message has exactly one Date: the sender's, or the time of receipt where she sent none (S1-date, P4, A7). */
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { Name } from './readers/names.js';
import { NO_DATE, slowDate } from './readers/slow-date.js';
import type { Witness } from './ledger/witness.js';

/** Date has whole seconds, and the server's clock may be skewed by as much as a test or a fault says. */
const RESOLUTION_MS = 1000;

export class DateIsKept extends Invariant {
  readonly id = 'I6';
  readonly title = "each pushed message has one Date, the sender's or that of receipt";
  readonly clause = '12.2.2.3 items 1 and 3; 12.2.2.5';
  readonly kinds = [Observed.presented, Observed.stored];

  constructor(
    context: InvariantContext,
    private readonly witness: Witness,
  ) {
    super(context);
  }

  watch(_kind: number, user: number): void {
    const { sip, ledger, m, fault } = this.witness;
    if (fault !== undefined || !ledger.knows(m)) return;
    this.checked++;
    const count = sip.countOf(Name.date);
    if (count !== 1) {
      this.violate(`message ${m} of user ${user} has ${count} Date headers`);
      return;
    }
    if (ledger.dateMs[m] !== NO_DATE) {
      if (this.witness.digestOf(Name.date) !== ledger.date[m]) {
        this.violate(`Date of message ${m} is not the sender's (user ${user})`);
      }
      return;
    }
    // The server's own clock is what it has.
    const skewMs = this.faults.serverSkewMs(ledger.receivedAtNs[m], ledger.recipient[m]);
    const receivedMs = this.context.epochMs + skewMs + ledger.receivedAtNs[m] / 1e6;
    const date = sip.find(Name.date);
    const dateMs = slowDate(sip.buf, sip.valueStart[date], sip.valueEnd[date]);
    const off = Math.abs(dateMs - receivedMs);
    if (!(off <= RESOLUTION_MS)) {
      this.violate(`Date of message ${m}, which was sent without one, is ${off} ms off its receipt`);
    }
  }
}
