/**
 * Via (RFC 3261 sections 18.2.1, 20.42 and 25.1; rport: RFC 3581), in all its forms. The one that nearly every message has goes by
 * `plain-via.ts`.
 */
import { CHARS, Char, equalsIgnoringCase, skipSpace } from '../chars.js';
import { SipFault } from '../faults.js';
import { skipHost } from './host.js';
import { ParamCursor } from './params.js';
import { parseNumber } from './scalars.js';

const SLASH = 47;
const COLON = 58;
const SEMICOLON = 59;
const PORT_LIMIT = 65_535;
const TTL_LIMIT = 255;
const COOKIE = 'z9hg4bk';

export const ViaTransport = { unknown: 0, udp: 1, tcp: 2, tls: 3, sctp: 4, ws: 5, wss: 6 } as const;
export type ViaTransport = (typeof ViaTransport)[keyof typeof ViaTransport];

/** Names in the order of {@link ViaTransport}. */
const TRANSPORT_NAMES: readonly string[] = ['', 'udp', 'tcp', 'tls', 'sctp', 'ws', 'wss'];

export class Via {
  start = 0;
  end = 0;
  transport: ViaTransport = ViaTransport.unknown;
  /** The transport as it is spelt. */
  transportStart = 0;
  transportEnd = 0;
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
  /** Where the `rport` parameter ends, if it has no value yet. */
  rportEnd = 0;
  /** -1 if there is none. */
  ttl = -1;
  faultOffset = 0;
  /** For the parser of this file. */
  readonly cursor = new ParamCursor();

  clear(start: number, end: number): void {
    this.start = start;
    this.end = end;
    this.transport = ViaTransport.unknown;
    this.transportStart = this.transportEnd = this.hostStart = this.hostEnd = end;
    this.paramsStart = this.paramsEnd = this.branchStart = this.branchEnd = end;
    this.receivedStart = this.receivedEnd = this.maddrStart = this.maddrEnd = this.rportEnd = end;
    this.port = this.rport = this.ttl = -1;
    this.hasCookie = false;
    this.faultOffset = start;
  }

  fail(offset: number): SipFault {
    this.faultOffset = offset;
    return SipFault.via;
  }
}

/** The first offset after a token at `at`, -1 if there is none. */
function skipToken(buf: Uint8Array, at: number, end: number): number {
  let p = at;
  while (p < end && (CHARS[buf[p]] & Char.token) !== 0) p++;
  return p === at ? -1 : p;
}

/** Reads `SIP / 2.0 / transport`; the first offset after it, or -1. */
function readProtocol(buf: Uint8Array, start: number, end: number, out: Via): number {
  let p = start;
  for (let part = 0; part < 2; part++) {
    p = skipToken(buf, p, end);
    if (p < 0) return -1;
    p = skipSpace(buf, p, end);
    if (p >= end || buf[p] !== SLASH) return -1;
    p = skipSpace(buf, p + 1, end);
  }
  const after = skipToken(buf, p, end);
  if (after < 0) return -1;
  out.transportStart = p;
  out.transportEnd = after;
  for (let i = TRANSPORT_NAMES.length - 1; i > 0; i--) {
    if (equalsIgnoringCase(buf, p, after, TRANSPORT_NAMES[i])) out.transport = i as ViaTransport;
  }
  return after;
}

/** Takes the current parameter of the cursor; false if its value does not fit. */
function takeParam(buf: Uint8Array, out: Via): boolean {
  const { cursor } = out;
  const { valueStart, valueEnd, hasValue } = cursor;
  if (cursor.is('branch')) {
    out.branchStart = valueStart;
    out.branchEnd = valueEnd;
    out.hasCookie =
      valueEnd - valueStart > COOKIE.length &&
      equalsIgnoringCase(buf, valueStart, valueStart + COOKIE.length, COOKIE);
    return hasValue;
  }
  if (cursor.is('rport')) {
    out.rport = hasValue ? parseNumber(buf, valueStart, valueEnd, PORT_LIMIT) : 0;
    out.rportEnd = cursor.nameEnd;
    return out.rport >= 0;
  }
  if (cursor.is('received')) {
    out.receivedStart = valueStart;
    out.receivedEnd = valueEnd;
    return hasValue;
  }
  if (cursor.is('maddr')) {
    out.maddrStart = valueStart;
    out.maddrEnd = valueEnd;
    return hasValue;
  }
  if (cursor.is('ttl')) {
    out.ttl = parseNumber(buf, valueStart, valueEnd, TTL_LIMIT);
    return out.ttl >= 0;
  }
  return true;
}

/** Reads one element [start, end); 0, or the fault (`via`) with `out.faultOffset`. What stands before the fault is filled in. */
export function parseVia(buf: Uint8Array, start: number, end: number, out: Via): SipFault {
  out.clear(start, end);
  let p = readProtocol(buf, start, end, out);
  if (p < 0) return out.fail(start);
  const host = skipSpace(buf, p, end);
  if (host === p) return out.fail(p);
  p = skipHost(buf, host, end);
  if (p < 0) return out.fail(host);
  let after = skipSpace(buf, p, end);
  if (after < end && buf[after] !== COLON && buf[after] !== SEMICOLON) return out.fail(after);
  out.hostStart = host;
  out.hostEnd = p;
  if (after < end && buf[after] === COLON) {
    const digits = skipSpace(buf, after + 1, end);
    let q = digits;
    while (q < end && (CHARS[buf[q]] & Char.digit) !== 0) q++;
    out.port = parseNumber(buf, digits, q, PORT_LIMIT);
    if (out.port < 0) {
      out.port = -1;
      return out.fail(digits);
    }
    after = skipSpace(buf, q, end);
  }
  out.paramsStart = after;
  const { cursor } = out;
  cursor.open(buf, after, end);
  while (cursor.next()) if (!takeParam(buf, out)) return out.fail(cursor.nameStart);
  return cursor.fault === SipFault.none ? SipFault.none : out.fail(cursor.faultOffset);
}
