/** I3: an anonymous sender's asserted identity is neither stored nor shown; that of any other sender is pushed (S2, A8, P8). */
import { userUri } from '../addressing.js';
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { Name } from './names.js';
import type { Witness } from './witness.js';

export class AnonymityHolds extends Invariant {
  readonly id = 'I3';
  readonly title = 'an anonymous sender stays unknown, and any other one is shown as asserted';
  readonly clause = '12.2.2.3 item 2; RFC 3323, RFC 3325';
  readonly kinds = [Observed.stored, Observed.presented, Observed.deliveredLive, Observed.largeLive];

  constructor(
    context: InvariantContext,
    private readonly witness: Witness,
  ) {
    super(context);
  }

  watch(kind: number, user: number): void {
    const { sip, ledger, m, fault } = this.witness;
    if (fault !== undefined || !ledger.knows(m)) return;
    this.checked++;
    const asserted = sip.find(Name.asserted);
    if (ledger.anonymous[m] === 1) {
      if (asserted >= 0) {
        const where = kind === Observed.stored ? 'is stored with' : 'reached its recipient with';
        this.violate(`anonymous message ${m} ${where} P-Asserted-Identity (user ${user})`);
      }
    } else if (kind === Observed.presented) {
      const wanted = userUri(ledger.sender[m]);
      if (asserted < 0) this.violate(`message ${m} was pushed without the identity that the network asserts`);
      else if (!sip.text(Name.asserted).includes(wanted)) {
        this.violate(`message ${m} was pushed with another identity than ${wanted}`);
      }
    }
  }
}
