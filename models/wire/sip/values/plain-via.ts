/**
 * The fast path of `via.ts`, for a Via as nearly every element writes it: `SIP/2.0/UDP`, one space, a host name or an IPv4 address, a
 * port or none, and of parameters only `rport`, `received` and a `branch` with the cookie, without white space. It says of anything
 * else that it is not plain, and never that it is wrong: that is for `parseVia`, whose reading this one equals.
 */
import { CHARS, Char } from '../chars.js';
import { type Via, ViaTransport } from './via.js';

const COLON = 58;
const SEMICOLON = 59;
const EQUALS = 61;
const PORT_LIMIT = 65_535;
const PORT_DIGITS = 5;
const PROTOCOL = 'SIP/2.0/UDP ';
const RPORT = ';rport';
const RECEIVED = ';received=';
const BRANCH = ';branch=z9hG4bK';
/** Octets of the cookie, which belong to the value of the branch. */
const COOKIE_OCTETS = 7;

/** True if `text` stands at `at`, in the same case. */
function isAt(buf: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (buf[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** The first offset in [at, end) whose octet is not of `classes`. */
function skip(buf: Uint8Array, at: number, end: number, classes: number): number {
  let p = at;
  while (p < end && (CHARS[buf[p]] & classes) !== 0) p++;
  return p;
}

/** The port that is all of [start, end); -1 if it is none. */
function portOf(buf: Uint8Array, start: number, end: number): number {
  if (end === start || end - start > PORT_DIGITS) return -1;
  let port = 0;
  for (let p = start; p < end; p++) port = port * 10 + buf[p] - 48;
  return port > PORT_LIMIT ? -1 : port;
}

/** Reads the parameter at `at`, which begins with `;`; the first offset after it, -1 if it is not plain. */
function readParam(buf: Uint8Array, at: number, end: number, out: Via): number {
  if (isAt(buf, at, BRANCH)) {
    const start = at + BRANCH.length;
    const after = skip(buf, start, end, Char.token);
    if (after === start) return -1;
    out.branchStart = start - COOKIE_OCTETS;
    out.branchEnd = after;
    out.hasCookie = true;
    return after;
  }
  if (isAt(buf, at, RPORT)) {
    const name = at + RPORT.length;
    out.rportEnd = name;
    out.rport = 0;
    if (name === end || buf[name] !== EQUALS) return name;
    const after = skip(buf, name + 1, end, Char.digit);
    out.rport = portOf(buf, name + 1, after);
    return out.rport < 0 ? -1 : after;
  }
  if (!isAt(buf, at, RECEIVED)) return -1;
  out.receivedStart = at + RECEIVED.length;
  out.receivedEnd = skip(buf, out.receivedStart, end, Char.host);
  return out.receivedEnd === out.receivedStart ? -1 : out.receivedEnd;
}

/**
 * Reads the only element of a Via [start, end), without white space around it, into `out` if it is plain. False if it is not:
 * `out` is then half filled, and `parseVia` has to read it. May look at octets after `end`, which must be of the same message.
 */
export function readPlainVia(buf: Uint8Array, start: number, end: number, out: Via): boolean {
  if (end - start <= PROTOCOL.length || !isAt(buf, start, PROTOCOL)) return false;
  out.clear(start, end);
  const host = start + PROTOCOL.length;
  out.transport = ViaTransport.udp;
  out.transportStart = host - 4;
  out.transportEnd = host - 1;
  let p = skip(buf, host, end, Char.host);
  if (p === host) return false;
  out.hostStart = host;
  out.hostEnd = p;
  if (p < end && buf[p] === COLON) {
    const after = skip(buf, p + 1, end, Char.digit);
    out.port = portOf(buf, p + 1, after);
    if (out.port < 0) return false;
    p = after;
  }
  out.paramsStart = p;
  while (p < end) {
    if (buf[p] !== SEMICOLON) return false;
    p = readParam(buf, p, end, out);
    if (p < 0) return false;
  }
  return p === end;
}
