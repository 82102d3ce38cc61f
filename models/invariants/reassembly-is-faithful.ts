/**
 * I7: what is stored of a Large Message is a function of the message alone, however it was cut into chunks, interrupted, repeated,
 * interleaved, segmented or continued in another session (S3-asm, R8 to R11): its content, whole, and once.
 *
 * The transaction id in the stored fragment is that of the first SEND (A13) and so the one thing that depends on the sending.
 */
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import type { Witness } from './ledger/witness.js';

export class ReassemblyIsFaithful extends Invariant {
  readonly id = 'I7';
  readonly title = 'a stored Large Message does not depend on how it was sent';
  readonly clause = '12.2.2.3 item 3; RFC 4975 section 7.3.1';
  readonly kinds = [Observed.stored];

  constructor(
    context: InvariantContext,
    private readonly witness: Witness,
  ) {
    super(context);
  }

  watch(_kind: number, user: number, dm: number, _a: number, _b: number, buf: Buffer): void {
    const { ledger, m, isLarge, large, fault } = this.witness;
    if (!isLarge || fault !== undefined) return;
    const row = ledger.large.of(m);
    if (row === undefined) {
      const sender = this.witness.supposedSender();
      if (this.witness.lostItsMark && this.context.isHostile?.(sender) === true) return;
      const whose = sender < 0 ? '' : `, user ${sender} by its From or Call-ID`;
      this.violate(`deferred message ${dm} of user ${user} is a Large Message that nobody sent${whose}`);
      return;
    }
    if (this.context.isHostile?.(ledger.sender[m]) === true) return;
    this.checked++;
    const octets = large.bodyEnd - large.bodyStart;
    if (octets !== row.octets) {
      this.violate(`message ${m} has ${row.octets} octets, and ${octets} of them are stored`);
    } else if (this.witness.bodyDigest(buf) !== row.body) {
      this.violate(`message ${m} was put together in another order, or from other octets`);
    }
  }
}
