/** What an operator sets on the SIP/IP Core. Durations in nanoseconds of virtual time. */
import type { Devices } from '../devices.js';
import type { TimerProfile } from '../sip/legs.js';

/** Work that costs time of the Core's CPU station; the numbers index its cost table. */
export const CoreWork = { request: 0, response: 1, register: 2, keepAlive: 3 } as const;

export interface SipCoreConfig {
  /** Users 0 ... subscribers-1 exist. */
  readonly subscribers: number;
  /** Users with several devices; one each if left out. */
  readonly devices?: Devices;
  /** IM Servers of the cluster; users are spread over them by a hash (`im-servers.ts`). 1 if left out. */
  readonly imServers?: number;
  /** Leg between Core and client. */
  readonly clientTimers: TimerProfile;
  /** Leg between Core and IM Server. */
  readonly serverTimers: TimerProfile;
  /** Lifetime granted to a binding that asks for nothing or for more. */
  readonly registerExpiresNs: number;
  /** Shorter requests are answered 423 (RFC 3261 section 10.3 step 7). */
  readonly minExpiresNs: number;
  /** A flow from which nothing came for this long is dead (assumed 30 s). */
  readonly flowTimeoutNs: number;
  /** A MESSAGE that a registered client has not answered within this time is handed to the IM Server (rules 2.1). */
  readonly liveDeliveryLimitNs: number;
  /** Third-party REGISTER also on a refresh. */
  readonly thirdPartyOnRefresh: boolean;
  /** REGISTER requests admitted per second; more are answered 503 with Retry-After. 0 is no limit. */
  readonly registersPerSecond: number;
  /** Most transactions alive at once, as the endpoint has it if left out. */
  readonly transactionLimit?: number;
  /** Plants canaries in the values that the Core adds (icid, Via branch), so that a leak shows in the octets. */
  readonly canaries: boolean;
}
