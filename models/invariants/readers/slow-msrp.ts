/**
 * The invariants' own reader of an MSRP stream (RFC 4975 section 9): it gathers the head, reads it line by line, passes over the body and
 * finds its end by looking for the end-line, never by Byte-Range. A frame that goes on beyond what its
 * Byte-Range says is a fault, so that an end-line that never comes cannot keep the reader waiting in silence. A head that is like the one
 * before is taken for read (`head-again.ts`).
 */
import { HeadAgain } from './head-again.js';
import { Memory } from './memory.js';
import { Needle, startsWith } from './search.js';
import { FrameKind, SlowFrame } from './slow-frame.js';
import { slowNumber } from './slow-sip.js';

const END_LINE = new Needle('\r\n-------');
const END_LINE_OCTETS = 9;
const DASHES = '-------';
/** CRLF, dashes, transaction id, flag, CRLF. */
const LONGEST_END_LINE = 2 + 7 + 32 + 3;
/** A head of ours is far shorter. */
const LONGEST_HEAD = 4096;
const TOO_LONG = 'no end-line where Byte-Range says that the body ends';
const CR = 13;
const LF = 10;
const HYPHEN = 45;
const SPACE = 32;
const COLON = 58;
/** Beyond so many octets hyphens are looked for at every seventh place. */
const LARGE_OCTETS = 64;
/** Where the value of `Byte-Range: ` begins in its line. */
const RANGE_VALUE = 'Byte-Range: '.length;

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
  /** The head that stands in `held`, once its frame is over. */
  private readonly known = new HeadAgain();
  /** Where the numbers of Byte-Range lie that `longestBody` read. */
  private firstAt = 0;
  private firstEnd = 0;
  private lastAt = 0;
  private lastEnd = 0;

  /** `memory` may be shared with other streams. */
  constructor(private readonly memory = new Memory()) {}

  /** Takes the next octets of the stream, and tells of each frame that is complete. */
  feed(buf: Buffer, start: number, end: number, onFrame: (frame: SlowFrame) => void): void {
    this.memory.see(buf);
    for (let at = start; at < end && this.fault === undefined;) {
      if (this.inBody) at = this.body(buf, at, end, onFrame);
      else if (this.isKnown(buf, at, end)) at = this.again(at, onFrame);
      else at = this.head(buf, at, end, onFrame);
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

  /** True if the next frame begins here, with a head like that of the last one. */
  private isKnown(buf: Buffer, start: number, end: number): boolean {
    const { known } = this;
    if (known.octets === 0 || this.heldOctets > 0 || end - start < known.octets) return false;
    return known.matches(this.memory, buf, start, this.held);
  }

  /** Takes a head that is known; gives where to go on. */
  private again(start: number, onFrame: (frame: SlowFrame) => void): number {
    const { known, frame } = this;
    frame.bodyOctets = 0;
    if (frame.kind === FrameKind.send) this.beginBody(known.last - known.first + 1);
    else this.ended(frame.flag, false, onFrame);
    return start + known.octets;
  }

  /** Gathers a line of the head and reads it; gives where to go on. */
  private head(buf: Buffer, start: number, end: number, onFrame: (frame: SlowFrame) => void): number {
    let at = start;
    let to = this.heldOctets;
    let { held } = this;
    this.known.octets = 0;
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
      frame.look();
      const longest = this.longestBody();
      const { known, firstAt, firstEnd, lastAt, lastEnd } = this;
      if (frame.kind === FrameKind.send && longest >= 0) {
        known.know(held, this.heldOctets, frame.tidEnd, firstAt, firstEnd, lastAt, lastEnd, 0);
      }
      this.beginBody(longest);
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
      } else {
        frame.look();
        if (frame.kind >= 100) this.known.know(held, this.heldOctets, frame.tidEnd, 0, 0, 0, 0, tid);
        this.ended(held[end - 1], false, onFrame);
      }
      return;
    }
    if (frame.lines === frame.lineStart.length) this.fail('more header lines than any frame of ours has');
    else if (!isHeader(held, start, end)) this.fail('a header line without name and value');
    else {
      frame.lineStart[frame.lines] = start;
      frame.lineEnd[frame.lines++] = end;
    }
  }

  /** The empty line was read; `longest`: octets of the body at most, -1 if that is not known. */
  private beginBody(longest: number): void {
    this.inBody = true;
    this.passed = 0;
    // The CRLF of the empty line may be that of an end-line.
    this.tail[0] = CR;
    this.tail[1] = LF;
    this.tailOctets = 2;
    this.longest = longest;
  }

  /** Passes over octets of the body up to the end-line; gives where to go on. */
  private body(buf: Buffer, start: number, end: number, onFrame: (frame: SlowFrame) => void): number {
    const { tail, tailOctets } = this;
    const longest = this.endLineOctets();
    if (tailOctets > 2 || (tailOctets > 0 && buf[start] === HYPHEN) || tail[tailOctets - 1] === CR) {
      const next = Math.min(longest - 1, end - start);
      for (let i = 0; i < next; i++) tail[tailOctets + i] = buf[start + i];
      const found = this.endLine(tail, 0, tailOctets + next);
      if (found >= 0) {
        const octets = this.passed - tailOctets + found;
        this.frame.bodyOctets = Math.max(0, octets);
        this.ended(tail[found + longest - 3], true, onFrame);
        return start + found + longest - tailOctets;
      }
    }
    const found = this.endLine(buf, start, end);
    if (found >= 0) {
      this.frame.bodyOctets = this.passed + found - start;
      this.ended(buf[found + longest - 3], true, onFrame);
      return found + longest;
    }
    this.passed += end - start;
    this.keepTail(buf, start, end, longest - 1);
    // What is kept may be the beginning of the end-line.
    if (this.isTooLong(this.passed - longest)) this.fail(TOO_LONG);
    return end;
  }

  /** Keeps of the last `most` octets what may be the beginning of an end-line: it begins with CR. */
  private keepTail(buf: Buffer, start: number, end: number, most: number): void {
    const { tail, tailOctets } = this;
    if (end - start >= most) {
      let at = end - most;
      while (at < end && buf[at] !== CR) at++;
      for (let i = at; i < end; i++) tail[i - at] = buf[i];
      this.tailOctets = end - at;
      return;
    }
    for (let i = start; i < end; i++) tail[tailOctets + i - start] = buf[i];
    const all = tailOctets + end - start;
    let at = Math.max(0, all - most);
    while (at < all && tail[at] !== CR) at++;
    tail.copyWithin(0, at, all);
    this.tailOctets = all - at;
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
    if (end - start > LARGE_OCTETS) return this.farEndLine(buf, start, end, octets);
    for (let at = start; ; at++) {
      at = END_LINE.in(buf, at, end);
      if (at < 0 || at + octets > end) return -1;
      if (this.endsAs(buf, at, octets)) return at;
    }
  }

  /** The same by the runs of hyphens: an end-line has seven of them after CRLF, so one of them is at every seventh place. */
  private farEndLine(buf: Buffer, start: number, end: number, octets: number): number {
    const step = DASHES.length;
    for (let from = start + END_LINE_OCTETS - 1; from < end; from += step) {
      // Three places at once take half of the time.
      while (
        from + 2 * step < end &&
        buf[from] !== HYPHEN &&
        buf[from + step] !== HYPHEN &&
        buf[from + 2 * step] !== HYPHEN
      )
        from += 3 * step;
      if (from >= end) break;
      if (buf[from] !== HYPHEN) continue;
      let run = from;
      while (run > start && buf[run - 1] === HYPHEN) run--;
      const at = run - 2;
      if (at >= start && buf[at] === CR && buf[at + 1] === LF && startsWith(buf, run, end, DASHES)) {
        if (at + octets > end) return -1;
        if (this.endsAs(buf, at, octets)) return at;
      }
      while (from + 1 < end && buf[from + 1] === HYPHEN) from++;
    }
    return -1;
  }

  /** True if after the hyphens of an end-line at `at` follows what belongs to this frame. */
  private endsAs(buf: Buffer, at: number, octets: number): boolean {
    const flag = at + octets - 3;
    return (
      isFlag(buf[flag]) &&
      buf[flag + 1] === CR &&
      buf[flag + 2] === LF &&
      this.isTid(buf, at + END_LINE_OCTETS)
    );
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
    if (!frame.pathsFirst) {
      this.fail('a frame whose first headers are not To-Path and From-Path');
      return;
    }
    if (hasBody && !frame.typeLast) {
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
    const i = frame.byteRange;
    if (i < 0) return -1;
    const start = frame.lineStart[i] + RANGE_VALUE;
    const dash = octetFrom(held, start, frame.lineEnd[i], 45);
    const slash = octetFrom(held, dash + 1, frame.lineEnd[i], 47);
    if (dash < 0 || slash < 0) return -1;
    const first = slowNumber(held, start, dash);
    const last = slowNumber(held, dash + 1, slash);
    this.firstAt = start;
    this.firstEnd = dash;
    this.lastAt = dash + 1;
    this.lastEnd = slash;
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
