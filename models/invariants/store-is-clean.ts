/**
 * I1: what must never be stored is not in the store, under any spelling (S1a, A3); nor what the operator wants kept out of it. What he
 * wants in it after all may be there, with whatever value it has, unless the sender is anonymous.
 */
import { NEVER_CANARY } from '../marks.js';
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { Name } from './readers/names.js';
import { Needle } from './readers/search.js';
import { StoredNames } from './readers/store-rules.js';
import type { Witness } from './ledger/witness.js';

const CANARY = new Needle(NEVER_CANARY);

export class StoreIsClean extends Invariant {
  readonly id = 'I1';
  readonly title = 'no charging, network, hint or credential header, and no canary of one, is in the store';
  readonly clause = '12.2.2.3 item 1a; A3';
  readonly kinds = [Observed.stored];
  /** Undefined if the operator changed nothing. */
  private readonly rules: StoredNames | undefined;

  constructor(
    context: InvariantContext,
    private readonly witness: Witness,
  ) {
    super(context);
    const { storeRules } = context;
    this.rules = storeRules === undefined ? undefined : new StoredNames(storeRules);
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
    if (this.rules !== undefined) {
      this.byOperator(this.rules, dm, user, buf, start, end);
      return;
    }
    const index = sip.find(Name.never);
    if (index >= 0)
      this.violate(`deferred message ${dm} of user ${user} is stored with ${sip.nameText(index)}`);
    this.scan(dm, user, buf, start, end);
  }

  /**
   * The same where the operator has rules of his own; of Large Messages a whitelist is stored, whatever he says (S3). What no client was
   * asked to send, as a notification of the IM Server, is not anonymous if an asserted identity is stored with it (S2).
   */
  private byOperator(
    rules: StoredNames,
    dm: number,
    user: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    const { sip, ledger, m, isLarge } = this.witness;
    const anonymous = ledger.knows(m) ? ledger.anonymous[m] === 1 : sip.find(Name.asserted) < 0;
    const strict = isLarge || anonymous;
    let from = start;
    for (let i = 0; i < sip.count; i++) {
      const name = sip.nameText(i).toLowerCase();
      const wanted = !strict && rules.isWanted(name);
      if (rules.isForbidden(name) || (sip.names[i] === Name.never && !wanted))
        this.violate(`deferred message ${dm} of user ${user} is stored with ${sip.nameText(i)}`);
      if (!wanted) continue;
      this.scan(dm, user, buf, from, sip.nameStart[i]);
      from = sip.valueEnd[i];
    }
    this.scan(dm, user, buf, from, end);
  }

  private scan(dm: number, user: number, buf: Buffer, start: number, end: number): void {
    if (CANARY.in(buf, start, end) >= 0)
      this.violate(`deferred message ${dm} of user ${user} is stored with a forbidden value`);
  }
}
