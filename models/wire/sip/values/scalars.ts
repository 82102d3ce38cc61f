/**
 * Small values: numbers and CSeq (RFC 3261 sections 20.14, 20.16, 20.19, 20.22, 20.33).
 */
import { CHARS, Char, skipSpace } from '../chars.js';
import { SipFault } from '../faults.js';
import { Method, methodOf } from '../head/methods.js';

export { privacyOf } from './privacy.js';

const SECONDS_LIMIT = 0xffffffff;
const MAX_FORWARDS_LIMIT = 255;
const CSEQ_LIMIT = 0x7fffffff;

/** The decimal number that is all of [start, end); -1 if it is not one, -2 if it is above `limit` (below 2^52). */
export function parseNumber(buf: Uint8Array, start: number, end: number, limit: number): number {
  if (start >= end) return -1;
  let value = 0;
  for (let p = start; p < end; p++) {
    if ((CHARS[buf[p]] & Char.digit) === 0) return -1;
    // Stays above the limit once it is there, whatever digits follow.
    value = value > limit ? value : value * 10 + buf[p] - 48;
  }
  return value > limit ? -2 : value;
}

/** delta-seconds that are all of [start, end) (Expires, Min-Expires); -1 if malformed or at least 2^32. */
export function parseSeconds(buf: Uint8Array, start: number, end: number): number {
  const value = parseNumber(buf, start, end, SECONDS_LIMIT);
  return value < 0 ? -1 : value;
}

/** Max-Forwards of [start, end): 0 to 255, or -1. */
export function parseMaxForwards(buf: Uint8Array, start: number, end: number): number {
  const value = parseNumber(buf, start, end, MAX_FORWARDS_LIMIT);
  return value < 0 ? -1 : value;
}

/** Longest Retry-After that is honoured: it may say 136 years, and virtual time ends after 104 days. */
const LONGEST_WAIT_S = 21 * 86_400;

/** Retry-After of [start, end) in seconds, at most three weeks; 0 if malformed. A comment and parameters may follow (section 20.33). */
export function parseRetryAfter(buf: Uint8Array, start: number, end: number): number {
  let p = start;
  while (p < end && (CHARS[buf[p]] & Char.digit) !== 0) p++;
  const after = skipSpace(buf, p, end);
  if (after < end && buf[after] !== 59 && buf[after] !== 40) return 0;
  return Math.min(Math.max(0, parseSeconds(buf, start, p)), LONGEST_WAIT_S);
}

export class CSeq {
  number = 0;
  method: Method = Method.unknown;
  methodStart = 0;
  methodEnd = 0;
  faultOffset = 0;
}

/** CSeq: number below 2^31, white space, method. 0, or `headerValue` or `scalarRange`. */
export function parseCSeq(buf: Uint8Array, start: number, end: number, out: CSeq): SipFault {
  let p = start;
  while (p < end && (CHARS[buf[p]] & Char.digit) !== 0) p++;
  const number = parseNumber(buf, start, p, CSEQ_LIMIT);
  const methodStart = skipSpace(buf, p, end);
  let q = methodStart;
  while (q < end && (CHARS[buf[q]] & Char.token) !== 0) q++;
  out.number = number < 0 ? 0 : number;
  out.methodStart = methodStart;
  out.methodEnd = q;
  out.method = methodOf(buf, methodStart, q);
  out.faultOffset = start;
  if (number === -1 || methodStart === p || q === methodStart || q !== end) {
    out.faultOffset = number === -1 ? start : q;
    return SipFault.headerValue;
  }
  return number === -2 ? SipFault.scalarRange : SipFault.none;
}
