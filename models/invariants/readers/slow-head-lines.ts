/**
 * The lines of the head of a frame of MSRP, one at a time, for the invariants' own reader (RFC 4975 section 9): the start line, what a
 * header line is, and the numbers of Byte-Range.
 */
import { startsWith } from './search.js';
import { FrameKind, type SlowFrame } from './slow-frame.js';
import { slowNumber } from './slow-sip.js';

const SPACE = 32;
const COLON = 58;
/** Where the value of `Byte-Range: ` begins in its line. */
const RANGE_VALUE = 'Byte-Range: '.length;

/** `MSRP tid SEND`, `MSRP tid REPORT`, `MSRP tid 200 OK`. */
export function readStartLine(frame: SlowFrame, held: Buffer, start: number, end: number): boolean {
  if (!startsWith(held, start, end, 'MSRP ')) return false;
  frame.tidStart = start + 5;
  let at = frame.tidStart;
  while (at < end && isIdent(held[at])) at++;
  frame.tidEnd = at;
  if (at - frame.tidStart < 4 || at - frame.tidStart > 32 || held[at] !== SPACE) return false;
  at++;
  if (held[at] >= 48 && held[at] <= 57) {
    if (at + 3 !== end && held[at + 3] !== SPACE) return false;
    frame.kind = slowNumber(held, at, Math.min(end, at + 3));
    return frame.kind >= 100;
  }
  const send = end - at === 4 && startsWith(held, at, end, 'SEND');
  const report = end - at === 6 && startsWith(held, at, end, 'REPORT');
  frame.kind = send ? FrameKind.send : report ? FrameKind.report : FrameKind.other;
  return send || report;
}

/** Byte-Range of a frame, and where its numbers lie in the head. */
export class SlowRange {
  firstAt = 0;
  firstEnd = 0;
  lastAt = 0;
  lastEnd = 0;

  /** Octets of the body that Byte-Range allows at most; -1 if it does not say. */
  read(frame: SlowFrame): number {
    const { octets: held } = frame;
    const i = frame.byteRange;
    if (i < 0) return -1;
    const start = frame.lineStart[i] + RANGE_VALUE;
    const dash = octetFrom(held, start, frame.lineEnd[i], 45);
    const slash = octetFrom(held, dash + 1, frame.lineEnd[i], 47);
    if (dash < 0 || slash < 0) return -1;
    const first = slowNumber(held, start, dash);
    const last = slowNumber(held, dash + 1, slash);
    this.firstAt = start;
    this.firstEnd = dash;
    this.lastAt = dash + 1;
    this.lastEnd = slash;
    return first < 0 || last < 0 ? -1 : last - first + 1;
  }
}

/** Position of `octet` in [start, end); -1 if it is not there, or `start` is 0. */
function octetFrom(buf: Buffer, start: number, end: number, octet: number): number {
  if (start === 0) return -1;
  for (let at = start; at < end; at++) if (buf[at] === octet) return at;
  return -1;
}

/** A name, a colon, a space and something after it. */
export function isHeader(buf: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && isIdent(buf[at])) at++;
  return at > start && buf[at] === COLON && buf[at + 1] === SPACE && at + 2 < end;
}

/** Octets of `ident` (RFC 4975 section 9). */
function isIdent(octet: number): boolean {
  return (
    (octet >= 97 && octet <= 122) ||
    (octet >= 65 && octet <= 90) ||
    (octet >= 48 && octet <= 57) ||
    octet === 45 || // -
    octet === 46 || // .
    octet === 43 || // +
    octet === 37 || // %
    octet === 61 // =
  );
}
