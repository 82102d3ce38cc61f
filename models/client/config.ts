/** What a fleet of IM Clients has in common. Durations in nanoseconds of virtual time, sizes in octets. */
import type { TimerProfile } from '../sip/legs.js';

/** What a client puts into one MESSAGE; the workload says it for each message. */
export interface PagerMessageBody {
  /** Writes the body's octets of message `m` to `target` at `at`; exactly `sizeOctets` of them. */
  fill(m: number, sizeOctets: number, target: Uint8Array, at: number): void;
}

export interface ClientFleetConfig {
  /** Clients of users 0 ... subscribers-1; `local` of the fleet's host is the user. */
  readonly subscribers: number;
  readonly coreIp: number;
  readonly timers: TimerProfile;
  readonly registerExpiresNs: number;
  /** Each client registers at an instant uniform in [0, this] after the start. */
  readonly registerSpreadNs: number;
  /** After its link came up again a client waits a time uniform in [0, this] before it registers. */
  readonly reconnectJitterNs: number;
  /** RFC 5626 section 4.5, for attempts that fail. */
  readonly backoffBaseNs: number;
  readonly backoffMaxNs: number;
  /** Send STUN keep-alives at 80 to 100 % of the Core's Flow-Timer. */
  readonly keepAlive: boolean;
  /** Plants canaries in the values that must not reach a recipient. */
  readonly canaries: boolean;
  readonly body: PagerMessageBody;
  /** What the client answers to an MSRP offer of `actpass` (RFC 6135): connect, the default, or wait for the server. */
  readonly setup?: 'active' | 'passive';
}

/** What the workload asks of a client for one message. */
export interface PagerOffer {
  readonly sender: number;
  readonly recipient: number;
  readonly message: number;
  readonly sizeOctets: number;
  readonly intendedAtNs: number;
  /** Privacy: id, and the alias as the asserted identity. */
  readonly anonymous: boolean;
  /** Expires in seconds; -1 for none. */
  readonly expiresS: number;
}
