/** I5: Call-ID, Message-ID, From, To, Subject and Priority arrive as they were sent (P5, P8). */
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { Name } from './readers/names.js';
import type { Witness } from './ledger/witness.js';

export class HeadersAreIntact extends Invariant {
  readonly id = 'I5';
  readonly title = 'Call-ID, Message-ID, From, To, Subject and Priority arrive unaltered';
  readonly clause = '12.2.2.5';
  readonly kinds = [Observed.stored, Observed.presented, Observed.deliveredLive, Observed.largeLive];

  constructor(
    context: InvariantContext,
    private readonly witness: Witness,
  ) {
    super(context);
  }

  watch(kind: number, user: number): void {
    const { ledger, m, fault, isLarge, large } = this.witness;
    if (fault !== undefined || !ledger.knows(m)) return;
    if (this.context.isHostile?.(ledger.sender[m]) === true) return;
    this.checked++;
    if (isLarge && kind !== Observed.largeLive && large.fragment.id !== ledger.large.of(m)?.messageId) {
      this.violate(`Message-ID of message ${m} is not what was sent (user ${user})`);
    }
    this.compare('Call-ID', Name.callId, ledger.callId[m], user);
    this.compare('From', Name.from, ledger.from[m], user);
    this.compare('To', Name.to, ledger.to[m], user);
    this.compare('Subject', Name.subject, ledger.subject[m], user);
    this.compare('Priority', Name.priority, ledger.priority[m], user);
  }

  private compare(name: string, number: number, sent: number, user: number): void {
    const { witness } = this;
    if (witness.digestOf(number) === sent) {
      const times = witness.sip.countOf(number);
      if (times > 1) this.violate(`message ${witness.m} has ${times} times ${name} (user ${user})`);
      return;
    }
    const how = sent === 0 ? 'came out of nowhere' : 'is not what was sent';
    this.violate(`${name} of message ${witness.m} ${how} (user ${user})`);
  }
}
