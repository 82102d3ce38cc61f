/** I8: a message is stored once and presented once, whatever was retransmitted or pushed again (RFC 3261 section 17.2, A11). */
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import type { Witness } from './witness.js';

export class OnceAndOnlyOnce extends Invariant {
  readonly id = 'I8';
  readonly title = 'stored once for each transaction, presented once';
  readonly clause = 'RFC 3261 section 17.2; RFC 4975 section 5.4';
  readonly kinds = [Observed.stored, Observed.presented, Observed.deliveredLive, Observed.largeLive];

  constructor(
    context: InvariantContext,
    private readonly witness: Witness,
  ) {
    super(context);
  }

  watch(kind: number, user: number): void {
    const { ledger, m } = this.witness;
    if (!ledger.knows(m)) return;
    this.checked++;
    if (kind === Observed.stored) {
      if (ledger.storedTimes[m] > 1) this.violate(`message ${m} is stored ${ledger.storedTimes[m]} times`);
      return;
    }
    const times = ledger.presented[m] + ledger.live[m];
    if (times > 1) this.violate(`message ${m} was presented ${times} times to user ${user}`);
  }
}
