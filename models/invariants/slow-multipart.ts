/**
 * The invariants' own reader of a pushed payload: multipart/mixed as RFC 2046 section 5.1.1 has it, with the delimiter taken
 * from its first line. Two parts at most, which is what a deferred message has.
 */

const CRLF2 = '\r\n\r\n';

export class SlowMultipart {
  fault: string | undefined;
  boundary = '';
  parts = 0;
  /** Content-Type line value of each part, lower case. */
  readonly types = ['', ''];
  readonly bodyStart = [0, 0];
  readonly bodyEnd = [0, 0];

  /** Reads the payload in octets [start, end): no preamble, no epilogue, nothing after the closing delimiter. */
  read(buf: Buffer, start: number, end: number): boolean {
    this.parts = 0;
    this.fault = undefined;
    const lineEnd = buf.indexOf('\r\n', start, 'latin1');
    if (lineEnd < 0 || lineEnd >= end || buf[start] !== 45 || buf[start + 1] !== 45) {
      return this.fail('the payload does not begin with a delimiter line');
    }
    this.boundary = buf.latin1Slice(start + 2, lineEnd);
    if (this.boundary.length === 0 || this.boundary.length > 70)
      return this.fail('a boundary of impossible length');
    const delimiter = `\r\n--${this.boundary}`;
    let at = lineEnd + 2;
    for (;;) {
      if (this.parts === 2) return this.fail('more than two parts');
      const headEnd = buf.indexOf(CRLF2, at - 2, 'latin1');
      if (headEnd < 0 || headEnd >= end) return this.fail('a part without the end of its header');
      const next = buf.indexOf(delimiter, at - 2, 'latin1');
      if (next < 0 || next >= end) return this.fail('a part without a delimiter after it');
      if (headEnd + 4 > next + 2) return this.fail('a delimiter inside the header of a part');
      this.types[this.parts] = typeOf(buf.latin1Slice(at, headEnd));
      this.bodyStart[this.parts] = headEnd + 4;
      this.bodyEnd[this.parts] = Math.max(headEnd + 4, next);
      this.parts++;
      const after = next + delimiter.length;
      if (after + 2 === end && buf[after] === 45 && buf[after + 1] === 45) return true;
      if (buf[after] !== 13 || buf[after + 1] !== 10) return this.fail('octets after a delimiter');
      at = after + 2;
    }
  }

  private fail(words: string): boolean {
    this.fault = words;
    return false;
  }
}

function typeOf(head: string): string {
  const match = /^content-type:\s*([^\s;]+)/im.exec(head);
  return match === null ? '' : match[1].toLowerCase();
}
