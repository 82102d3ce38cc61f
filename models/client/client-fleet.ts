/**
 * What a workload sees of a fleet of IM Clients, whoever made it: ours (`fleet.ts`), one of its saboteurs, one with hostile clients among it, or
 * one of a user's own.
 */
import type { Actor } from '../../sim/host/ports.js';
import type { LargeOffer, PagerOffer } from './config.js';

export interface ClientFleet extends Actor {
  /**
   * Asks a client to send one Pager Mode message. It leaves at once if she is registered and nothing to the same recipient is
   * pending (RFC 3428 section 8), else as soon as that holds. A body over the limit of `pager-writer.ts`
   * is too much for a MESSAGE and goes as a Large Message.
   */
  offerPager(offer: PagerOffer): void;
  /**
   * Asks a client to send one Large Message, in a session of its own or in the one that she has with that recipient, as soon as she
   * is registered. The body has at least the octets of a mark.
   */
  offerLarge(offer: LargeOffer): void;
  /** Messages offered and not yet answered. */
  readonly unanswered: number;
  /** Sessions that clients were invited to and that are open: pushes, and live sessions of other clients. */
  readonly pushSessions: number;
}
