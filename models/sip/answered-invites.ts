/**
 * The 2xx that an INVITE got, by transaction and To tag, for as long as they may be repeated (RFC 3261 section 13.2.2.4, RFC 6026
 * section 8.7). The dialog of one may be over by then: what comes again is acknowledged again and no more, since a second
 * BYE would repeat the CSeq number of the first (section 12.2.1.1). The 2xx of another device opens a dialog of its own.
 */
import type { SipMessage } from '../wire/sip/message.js';
import type { TimerProfile } from './legs.js';
import { PROFILE_TIMES } from './transaction/timers.js';
import type { Tx } from './user.js';

interface Answered {
  readonly atNs: number;
  readonly tags: string[];
}

export class AnsweredInvites {
  /** In the order of their first 2xx. */
  private readonly byTx = new Map<Tx, Answered>();

  /** Timer M: for so long the transaction lives on, and its name is not used again. */
  private readonly keepNs: number;

  constructor(profile: TimerProfile) {
    this.keepNs = 64 * PROFILE_TIMES[profile].t1Ns;
  }

  /** Notes the 2xx `message` of the transaction `tx`; false if it was noted before. */
  isNew(tx: Tx, message: SipMessage, nowNs: number): boolean {
    this.drop(nowNs);
    const tag = toTagOf(message);
    const answered = this.byTx.get(tx);
    if (answered === undefined) {
      this.byTx.set(tx, { atNs: nowNs, tags: [tag] });
      return true;
    }
    if (answered.tags.includes(tag)) return false;
    answered.tags.push(tag);
    return true;
  }

  /** Answered INVITEs that are remembered. */
  get size(): number {
    return this.byTx.size;
  }

  private drop(nowNs: number): void {
    for (const [tx, { atNs }] of this.byTx) {
      if (atNs + this.keepNs >= nowNs) return;
      this.byTx.delete(tx);
    }
  }
}

function toTagOf(message: SipMessage): string {
  const to = message.to();
  return to === undefined ? '' : message.buf.latin1Slice(to.tagStart, to.tagEnd);
}
