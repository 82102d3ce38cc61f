/**
 * Via (RFC 3261 sections 18.2.1, 20.42 and 25.1; RFC 3581 rport).
 */
import { SipFault } from './faults.js';

export const ViaTransport = { unknown: 0, udp: 1, tcp: 2, tls: 3, sctp: 4, ws: 5, wss: 6 } as const;
export type ViaTransport = (typeof ViaTransport)[keyof typeof ViaTransport];

export class Via {
  start = 0;
  end = 0;
  transport: ViaTransport = ViaTransport.unknown;
  /** Host of sent-by, an IPv6 reference with its brackets. */
  hostStart = 0;
  hostEnd = 0;
  /** Port of sent-by; -1 if there is none. */
  port = -1;
  /** Parameters with the first `;`. */
  paramsStart = 0;
  paramsEnd = 0;
  branchStart = 0;
  branchEnd = 0;
  /** True if the branch begins with the cookie z9hG4bK (RFC 3261 section 8.1.1.7) and has more after it. */
  hasCookie = false;
  receivedStart = 0;
  receivedEnd = 0;
  maddrStart = 0;
  maddrEnd = 0;
  /** -1: no rport; 0: `rport` without value (RFC 3581 section 3); else the port. */
  rport = -1;
  /** -1 if there is none. */
  ttl = -1;
  faultOffset = 0;
}

/** Reads one element [start, end); 0, or the fault (`via`) with `out.faultOffset`. */
export function parseVia(buf: Uint8Array, start: number, end: number, out: Via): SipFault {
  (void buf, void start, void end, void out);
  return SipFault.via;
}
