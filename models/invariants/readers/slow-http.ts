/**
 * A plain reader of HTTP/1.1 on one direction of a connection, for the invariants: start line and octets of each message. It knows
 * Content-Length and nothing else, which is all that the models' own peers write; what does not read so is a fault.
 */

/** Hears of a message: its start line, and octets [start, end) of `buf` as the whole of it, valid during the call. */
export type SlowHttpListener = (line: string, buf: Buffer, start: number, end: number) => void;

export class SlowHttp {
  fault: string | undefined;
  private rest: Buffer = Buffer.alloc(0);

  /** Takes the next octets and tells `each` of every message that is complete; false if they do not read. */
  feed(buf: Buffer, start: number, end: number, each: SlowHttpListener): boolean {
    if (this.fault !== undefined) return false;
    const piece = buf.subarray(start, end);
    const octets = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    let at = 0;
    while (at < octets.length) {
      const headEnd = octets.indexOf('\r\n\r\n', at, 'latin1');
      if (headEnd < 0) break;
      const head = octets.latin1Slice(at, headEnd + 2);
      const line = head.slice(0, head.indexOf('\r\n'));
      if (!/^(?:[A-Z]+ \S+ HTTP\/1\.1|HTTP\/1\.1 [1-5][0-9][0-9] .*)$/.test(line)) {
        this.fault = `start line ${line.slice(0, 80)}`;
        return false;
      }
      const match = /\r\nContent-Length: *([0-9]+)\r\n/i.exec(head);
      const total = headEnd + 4 + (match === null ? 0 : Number(match[1]));
      if (octets.length < total) break;
      each(line, octets, at, total);
      at = total;
    }
    // A copy: what was given is only valid during the call.
    this.rest = Buffer.from(octets.subarray(at));
    return true;
  }
}
