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
import { EndLine } from './end-line.js';
import { FrameFault, FRAME_LIMITS } from './frame-faults.js';
import { FrameHead, FrameKind } from './frame-head.js';
import { couldStart, GatherBuffer } from './gather-buffer.js';
import { HeadTemplate } from './head-template.js';
import { ResponseTemplate } from './response-template.js';
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
  /** The stream cannot be framed any further: `fault`. Final. */
  fault: 4,
} as const;
export type FrameEvent = (typeof FrameEvent)[keyof typeof FrameEvent];

const State = { start: 0, headers: 1, body: 2, ended: 3, failed: 4 } as const;

const CR = 13;
const LF = 10;
const HYPHEN = 45;
const DOLLAR = 36;

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

  private state: number = State.start;
  private buf: Buffer;
  /** Made when first needed. */
  private view: Buffer | null = null;
  private viewStart = 0;
  private at = 0;
  private end = 0;

  private headStart = 0;
  private readonly template = new HeadTemplate();
  private readonly response = new ResponseTemplate();
  private lineStart = 0;
  private searched = 0;
  private readonly gathered = new GatherBuffer();

  private readonly endLine = new EndLine(FRAME_LIMITS.transactionIdOctets);
  /** Body octets that Byte-Range promises; -1 if it does not. */
  private expected = -1;
  /** Where the end-line that was found ends. */
  private endLineEnd = 0;

  constructor() {
    this.buf = Buffer.alloc(0);
    this.spanBuf = this.buf;
    this.head = new FrameHead(this.buf);
  }

  /** Makes the parser as new, for another connection. */
  reset(): void {
    this.state = State.start;
    this.at = this.end = 0;
    this.gathered.octets = 0;
    this.template.forget();
    this.response.forget();
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
    const to = this.gathered.reserve(this.lineStart - this.headStart);
    this.buf.copy(to, 0, this.headStart, this.lineStart);
    this.head.moveTo(to, -this.headStart);
  }

  private fail(fault: FrameFault): FrameEvent {
    this.state = State.failed;
    this.fault = fault;
    this.at = this.end;
    return FrameEvent.fault;
  }

  /** The piece alone, for searches that must not run past it; position 0 is `viewStart`. */
  private piece(): Buffer {
    return (this.view ??= this.buf.subarray(this.viewStart, this.end));
  }

  /** Position of `octet` in the piece at or after `from`, or -1. */
  private find(octet: number, from: number): number {
    const found = this.piece().indexOf(octet, from - this.viewStart);
    return found < 0 ? -1 : found + this.viewStart;
  }

  // ------------------------------------------------------------------------------------------------------------- head

  private readHead(): FrameEvent {
    if (this.gathered.octets > 0) return this.readGatheredHead();
    const { buf, template, response } = this;
    if (this.state === State.start) {
      if (template.matches(this.head, buf, this.headStart, this.end)) {
        this.setEndLine(buf);
        this.at = this.lineStart = template.matchedEnd;
        return this.headDone(true, this.at);
      }
      if (response.matches(this.head, buf, this.headStart, this.end)) return this.responseAgain(response);
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
      if (cr + 2 - this.headStart > FRAME_LIMITS.headOctets) return this.tooLarge();
      const done = this.takeLine(buf, cr);
      if (done !== FrameEvent.more) {
        if (done === FrameEvent.fault) return done;
        this.at = this.lineStart;
        if (this.hasBody) template.remember(this.head, buf, this.headStart, this.at);
        else response.remember(this.head, buf, this.headStart, this.at);
        return done;
      }
    }
  }

  /** The whole response was recognised. */
  private responseAgain({ octets, flag }: ResponseTemplate): FrameEvent {
    this.flag = flag;
    this.hasBody = false;
    this.bodyOctets = 0;
    this.at = this.lineStart = this.endLineEnd = this.headStart + octets;
    this.state = State.ended;
    return FrameEvent.head;
  }

  /** A head beyond the limit; if it is none at all, that is told, as it would be in smaller pieces. */
  private tooLarge(): FrameEvent {
    const none = this.state === State.start && !couldStart(this.buf, this.headStart, this.end);
    return this.fail(none ? FrameFault.badStart : FrameFault.headTooLarge);
  }

  /** The head goes on in the next piece: keeps what there is of it. */
  private gatherHead(): FrameEvent {
    const octets = this.end - this.headStart;
    if (this.state === State.start && !couldStart(this.buf, this.headStart, this.end)) {
      return this.fail(FrameFault.badStart);
    }
    if (octets > FRAME_LIMITS.headOctets) return this.fail(FrameFault.headTooLarge);
    const to = this.gathered.reserve(octets);
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
      const kept = Math.min(octets, FRAME_LIMITS.headOctets);
      const to = gathered.reserve(kept);
      this.head.buf = to;
      this.buf.copy(to, gathered.octets, this.at, this.at + kept - gathered.octets);
      if (!couldStart(to, 0, kept)) {
        return this.fail(FrameFault.badStart);
      }
      if (octets > kept) return this.fail(FrameFault.headTooLarge);
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
      if (fault !== FrameFault.none) return this.fail(fault);
      this.setEndLine(buf);
      this.state = State.headers;
      return FrameEvent.more;
    }
    if (cr === start) return this.headDone(true, cr);
    if (buf[start] === HYPHEN && this.endLine.isLine(buf, start, cr)) {
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
    this.endLine.holdBlankLine();
    return FrameEvent.head;
  }

  private setEndLine(buf: Buffer): void {
    const { tid } = this.head;
    this.endLine.set(buf, tid.start, tid.end);
  }

  // ------------------------------------------------------------------------------------------------------------- body

  private readBody(): FrameEvent {
    const { endLine } = this;
    if (endLine.held > 0) {
      this.at = endLine.resume(this.buf, this.at, this.end);
      if (endLine.complete) return this.ended(this.at, endLine.heldFlag);
      if (endLine.spilled > 0) return this.bodySpan(endLine.pattern, endLine.heldFrom, endLine.spilled);
      if (this.at === this.end) return FrameEvent.more;
    }
    const { at, buf } = this;
    const promised = this.expected >= this.bodyOctets ? at + this.expected - this.bodyOctets : -1;
    const end = endLine.find(buf, at, this.end, promised);
    if (end < 0) {
      const upTo = endLine.hold(buf, at, this.end);
      this.at = this.end;
      return upTo === at ? FrameEvent.more : this.bodySpan(buf, at, upTo);
    }
    const event = this.ended(end + endLine.octets, endLine.flagOf(buf, end), end > at);
    return event === FrameEvent.end ? event : this.bodySpan(buf, at, end);
  }

  /** The end-line ends at `at`. If body octets come before it, `next` says so after them. */
  private ended(at: number, flag: number, bodyFirst = false): FrameEvent {
    this.state = State.ended;
    this.endLineEnd = at;
    this.flag = flag;
    return bodyFirst ? FrameEvent.body : this.next();
  }

  private bodySpan(buf: Buffer, start: number, end: number): FrameEvent {
    this.spanBuf = buf;
    this.spanStart = start;
    this.spanEnd = end;
    this.spanOffset = this.bodyOctets;
    this.bodyOctets += end - start;
    if (this.bodyOctets > FRAME_LIMITS.otherBodyOctets && this.head.kind !== FrameKind.send) {
      return this.fail(FrameFault.otherBodyTooLarge);
    }
    return FrameEvent.body;
  }
}
