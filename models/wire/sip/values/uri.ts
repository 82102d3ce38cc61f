/**
 * SIP, SIPS and tel URIs (RFC 3261 sections 19.1 and 25.1, RFC 3966) as spans, and their comparison.
 *
 * Not here: IPv6 addresses compared by value, relative URIs (RFC 3261 has none), tel numbers compared in context.
 */
import { CHARS, Char, equalsIgnoringCase, lower, skipClass } from '../chars.js';
import { SipFault } from '../faults.js';
import { skipHost } from './host.js';
import { ParamCursor } from './params.js';
import { parseNumber } from './scalars.js';

const AT = 64;
const COLON = 58;
const SEMICOLON = 59;
const QUESTION = 63;
const PORT_LIMIT = 65_535;
const RESERVED: Uint8Array = Buffer.from(';/?:@&=+$,', 'latin1');

export const UriScheme = { sip: 0, sips: 1, tel: 2, other: 3 } as const;
export type UriScheme = (typeof UriScheme)[keyof typeof UriScheme];

export class SipUri {
  scheme: UriScheme = UriScheme.other;
  start = 0;
  end = 0;
  /** User part (of a tel URI: the number); `hasUser` tells an absent one. */
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
  /** For the comparison. */
  readonly cursor = new ParamCursor();

  clear(start: number, end: number): void {
    this.scheme = UriScheme.other;
    this.start = start;
    this.end = end;
    this.userStart = this.userEnd = this.passwordStart = this.passwordEnd = end;
    this.hasUser = this.hasPassword = false;
    this.hostStart = this.hostEnd = this.paramsStart = this.paramsEnd = end;
    this.headersStart = this.headersEnd = end;
    this.port = -1;
    this.faultOffset = start;
  }

  fail(offset: number): SipFault {
    this.faultOffset = offset;
    return SipFault.uri;
  }
}

/** Reads `user[:password]@` that begins at `at`, the `@` being at `separator`; false if it does not fit. */
function readUser(buf: Uint8Array, at: number, separator: number, out: SipUri): boolean {
  let p = skipClass(buf, at, separator, Char.user, true);
  if (p <= at) return false;
  out.hasUser = true;
  out.userStart = at;
  out.userEnd = p;
  if (p < separator && buf[p] === COLON) {
    out.hasPassword = true;
    out.passwordStart = p + 1;
    p = skipClass(buf, p + 1, separator, Char.password, true);
    out.passwordEnd = p;
  }
  return p === separator;
}

/** Reads `;name=value` runs from `at`; the first offset after them, or -1. */
function skipUriParams(buf: Uint8Array, at: number, end: number): number {
  let p = at;
  while (p < end && buf[p] === SEMICOLON) {
    const name = p + 1;
    p = skipClass(buf, name, end, Char.uriParam, true);
    if (p <= name) return -1;
    if (p < end && buf[p] === 61) {
      const value = p + 1;
      p = skipClass(buf, value, end, Char.uriParam, true);
      if (p <= value) return -1;
    }
  }
  return p;
}

/** Reads `name=value&...` from `at` to `end`; false if it does not fit. */
function areUriHeaders(buf: Uint8Array, at: number, end: number): boolean {
  let p = at;
  for (;;) {
    const name = p;
    p = skipClass(buf, p, end, Char.uriHeader, true);
    if (p <= name || p >= end || buf[p] !== 61) return false;
    p = skipClass(buf, p + 1, end, Char.uriHeader, true);
    if (p < 0) return false;
    if (p === end) return true;
    if (buf[p] !== 38) return false;
    p++;
  }
}

function parseSipUri(buf: Uint8Array, at: number, end: number, out: SipUri): SipFault {
  let p = at;
  let separator = at;
  // No part after the host may hold an `@`, so any there is ends the user part.
  while (separator < end && buf[separator] !== AT) separator++;
  if (separator < end) {
    if (!readUser(buf, at, separator, out)) return out.fail(at);
    p = separator + 1;
  }
  out.hostStart = p;
  p = skipHost(buf, p, end);
  if (p < 0) return out.fail(out.hostStart);
  out.hostEnd = p;
  if (p < end && buf[p] === COLON) {
    const digits = ++p;
    while (p < end && (CHARS[buf[p]] & Char.digit) !== 0) p++;
    const port = parseNumber(buf, digits, p, PORT_LIMIT);
    if (port < 0) return out.fail(digits);
    out.port = port;
  }
  out.paramsStart = p;
  const after = skipUriParams(buf, p, end);
  if (after < 0) return out.fail(p);
  out.paramsEnd = after;
  if (after === end) return SipFault.none;
  if (buf[after] !== QUESTION || !areUriHeaders(buf, after + 1, end)) return out.fail(after);
  out.headersStart = after + 1;
  return SipFault.none;
}

function parseTelUri(buf: Uint8Array, at: number, end: number, out: SipUri): SipFault {
  let p = at;
  if (p < end && buf[p] === 43) p++;
  const digits = p;
  // Digits, the letters of a local number, and the visual separators of RFC 3966 section 3.
  while (p < end) {
    const c = buf[p];
    const allowed = (CHARS[c] & Char.hex) !== 0 || c === 45 || c === 46 || c === 40 || c === 41;
    if (!allowed && c !== 42 && c !== 35) break;
    p++;
  }
  if (p === digits) return out.fail(at);
  out.hasUser = true;
  out.userStart = at;
  out.userEnd = p;
  out.paramsStart = p;
  const after = skipUriParams(buf, p, end);
  if (after !== end) return out.fail(p);
  return SipFault.none;
}

/** Reads the URI [start, end) without brackets; 0, or the fault (`uri`) with `out.faultOffset`. Any absolute URI is taken as `other`. */
export function parseUri(buf: Uint8Array, start: number, end: number, out: SipUri): SipFault {
  out.clear(start, end);
  let p = start;
  while (p < end && (CHARS[buf[p]] & Char.token) !== 0) p++;
  if (p === start || p >= end || buf[p] !== COLON || (CHARS[buf[start]] & Char.alpha) === 0) {
    return out.fail(start);
  }
  const rest = p + 1;
  if (equalsIgnoringCase(buf, start, p, 'sip')) out.scheme = UriScheme.sip;
  else if (equalsIgnoringCase(buf, start, p, 'sips')) out.scheme = UriScheme.sips;
  else if (equalsIgnoringCase(buf, start, p, 'tel')) out.scheme = UriScheme.tel;
  if (out.scheme === UriScheme.tel) return parseTelUri(buf, rest, end, out);
  if (out.scheme !== UriScheme.other) return parseSipUri(buf, rest, end, out);
  p = skipClass(buf, rest, end, Char.uri, true);
  return p === end && p > rest ? SipFault.none : out.fail(p < 0 ? rest : p);
}

/** The octet at `at`, an escape decoded; its length is 3 if it is one. */
function decoded(buf: Uint8Array, at: number): number {
  const c = buf[at];
  if (c !== 37) return c;
  return (hexValue(buf[at + 1]) << 4) | hexValue(buf[at + 2]);
}

function hexValue(c: number): number {
  return c <= 57 ? c - 48 : lower(c) - 87;
}

/** The reserved characters of RFC 3261 section 25.1: escaped they mean another thing than bare. */
function isReserved(octet: number): boolean {
  return RESERVED.includes(octet);
}

/** True if two spans are the same octets once the escapes of all but reserved characters are decoded (RFC 3261 section 19.1.4). */
export function sameUnescaped(
  bufA: Uint8Array,
  startA: number,
  endA: number,
  bufB: Uint8Array,
  startB: number,
  endB: number,
  ignoreCase: boolean,
): boolean {
  let a = startA;
  let b = startB;
  while (a < endA && b < endB) {
    const x = decoded(bufA, a);
    const y = decoded(bufB, b);
    if (x !== y && (!ignoreCase || lower(x) !== lower(y))) return false;
    const isEscapedA = bufA[a] === 37;
    const isEscapedB = bufB[b] === 37;
    if (isEscapedA !== isEscapedB && isReserved(x)) return false;
    a += isEscapedA ? 3 : 1;
    b += isEscapedB ? 3 : 1;
  }
  return a === endA && b === endB;
}

/** Parameters that must be in both URIs or in neither (D-161); others count only if both have them. */
const MUST_BE_IN_BOTH: readonly string[] = ['user', 'ttl', 'method', 'maddr', 'transport'];

/** True if every parameter of `a` that `b` has too has the same value, and none of the special ones is missing in `b`. */
function paramsMatch(bufA: Uint8Array, a: SipUri, bufB: Uint8Array, b: SipUri): boolean {
  const mine = a.cursor.open(bufA, a.paramsStart, a.paramsEnd);
  while (mine.next()) {
    const theirs = b.cursor.open(bufB, b.paramsStart, b.paramsEnd);
    let found = false;
    while (!found && theirs.next()) {
      found = sameUnescaped(bufA, mine.nameStart, mine.nameEnd, bufB, theirs.nameStart, theirs.nameEnd, true);
    }
    if (found) {
      const same = sameUnescaped(
        bufA,
        mine.valueStart,
        mine.valueEnd,
        bufB,
        theirs.valueStart,
        theirs.valueEnd,
        true,
      );
      if (!same) return false;
    } else {
      for (const name of MUST_BE_IN_BOTH) {
        if (equalsIgnoringCase(bufA, mine.nameStart, mine.nameEnd, name)) return false;
      }
    }
  }
  return true;
}

/** End of the `name=value` header that begins at `at`. */
function headerEnd(buf: Uint8Array, at: number, end: number): number {
  let p = at;
  while (p < end && buf[p] !== 38) p++;
  return p;
}

/** True if every header of `a` is also one of `b`, in any order. */
function headersMatch(bufA: Uint8Array, a: SipUri, bufB: Uint8Array, b: SipUri): boolean {
  for (let p = a.headersStart; p < a.headersEnd;) {
    const endA = headerEnd(bufA, p, a.headersEnd);
    let found = false;
    for (let q = b.headersStart; q < b.headersEnd && !found;) {
      const endB = headerEnd(bufB, q, b.headersEnd);
      found = sameUnescaped(bufA, p, endA, bufB, q, endB, true);
      q = endB + 1;
    }
    if (!found) return false;
    p = endA + 1;
  }
  return true;
}

/** Comparison of RFC 3261 section 19.1.4 (tel: the number and the parameters; other schemes: octets). Both were parsed; `a` and `b` are two objects. */
export function uriEquals(bufA: Uint8Array, a: SipUri, bufB: Uint8Array, b: SipUri): boolean {
  if (a.scheme !== b.scheme) return false;
  if (a.scheme === UriScheme.other) return sameUnescaped(bufA, a.start, a.end, bufB, b.start, b.end, false);
  return (
    a.hasUser === b.hasUser &&
    a.hasPassword === b.hasPassword &&
    a.port === b.port &&
    sameUnescaped(bufA, a.hostStart, a.hostEnd, bufB, b.hostStart, b.hostEnd, true) &&
    sameUnescaped(bufA, a.userStart, a.userEnd, bufB, b.userStart, b.userEnd, false) &&
    sameUnescaped(bufA, a.passwordStart, a.passwordEnd, bufB, b.passwordStart, b.passwordEnd, false) &&
    paramsMatch(bufA, a, bufB, b) &&
    paramsMatch(bufB, b, bufA, a) &&
    headersMatch(bufA, a, bufB, b) &&
    headersMatch(bufB, b, bufA, a)
  );
}
