/**
 * The invariants' own reader of a msrpfrag (A12): start line, header lines, empty line; then the body, up to the end-line with the
 * id of the start line where a pushed part has one. A stored fragment ends with its empty line.
 */
import { equalsLower, startsWith } from './search.js';
import { slowDigest } from './slow-sip.js';

const CR = 13;
const LF = 10;
const COLON = 58;
const SPACE = 32;
const HEAD_LIMIT_OCTETS = 4096;
const DASHES = '-------';

export class SlowFragment {
  fault: string | undefined;
  /** Header lines in all. */
  count = 0;
  /** Of Message-ID and of Content-Type. */
  ids = 0;
  types = 0;
  /** Digests of their values; 0 if absent. */
  id = 0;
  type = 0;
  bodyStart = 0;
  bodyEnd = 0;
  private tidStart = 0;
  private tidEnd = 0;

  /** Reads octets [start, end): `whole` with body and end-line, else the head alone. */
  read(buf: Buffer, start: number, end: number, whole: boolean): boolean {
    this.fault = undefined;
    this.count = this.ids = this.types = this.id = this.type = 0;
    const limit = Math.min(end, start + HEAD_LIMIT_OCTETS);
    let at = start;
    for (let first = true; ; first = false) {
      const lineEnd = endOfLine(buf, at, limit);
      if (lineEnd < 0) return this.fail('a fragment without an empty line');
      if (first) {
        if (!this.startLine(buf, at, lineEnd)) return this.fail('a fragment without MSRP start line');
      } else if (lineEnd === at) break;
      else if (!this.header(buf, at, lineEnd)) return this.fail('a header line without name and value');
      at = lineEnd + 2;
    }
    this.bodyStart = at + 2;
    this.bodyEnd = end;
    if (!whole) return this.bodyStart === end || this.fail('octets after the head of a stored fragment');
    return this.endLine(buf, end) || this.fail('a fragment without its end-line');
  }

  private startLine(buf: Buffer, start: number, end: number): boolean {
    this.tidStart = start + 5;
    this.tidEnd = end - 5;
    return (
      this.tidEnd > this.tidStart &&
      startsWith(buf, start, end, 'MSRP ') &&
      startsWith(buf, this.tidEnd, end, ' SEND')
    );
  }

  private header(buf: Buffer, start: number, end: number): boolean {
    let colon = start;
    while (colon < end && buf[colon] !== COLON) colon++;
    if (colon === end || colon === start) return false;
    const value = buf[colon + 1] === SPACE ? colon + 2 : colon + 1;
    this.count++;
    if (equalsLower(buf, start, colon, 'message-id')) {
      this.ids++;
      this.id = slowDigest(buf, value, end);
    } else if (equalsLower(buf, start, colon, 'content-type')) {
      this.types++;
      this.type = slowDigest(buf, value, end);
    }
    return true;
  }

  /** `CRLF ------- tid $` at the very end. */
  private endLine(buf: Buffer, end: number): boolean {
    const tid = this.tidEnd - this.tidStart;
    const at = end - 1 - tid - DASHES.length - 2;
    if (at < this.bodyStart || buf[end - 1] !== 0x24 || buf[at] !== CR || buf[at + 1] !== LF) return false;
    if (!startsWith(buf, at + 2, end, DASHES)) return false;
    for (let i = 0; i < tid; i++) if (buf[end - 1 - tid + i] !== buf[this.tidStart + i]) return false;
    this.bodyEnd = at;
    return true;
  }

  private fail(words: string): boolean {
    this.fault = words;
    return false;
  }
}

function endOfLine(buf: Buffer, at: number, end: number): number {
  for (let i = at; i + 1 < end; i++) if (buf[i] === CR && buf[i + 1] === LF) return i;
  return -1;
}
