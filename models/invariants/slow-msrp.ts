/**
 * The invariants' own reader of an MSRP stream (RFC 4975 section 9): it gathers octets until a whole frame is there, and finds
 * the end by looking for the end-line, never by Byte-Range. Slow and plain.
 */

const CRLF2 = Buffer.from('\r\n\r\n');

/** What is told of a frame: its start line and headers as text, where its body lies in `octets`, and its flag. */
export interface SlowFrame {
  readonly tid: string;
  /** `SEND`, `REPORT`, or the three digits of a response. */
  readonly kind: string;
  /** Lines of the header section, without the start line. */
  readonly headers: readonly string[];
  readonly octets: Buffer;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly flag: string;
}

export class SlowMsrpStream {
  /** What is wrong; once set, nothing more is read. */
  fault: string | undefined;
  private held: Buffer = Buffer.alloc(0);
  /** Where a search for the end-line need not begin anew. */
  private searched = 0;

  /** Takes the next octets of the stream, and tells of each frame that is complete. */
  feed(buf: Buffer, start: number, end: number, onFrame: (frame: SlowFrame) => void): void {
    if (this.fault !== undefined) return;
    const piece = buf.subarray(start, end);
    this.held = this.held.length === 0 ? Buffer.concat([piece]) : Buffer.concat([this.held, piece]);
    while (this.held.length > 0 && this.fault === undefined) {
      const used = this.frame(onFrame);
      if (used === 0) return;
      this.held = this.held.subarray(used);
      this.searched = 0;
    }
  }

  /** True if the stream stops in the middle of a frame. */
  get unfinished(): boolean {
    return this.held.length > 0;
  }

  private frame(onFrame: (frame: SlowFrame) => void): number {
    const { held } = this;
    const lineEnd = held.indexOf('\r\n', 0, 'latin1');
    if (lineEnd < 0) {
      if (held.length > 2048) this.fault = 'a start line without end';
      return 0;
    }
    const line = held.latin1Slice(0, lineEnd);
    const match = /^MSRP ([A-Za-z0-9][A-Za-z0-9.\-+%=]{3,31}) (SEND|REPORT|[0-9]{3})( .*)?$/.exec(line);
    if (match === null) {
      this.fault = `no start line of MSRP: ${line.slice(0, 60)}`;
      return 0;
    }
    const mark = `\r\n-------${match[1]}`;
    let at = held.indexOf(mark, Math.max(lineEnd, this.searched), 'latin1');
    for (; at >= 0; at = held.indexOf(mark, at + 1, 'latin1')) {
      const after = at + mark.length;
      if (after + 3 > held.length) return 0;
      const flag = held.latin1Slice(after, after + 1);
      if ('$+#'.includes(flag) && held[after + 1] === 13 && held[after + 2] === 10) {
        this.tell(match[1], match[2], lineEnd, at, flag, onFrame);
        return after + 3;
      }
    }
    this.searched = Math.max(lineEnd, held.length - mark.length - 2);
    return 0;
  }

  private tell(
    tid: string,
    kind: string,
    lineEnd: number,
    endLine: number,
    flag: string,
    onFrame: (frame: SlowFrame) => void,
  ): void {
    const { held } = this;
    const blank = held.indexOf(CRLF2, lineEnd);
    const hasBody = blank >= 0 && blank < endLine;
    const headEnd = hasBody ? blank : endLine;
    const head = headEnd > lineEnd ? held.latin1Slice(lineEnd + 2, headEnd) : '';
    const headers = head === '' ? [] : head.split('\r\n');
    if (
      !/^To-Path: msrps?:\/\/\S/.test(headers[0] ?? '') ||
      !/^From-Path: msrps?:\/\/\S/.test(headers[1] ?? '')
    ) {
      this.fault = 'a frame whose first headers are not To-Path and From-Path';
      return;
    }
    if (hasBody && !/^Content-Type: /.test(headers[headers.length - 1])) {
      this.fault = 'a frame with a body whose last header is not Content-Type';
      return;
    }
    const bodyStart = hasBody ? blank + 4 : endLine;
    onFrame({ tid, kind, headers, octets: held, bodyStart, bodyEnd: Math.max(bodyStart, endLine), flag });
  }
}

/** Value of the first header `name` of a frame; '' if there is none. */
export function frameHeader(frame: SlowFrame, name: string): string {
  const prefix = `${name}: `;
  const line = frame.headers.find((header) => header.startsWith(prefix));
  return line === undefined ? '' : line.slice(prefix.length);
}
