/**
 * name-addr and addr-spec with the parameters of the header field (RFC 3261 sections 20.10, 20.20, 20.39 and 25.1): From, To,
 * Contact, Route, Record-Route, P-Asserted-Identity, ... Without brackets, everything from the first `;` on belongs to the header.
 */
import { SipFault } from './faults.js';

export class SipAddress {
  /** Display name, with its quotes if it has any. */
  displayStart = 0;
  displayEnd = 0;
  /** The URI without brackets. */
  uriStart = 0;
  uriEnd = 0;
  bracketed = false;
  /** Parameters of the header with the first `;`; for `ParamCursor`. */
  paramsStart = 0;
  paramsEnd = 0;
  /** Value of `tag`, empty if there is none. */
  tagStart = 0;
  tagEnd = 0;
  faultOffset = 0;
}

/** Reads one element [start, end); 0, or the fault with `out.faultOffset`. The URI itself is not read: see `parseUri`. */
export function parseAddress(buf: Uint8Array, start: number, end: number, out: SipAddress): SipFault {
  (void buf, void start, void end, void out);
  return SipFault.headerValue;
}

/** One element of Contact, as parsed by {@link parseContact}. */
export class SipContact extends SipAddress {
  /** True for `*`; nothing else is set then. */
  star = false;
  /** q in thousandths; -1 if there is none. */
  qThousandths = -1;
  /** `expires` in seconds; -1 if there is none or it is malformed (RFC 3261 section 10.2.1.1: treated as absent). */
  expiresSeconds = -1;
  /** `reg-id` (RFC 5626); -1 if there is none. */
  regId = -1;
  /** Value of `+sip.instance` without quotes; empty if there is none. */
  instanceStart = 0;
  instanceEnd = 0;
}

export function parseContact(buf: Uint8Array, start: number, end: number, out: SipContact): SipFault {
  (void buf, void start, void end, void out);
  return SipFault.headerValue;
}
