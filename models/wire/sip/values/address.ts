/**
 * name-addr and addr-spec with the parameters of the header field (RFC 3261 sections 20.10, 20.20, 20.39 and 25.1): From, To,
 * Contact, Route, Record-Route, P-Asserted-Identity, ... Without brackets, everything from the first `;` on belongs to the header,
 * and the URI may hold neither `,` nor `?`.
 *
 * Not here: the URI itself (`uri.ts`).
 */
import { CHARS, Char, skipQuoted, skipSpace, trimEnd } from '../chars.js';
import { SipFault } from '../faults.js';
import { ParamCursor } from './params.js';
import { parseNumber } from './scalars.js';

const QUOTE = 34;
const STAR = 42;
const COMMA = 44;
const SEMICOLON = 59;
const LESS = 60;
const GREATER = 62;
const QUESTION = 63;
const SECONDS_LIMIT = 0xffffffff;
const REG_ID_LIMIT = 0x7fffffff;

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
  /** For the parsers of this file. */
  readonly cursor = new ParamCursor();

  fail(fault: SipFault, offset: number): SipFault {
    this.faultOffset = offset;
    return fault;
  }
}

/** Finds the `<` after a display name that begins at `at`; -1 if there is none, with the fault in `out`. */
function skipDisplay(buf: Uint8Array, at: number, end: number, out: SipAddress): number {
  out.displayStart = at;
  let p = at;
  if (p < end && buf[p] === QUOTE) {
    p = skipQuoted(buf, p, end);
    out.displayEnd = p < 0 ? at : p;
    if (p >= 0) p = skipSpace(buf, p, end);
    if (p >= 0 && p < end && buf[p] === LESS) return p;
    out.faultOffset = at;
    return -1;
  }
  while (p < end && buf[p] !== LESS) {
    const c = buf[p];
    // Raw UTF-8 in a display name without quotes is against the grammar, common, and harmless.
    if (c > 32 && c < 128 && (CHARS[c] & Char.token) === 0) {
      out.faultOffset = p;
      return -1;
    }
    p++;
  }
  out.displayEnd = trimEnd(buf, at, p);
  return p;
}

/** Reads the display name and the URI; the first offset after them, or -1 with the offset of the fault in `out`. */
function readSpec(buf: Uint8Array, start: number, end: number, out: SipAddress): number {
  let p = skipSpace(buf, start, end);
  let bracket = p;
  while (bracket < end && buf[bracket] !== LESS && buf[bracket] !== QUOTE) bracket++;
  out.displayStart = out.displayEnd = p;
  out.bracketed = bracket < end && (buf[bracket] === LESS || bracket === p);
  if (!out.bracketed) {
    out.uriStart = p;
    while (p < end && buf[p] > 32 && buf[p] !== SEMICOLON) {
      if (buf[p] === COMMA || buf[p] === QUESTION || buf[p] === QUOTE || buf[p] === GREATER) break;
      p++;
    }
    out.uriEnd = p;
    out.faultOffset = p;
    return p === out.uriStart ? -1 : p;
  }
  p = skipDisplay(buf, p, end, out);
  if (p < 0 || p >= end) return -1;
  out.uriStart = ++p;
  while (p < end && buf[p] !== GREATER && buf[p] > 32 && buf[p] !== LESS) p++;
  out.uriEnd = p;
  out.faultOffset = p;
  if (p === out.uriStart || p >= end || buf[p] !== GREATER) return -1;
  return p + 1;
}

/** Takes the current parameter of the cursor as `tag` if it is one; false if it does not fit. */
function takeTag(out: SipAddress): boolean {
  const { cursor } = out;
  if (!cursor.is('tag')) return true;
  if (!cursor.hasValue || out.tagEnd > out.tagStart) return false;
  out.tagStart = cursor.valueStart;
  out.tagEnd = cursor.valueEnd;
  return true;
}

/** Reads the address and opens the cursor on its parameters; false if the address does not fit. */
function readAddress(buf: Uint8Array, start: number, end: number, out: SipAddress): boolean {
  out.uriStart = out.uriEnd = out.tagStart = out.tagEnd = out.paramsStart = out.paramsEnd = end;
  const after = readSpec(buf, start, end, out);
  if (after < 0) return false;
  out.paramsStart = skipSpace(buf, after, end);
  out.cursor.open(buf, out.paramsStart, end);
  return true;
}

/** Reads one element [start, end); 0, or the fault with `out.faultOffset`. The URI itself is not read: see `parseUri`. */
export function parseAddress(buf: Uint8Array, start: number, end: number, out: SipAddress): SipFault {
  if (!readAddress(buf, start, end, out)) return SipFault.headerValue;
  const { cursor } = out;
  while (cursor.next()) if (!takeTag(out)) return out.fail(SipFault.headerValue, cursor.nameStart);
  return cursor.fault === SipFault.none ? SipFault.none : out.fail(cursor.fault, cursor.faultOffset);
}

/** One element of Contact, as parsed by {@link parseContact}. */
export class SipContact extends SipAddress {
  /** True for `*`; nothing else is set then. */
  star = false;
  /** q in thousandths; -1 if there is none. */
  qThousandths = -1;
  /** `expires` in seconds; -1 if there is none, -2 if it is malformed or at least 2^32. */
  expiresSeconds = -1;
  /** `reg-id` (RFC 5626 section 4.2); -1 if there is none or it is malformed. */
  regId = -1;
  /** Value of `+sip.instance` without quotes; empty if there is none. */
  instanceStart = 0;
  instanceEnd = 0;
}

/** qvalue of RFC 3261 section 25.1 in thousandths; -1 if it does not fit. */
function parseQ(buf: Uint8Array, start: number, end: number): number {
  const whole = buf[start] - 48;
  if (start >= end || whole < 0 || whole > 1) return -1;
  if (end === start + 1) return whole * 1000;
  if (buf[start + 1] !== 46 || end > start + 5) return -1;
  let value = whole * 1000;
  let unit = 100;
  for (let p = start + 2; p < end; p++) {
    if ((CHARS[buf[p]] & Char.digit) === 0) return -1;
    value += (buf[p] - 48) * unit;
    unit = unit === 100 ? 10 : 1;
  }
  return value > 1000 ? -1 : value;
}

/** Reads one element [start, end) of Contact; 0, or the fault with `out.faultOffset`. Other parameters: walk `paramsStart`. */
export function parseContact(buf: Uint8Array, start: number, end: number, out: SipContact): SipFault {
  out.star = end === start + 1 && buf[start] === STAR;
  out.qThousandths = out.expiresSeconds = out.regId = -1;
  out.instanceStart = out.instanceEnd = end;
  if (out.star) {
    out.uriStart = out.uriEnd = out.tagStart = out.tagEnd = out.paramsStart = out.paramsEnd = end;
    return SipFault.none;
  }
  if (!readAddress(buf, start, end, out)) return SipFault.headerValue;
  const { cursor } = out;
  while (cursor.next()) if (!takeTag(out) || !takeContactParam(buf, out)) return contactFault(out);
  return cursor.fault === SipFault.none ? SipFault.none : out.fail(cursor.fault, cursor.faultOffset);
}

/** At the parameter that does not fit: at its value if that is a q, else at its name. */
function contactFault(out: SipContact): SipFault {
  const { cursor } = out;
  return out.fail(SipFault.headerValue, cursor.is('q') ? cursor.valueStart : cursor.nameStart);
}

/** Takes the current parameter of the cursor; false if its value does not fit. */
function takeContactParam(buf: Uint8Array, out: SipContact): boolean {
  const { cursor } = out;
  const { valueStart, valueEnd } = cursor;
  if (cursor.is('q')) {
    out.qThousandths = parseQ(buf, valueStart, valueEnd);
    return out.qThousandths >= 0;
  }
  if (cursor.is('expires')) {
    const seconds = parseNumber(buf, valueStart, valueEnd, SECONDS_LIMIT);
    out.expiresSeconds = seconds < 0 ? -2 : seconds;
  } else if (cursor.is('reg-id')) {
    const regId = parseNumber(buf, valueStart, valueEnd, REG_ID_LIMIT);
    out.regId = regId < 1 ? -1 : regId;
  } else if (cursor.is('+sip.instance') && valueEnd > valueStart + 1 && buf[valueStart] === QUOTE) {
    out.instanceStart = valueStart + 1;
    out.instanceEnd = valueEnd - 1;
  }
  return true;
}
