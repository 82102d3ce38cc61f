/** I1: what must never be stored is not in the store, under any spelling (S1a, A3). */
import { NEVER_CANARY } from '../marks.js';
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { Name } from './readers/names.js';
import { Needle } from './readers/search.js';
import type { Witness } from './ledger/witness.js';

const CANARY = new Needle(NEVER_CANARY);

export class StoreIsClean extends Invariant {
  readonly id = 'I1';
  readonly title = 'no charging, network, hint or credential header, and no canary of one, is in the store';
  readonly clause = '12.2.2.3 item 1a; A3';
  readonly kinds = [Observed.stored];

  constructor(
    context: InvariantContext,
    private readonly witness: Witness,
  ) {
    super(context);
  }

  watch(
    _kind: number,
    user: number,
    dm: number,
    _a: number,
    _b: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    this.checked++;
    const { sip, fault } = this.witness;
    if (fault !== undefined) {
      this.violate(`deferred message ${dm} of user ${user} does not read: ${fault}`);
      return;
    }
    const index = sip.find(Name.never);
    if (index >= 0)
      this.violate(`deferred message ${dm} of user ${user} is stored with ${sip.nameText(index)}`);
    if (CANARY.in(buf, start, end) >= 0) {
      this.violate(`deferred message ${dm} of user ${user} is stored with a forbidden value`);
    }
  }
}
