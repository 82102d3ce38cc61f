/**
 * The invariants' own reader of an MSRP stream (RFC 4975 section 9): it gathers the head, reads it line by line, passes over the body and
 * finds its end by looking for the end-line, never by Byte-Range. A frame that goes on beyond what its
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
const TOO_LONG = 'no end-line where Byte-Range says that the body ends';
const CR = 13;
const LF = 10;
const SPACE = 32;
const COLON = 58;
/** Where the value of `Byte-Range: ` begins in its line. */
const RANGE_VALUE = 'Byte-Range: '.length;

/** `kind` of requests; a response has its status. */
export const FrameKind = { send: 1, report: 2, other: 3 } as const;

/** A frame: spans of `octets`, its head, valid while it is told. One object for each stream. */
export class SlowFrame {
  octets: Buffer = Buffer.alloc(0);
  /** {@link FrameKind}, or the status of a response (100 and above). */
  kind = 0;
  tidStart = 0;
  tidEnd = 0;
  /** Octets of the body, which are passed over and not kept. */
  bodyOctets = 0;
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
  /** The head of the frame, as far as it came. */
  private held: Buffer = Buffer.alloc(1024);
  private heldOctets = 0;
  /** Where the line begins that is not read yet. */
  private lineStart = 0;
  private inBody = false;
  /** Octets since the end of the head. */
  private passed = 0;
  /** The last octets that were passed, in which an end-line may begin. */
  private readonly tail = Buffer.alloc(2 * LONGEST_END_LINE);
  private tailOctets = 0;
  /** Octets of the body that Byte-Range allows at most; -1 if it does not say. */
  private longest = -1;
  private readonly frame = new SlowFrame();
  private frames = 0;

  /** Takes the next octets of the stream, and tells of each frame that is complete. */
  feed(buf: Buffer, start: number, end: number, onFrame: (frame: SlowFrame) => void): void {
    for (let at = start; at < end && this.fault === undefined;) {
      at = this.inBody ? this.body(buf, at, end, onFrame) : this.head(buf, at, end, onFrame);
    }
  }

  /** True if the stream stops in the middle of a frame. */
  get unfinished(): boolean {
    return this.inBody || this.heldOctets > 0;
  }

  /** False as long as what came could be something else. */
  get isMsrp(): boolean {
    return this.frames > 0 || startsWith(this.held, 0, this.heldOctets, 'MSRP ');
  }

  /** Gathers a line of the head and reads it; gives where to go on. */
  private head(buf: Buffer, start: number, end: number, onFrame: (frame: SlowFrame) => void): number {
    let at = start;
    let to = this.heldOctets;
    let { held } = this;
    while (at < end) {
      if (to === held.length) {
        held = Buffer.alloc(2 * to);
        held.set(this.held, 0);
        this.held = held;
      }
      const octet = buf[at++];
      held[to++] = octet;
      if (octet !== LF || to < this.lineStart + 2 || held[to - 2] !== CR) continue;
      this.heldOctets = to;
      if (to > LONGEST_HEAD) break;
      const { lineStart } = this;
      this.lineStart = to;
      this.line(lineStart, to - 2, onFrame);
      return at;
    }
    this.heldOctets = to;
    if (to > LONGEST_HEAD) this.fail('a head without end');
    return at;
  }

  /** Reads the line [start, end) of the head. */
  private line(start: number, end: number, onFrame: (frame: SlowFrame) => void): void {
    const { frame, held } = this;
    frame.octets = held;
    if (start === 0) {
      frame.lines = 0;
      frame.bodyOctets = 0;
      if (!this.startLine(0, end)) this.fail('no start line of MSRP');
      return;
    }
    if (end === start) {
      this.inBody = true;
      this.passed = 0;
      // The CRLF of the empty line may be that of an end-line.
      this.tail[0] = CR;
      this.tail[1] = LF;
      this.tailOctets = 2;
      this.longest = this.longestBody();
      return;
    }
    if (startsWith(held, start, end, DASHES)) {
      const tid = start + DASHES.length;
      if (
        end - tid !== frame.tidEnd - frame.tidStart + 1 ||
        !this.isTid(held, tid) ||
        !isFlag(held[end - 1])
      ) {
        this.fail('an end-line that is not that of its frame');
      } else this.ended(held[end - 1], false, onFrame);
      return;
    }
    if (frame.lines === LINES) this.fail('more header lines than any frame of ours has');
    else if (!isHeader(held, start, end)) this.fail('a header line without name and value');
    else {
      frame.lineStart[frame.lines] = start;
      frame.lineEnd[frame.lines++] = end;
    }
  }

  /** Passes over octets of the body up to the end-line; gives where to go on. */
  private body(buf: Buffer, start: number, end: number, onFrame: (frame: SlowFrame) => void): number {
    const { tail, tailOctets } = this;
    const longest = this.endLineOctets();
    const next = Math.min(longest - 1, end - start);
    for (let i = 0; i < next; i++) tail[tailOctets + i] = buf[start + i];
    let found = this.endLine(tail, 0, tailOctets + next);
    if (found >= 0) {
      const octets = this.passed - tailOctets + found;
      this.frame.bodyOctets = Math.max(0, octets);
      this.ended(tail[found + longest - 3], true, onFrame);
      return start + found + longest - tailOctets;
    }
    found = this.endLine(buf, start, end);
    if (found >= 0) {
      this.frame.bodyOctets = this.passed + found - start;
      this.ended(buf[found + longest - 3], true, onFrame);
      return found + longest;
    }
    this.passed += end - start;
    const keep = Math.min(longest - 1, tailOctets + end - start);
    if (end - start >= keep) for (let i = 0; i < keep; i++) tail[i] = buf[end - keep + i];
    else tail.copyWithin(0, tailOctets + next - keep, tailOctets + next);
    this.tailOctets = keep;
    // What is kept may be the beginning of the end-line.
    if (this.isTooLong(this.passed - keep)) this.fail(TOO_LONG);
    return end;
  }

  private isTooLong(bodyOctets: number): boolean {
    return this.longest >= 0 && bodyOctets > this.longest + LONGEST_END_LINE;
  }

  /** Octets of the end-line of this frame, both CRLFs among them. */
  private endLineOctets(): number {
    return END_LINE_OCTETS + this.frame.tidEnd - this.frame.tidStart + 3;
  }

  /** Position of the whole end-line of this frame in octets [start, end); -1 if it is not there. */
  private endLine(buf: Buffer, start: number, end: number): number {
    const octets = this.endLineOctets();
    for (let at = start; ; at++) {
      at = END_LINE.in(buf, at, end);
      if (at < 0 || at + octets > end) return -1;
      const flag = at + octets - 3;
      if (
        isFlag(buf[flag]) &&
        buf[flag + 1] === CR &&
        buf[flag + 2] === LF &&
        this.isTid(buf, at + END_LINE_OCTETS)
      ) {
        return at;
      }
    }
  }

  /** True if the transaction id of this frame begins at `at`. */
  private isTid(buf: Buffer, at: number): boolean {
    const { held, frame } = this;
    for (let i = frame.tidStart; i < frame.tidEnd; i++) {
      if (buf[at + i - frame.tidStart] !== held[i]) return false;
    }
    return true;
  }

  /** The frame is complete: it is judged and told. */
  private ended(flag: number, hasBody: boolean, onFrame: (frame: SlowFrame) => void): void {
    const { frame } = this;
    frame.flag = flag;
    if (hasBody && this.isTooLong(frame.bodyOctets)) {
      this.fail(TOO_LONG);
      return;
    }
    if (frame.find('To-Path') !== 0 || frame.find('From-Path') !== 1) {
      this.fail('a frame whose first headers are not To-Path and From-Path');
      return;
    }
    if (hasBody && frame.find('Content-Type') !== frame.lines - 1) {
      this.fail('a frame with a body whose last header is not Content-Type');
      return;
    }
    this.frames++;
    this.inBody = false;
    this.heldOctets = this.lineStart = 0;
    onFrame(frame);
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
    const { frame, held } = this;
    const i = frame.find('Byte-Range');
    if (i < 0) return -1;
    const start = frame.lineStart[i] + RANGE_VALUE;
    const dash = octetFrom(held, start, frame.lineEnd[i], 45);
    const slash = octetFrom(held, dash + 1, frame.lineEnd[i], 47);
    if (dash < 0 || slash < 0) return -1;
    const first = slowNumber(held, start, dash);
    const last = slowNumber(held, dash + 1, slash);
    return first < 0 || last < 0 ? -1 : last - first + 1;
  }

  private fail(words: string): void {
    this.fault = words;
  }
}

/** Position of `octet` in [start, end); -1 if it is not there, or `start` is 0. */
function octetFrom(buf: Buffer, start: number, end: number, octet: number): number {
  if (start === 0) return -1;
  for (let at = start; at < end; at++) if (buf[at] === octet) return at;
  return -1;
}

function isFlag(octet: number): boolean {
  return octet === 36 || octet === 43 || octet === 35;
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
