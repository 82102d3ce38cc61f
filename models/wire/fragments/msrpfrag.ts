/**
 * message/msrpfrag: headers and body of an MSRP SEND as a MIME part. No document defines the type; this is the grammar of
 * A12, by analogy with RFC 3420:
 *
 *     msrpfrag = framed / bare
 *     framed   = start-line *header [CRLF body CRLF] "-------" tid flag
 *     bare     = *header [CRLF body]
 *
 * The end-line is there if and only if the start line is, stands at the very end of the part, and is never searched for: the
 * MIME boundary delimits the part. Carried headers are Message-ID and Content-Type (S3-msrp); others are skipped.
 *
 * Not modelled: fragments of responses and REPORTs.
 */
import { Octet, equalsText, findText, skipSpace, startsWith, trimSpace } from '../mime/octets.js';

const START = 'MSRP ';
const END_LINE = '-------';

/** Why octets are not a msrpfrag. */
export const FragmentFault = {
  none: 0,
  /** It begins with `MSRP ` but not with `MSRP tid SEND CRLF`. */
  startLine: 1,
  /** A line that is no `Name: value`. */
  headerLine: 2,
  /** There is a start line, but `CRLF ------- tid flag` does not end the part. */
  endLine: 3,
} as const;
export type FragmentFault = (typeof FragmentFault)[keyof typeof FragmentFault];

/** Start line and headers of a fragment. Reuse one object; spans are empty (start = end = 0) where something is absent. */
export class FragmentHead {
  fault: FragmentFault = FragmentFault.none;
  faultAt = 0;
  /** True if there is a start line. */
  framed = false;
  tidStart = 0;
  tidEnd = 0;
  /** First octet of the first header line. */
  headersStart = 0;
  /** Values, exactly as they came (P5). */
  idStart = 0;
  idEnd = 0;
  typeStart = 0;
  typeEnd = 0;
  /** After the empty line; `end` if there is none, that is no body (unlike an empty one). */
  bodyStart = 0;
  hasBody = false;

  /** Parses the head in [start, end): up to the empty line, or to `end`. False on a fault. */
  parse(buf: Buffer, start: number, end: number): boolean {
    this.fault = FragmentFault.none;
    this.framed = this.hasBody = false;
    this.tidStart = this.tidEnd = this.idStart = this.idEnd = this.typeStart = this.typeEnd = 0;
    let at = start;
    if (startsWith(buf, start, end, START)) {
      at = this.startLine(buf, start, end);
      if (at < 0) return this.fail(FragmentFault.startLine, start);
    }
    this.headersStart = at;
    this.bodyStart = end;
    while (at < end) {
      if (buf[at] === Octet.cr && buf[at + 1] === Octet.lf && at + 2 <= end) {
        this.hasBody = true;
        this.bodyStart = at + 2;
        return true;
      }
      if (this.framed && startsWith(buf, at, end, END_LINE)) {
        // A framed fragment without a body: its end-line follows the last header.
        this.bodyStart = at;
        return true;
      }
      const line = at;
      while (at < end && buf[at] !== Octet.lf) at++;
      const lineEnd = at > line && buf[at - 1] === Octet.cr ? at - 1 : at;
      if (at < end) at++;
      if (!this.header(buf, line, lineEnd)) return this.fail(FragmentFault.headerLine, line);
    }
    return true;
  }

  protected fail(fault: FragmentFault, at: number): boolean {
    this.fault = fault;
    this.faultAt = at;
    return false;
  }

  /** Position after `MSRP tid SEND CRLF`, or -1. */
  private startLine(buf: Buffer, start: number, end: number): number {
    let at = start + START.length;
    this.tidStart = at;
    while (at < end && buf[at] > Octet.space) at++;
    this.tidEnd = at;
    if (at === this.tidStart || !startsWith(buf, at, end, ' SEND\r\n')) return -1;
    this.framed = true;
    return at + 7;
  }

  private header(buf: Buffer, start: number, end: number): boolean {
    let colon = start;
    while (colon < end && buf[colon] !== Octet.colon) colon++;
    if (colon === end || colon === start) return false;
    const valueStart = skipSpace(buf, colon + 1, end);
    const valueEnd = trimSpace(buf, valueStart, end);
    if (equalsText(buf, start, colon, 'message-id')) {
      this.idStart = valueStart;
      this.idEnd = valueEnd;
    } else if (equalsText(buf, start, colon, 'content-type')) {
      this.typeStart = valueStart;
      this.typeEnd = valueEnd;
    }
    return true;
  }
}

/** A whole msrpfrag part, body included. */
export class MsrpFragment extends FragmentHead {
  bodyEnd = 0;
  /** Flag of the end-line: `$`, `+` or `#` as an octet; 0 for a bare fragment. */
  flag = 0;

  /** Parses the part in [start, end). False on a fault. */
  override parse(buf: Buffer, start: number, end: number): boolean {
    this.flag = 0;
    this.bodyEnd = end;
    if (!super.parse(buf, start, end)) return false;
    if (!this.framed) return true;
    const tidOctets = this.tidEnd - this.tidStart;
    const lineStart = end - END_LINE.length - tidOctets - 1;
    const flag = buf[end - 1];
    if (
      lineStart < this.bodyStart ||
      !startsWith(buf, lineStart, end, END_LINE) ||
      buf.compare(buf, this.tidStart, this.tidEnd, lineStart + END_LINE.length, end - 1) !== 0 ||
      (flag !== 0x24 && flag !== 0x2b && flag !== 0x23)
    ) {
      return this.fail(FragmentFault.endLine, Math.max(start, lineStart));
    }
    this.flag = flag;
    if (!this.hasBody) {
      this.bodyEnd = this.bodyStart;
      return lineStart === this.bodyStart ? true : this.fail(FragmentFault.endLine, this.bodyStart);
    }
    if (
      lineStart - 2 < this.bodyStart ||
      buf[lineStart - 2] !== Octet.cr ||
      buf[lineStart - 1] !== Octet.lf
    ) {
      return this.fail(FragmentFault.endLine, lineStart);
    }
    this.bodyEnd = lineStart - 2;
    return true;
  }
}

/** True if no `-------tid` stands in [start, end): then the end-line can only be the one at the end (A13). */
export function endLineFits(tid: string, buf: Buffer, start: number, end: number): boolean {
  return findText(buf, start, end, END_LINE + tid) < 0;
}
