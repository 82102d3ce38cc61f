/**
 * The header section: from octets to the columns of `SipMessage` (RFC 3261 section 7.3.1).
 *
 * The hottest loop of the product. It reads four octets at a time and stops only at octets below 32, which are the ends of lines
 * (and the rare tab or escaped control character); then the name is told by `headerIdFast`. What that does not know is read octet
 * by octet. `plain-twin.ts` says the same in plain words, and a test holds the two together.
 */
import { CHARS, Char, skipSpace, trimEnd } from '../chars.js';
import { SipFault } from '../faults.js';
import { headerIdFast, headerIdSlow, headerNameLength } from './header-lookup.js';
import { Header } from './header-names.js';
import type { SipMessage } from '../message.js';

const CR = 13;
const LF = 10;
const TAB = 9;
const SPACE = 32;
const COLON = 58;

/** Largest Content-Length that is told from nonsense; anything above is a fault. */
const CONTENT_LENGTH_LIMIT = 0x7fffffff;

/** Marks, by their top bit, octets of `word` below 32. The lowest mark is true; higher ones may be false after a borrow. */
function controlsIn(word: number): number {
  return (word - 0x20202020) & ~word & 0x80808080;
}

/** First offset in [at, end) whose octet is below 32; `end` if there is none. */
export function nextControl(view: DataView, buf: Uint8Array, at: number, end: number): number {
  const lastPair = end - 8;
  while (at <= lastPair) {
    const low = controlsIn(view.getInt32(at, true));
    const high = controlsIn(view.getInt32(at + 4, true));
    if ((low | high) === 0) at += 8;
    else if (low !== 0) return at + ((31 - Math.clz32(low & -low)) >> 3);
    else return at + 4 + ((31 - Math.clz32(high & -high)) >> 3);
  }
  while (at < end && buf[at] >= SPACE) at++;
  return at;
}

/** Reads Content-Length, which framing needs; several that agree are for `validate` to judge. */
export function noteContentLength(buf: Uint8Array, start: number, end: number, out: SipMessage): void {
  let value = 0;
  for (let p = start; p < end; p++) {
    if ((CHARS[buf[p]] & Char.digit) === 0) return out.note(SipFault.contentLength, p);
    value = value * 10 + buf[p] - 48;
    if (value > CONTENT_LENGTH_LIMIT) return out.note(SipFault.contentLength, start);
  }
  if (start === end || (out.contentLength >= 0 && out.contentLength !== value)) {
    return out.note(SipFault.contentLength, start);
  }
  out.contentLength = value;
}

/** One header line whose name is not spelt canonically: [start, end) without its CRLF. */
function addSlowly(
  buf: Uint8Array,
  start: number,
  end: number,
  lineEnd: number,
  folded: number,
  out: SipMessage,
): void {
  let p = start;
  while (p < end && (CHARS[buf[p]] & Char.token) !== 0) p++;
  const nameEnd = p;
  while (p < end && (buf[p] === SPACE || buf[p] === TAB)) p++;
  if (nameEnd === start || p >= end || buf[p] !== COLON) return out.note(SipFault.headerLine, start);
  const id = headerIdSlow(buf, start, nameEnd);
  const valueStart = skipSpace(buf, p + 1, end);
  const valueEnd = trimEnd(buf, valueStart, end);
  if (id === Header.contentLength) noteContentLength(buf, valueStart, valueEnd, out);
  out.add(id, start, nameEnd, valueStart, valueEnd, lineEnd, folded);
}

/**
 * Reads header lines from `at` to the empty line. Returns the first octet of the body, or `end` after noting `headerEnd` (or
 * `tooManyHeaders`, after which no more lines are read). A bare CR or LF is a fault; a bare LF is still taken as the end of
 * its line, so that nothing hides behind it.
 */
export function scanHeaders(
  view: DataView,
  buf: Uint8Array,
  at: number,
  end: number,
  headerLimit: number,
  out: SipMessage,
): number {
  let p = at;
  while (p < end) {
    if (buf[p] === CR && p + 1 < end && buf[p + 1] === LF) return p + 2;
    if (buf[p] === LF) {
      out.note(SipFault.lineEnd, p);
      return p + 1;
    }
    // Messages resemble each other: the guess is the header field that the last message had in this place.
    const guess = out.headerCount < out.ids.length ? out.ids[out.headerCount] : 0;
    const id = headerIdFast(view, buf, p, end, guess);
    const nameEnd = p + headerNameLength(id);
    // A name that was told has no line end in it, so the search may begin behind it.
    let q = nameEnd;
    let next = 0;
    let folded = 0;
    for (;;) {
      q = nextControl(view, buf, q, end);
      if (q >= end) {
        out.note(SipFault.headerEnd, end);
        return end;
      }
      const c = buf[q];
      if (c === CR && q + 1 < end && buf[q + 1] === LF) next = q + 2;
      else if (c === LF) {
        out.note(SipFault.lineEnd, q);
        next = q + 1;
      } else {
        if (c === CR) out.note(SipFault.lineEnd, q);
        q++;
        continue;
      }
      if (next >= end || (buf[next] !== SPACE && buf[next] !== TAB)) break;
      folded = 1;
      q = next + 1;
    }
    if (out.headerCount >= headerLimit) {
      out.note(SipFault.tooManyHeaders, p);
      return end;
    }
    if (id === 0) addSlowly(buf, p, q, next, folded, out);
    else {
      let valueStart = nameEnd + 1;
      if (valueStart < q && buf[valueStart] === SPACE) valueStart++;
      if (valueStart < q && buf[valueStart] <= SPACE) valueStart = skipSpace(buf, valueStart, q);
      let valueEnd = q;
      if (valueEnd > valueStart && buf[valueEnd - 1] <= SPACE) valueEnd = trimEnd(buf, valueStart, q);
      if (id === Header.contentLength) noteContentLength(buf, valueStart, valueEnd, out);
      out.add(id, p, nameEnd, valueStart, valueEnd, next, folded);
    }
    p = next;
  }
  out.note(SipFault.headerEnd, end);
  return end;
}
