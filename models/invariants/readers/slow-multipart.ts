/**
 * The invariants' own reader of a pushed payload: multipart/mixed as RFC 2046 section 5.1.1 has it, with the delimiter taken
 * from its first line. Two parts at most, which is what a deferred message has.
 */
import { equalsLower, startsWith } from './search.js';

/** What a part is. */
export const PartType = { other: 0, sip: 1, sipfrag: 2, msrpfrag: 3 } as const;

const CR = 13;
const LF = 10;
const DASH = 45;
const COLON = 58;
const SEMICOLON = 59;
const SPACE = 32;
const LONGEST_BOUNDARY = 70;
/** Beyond so many octets a search by the engine costs less than a loop. */
const LARGE_OCTETS = 4096;

export class SlowMultipart {
  fault: string | undefined;
  parts = 0;
  /** {@link PartType} of each part. */
  readonly types = [0, 0];
  readonly bodyStart = [0, 0];
  readonly bodyEnd = [0, 0];
  private boundaryStart = 0;
  private boundaryOctets = 0;

  /** Reads the payload in octets [start, end): no preamble, no epilogue, nothing after the closing delimiter. */
  read(buf: Buffer, start: number, end: number): boolean {
    this.parts = 0;
    this.fault = undefined;
    const lineEnd = endOfLine(buf, start, end);
    if (lineEnd < 0 || !startsWith(buf, start, lineEnd, '--')) {
      return this.fail('the payload does not begin with a delimiter line');
    }
    this.boundaryStart = start + 2;
    this.boundaryOctets = lineEnd - start - 2;
    if (this.boundaryOctets === 0 || this.boundaryOctets > LONGEST_BOUNDARY) {
      return this.fail('a boundary of impossible length');
    }
    for (let at = lineEnd + 2; ;) {
      if (this.parts === 2) return this.fail('more than two parts');
      const body = this.head(buf, at, end);
      if (body < 0) return this.fail('a part without the end of its header');
      const next = this.delimiter(buf, body - 2, end);
      if (next < 0) return this.fail('a part without a delimiter after it');
      this.bodyStart[this.parts] = body;
      this.bodyEnd[this.parts] = Math.max(body, next);
      this.parts++;
      const after = next + 4 + this.boundaryOctets;
      if (after + 2 === end && buf[after] === DASH && buf[after + 1] === DASH) return true;
      if (after + 2 > end || buf[after] !== CR || buf[after + 1] !== LF) {
        return this.fail('octets after a delimiter');
      }
      at = after + 2;
    }
  }

  /** Reads the header lines of a part for its type; where its body begins, -1 if the empty line is missing. */
  private head(buf: Buffer, start: number, end: number): number {
    this.types[this.parts] = PartType.other;
    for (let at = start; ;) {
      const lineEnd = endOfLine(buf, at, end);
      if (lineEnd < 0) return -1;
      if (lineEnd === at) return at + 2;
      let colon = at;
      while (colon < lineEnd && buf[colon] !== COLON) colon++;
      if (colon === lineEnd) return -1;
      if (equalsLower(buf, at, colon, 'content-type')) {
        this.types[this.parts] = typeOf(buf, colon + 1, lineEnd);
      }
      at = lineEnd + 2;
    }
  }

  /** The CR of the next delimiter line from `at` on; a line that only begins like it counts (prefix match). */
  private delimiter(buf: Buffer, at: number, end: number): number {
    if (end - at > LARGE_OCTETS) {
      const text = `\r\n--${buf.latin1Slice(this.boundaryStart, this.boundaryStart + this.boundaryOctets)}`;
      const found = buf.subarray(at, end).indexOf(text, 0, 'latin1');
      return found < 0 ? -1 : at + found;
    }
    const last = end - 4 - this.boundaryOctets;
    for (let i = at; i <= last; i++) {
      if (buf[i] !== CR || buf[i + 1] !== LF || buf[i + 2] !== DASH || buf[i + 3] !== DASH) continue;
      let same = 0;
      while (same < this.boundaryOctets && buf[i + 4 + same] === buf[this.boundaryStart + same]) same++;
      if (same === this.boundaryOctets) return i;
    }
    return -1;
  }

  private fail(words: string): boolean {
    this.fault = words;
    return false;
  }
}

/** The CR of the line's end from `at` on; -1 if it has none before `end`. */
function endOfLine(buf: Buffer, at: number, end: number): number {
  for (let i = at; i + 1 < end; i++) if (buf[i] === CR && buf[i + 1] === LF) return i;
  return -1;
}

function typeOf(buf: Buffer, start: number, end: number): number {
  let from = start;
  while (from < end && buf[from] <= SPACE) from++;
  let to = from;
  while (to < end && buf[to] > SPACE && buf[to] !== SEMICOLON) to++;
  if (equalsLower(buf, from, to, 'message/sip')) return PartType.sip;
  if (equalsLower(buf, from, to, 'message/sipfrag')) return PartType.sipfrag;
  return equalsLower(buf, from, to, 'message/msrpfrag') ? PartType.msrpfrag : PartType.other;
}
