/** I4: the body that a recipient gets is the body that was sent, octet for octet and under its own Content-Type; so is the stored one (S1, P1, A6). */
import { SERVER_IDENTITY } from '../addressing.js';
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { Name } from './readers/names.js';
import type { Witness } from './ledger/witness.js';

export class ContentIsIntact extends Invariant {
  readonly id = 'I4';
  readonly title = 'the body arrives octet for octet as it was sent, under its own type';
  readonly clause = '12.2.2.3 item 1; 12.2.2.5';
  readonly kinds = [Observed.stored, Observed.presented, Observed.deliveredLive, Observed.largeLive];

  constructor(
    context: InvariantContext,
    private readonly witness: Witness,
  ) {
    super(context);
  }

  watch(kind: number, user: number, _message: number, _a: number, _b: number, buf: Buffer): void {
    const { ledger, m, fault } = this.witness;
    if (fault !== undefined) {
      this.violate(`octets at user ${user} do not read: ${fault}`, m);
      return;
    }
    this.checked++;
    if (!ledger.knows(m)) {
      // What the IM Server says on its own behalf has no mark: a failure that it tells, deferred in turn.
      if (m < 0 && this.witness.sip.text(Name.from).includes(SERVER_IDENTITY)) return;
      const sender = this.witness.supposedSender();
      if (this.witness.lostItsMark && this.context.isHostile?.(sender) === true) return;
      const whose = sender < 0 ? '' : `, user ${sender} by its From or Call-ID`;
      this.violate(`user ${user} has a message that nobody sent${whose}`);
      return;
    }
    // What she sends is her own affair.
    if (this.context.isHostile?.(ledger.sender[m]) === true) return;
    if (this.witness.bodyDigest(buf) !== ledger.body[m]) {
      const where = kind === Observed.stored ? 'in the store' : `at user ${user}`;
      this.violate(`the body of message ${m} is altered ${where}`);
    }
    const type = this.witness.contentTypeDigest(kind);
    if (type !== undefined && type !== ledger.contentType[m]) {
      this.violate(`Content-Type of message ${m} is not what was sent (user ${user})`);
    }
    if (ledger.recipient[m] !== user) {
      this.violate(`message ${m} for user ${ledger.recipient[m]} came to user ${user}`);
    }
  }
}
