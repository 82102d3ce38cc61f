/**
 * Multipart bodies (RFC 2046 section 5.1.1), read. Parts are spans of the buffer; nothing is copied, and a part that is a
 * multipart itself is parsed by another object over its body span.
 *
 * A delimiter is `--boundary` at the beginning of a line; as the RFC says, what follows on that line is not compared, but
 * `--` makes it the closing one. The CRLF before a delimiter belongs to it. Preamble and epilogue are skipped. A body that
 * ends without a closing delimiter is a typed fault, and its parts can be used all the same.
 *
 * Not modelled: lines that end in a bare LF (see `liberal.ts`), Content-Transfer-Encoding, digests (`multipart/digest`).
 */
import { Octet, equalsText, skipSpace, startsWith, trimSpace } from './octets.js';
import type { ContentType } from './content-type.js';

/** Why a multipart body was refused. */
export const MultipartFault = {
  none: 0,
  /** The boundary is empty, longer than 70 octets, or there is no such parameter. */
  badBoundary: 1,
  /** No line begins with the delimiter. */
  noDelimiter: 2,
  /** The body ends without the closing delimiter; the last part runs to the end. */
  noCloseDelimiter: 3,
  /** More parts than {@link PARTS_LIMIT}. */
  tooManyParts: 4,
} as const;
export type MultipartFault = (typeof MultipartFault)[keyof typeof MultipartFault];

/** Parts that one multipart body may have here; more is a fault, so that memory stays bounded. */
export const PARTS_LIMIT = 64;
/** Longest boundary of RFC 2046. */
export const BOUNDARY_LIMIT_OCTETS = 70;

/** One part: header lines [headStart, headEnd) with the CRLF of each but perhaps the last, and body [bodyStart, bodyEnd). */
export class MultipartPart {
  headStart = 0;
  headEnd = 0;
  bodyStart = 0;
  bodyEnd = 0;
}

/** A parsed multipart body. Reuse one object; the spans are valid for the buffer that was parsed. */
export class Multipart {
  fault: MultipartFault = MultipartFault.none;
  faultAt = 0;
  /** The first `count` are valid. */
  readonly parts: MultipartPart[] = [];
  count = 0;
  /** Span of the value found by {@link findHeader}. */
  valueStart = 0;
  valueEnd = 0;
  /** First octet after the closing delimiter's line; the end if there is none. */
  epilogueStart = 0;

  /** Parses [start, end) with the boundary that `type` (parsed from the Content-Type) carries. False on a fault. */
  parseWith(buf: Buffer, start: number, end: number, type: ContentType): boolean {
    this.count = 0;
    this.epilogueStart = end;
    if (!type.findParameter('boundary')) return this.fail(MultipartFault.badBoundary, start);
    return this.parse(buf, start, end, type.valueText());
  }

  /** Parses [start, end) with `boundary` (without its two hyphens). False on a fault. */
  parse(buf: Buffer, start: number, end: number, boundary: string): boolean {
    this.count = 0;
    this.fault = MultipartFault.none;
    this.epilogueStart = end;
    if (boundary.length === 0 || boundary.length > BOUNDARY_LIMIT_OCTETS) {
      return this.fail(MultipartFault.badBoundary, start);
    }
    const delimiter = '--' + boundary;
    const view = buf.subarray(start, end);
    let at = nextDelimiter(view, delimiter, 0);
    if (at < 0) return this.fail(MultipartFault.noDelimiter, start);
    for (;;) {
      const afterDelimiter = at + delimiter.length;
      const lineEnd = endOfLine(view, afterDelimiter);
      if (view[afterDelimiter] === Octet.dash && view[afterDelimiter + 1] === Octet.dash) {
        this.epilogueStart = start + lineEnd;
        return true;
      }
      if (this.count === PARTS_LIMIT) return this.fail(MultipartFault.tooManyParts, start + at);
      const next = nextDelimiter(view, delimiter, lineEnd);
      // The CRLF before the next delimiter is the delimiter's, unless the part is empty and that CRLF ended our own line.
      const partEnd = next < 0 ? view.length : Math.max(lineEnd, next - 2);
      this.addPart(view, start, lineEnd, partEnd);
      if (next < 0) return this.fail(MultipartFault.noCloseDelimiter, end);
      at = next;
    }
  }

  /** Looks for the header `name` (lower case) of a part; its value, trimmed, is then in `valueStart`, `valueEnd`. */
  findHeader(buf: Buffer, part: MultipartPart, name: string): boolean {
    let at = part.headStart;
    while (at < part.headEnd) {
      const line = at;
      at = lineAfter(buf, at, part.headEnd);
      let nameEnd = line;
      while (nameEnd < at && buf[nameEnd] !== Octet.colon) nameEnd++;
      if (nameEnd === at || !equalsText(buf, line, trimSpace(buf, line, nameEnd), name)) continue;
      // Folded lines belong to the value (RFC 822); a media type parameter may stand there.
      while (at < part.headEnd && (buf[at] === Octet.space || buf[at] === Octet.tab)) {
        at = lineAfter(buf, at, part.headEnd);
      }
      let valueEnd = at;
      while (valueEnd > nameEnd + 1 && (buf[valueEnd - 1] === Octet.lf || buf[valueEnd - 1] === Octet.cr))
        valueEnd--;
      this.valueStart = skipSpace(buf, nameEnd + 1, valueEnd);
      this.valueEnd = trimSpace(buf, this.valueStart, valueEnd);
      return true;
    }
    return false;
  }

  private addPart(view: Buffer, base: number, start: number, end: number): void {
    let part = this.parts[this.count];
    if (part === undefined) this.parts.push((part = new MultipartPart()));
    this.count++;
    part.headStart = base + start;
    part.bodyEnd = base + end;
    if (startsWith(view, start, end, '\r\n')) {
      part.headEnd = base + start;
      part.bodyStart = base + start + 2;
      return;
    }
    const blank = view.indexOf('\r\n\r\n', start, 'latin1');
    if (blank >= 0 && blank + 4 <= end) {
      part.headEnd = base + blank + 2;
      part.bodyStart = base + blank + 4;
    } else {
      part.headEnd = base + end;
      part.bodyStart = base + end;
    }
  }

  private fail(fault: MultipartFault, at: number): boolean {
    this.fault = fault;
    this.faultAt = at;
    return false;
  }
}

/** Position of the next `delimiter` at the beginning of a line of `view`, from `at`; -1 if there is none. */
function nextDelimiter(view: Buffer, delimiter: string, at: number): number {
  for (;;) {
    const found = view.indexOf(delimiter, at, 'latin1');
    if (found < 0) return -1;
    if (found === 0 || (view[found - 1] === Octet.lf && view[found - 2] === Octet.cr)) return found;
    at = found + 1;
  }
}

/** First octet after the CRLF at or after `at`; the end of `view` if there is none. */
function endOfLine(view: Buffer, at: number): number {
  const found = view.indexOf('\r\n', at, 'latin1');
  return found < 0 ? view.length : found + 2;
}

function lineAfter(buf: Buffer, at: number, end: number): number {
  while (at < end && buf[at] !== Octet.lf) at++;
  return at < end ? at + 1 : end;
}
