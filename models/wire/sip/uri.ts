/**
 * SIP, SIPS and tel URIs (RFC 3261 section 19.1 and 25.1, RFC 3966) as spans.
 */
import { SipFault } from './faults.js';

export const UriScheme = { sip: 0, sips: 1, tel: 2, other: 3 } as const;
export type UriScheme = (typeof UriScheme)[keyof typeof UriScheme];

export class SipUri {
  scheme: UriScheme = UriScheme.other;
  start = 0;
  end = 0;
  /** User part (of a tel URI: the number), empty if there is none; `hasUser` tells an absent one from an empty one. */
  userStart = 0;
  userEnd = 0;
  hasUser = false;
  passwordStart = 0;
  passwordEnd = 0;
  hasPassword = false;
  /** Host, an IPv6 reference with its brackets. */
  hostStart = 0;
  hostEnd = 0;
  /** -1 if there is none. */
  port = -1;
  /** Parameters with the first `;`; for `ParamCursor`. */
  paramsStart = 0;
  paramsEnd = 0;
  /** Header part without the `?`. */
  headersStart = 0;
  headersEnd = 0;
  faultOffset = 0;
}

/** Reads the URI [start, end) without brackets; 0, or the fault (`uri`) with `out.faultOffset`. Any absolute URI is taken as `other`. */
export function parseUri(buf: Uint8Array, start: number, end: number, out: SipUri): SipFault {
  (void buf, void start, void end, void out);
  return SipFault.uri;
}

/** Comparison of RFC 3261 section 19.1.4 (tel: RFC 3966 section 4; other schemes: octets). Both URIs were parsed. */
export function uriEquals(bufA: Uint8Array, a: SipUri, bufB: Uint8Array, b: SipUri): boolean {
  (void bufA, void a, void bufB, void b);
  return false;
}
