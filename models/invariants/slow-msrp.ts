/**
 * The invariants' own reader of an MSRP stream (RFC 4975 section 9): it gathers octets until a whole frame is there, reads the
 * head line by line, and finds the end by looking for the end-line, never by Byte-Range. A frame that goes on beyond what its
 * Byte-Range says is a fault, so that an end-line that never comes cannot keep the reader waiting in silence.
 */
import { Needle, startsWith } from './search.js';
import { slowDigest, slowNumber } from './slow-sip.js';

const END_LINE = new Needle('\r\n-------');
const END_LINE_OCTETS = 9;
const DASHES = '-------';
/** CRLF, dashes, transaction id, flag, CRLF. */
const LONGEST_END_LINE = 2 + 7 + 32 + 3;
/** A head of ours is far shorter. */
const LONGEST_HEAD = 4096;
const LINES = 24;
const CR = 13;
const LF = 10;
const SPACE = 32;
const COLON = 58;
const NO_LINE = -1;

/** `kind` of requests; a response has its status. */
export const FrameKind = { send: 1, report: 2, other: 3 } as const;

/** A frame: spans of `octets`, valid until the stream is fed again. One object for each stream. */
export class SlowFrame {
  octets: Buffer = Buffer.alloc(0);
  /** {@link FrameKind}, or the status of a response (100 and above). */
  kind = 0;
  tidStart = 0;
  tidEnd = 0;
  bodyStart = 0;
  bodyEnd = 0;
  /** The octet of `$`, `+` or `#`. */
  flag = 0;
  lines = 0;
  readonly lineStart = new Int32Array(LINES);
  readonly lineEnd = new Int32Array(LINES);

  /** The transaction id as a number. */
  get tid(): number {
    return slowDigest(this.octets, this.tidStart, this.tidEnd);
  }

  /** Index of the first header line `name`; -1 if there is none. */
  find(name: string): number {
    for (let i = 0; i < this.lines; i++) {
      const start = this.lineStart[i];
      if (
        this.octets[start + name.length] === COLON &&
        startsWith(this.octets, start, this.lineEnd[i], name)
      ) {
        return i;
      }
    }
    return -1;
  }

  /** Value of the first header `name` as text; '' if there is none. */
  text(name: string): string {
    const i = this.find(name);
    return i < 0 ? '' : this.octets.latin1Slice(this.lineStart[i] + name.length + 2, this.lineEnd[i]);
  }
}

export class SlowMsrpStream {
  /** What is wrong; once set, nothing more is read. */
  fault: string | undefined;
  private held: Buffer = Buffer.alloc(1024);
  private from = 0;
  private to = 0;
  /** Where the search for the end-line goes on. */
  private searched = 0;
  private readonly frame = new SlowFrame();
  private frames = 0;

  /** Takes the next octets of the stream, and tells of each frame that is complete. */
  feed(buf: Buffer, start: number, end: number, onFrame: (frame: SlowFrame) => void): void {
    if (this.fault !== undefined) return;
    this.take(buf, start, end);
    while (this.from < this.to && this.fault === undefined) {
      const used = this.read();
      if (used === 0) return;
      this.frames++;
      onFrame(this.frame);
      this.from += used;
      this.searched = this.from;
    }
  }

  /** True if the stream stops in the middle of a frame. */
  get unfinished(): boolean {
    return this.to > this.from;
  }

  /** False as long as what came could be something else. */
  get isMsrp(): boolean {
    return this.frames > 0 || startsWith(this.held, this.from, this.to, 'MSRP ');
  }

  private take(buf: Buffer, start: number, end: number): void {
    const rest = this.to - this.from;
    if (rest === 0) this.from = this.to = this.searched = 0;
    const size = end - start;
    if (this.to + size > this.held.length) {
      const held =
        rest + size > this.held.length
          ? Buffer.alloc(Math.max(rest + size, this.held.length * 2))
          : this.held;
      this.held.copy(held, 0, this.from, this.to);
      this.held = held;
      this.searched -= this.from;
      this.to = rest;
      this.from = 0;
    }
    buf.copy(this.held, this.to, start, end);
    this.to += size;
  }

  /** Octets of the frame that begins at `from`, left in `frame`; 0 if it is not complete or not sound. */
  private read(): number {
    const { frame, held, from } = this;
    frame.octets = held;
    frame.lines = 0;
    let lineEnd = this.lineEnd(from);
    if (lineEnd === NO_LINE) return this.waitForHead();
    if (!this.startLine(from, lineEnd)) return this.fail('no start line of MSRP');
    for (;;) {
      const at = lineEnd + 2;
      lineEnd = this.lineEnd(at);
      if (lineEnd === NO_LINE) return this.waitForHead();
      if (startsWith(held, at, lineEnd, DASHES)) {
        frame.bodyStart = frame.bodyEnd = at;
        return this.ended(at - 2, false);
      }
      if (lineEnd === at) return this.body(at + 2);
      if (frame.lines === LINES) return this.fail('more header lines than any frame of ours has');
      if (!isHeader(held, at, lineEnd)) return this.fail('a header line without name and value');
      frame.lineStart[frame.lines] = at;
      frame.lineEnd[frame.lines++] = lineEnd;
    }
  }

  private body(bodyStart: number): number {
    const { held, frame } = this;
    frame.bodyStart = bodyStart;
    let at = Math.max(bodyStart - 2, this.searched);
    for (;;) {
      at = END_LINE.in(held, at, this.to);
      if (at < 0) break;
      if (at + LONGEST_END_LINE > this.to && this.lineEnd(at + 2) === NO_LINE) break;
      frame.bodyEnd = Math.max(bodyStart, at);
      const used = this.ended(at, true);
      if (used > 0 || this.fault !== undefined) return used;
      at++;
    }
    const longest = this.longestBody();
    if (longest >= 0 && this.to > bodyStart + longest + LONGEST_END_LINE) {
      return this.fail('no end-line where Byte-Range says that the body ends');
    }
    this.searched = Math.max(bodyStart - 2, this.to - LONGEST_END_LINE);
    return 0;
  }

  /** The end-line of this frame at `at`, which is the CR before it? Then octets of the frame, else 0. */
  private ended(at: number, hasBody: boolean): number {
    const { held, frame, to } = this;
    const tid = at + END_LINE_OCTETS;
    const octets = frame.tidEnd - frame.tidStart;
    const after = tid + octets;
    let same = after + 3 <= to;
    for (let i = 0; same && i < octets; i++) same = held[tid + i] === held[frame.tidStart + i];
    const flag = held[after];
    same &&= (flag === 36 || flag === 43 || flag === 35) && held[after + 1] === CR && held[after + 2] === LF;
    if (!same) return hasBody ? 0 : this.fail('an end-line that is not that of its frame');
    frame.flag = flag;
    if (frame.find('To-Path') !== 0 || frame.find('From-Path') !== 1) {
      return this.fail('a frame whose first headers are not To-Path and From-Path');
    }
    if (hasBody && frame.find('Content-Type') !== frame.lines - 1) {
      return this.fail('a frame with a body whose last header is not Content-Type');
    }
    return after + 3 - this.from;
  }

  /** `MSRP tid SEND`, `MSRP tid REPORT`, `MSRP tid 200 OK`. */
  private startLine(start: number, end: number): boolean {
    const { held, frame } = this;
    if (!startsWith(held, start, end, 'MSRP ')) return false;
    frame.tidStart = start + 5;
    let at = frame.tidStart;
    while (at < end && isIdent(held[at])) at++;
    frame.tidEnd = at;
    if (at - frame.tidStart < 4 || at - frame.tidStart > 32 || held[at] !== SPACE) return false;
    at++;
    if (held[at] >= 48 && held[at] <= 57) {
      if (at + 3 !== end && held[at + 3] !== SPACE) return false;
      frame.kind = slowNumber(held, at, Math.min(end, at + 3));
      return frame.kind >= 100;
    }
    const send = end - at === 4 && startsWith(held, at, end, 'SEND');
    const report = end - at === 6 && startsWith(held, at, end, 'REPORT');
    frame.kind = send ? FrameKind.send : report ? FrameKind.report : FrameKind.other;
    return send || report;
  }

  /** Octets of the body that Byte-Range allows at most; -1 if it does not say. */
  private longestBody(): number {
    const [, first, last] = /^([0-9]+)-([0-9]+)\//.exec(this.frame.text('Byte-Range')) ?? [];
    return first === undefined ? -1 : Number(last) - Number(first) + 1;
  }

  /** The CR of the line's end from `at` on. */
  private lineEnd(at: number): number {
    const { held, to } = this;
    for (let i = at; i + 1 < to; i++) if (held[i] === CR && held[i + 1] === LF) return i;
    return NO_LINE;
  }

  private waitForHead(): number {
    return this.to - this.from > LONGEST_HEAD ? this.fail('a head without end') : 0;
  }

  private fail(words: string): number {
    this.fault = words;
    return 0;
  }
}

/** A name, a colon, a space and something after it. */
function isHeader(buf: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && isIdent(buf[at])) at++;
  return at > start && buf[at] === COLON && buf[at + 1] === SPACE && at + 2 < end;
}

/** Octets of `ident` (RFC 4975 section 9). */
function isIdent(octet: number): boolean {
  return (
    (octet >= 97 && octet <= 122) ||
    (octet >= 65 && octet <= 90) ||
    (octet >= 48 && octet <= 57) ||
    octet === 45 || // -
    octet === 46 || // .
    octet === 43 || // +
    octet === 37 || // %
    octet === 61 // =
  );
}
