/**
 * What becomes of the Large Messages that a client sends: how often one may fail (rules 3.5, R15), and the last word on it, which the workload and
 * the observers hear. What the session does meanwhile is for `large-sender.ts` to say.
 *
 * After {@link LARGE_ATTEMPTS} failures a message is reported as answered 408, or with the status that refused the last INVITE.
 */
import { Observed } from '../../observations.js';
import type { LargeOffer } from '../config.js';
import type { FleetContext } from '../context.js';
import type { LargeAnswer } from './large-answer.js';
import { LargeItems } from './large-items.js';
import type { LargeItem, LargePair } from './large-pair.js';
import { noteFailure } from './large-plan.js';
import { TIMED_OUT } from './large-status.js';

/** Failed sessions that one message goes through at most. */
export const LARGE_ATTEMPTS = 5;

export class LargeOutcomes {
  private readonly items: LargeItems;
  /** Messages offered and not yet answered. */
  held = 0;

  constructor(private readonly context: FleetContext) {
    this.items = new LargeItems(context);
  }

  /** The message of an offer, which waits from now on. */
  offered(offer: LargeOffer): LargeItem {
    const { observe } = this.context.ports;
    const { sender, recipient, message } = offer;
    const item = this.items.of(offer);
    observe.emit(Observed.offered, sender, message, recipient, offer.intendedAtNs);
    observe.emit(Observed.largeOffered, sender, message, recipient, item.octets);
    this.held++;
    return item;
  }

  /** `item` failed in a session, or its INVITE did; the peer has so many octets of it. `status` if that was once too often. */
  failed(pair: LargePair, item: LargeItem, acceptedOctets: number, status: number): void {
    noteFailure(item, acceptedOctets);
    if (item.failures >= LARGE_ATTEMPTS) this.settle(pair, item, status);
  }

  /** The session failed under all that it was given and had not settled. */
  failedAll(pair: LargePair): void {
    for (const item of pair.items.slice()) {
      if (!item.handed) continue;
      item.handed = false;
      this.failed(pair, item, 0, TIMED_OUT);
    }
  }

  /** A19: what the answer does not take is not sent. */
  dropUnwanted(pair: LargePair, answer: LargeAnswer): void {
    for (const item of pair.items.slice()) {
      const status = answer.refusalOf(item);
      if (status !== 0) this.settle(pair, item, status);
    }
  }

  /** The last word on a message. */
  settle(pair: LargePair, item: LargeItem, status: number): void {
    const { sender, message, intendedAtNs } = item.offer;
    const { observe, octets } = this.context.ports;
    pair.items.splice(pair.items.indexOf(item), 1);
    this.held--;
    if (item.head !== 0) octets.release(item.head);
    observe.emit(Observed.answered, sender, message, status, intendedAtNs);
  }
}
