/**
 * What the network needs of a host. `sim/host/host.ts` implements it; the network knows no more of hosts than this.
 */
import type { Actor } from '../host/ports.js';

export interface NetworkHost {
  /** Place in the topology, also its index in the fabric. */
  readonly id: number;
  /** First address; `local` n has `firstIp + n`. */
  readonly firstIp: number;
  readonly addresses: number;
  /** The machine runs, so its stack answers (RST where nobody listens). */
  readonly stackUp: boolean;
  /** The actor runs: datagrams and streams have a reader. */
  readonly up: boolean;
  /** The actor is stopped for a while: streams wait unread. */
  readonly paused: boolean;
  /** Takes the upcalls. While the host is down or paused it is a stand-in that drops or keeps them. */
  readonly receiver: Actor;
  /** Ports bound for UDP. */
  readonly udpPorts: readonly number[];
  /** Ports that accept TCP connections. */
  readonly tcpPorts: readonly number[];
}
