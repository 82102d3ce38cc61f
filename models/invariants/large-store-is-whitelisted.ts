/**
 * I12: of a Large Message exactly the whitelist is stored (S3, A4) and nothing but it is pushed (P7, P8): the start line of the
 * INVITE; To, From, Call-ID and Date; Subject and Priority if it had them; P-Asserted-Identity unless the sender is anonymous; of the
 * SEND, Message-ID and Content-Type. Equality, not absence of what is known to be bad: a header that nobody thought of fails too.
 */
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { Name } from './readers/names.js';
import type { Witness } from './ledger/witness.js';

const INVITE = 'INVITE ';

export class LargeStoreIsWhitelisted extends Invariant {
  readonly id = 'I12';
  readonly title = 'of a Large Message exactly the whitelist is stored and pushed';
  readonly clause = '12.2.2.3 item 3; 12.2.2.5';
  readonly kinds = [Observed.stored, Observed.presented];

  constructor(
    context: InvariantContext,
    private readonly witness: Witness,
  ) {
    super(context);
  }

  watch(kind: number, user: number): void {
    const { sip, ledger, m, fault, isLarge, large } = this.witness;
    if (!isLarge || fault !== undefined || !ledger.knows(m)) return;
    this.checked++;
    const where = kind === Observed.stored ? 'stored' : 'pushed';
    const line = sip.startLine(sip.startLineStart);
    if (!line.startsWith(INVITE)) this.violate(`message ${m} of user ${user} is ${where} as ${line}`);
    this.expect(where, 'From', Name.from, 1);
    this.expect(where, 'To', Name.to, 1);
    this.expect(where, 'Call-ID', Name.callId, 1);
    this.expect(where, 'Date', Name.date, 1);
    this.expect(where, 'Subject', Name.subject, ledger.subject[m] === 0 ? 0 : 1);
    this.expect(where, 'Priority', Name.priority, ledger.priority[m] === 0 ? 0 : 1);
    this.expect(where, 'P-Asserted-Identity', Name.asserted, ledger.anonymous[m] === 1 ? 0 : 1);
    for (let i = 0; i < sip.count; i++) {
      if (!isListed(sip.names[i]))
        this.violate(`message ${m} of user ${user} is ${where} with ${sip.nameText(i)}`);
    }
    const { count, ids, types } = large.fragment;
    if (ids !== 1 || types !== 1 || count !== 2) {
      this.violate(
        `the fragment of message ${m} is ${where} with other headers than Message-ID and Content-Type`,
      );
    }
  }

  private expect(where: string, name: string, number: number, times: number): void {
    const { sip, m } = this.witness;
    const seen = sip.countOf(number);
    if (seen !== times)
      this.violate(`message ${m} is ${where} with ${seen} times ${name} instead of ${times}`);
  }
}

function isListed(name: number): boolean {
  return name >= Name.from && name <= Name.asserted;
}
