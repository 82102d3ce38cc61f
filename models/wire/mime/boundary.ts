/**
 * Multipart bodies, written: delimiters and the choice of a boundary (RFC 2046 section 5.1.1, rule A20).
 *
 * A boundary is good if `--boundary` stands nowhere in the content. The RFC forbids it only at the beginning of a line;
 * anywhere is stricter, cheaper to check, and covers an inner boundary that extends ours.
 */
import { assert } from '../../../sim/kernel/assert.js';
import type { OctetWriter } from '../octet-writer.js';
import { BOUNDARY_LIMIT_OCTETS } from './multipart.js';
import { Octet, findText } from './octets.js';

/** Above this size the engine's own search is faster than a loop, for all the cost of the call. */
const SEARCH_OCTETS = 512;

/** True if `--` and the boundary, octets [0, length) of `boundary`, stand nowhere in octets [start, end) of `buf`. */
export function boundaryFits(
  boundary: Buffer,
  length: number,
  buf: Buffer,
  start: number,
  end: number,
): boolean {
  if (end - start > SEARCH_OCTETS) {
    return findText(buf, start, end, '--' + boundary.latin1Slice(0, length)) < 0;
  }
  // Of two neighbouring hyphens one stands at every second octet.
  for (let at = start + 1; at < end; at += 2) {
    if (buf[at] !== Octet.dash) continue;
    if (buf[at - 1] === Octet.dash && standsAt(boundary, length, buf, at + 1, end)) return false;
    if (buf[at + 1] === Octet.dash && standsAt(boundary, length, buf, at + 2, end)) return false;
  }
  return true;
}

function standsAt(boundary: Buffer, length: number, buf: Buffer, at: number, end: number): boolean {
  if (at + length > end) return false;
  for (let i = 0; i < length; i++) if (buf[at + i] !== boundary[i]) return false;
  return true;
}

/** Opens the first part: `--boundary CRLF`, or a later one, whose delimiter begins with CRLF. */
export function writeDelimiter(w: OctetWriter, boundary: Buffer, length: number, first: boolean): void {
  assert(length > 0 && length <= BOUNDARY_LIMIT_OCTETS, 'boundary of a wrong length');
  if (!first) w.crlf();
  w.octet(Octet.dash).octet(Octet.dash).span(boundary, 0, length).crlf();
}

/** Ends the last part: `CRLF --boundary--`, with no CRLF after it (that one would be MSRP's, rules 1.7). */
export function writeCloseDelimiter(w: OctetWriter, boundary: Buffer, length: number): void {
  w.crlf().octet(Octet.dash).octet(Octet.dash).span(boundary, 0, length).octet(Octet.dash).octet(Octet.dash);
}
