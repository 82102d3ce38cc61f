/**
 * A plain reader of HTTP/1.1 on one direction of a connection, for the invariants: start line and body of each message. It knows
 * Content-Length and nothing else, which is all that the models' own peers write; what does not read so is a fault.
 */
export class SlowHttp {
  fault: string | undefined;
  private rest: Buffer = Buffer.alloc(0);

  /** Takes the next octets and tells `each` of every message that is complete: start line, header lines, whole octets. */
  feed(buf: Buffer, start: number, end: number, each: (line: string, octets: Buffer) => void): void {
    if (this.fault !== undefined) return;
    const piece = buf.subarray(start, end);
    let octets = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    for (;;) {
      const headEnd = octets.indexOf('\r\n\r\n', 0, 'latin1');
      if (headEnd < 0) break;
      const lineEnd = octets.indexOf('\r\n', 0, 'latin1');
      const line = octets.latin1Slice(0, lineEnd);
      if (!/^(?:[A-Z]+ \S+ HTTP\/1\.1|HTTP\/1\.1 [1-5][0-9][0-9] .*)$/.test(line)) {
        this.fault = `start line ${line.slice(0, 80)}`;
        return;
      }
      const head = octets.latin1Slice(lineEnd, headEnd + 2);
      const match = /\r\nContent-Length: *([0-9]+)\r\n/i.exec(head);
      const total = headEnd + 4 + (match === null ? 0 : Number(match[1]));
      if (octets.length < total) break;
      each(line, octets.subarray(0, total));
      octets = octets.subarray(total);
    }
    // A copy: what was given is only valid during the call.
    this.rest = octets.length === 0 ? octets : Buffer.concat([octets]);
  }
}
