/**
 * The transaction user (TU) of RFC 3261 section 17: what the endpoint calls, and what it is configured with.
 *
 * A transaction is named by a positive integer below 2^31 that fits an Int32Array: slot and generation, so that a stale name
 * is recognised (`SipEndpoint.isLive`) and never taken for the next user of the slot.
 *
 * Every `message` is valid only during the call: it is one reusable object whose spans point into received octets.
 * `SipEndpoint.arrival` says where they lie and whom they came from.
 */
import type { Block, Conn } from '../../sim/host/ports.js';
import type { SipMessage } from '../wire/sip/message.js';
import type { Leg, TimerProfile } from './legs.js';

/** Names a transaction; {@link NO_TX} names none. */
export type Tx = number;
export const NO_TX = 0;

/** Where the message of the current call came from. Valid during the call, like the message itself. */
export interface Arrival {
  /** Our local address index that received it. */
  local: number;
  fromIp: number;
  fromPort: number;
  /** Transport it came by, with the profile of {@link SipEndpointConfig.profileFor}. */
  leg: Leg;
  /** The connection it came by; 0 for UDP. */
  conn: Conn;
  /** Block that holds the message, held for the duration of the call: retain it to keep it. */
  block: Block;
  /** First octet of the message, relative to the start of `block`. */
  start: number;
  /** Octets of the message. */
  length: number;
}

export interface TransactionUser {
  /**
   * A new request, not a retransmission, not CANCEL, not ACK; merged requests were answered already. Answer with
   * `respond(tx, ...)` now or later. The endpoint keeps the request until then (`SipEndpoint.requestOf`).
   */
  onRequest(tx: Tx, message: SipMessage): void;
  /**
   * A merged request (RFC 3261 section 8.2.2.2): another transaction has its Call-ID, From tag and CSeq. Gives the status that it is
   * answered with, without a transaction; 482 if absent.
   */
  onMerged?(message: SipMessage): number;
  /** An ACK that belongs to a 2xx (the ACK of 3xx-6xx ends in the transaction). A UAS finds its dialog and calls
   *  `acknowledged(tx)` with the INVITE's transaction; a proxy forwards it by `stateless.send`. */
  onAck(message: SipMessage): void;
  /** A CANCEL for the INVITE server transaction `tx`, which has no final response yet. It was answered 200. A UAS responds
   *  487 to `tx`, a proxy calls `cancel` on its client transaction. */
  onCancel(tx: Tx, message: SipMessage): void;
  /**
   * A CANCEL that no transaction is meant by. 0: it was seen to, as a proxy does that forwards it statelessly (RFC 3261 section 16.10);
   * else the status that it is answered with, without a transaction. If absent, it is answered 481 (section 9.2).
   */
  onStrayCancel?(message: SipMessage): number;
  /** A response to a client transaction: each provisional but 100, and the final one; every 2xx to an INVITE (RFC 6026). */
  onResponse(tx: Tx, message: SipMessage): void;
  /** Timer B or F fired (or 64 T1 passed after CANCEL); `tx` is over when this returns. To be treated as 408. */
  onTimeout(tx: Tx): void;
  /** The transport failed; the client transaction `tx` is over when this returns. To be treated as 503. */
  onTransportError(tx: Tx): void;
  /** A response that no client transaction wants. Never to be forwarded (RFC 6026 section 8.9, RFC 4320 section 4.2), unless its
   *  request was forwarded without one (`Stateless.replyTo`). */
  onStrayResponse(message: SipMessage): void;
  /** 64 T1 passed without `acknowledged(tx)` after `respondUntilAck`: a UAS sends BYE (RFC 3261 section 13.3.1.4). */
  onNoAck(tx: Tx): void;
}

export interface SipEndpointConfig {
  /** Port bound on UDP and TCP, and of the connections and datagrams sent. */
  readonly port: number;
  /** sent-by host of our Via; null: the dotted address of the local index. */
  readonly sentByHost: string | null;
  /** Text after the magic cookie in every branch, token characters only; may hold a canary. At most 48. */
  readonly branchTag: string;
  /** Most transactions alive at once, at most 2^22 - 1; above it requests are answered 503 and `request` gives NO_TX. */
  readonly transactionLimit: number;
  /** Most connections at once; further ones are aborted. */
  readonly connectionLimit: number;
  /** Largest SIP message taken from a stream, in octets; a larger one closes the connection. */
  readonly messageLimitOctets: number;
  /**
   * A proxy passes on merged requests, and responses with Via below its own. A user agent answers the former, 482 as a rule (RFC 3261
   * section 8.2.2.2), and discards the latter (section 8.1.3.3).
   */
  readonly isProxy: boolean;
  /** Timer profile of the server transactions opened by this peer. */
  readonly profileFor: (peerIp: number) => TimerProfile;
}

/** Afresh, to be filled in place: what a spread makes has another hidden class in each world (docs/performance.md). */
export function endpointDefaults(): SipEndpointConfig {
  return {
    port: 5060,
    sentByHost: null,
    branchTag: '',
    transactionLimit: 1 << 20,
    connectionLimit: 1 << 16,
    messageLimitOctets: 128 * 1024,
    isProxy: false,
    profileFor: () => 0,
  };
}
