/**
 * The invariants' own reader of an MSRP stream (RFC 4975 section 9): it gathers the head, reads it line by line (`slow-head-lines.ts`),
 * passes over the body (`slow-body.ts`) and finds its end by looking for the end-line (`slow-end-line.ts`), never by Byte-Range. A frame
 * that goes on beyond what its Byte-Range says is a fault, so that an end-line that never comes cannot keep the reader waiting in
 * silence. A head that is like the one before is taken for read (`head-again.ts`).
 *
 * It shares no code with the models' parser (`models/wire/msrp`), and is to share none.
 */
import { HeadAgain } from './head-again.js';
import { Memory } from './memory.js';
import { startsWith } from './search.js';
import { SlowBody } from './slow-body.js';
import { DASHES, isFlag, isTid } from './slow-end-line.js';
import { FrameKind, SlowFrame } from './slow-frame.js';
import { isHeader, readStartLine, SlowRange } from './slow-head-lines.js';

/** A head of ours is far shorter. */
const LONGEST_HEAD = 4096;
const TOO_LONG = 'no end-line where Byte-Range says that the body ends';
const CR = 13;
const LF = 10;

export class SlowMsrpStream {
  /** What is wrong; once set, nothing more is read. */
  fault: string | undefined;
  /** The head of the frame, as far as it came. */
  private held: Buffer = Buffer.alloc(1024);
  private heldOctets = 0;
  /** Where the line begins that is not read yet. */
  private lineStart = 0;
  private inBody = false;
  private readonly body = new SlowBody();
  private readonly frame = new SlowFrame();
  private frames = 0;
  /** The head that stands in `held`, once its frame is over. */
  private readonly known = new HeadAgain();
  private readonly range = new SlowRange();

  /** `memory` may be shared with other streams. */
  constructor(private readonly memory = new Memory()) {}

  /** Takes the next octets of the stream, and tells of each frame that is complete. */
  feed(buf: Buffer, start: number, end: number, onFrame: (frame: SlowFrame) => void): void {
    this.memory.see(buf);
    for (let at = start; at < end && this.fault === undefined;) {
      if (this.inBody) at = this.passBody(buf, at, end, onFrame);
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
    if (frame.kind === FrameKind.send) {
      this.inBody = true;
      this.body.begin(known.last - known.first + 1);
    } else this.ended(frame.flag, false, onFrame);
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
      if (!readStartLine(frame, held, 0, end)) this.fail('no start line of MSRP');
      return;
    }
    if (end === start) {
      frame.look();
      const { known, range } = this;
      const longest = range.read(frame);
      const { firstAt, firstEnd, lastAt, lastEnd } = range;
      if (frame.kind === FrameKind.send && longest >= 0) {
        known.know(held, this.heldOctets, frame.tidEnd, firstAt, firstEnd, lastAt, lastEnd, 0);
      }
      this.inBody = true;
      this.body.begin(longest);
      return;
    }
    if (startsWith(held, start, end, DASHES)) {
      const tid = start + DASHES.length;
      if (
        end - tid !== frame.tidEnd - frame.tidStart + 1 ||
        !isTid(frame, held, tid) ||
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

  /** Passes over octets of the body; gives where to go on. */
  private passBody(buf: Buffer, start: number, end: number, onFrame: (frame: SlowFrame) => void): number {
    const { body } = this;
    const at = body.pass(this.frame, buf, start, end);
    if (body.flag !== 0) this.ended(body.flag, true, onFrame);
    else if (body.overdue) this.fail(TOO_LONG);
    return at;
  }

  /** The frame is complete: it is judged and told. */
  private ended(flag: number, hasBody: boolean, onFrame: (frame: SlowFrame) => void): void {
    const { frame } = this;
    frame.flag = flag;
    if (hasBody && this.body.isTooLong(frame.bodyOctets)) {
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

  private fail(words: string): void {
    this.fault = words;
  }
}
