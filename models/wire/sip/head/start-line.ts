/**
 * The first line of a message: request line or status line (RFC 3261 sections 7.1, 7.2 and 25.1). Exactly one space stands
 * between its parts; anything else is a fault, but what can be made out is filled in, so that an answer can be built.
 *
 * Not here: the grammar of the Request-URI (`validate.ts`), the meaning of status codes.
 */
import { CHARS, Char, lower } from '../chars.js';
import { SipFault } from '../faults.js';
import type { SipMessage } from '../message.js';
import { methodOf } from './methods.js';

const SPACE = 32;
const ZERO = 48;

/** True if `SIP/` in any case stands at `at`. */
function isSipSlash(buf: Uint8Array, at: number, end: number): boolean {
  return (
    at + 4 <= end &&
    lower(buf[at]) === 115 &&
    lower(buf[at + 1]) === 105 &&
    lower(buf[at + 2]) === 112 &&
    buf[at + 3] === 47
  );
}

/** Reads `SIP/` digits `.` digits at `at`, notes whether it is 2.0; the first offset after it, or -1. */
function readVersion(buf: Uint8Array, at: number, end: number, out: SipMessage): number {
  if (!isSipSlash(buf, at, end)) return -1;
  const major = at + 4;
  let p = major;
  while (p < end && (CHARS[buf[p]] & Char.digit) !== 0) p++;
  if (p === major || p >= end || buf[p] !== 46) return -1;
  const minor = ++p;
  while (p < end && (CHARS[buf[p]] & Char.digit) !== 0) p++;
  if (p === minor) return -1;
  out.versionOk = p === major + 3 && buf[major] === ZERO + 2 && buf[minor] === ZERO;
  return p;
}

function parseRequestLine(
  buf: Uint8Array,
  start: number,
  end: number,
  uriLimitOctets: number,
  out: SipMessage,
): void {
  out.isRequest = true;
  let p = start;
  while (p < end && (CHARS[buf[p]] & Char.token) !== 0) p++;
  out.methodStart = start;
  out.methodEnd = p;
  out.method = methodOf(buf, start, p);
  out.uriStart = out.uriEnd = p;
  if (p === start || p >= end || buf[p] !== SPACE) return out.note(SipFault.startLine, p);
  const uriStart = ++p;
  while (p < end && buf[p] !== SPACE) p++;
  out.uriStart = uriStart;
  out.uriEnd = p;
  if (p === uriStart || p >= end) return out.note(SipFault.startLine, p);
  if (readVersion(buf, p + 1, end, out) !== end) return out.note(SipFault.startLine, p + 1);
  if (p - uriStart > uriLimitOctets) out.note(SipFault.uriTooLong, uriStart);
}

function parseStatusLine(buf: Uint8Array, start: number, end: number, out: SipMessage): void {
  out.isRequest = false;
  let p = readVersion(buf, start, end, out);
  if (p < 0 || p >= end || buf[p] !== SPACE) return out.note(SipFault.startLine, start);
  p++;
  const digits = p + 3 <= end ? CHARS[buf[p]] & CHARS[buf[p + 1]] & CHARS[buf[p + 2]] & Char.digit : 0;
  if (digits === 0) return out.note(SipFault.status, p);
  const status = (buf[p] - ZERO) * 100 + (buf[p + 1] - ZERO) * 10 + (buf[p + 2] - ZERO);
  const after = p + 3;
  // The space is there even before an empty reason phrase; that a peer forgot it then harms nobody.
  if (after < end && buf[after] !== SPACE) return out.note(SipFault.status, p);
  if (status < 100 || status > 699) return out.note(SipFault.status, p);
  out.status = status;
  out.reasonStart = after < end ? after + 1 : end;
  out.reasonEnd = end;
}

/** Reads the first line [start, end), without its CRLF, into `out`; notes `startLine`, `status` or `uriTooLong` there. */
export function parseStartLine(
  buf: Uint8Array,
  start: number,
  end: number,
  uriLimitOctets: number,
  out: SipMessage,
): void {
  if (isSipSlash(buf, start, end)) parseStatusLine(buf, start, end, out);
  else parseRequestLine(buf, start, end, uriLimitOctets, out);
}
