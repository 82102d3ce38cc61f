/**
 * The fleet of IM Clients: one actor on one host, whose `local` is the number of the user.
 */
import type { Actor, Ports } from '../../sim/host/ports.js';
import { unreachable } from '../../sim/kernel/assert.js';
import type { ClientFleetConfig, PagerOffer } from './config.js';

/** What the workload sees of the fleet. */
export interface ClientFleet extends Actor {
  /**
   * Asks a client to send one Pager Mode message. It leaves at once if she is registered and nothing to the same recipient is
   * pending (RFC 3428 section 8), else as soon as that holds. The body has at most {@link PAGER_BODY_LIMIT_OCTETS}.
   */
  offerPager(offer: PagerOffer): void;
  /** Messages offered and not yet answered. */
  readonly unanswered: number;
  /** Push sessions that are open. */
  readonly pushSessions: number;
}

/** Largest body of an offer: with it the whole request stays within the 1300 octets of RFC 3428 section 8. */
export const PAGER_BODY_LIMIT_OCTETS = 500;

export function createClientFleet(ports: Ports, config: ClientFleetConfig): ClientFleet {
  return unreachable(`not yet: ${ports.hostId} ${config.subscribers}`);
}
