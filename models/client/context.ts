/**
 * What the parts of a fleet share, and the numbers that name their timers and transactions.
 */
import type { Ports, TimerId } from '../../sim/host/ports.js';
import { assert } from '../../sim/kernel/assert.js';
import type { ClosingDialogs } from '../sip/closing-dialogs.js';
import type { Leg } from '../sip/legs.js';
import type { SipEndpoint } from '../sip/endpoint.js';
import type { OctetWriter } from '../wire/octet-writer.js';
import type { Devices } from '../devices.js';
import type { ClientTable } from './client-table.js';
import type { ClientFleetConfig } from './config.js';

export interface FleetContext {
  readonly ports: Ports;
  readonly config: ClientFleetConfig;
  readonly devices: Devices;
  readonly table: ClientTable;
  readonly endpoint: SipEndpoint;
  readonly writer: OctetWriter;
  /** UDP with the profile of the access leg. */
  readonly leg: Leg;
  /** Dialogs whose BYE is unanswered; the transaction has a token of the kind `bye`. */
  readonly closing: ClosingDialogs;
}

/** Kinds of the fleet's own timers; `a` is the user, for `session` and `large` the number of the session. */
export const FleetTimer = {
  register: 1,
  ping: 2,
  pingRepeat: 3,
  session: 4,
  msrp: 5,
  large: 6,
  /** A user's next list is due. */
  fetch: 7,
  /** A server has not answered a user's HTTP request. */
  fetchGuard: 8,
  /** The answer to a message has left, and its notification may. `a` numbers the notification. */
  notify: 9,
} as const;

/** The token of a transaction: what it is for, and the number of the thing. */
export const TokenKind = { register: 0, message: 1, bye: 2, large: 3 } as const;
const KIND_SHIFT = 28;
const NUMBER_MASK = (1 << KIND_SHIFT) - 1;

export function tokenOf(kind: number, number: number): number {
  assert(number >= 0 && number <= NUMBER_MASK, 'a token number out of range');
  return (kind << KIND_SHIFT) | number;
}

export function tokenKind(token: number): number {
  return token >>> KIND_SHIFT;
}

export function tokenNumber(token: number): number {
  return token & NUMBER_MASK;
}

/** A timer id as it is kept in a column of 32 bits. */
export function kept(timer: TimerId): number {
  assert((timer | 0) === timer && timer >= 0, 'a timer id of more than 31 bits');
  return timer;
}
