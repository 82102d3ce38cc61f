/**
 * Finds the end-line of a frame of MSRP (RFC 4975 section 7.1), for the invariants' own reader: CRLF, seven hyphens, the transaction id of
 * the frame, a flag, CRLF. It is looked for octet by octet in what may be body, and Byte-Range is not asked.
 *
 * Not here: an end-line that is cut by the reading (`slow-body.ts`).
 */
import { Needle, startsWith } from './search.js';
import type { SlowFrame } from './slow-frame.js';

const END_LINE = new Needle('\r\n-------');
const END_LINE_OCTETS = 9;
export const DASHES = '-------';
/** CRLF, dashes, transaction id, flag, CRLF. */
export const LONGEST_END_LINE = 2 + 7 + 32 + 3;
const CR = 13;
const LF = 10;
const HYPHEN = 45;
/** Beyond so many octets hyphens are looked for at every seventh place. */
const LARGE_OCTETS = 64;

/** Octets of the end-line of this frame, both CRLFs among them. */
export function endLineOctets(frame: SlowFrame): number {
  return END_LINE_OCTETS + frame.tidEnd - frame.tidStart + 3;
}

/** Position of the whole end-line of `frame` in octets [start, end); -1 if it is not there. */
export function findEndLine(frame: SlowFrame, buf: Buffer, start: number, end: number): number {
  const octets = endLineOctets(frame);
  if (end - start > LARGE_OCTETS) return farEndLine(frame, buf, start, end, octets);
  for (let at = start; ; at++) {
    at = END_LINE.in(buf, at, end);
    if (at < 0 || at + octets > end) return -1;
    if (endsAs(frame, buf, at, octets)) return at;
  }
}

/** The same by the runs of hyphens: an end-line has seven of them after CRLF, so one of them is at every seventh place. */
function farEndLine(frame: SlowFrame, buf: Buffer, start: number, end: number, octets: number): number {
  const step = DASHES.length;
  for (let from = start + END_LINE_OCTETS - 1; from < end; from += step) {
    // Three places at once take half of the time.
    while (
      from + 2 * step < end &&
      buf[from] !== HYPHEN &&
      buf[from + step] !== HYPHEN &&
      buf[from + 2 * step] !== HYPHEN
    )
      from += 3 * step;
    if (from >= end) break;
    if (buf[from] !== HYPHEN) continue;
    let run = from;
    while (run > start && buf[run - 1] === HYPHEN) run--;
    const at = run - 2;
    if (at >= start && buf[at] === CR && buf[at + 1] === LF && startsWith(buf, run, end, DASHES)) {
      if (at + octets > end) return -1;
      if (endsAs(frame, buf, at, octets)) return at;
    }
    while (from + 1 < end && buf[from + 1] === HYPHEN) from++;
  }
  return -1;
}

/** True if after the hyphens of an end-line at `at` follows what belongs to this frame. */
function endsAs(frame: SlowFrame, buf: Buffer, at: number, octets: number): boolean {
  const flag = at + octets - 3;
  return (
    isFlag(buf[flag]) &&
    buf[flag + 1] === CR &&
    buf[flag + 2] === LF &&
    isTid(frame, buf, at + END_LINE_OCTETS)
  );
}

/** True if the transaction id of this frame begins at `at`. */
export function isTid(frame: SlowFrame, buf: Buffer, at: number): boolean {
  const { octets } = frame;
  for (let i = frame.tidStart; i < frame.tidEnd; i++) {
    if (buf[at + i - frame.tidStart] !== octets[i]) return false;
  }
  return true;
}

/** `$`, `+` or `#`. */
export function isFlag(octet: number): boolean {
  return octet === 36 || octet === 43 || octet === 35;
}
