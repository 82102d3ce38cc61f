/**
 * The body of a frame of MSRP as the invariants' own reader passes over it: it is counted and not kept, but for the last octets that came,
 * in which the end-line may begin.
 *
 * Not here: what an end-line is (`slow-end-line.ts`), and what a frame must be to count (`slow-msrp.ts`).
 */
import { endLineOctets, findEndLine, LONGEST_END_LINE } from './slow-end-line.js';
import type { SlowFrame } from './slow-frame.js';

const CR = 13;
const LF = 10;
const HYPHEN = 45;

export class SlowBody {
  /** The flag of the end-line that `pass` found; 0 if it found none. */
  flag = 0;
  /** `pass` found no end-line, though by Byte-Range the body is over. */
  overdue = false;
  /** Octets since the end of the head. */
  private passed = 0;
  /** The last octets that were passed, in which an end-line may begin. */
  private readonly tail = Buffer.alloc(2 * LONGEST_END_LINE);
  private tailOctets = 0;
  /** Octets of the body that Byte-Range allows at most; -1 if it does not say. */
  private longest = -1;

  /** The empty line was read; `longest`: octets of the body at most, -1 if that is not known. */
  begin(longest: number): void {
    this.passed = 0;
    // The CRLF of the empty line may be that of an end-line.
    this.tail[0] = CR;
    this.tail[1] = LF;
    this.tailOctets = 2;
    this.longest = longest;
  }

  /** Passes over octets of the body of `frame` up to the end-line; gives where to go on. `flag` and `overdue` say how it stands then. */
  pass(frame: SlowFrame, buf: Buffer, start: number, end: number): number {
    const { tail, tailOctets } = this;
    const longest = endLineOctets(frame);
    this.flag = 0;
    if (tailOctets > 2 || (tailOctets > 0 && buf[start] === HYPHEN) || tail[tailOctets - 1] === CR) {
      const next = Math.min(longest - 1, end - start);
      for (let i = 0; i < next; i++) tail[tailOctets + i] = buf[start + i];
      const found = findEndLine(frame, tail, 0, tailOctets + next);
      if (found >= 0) {
        const octets = this.passed - tailOctets + found;
        frame.bodyOctets = Math.max(0, octets);
        this.flag = tail[found + longest - 3];
        return start + found + longest - tailOctets;
      }
    }
    const found = findEndLine(frame, buf, start, end);
    if (found >= 0) {
      frame.bodyOctets = this.passed + found - start;
      this.flag = buf[found + longest - 3];
      return found + longest;
    }
    this.passed += end - start;
    this.keepTail(buf, start, end, longest - 1);
    // What is kept may be the beginning of the end-line.
    this.overdue = this.isTooLong(this.passed - longest);
    return end;
  }

  /** True if so many octets are more than Byte-Range allows, by more than an end-line. */
  isTooLong(bodyOctets: number): boolean {
    return this.longest >= 0 && bodyOctets > this.longest + LONGEST_END_LINE;
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
}
