/**
 * Multipart bodies, written: delimiters and the choice of a boundary (RFC 2046 section 5.1.1, rule A20).
 *
 * A boundary is good if `--boundary` stands nowhere in the content. The RFC forbids it only at the beginning of a line;
 * anywhere is stricter, cheaper to check, and covers an inner boundary that extends ours.
 */
import { assert } from '../../../sim/kernel/assert.js';
import type { OctetWriter } from '../octet-writer.js';
import { BOUNDARY_LIMIT_OCTETS } from './multipart.js';
import { findText } from './octets.js';

/** True if `boundary` may delimit parts made of octets [start, end) of `buf`. */
export function boundaryFits(boundary: string, buf: Buffer, start: number, end: number): boolean {
  return findText(buf, start, end, '--' + boundary) < 0;
}

/** Opens the first part: `--boundary CRLF`, or a later one, whose delimiter begins with CRLF. */
export function writeDelimiter(w: OctetWriter, boundary: string, first: boolean): void {
  assert(boundary.length > 0 && boundary.length <= BOUNDARY_LIMIT_OCTETS, 'boundary of a wrong length');
  if (!first) w.crlf();
  w.ascii('--').ascii(boundary).crlf();
}

/** Ends the last part: `CRLF --boundary--`, with no CRLF after it (that one would be MSRP's, rules 1.7). */
export function writeCloseDelimiter(w: OctetWriter, boundary: string): void {
  w.crlf().ascii('--').ascii(boundary).ascii('--');
}
