/**
 * Incremental framing of MSRP over any segmentation (RFC 4975 sections 5.1, 7.1, 7.3.1 and 9; hazards of rules 3.3).
 *
 * Pieces of the stream are fed as (buf, start, end); `next` then yields events until it says `more`. A head inside one
 * piece is read in place; one that straddles pieces is gathered in a small bounded buffer. Body octets are handed on as spans
 * of the piece, never copied; the only octets held back are a possible beginning of the end-line at the end of a piece, and
 * those are known, so they are handed on from the pattern itself.
 *
 * The first full match of `CRLF ------- tid flag CRLF` ends a body. The offset that Byte-Range gives is looked at first, and
 * bounds the search; the search still runs, because a decision by the offset alone would depend on the segmentation. The one
 * liberal case is an end-line directly after the blank line (a sloppy empty body).
 *
 * Not done here: what a frame means, and any limit on a SEND's body (`models/msrp`).
 */
import { assert } from '../../../sim/kernel/assert.js';
import { FrameFault, FRAME_LIMITS } from './frame-faults.js';
import { FrameHead, FrameKind } from './frame-head.js';
import { HeadTemplate } from './head-template.js';
import { judgeHead, readHeaderLine, readStartLine } from './head-lines.js';

/** What `next` found. */
export const FrameEvent = {
  /** All that was fed is used up. */
  more: 0,
  /** `head` is complete; `hasBody` is known. Valid until the `end` of the frame, in whatever piece that comes. */
  head: 1,
  /** Body octets [spanStart, spanEnd) of `spanBuf`; `spanOffset` is their offset in the body. Valid until the next call. */
  body: 2,
  /** The frame is complete: `flag`, `bodyOctets`. The last time that `head` is valid. */
  end: 3,
  /** The stream cannot be framed any further: `fault`, at `faultOffset` from the start of the stream. Final. */
  fault: 4,
} as const;
export type FrameEvent = (typeof FrameEvent)[keyof typeof FrameEvent];

const State = { start: 0, headers: 1, body: 2, ended: 3, failed: 4 } as const;

const CR = 13;
const LF = 10;
const HYPHEN = 45;
const PLUS = 43;
const DOLLAR = 36;
const HASH = 35;

/** CRLF and seven hyphens come before the transaction id in the pattern. */
const PATTERN_PREFIX = 9;

function isFlag(octet: number): boolean {
  return octet === DOLLAR || octet === PLUS || octet === HASH;
}

export class FrameParser {
  readonly head: FrameHead;
  hasBody = false;
  spanBuf: Buffer;
  spanStart = 0;
  spanEnd = 0;
  spanOffset = 0;
  /** `$`, `+` or `#` as an octet. */
  flag = DOLLAR;
  bodyOctets = 0;
  fault: FrameFault = FrameFault.none;
  faultOffset = 0;

  private state: number = State.start;
  private buf: Buffer;
  /** The piece alone, for searches that must not run past it; made when first needed. */
  private view: Buffer | null = null;
  private viewStart = 0;
  private at = 0;
  private end = 0;
  /** Offset in the stream of position 0 of `buf`. */
  private streamBase = 0;

  private headStart = 0;
  private readonly template = new HeadTemplate();
  private lineStart = 0;
  private searched = 0;
  private readonly gathered: GatherBuffer = { buf: null, octets: 0 };

  /** `CRLF ------- tid flag CRLF`; the flag is filled in as it is matched. */
  private pattern: Buffer;
  /** `------- tid`, what is searched for; a view of the pattern. */
  private needle: Buffer;
  /** Octets of the pattern before the flag. */
  private flagAt = 0;
  /** Octets of the pattern that ended the last piece and are held back; the first two may be those of the blank line. */
  private held = 0;
  private heldFrom = 0;
  /** Body octets that Byte-Range promises; -1 if it does not. */
  private expected = -1;
  /** Where the end-line that was found ends. */
  private endLineEnd = 0;

  constructor() {
    this.buf = Buffer.alloc(0);
    this.spanBuf = this.buf;
    this.head = new FrameHead(this.buf);
    this.pattern = Buffer.alloc(PATTERN_PREFIX + FRAME_LIMITS.transactionIdOctets + 3);
    this.pattern[0] = CR;
    this.pattern[1] = LF;
    this.pattern.fill(HYPHEN, 2, PATTERN_PREFIX);
    this.needle = this.pattern;
  }

  /** Makes the parser as new, for another connection. */
  reset(): void {
    this.state = State.start;
    this.at = this.end = 0;
    this.streamBase = 0;
    this.gathered.octets = 0;
    this.held = 0;
    this.template.forget();
    this.fault = FrameFault.none;
    this.view = null;
  }

  /** True between frames: nothing of a next frame has come. */
  get idle(): boolean {
    return this.state === State.start && this.gathered.octets === 0 && this.at === this.end;
  }

  /** Takes the next octets of the stream, [start, end) of `buf`. All earlier ones must have been used up. */
  feed(buf: Buffer, start: number, end: number): void {
    assert(
      this.at === this.end || this.state === State.failed,
      'octets fed before the earlier ones were used up',
    );
    this.streamBase += this.end - start;
    this.buf = buf;
    this.view = null;
    this.viewStart = start;
    this.at = start;
    this.end = end;
    if (this.gathered.octets === 0) this.headStart = this.lineStart = this.searched = start;
  }

  next(): FrameEvent {
    switch (this.state) {
      case State.start:
      case State.headers:
        return this.at < this.end ? this.readHead() : FrameEvent.more;
      case State.body:
        return this.nextOfBody();
      case State.ended:
        this.at = this.endLineEnd;
        this.state = State.start;
        this.headStart = this.lineStart = this.searched = this.at;
        return FrameEvent.end;
      default:
        this.at = this.end;
        return FrameEvent.fault;
    }
  }

  private nextOfBody(): FrameEvent {
    const event = this.at < this.end ? this.readBody() : FrameEvent.more;
    if (event === FrameEvent.more && this.head.buf === this.buf) this.keepHead();
    return event;
  }

  /** The body goes on in the next piece: keeps the head, so that it is valid until the end of the frame. */
  private keepHead(): void {
    const to = reserve(this.gathered, this.lineStart - this.headStart);
    this.buf.copy(to, 0, this.headStart, this.lineStart);
    this.head.moveTo(to, -this.headStart);
  }

  private fail(fault: FrameFault, at: number): FrameEvent {
    this.state = State.failed;
    this.fault = fault;
    this.faultOffset = at;
    this.at = this.end;
    return FrameEvent.fault;
  }

  /** Position of `octet` in the piece at or after `from`, or -1. */
  private find(octet: number, from: number): number {
    const view = (this.view ??= this.buf.subarray(this.viewStart, this.end));
    const found = view.indexOf(octet, from - this.viewStart);
    return found < 0 ? -1 : found + this.viewStart;
  }

  private findNeedle(from: number): number {
    const view = (this.view ??= this.buf.subarray(this.viewStart, this.end));
    const found = view.indexOf(this.needle, from - this.viewStart);
    return found < 0 ? -1 : found + this.viewStart;
  }

  // ------------------------------------------------------------------------------------------------------------- head

  private readHead(): FrameEvent {
    if (this.gathered.octets > 0) return this.readGatheredHead();
    const { buf, template } = this;
    if (this.state === State.start && template.matches(this.head, buf, this.headStart, this.end)) {
      this.setPattern(buf);
      this.at = this.lineStart = template.matchedEnd;
      return this.headDone(true, this.at);
    }
    for (;;) {
      const cr = this.find(CR, this.searched);
      if (cr < 0 || cr + 1 >= this.end) {
        if (cr < 0) this.searched = this.end;
        else this.searched = cr;
        return this.gatherHead();
      }
      this.searched = cr + 1;
      if (buf[cr + 1] !== LF) continue;
      if (cr + 2 - this.headStart > FRAME_LIMITS.headOctets)
        return this.fail(FrameFault.headTooLarge, this.streamAt());
      const done = this.takeLine(buf, cr);
      if (done !== FrameEvent.more) {
        if (done === FrameEvent.fault) return done;
        this.at = this.lineStart;
        if (this.hasBody) template.remember(this.head, buf, this.headStart, this.at);
        return done;
      }
    }
  }

  /** The head goes on in the next piece: keeps what there is of it. */
  private gatherHead(): FrameEvent {
    const octets = this.end - this.headStart;
    if (octets > FRAME_LIMITS.headOctets) return this.fail(FrameFault.headTooLarge, this.streamAt());
    if (this.state === State.start && !couldStart(this.buf, this.headStart, this.end)) {
      return this.fail(FrameFault.badStart, this.streamAt());
    }
    const to = reserve(this.gathered, octets);
    this.buf.copy(to, 0, this.headStart, this.end);
    this.gathered.octets = octets;
    this.head.moveTo(to, -this.headStart);
    this.lineStart -= this.headStart;
    this.searched -= this.headStart;
    this.headStart = 0;
    this.at = this.end;
    return FrameEvent.more;
  }

  /** Adds octets to the gathered head, a line at a time, until it is complete. */
  private readGatheredHead(): FrameEvent {
    const { gathered } = this;
    while (this.at < this.end) {
      const lf = this.find(LF, this.at);
      const upTo = lf < 0 ? this.end : lf + 1;
      const octets = gathered.octets + upTo - this.at;
      if (octets > FRAME_LIMITS.headOctets) return this.fail(FrameFault.headTooLarge, this.streamAt());
      const to = reserve(gathered, octets);
      this.head.buf = to;
      this.buf.copy(to, gathered.octets, this.at, upTo);
      if (gathered.octets < MSRP_SP.length && !couldStart(to, 0, octets)) {
        return this.fail(FrameFault.badStart, this.streamAt());
      }
      gathered.octets = octets;
      this.at = upTo;
      if (lf < 0 || octets < 2 || to[octets - 2] !== CR) continue;
      const done = this.takeLine(to, octets - 2);
      if (done === FrameEvent.more) continue;
      gathered.octets = 0;
      this.lineStart = this.searched = this.at;
      this.endLineEnd = this.at;
      return done;
    }
    return FrameEvent.more;
  }

  /** Reads the line [lineStart, cr) of `buf`. `more`: the head goes on. Leaves `lineStart` after it. */
  private takeLine(buf: Buffer, cr: number): FrameEvent {
    const start = this.lineStart;
    this.lineStart = cr + 2;
    const { head } = this;
    if (this.state === State.start) {
      head.reset(buf);
      const fault = readStartLine(head, buf, start, cr);
      if (fault !== FrameFault.none) return this.fail(fault, this.streamAt());
      this.setPattern(buf);
      this.state = State.headers;
      return FrameEvent.more;
    }
    if (cr === start) return this.headDone(true, cr);
    if (buf[start] === HYPHEN && this.isEndLine(buf, start, cr)) {
      this.flag = buf[cr - 1];
      this.endLineEnd = cr + 2;
      return this.headDone(false, start);
    }
    readHeaderLine(head, buf, start, cr);
    return FrameEvent.more;
  }

  private headDone(hasBody: boolean, at: number): FrameEvent {
    const { head } = this;
    judgeHead(head, hasBody, at);
    this.hasBody = hasBody;
    this.bodyOctets = 0;
    if (!hasBody) {
      this.state = State.ended;
      return FrameEvent.head;
    }
    this.state = State.body;
    this.expected = head.rangeEnd >= 0 ? head.rangeEnd - head.rangeStart + 1 : -1;
    // An end-line directly after the blank line ends an empty body: the CRLF of the blank line serves as its beginning.
    this.held = 2;
    this.heldFrom = 2;
    return FrameEvent.head;
  }

  private streamAt(): number {
    return this.streamBase + this.at;
  }

  private setPattern(buf: Buffer): void {
    const { tid } = this.head;
    const octets = tid.end - tid.start;
    const { pattern } = this;
    for (let i = 0; i < octets; i++) pattern[PATTERN_PREFIX + i] = buf[tid.start + i];
    const flagAt = PATTERN_PREFIX + octets;
    if (flagAt !== this.flagAt) {
      this.flagAt = flagAt;
      this.needle = pattern.subarray(2, flagAt);
    }
    pattern[flagAt + 1] = CR;
    pattern[flagAt + 2] = LF;
  }

  /** True if the line [start, cr) is `------- tid flag`. */
  private isEndLine(buf: Buffer, start: number, cr: number): boolean {
    const { pattern, flagAt } = this;
    if (cr - start !== flagAt - 1 || !isFlag(buf[cr - 1])) return false;
    for (let i = 2; i < flagAt; i++) if (buf[start + i - 2] !== pattern[i]) return false;
    return true;
  }

  // ------------------------------------------------------------------------------------------------------------- body

  private readBody(): FrameEvent {
    if (this.held > 0) {
      const event = this.continueHeld();
      if (event !== FrameEvent.more || this.at === this.end) return event;
    }
    const found = this.findEndLine();
    if (found < 0) return this.bodyUpTo(this.holdTail());
    this.state = State.ended;
    this.endLineEnd = found + this.flagAt + 3;
    this.flag = this.buf[found + this.flagAt];
    if (found > this.at) return this.bodyUpTo(found);
    return this.next();
  }

  /** Hands on [at, upTo). */
  private bodyUpTo(upTo: number): FrameEvent {
    const start = this.at;
    if (upTo === start) {
      this.at = this.end;
      return FrameEvent.more;
    }
    this.at = this.state === State.ended ? upTo : this.end;
    return this.bodySpan(this.buf, start, upTo);
  }

  private bodySpan(buf: Buffer, start: number, end: number): FrameEvent {
    this.spanBuf = buf;
    this.spanStart = start;
    this.spanEnd = end;
    this.spanOffset = this.bodyOctets;
    this.bodyOctets += end - start;
    if (this.bodyOctets > FRAME_LIMITS.otherBodyOctets && this.head.kind !== FrameKind.send) {
      return this.fail(FrameFault.otherBodyTooLarge, this.streamAt());
    }
    return FrameEvent.body;
  }

  /**
   * Goes on with an end-line that began in an earlier piece. The pattern has CR only at its beginning and after the flag, so
   * after a mismatch nothing but a fresh CR can begin another match.
   */
  private continueHeld(): FrameEvent {
    const { buf, pattern, flagAt } = this;
    let { held } = this;
    while (this.at < this.end) {
      const octet = buf[this.at];
      const matches = held === flagAt ? isFlag(octet) : octet === pattern[held];
      if (matches) {
        pattern[held++] = octet;
        this.at++;
        if (held < flagAt + 3) continue;
        this.held = 0;
        this.flag = pattern[flagAt];
        this.state = State.ended;
        this.endLineEnd = this.at;
        return this.next();
      }
      this.held = 0;
      if (held === this.heldFrom) return FrameEvent.more;
      return this.bodySpan(pattern, this.heldFrom, held);
    }
    this.held = held;
    return FrameEvent.more;
  }

  /** Position of the first full end-line in [at, end), or -1. */
  private findEndLine(): number {
    const { at, flagAt } = this;
    if (this.expected >= this.bodyOctets) {
      const promised = at + this.expected - this.bodyOctets;
      if (promised + flagAt + 3 <= this.end && this.endLineAt(promised)) {
        // The whole end-line is there; only an earlier one could come before it.
        for (let from = at + 2; ;) {
          const hyphens = this.findNeedle(from);
          if (hyphens === promised + 2 || this.endLineAt(hyphens - 2)) return hyphens - 2;
          from = hyphens + 1;
        }
      }
    }
    for (let from = at + 2; from < this.end;) {
      const hyphens = this.findNeedle(from);
      if (hyphens < 0) return -1;
      if (hyphens - 2 + flagAt + 3 > this.end) return -1;
      if (this.endLineAt(hyphens - 2)) return hyphens - 2;
      from = hyphens + 1;
    }
    return -1;
  }

  /** True if a whole end-line begins at `at`; the caller knows that it lies inside the piece. */
  private endLineAt(at: number): boolean {
    const { buf, pattern, flagAt } = this;
    if (buf[at] !== CR || buf[at + 1] !== LF) return false;
    if (!isFlag(buf[at + flagAt]) || buf[at + flagAt + 1] !== CR || buf[at + flagAt + 2] !== LF) return false;
    for (let i = flagAt - 1; i >= 2; i--) if (buf[at + i] !== pattern[i]) return false;
    return true;
  }

  /** The longest end of the piece that could begin an end-line is held back; returns where it starts. */
  private holdTail(): number {
    const { buf, pattern, flagAt, end } = this;
    let at = Math.max(this.at, end - flagAt - 2);
    for (; at < end; at++) {
      if (buf[at] !== CR) continue;
      let matched = 1;
      while (at + matched < end) {
        const octet = buf[at + matched];
        if (matched === flagAt ? !isFlag(octet) : octet !== pattern[matched]) break;
        matched++;
      }
      if (at + matched < end) continue;
      if (matched > flagAt) pattern[flagAt] = buf[at + flagAt];
      this.held = matched;
      this.heldFrom = 0;
      return at;
    }
    return end;
  }
}

const MSRP_SP = [77, 83, 82, 80, 32] as const;

/** True if [start, end) is the beginning of `MSRP` SP, or begins with it: told as early as the octets tell it. */
function couldStart(buf: Buffer, start: number, end: number): boolean {
  for (let i = 0; i < MSRP_SP.length && start + i < end; i++) if (buf[start + i] !== MSRP_SP[i]) return false;
  return true;
}

interface GatherBuffer {
  buf: Buffer | null;
  octets: number;
}

/** Room for `octets` in the gather buffer, contents kept; doubles up to the limit of a head. */
function reserve(gather: GatherBuffer, octets: number): Buffer {
  const old = gather.buf;
  if (old !== null && old.length >= octets) return old;
  let size = old === null ? 512 : old.length;
  while (size < octets) size *= 2;
  const buf = Buffer.alloc(size);
  if (old !== null) buf.set(old.subarray(0, gather.octets), 0);
  gather.buf = buf;
  return buf;
}
