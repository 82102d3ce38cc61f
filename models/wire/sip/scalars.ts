/**
 * Small values: numbers, CSeq, Privacy (RFC 3261 sections 20.16, 20.19, 20.22, 20.33; RFC 3323 section 4.2).
 */
import { SipFault } from './faults.js';
import type { SipMessage } from './message.js';
import { Method } from './methods.js';

/** A decimal number of [start, end), at most `limit`; -1 if it is not one, -2 if it is larger. `limit` is below 2^52. */
export function parseNumber(buf: Uint8Array, start: number, end: number, limit: number): number {
  (void buf, void start, void end, void limit);
  return -1;
}

/** delta-seconds of [start, end), comments and parameters after it allowed (Retry-After); -1 if malformed or at least 2^32. */
export function parseSeconds(buf: Uint8Array, start: number, end: number): number {
  (void buf, void start, void end);
  return -1;
}

/** Max-Forwards of [start, end): 0 to 255, or -1. */
export function parseMaxForwards(buf: Uint8Array, start: number, end: number): number {
  (void buf, void start, void end);
  return -1;
}

export class CSeq {
  number = 0;
  method: Method = Method.unknown;
  methodStart = 0;
  methodEnd = 0;
  faultOffset = 0;
}

/** CSeq: number below 2^31, white space, method. */
export function parseCSeq(buf: Uint8Array, start: number, end: number, out: CSeq): SipFault {
  (void buf, void start, void end, void out);
  return SipFault.headerValue;
}

/** Bits of {@link privacyOf}. */
export const PrivacyValue = {
  none: 1,
  header: 2,
  session: 4,
  user: 8,
  id: 16,
  critical: 32,
  history: 64,
  /** A value that is none of these. */
  other: 128,
} as const;

/** All values of all Privacy header fields, separated by `;` or `,`, in any case, as bits of {@link PrivacyValue}; 0 if there is none. */
export function privacyOf(message: SipMessage): number {
  void message;
  return 0;
}
