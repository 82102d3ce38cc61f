/**
 * Hosts: names, IPv4 addresses, IPv6 references (RFC 3261 section 25.1 `host`; RFC 5118 for the forms of IPv6), and IPv4 addresses
 * as numbers. Not here: comparing IPv6 addresses by value (two spellings of one address differ).
 */
import { CHARS, Char } from '../chars.js';

const COLON = 58;
const DOT = 46;

/** Digits of one group of an IPv6 address at `at`; the first offset after at most four. */
function skipGroup(buf: Uint8Array, at: number, end: number): number {
  let p = at;
  while (p < end && p < at + 4 && (CHARS[buf[p]] & Char.hex) !== 0) p++;
  return p;
}

/**
 * The first offset after a third colon that stands between `::` and an IPv4 tail: the grammar of RFC 3261 allows it by mistake, and
 * RFC 5118 section 4.10 demands that it be tolerated there. Else `at`.
 */
function skipThirdColon(buf: Uint8Array, at: number, end: number): number {
  return at < end && buf[at] === COLON && parseIpv4(buf, at + 1, end) >= 0 ? at + 1 : at;
}

/** True if [start, end) is an IPv6 address without brackets, an IPv4 tail allowed. */
export function isIpv6(buf: Uint8Array, start: number, end: number): boolean {
  let groups = 0;
  let gap = false;
  let p = start;
  if (p + 1 < end && buf[p] === COLON && buf[p + 1] === COLON) {
    gap = true;
    p = skipThirdColon(buf, p + 2, end);
  }
  while (p < end) {
    const q = skipGroup(buf, p, end);
    if (q < end && buf[q] === DOT) {
      if (parseIpv4(buf, p, end) < 0) return false;
      groups += 2;
      p = end;
      break;
    }
    if (q === p) return false;
    groups++;
    p = q;
    if (p === end) break;
    if (buf[p] !== COLON) return false;
    p++;
    if (p < end && buf[p] === COLON) {
      if (gap) return false;
      gap = true;
      p = skipThirdColon(buf, p + 1, end);
      if (p === end) break;
    } else if (p === end) return false;
  }
  return gap ? groups <= 7 : groups === 8;
}

/** The IPv4 address that is all of [start, end), as an unsigned integer; -1 if it is none. */
export function parseIpv4(buf: Uint8Array, start: number, end: number): number {
  let value = 0;
  let part = 0;
  let digits = 0;
  let parts = 1;
  for (let p = start; p < end; p++) {
    const c = buf[p];
    if (c === DOT) {
      if (digits === 0 || parts === 4) return -1;
      value = value * 256 + part;
      part = digits = 0;
      parts++;
    } else {
      if ((CHARS[c] & Char.digit) === 0 || digits === 3) return -1;
      part = part * 10 + c - 48;
      digits++;
      if (part > 255) return -1;
    }
  }
  return parts === 4 && digits > 0 ? value * 256 + part : -1;
}

/** The first offset after the host at `at`; -1 if there is none. An IPv6 address must stand in brackets. */
export function skipHost(buf: Uint8Array, at: number, end: number): number {
  if (at < end && buf[at] === 91) {
    let close = at + 1;
    while (close < end && buf[close] !== 93) close++;
    return close < end && isIpv6(buf, at + 1, close) ? close + 1 : -1;
  }
  let p = at;
  // The underscore is no letter of host names, but is common in private networks.
  while (p < end && ((CHARS[buf[p]] & Char.host) !== 0 || buf[p] === 95)) p++;
  return p === at ? -1 : p;
}
