/**
 * The octets of one TCP direction that the receiver has not read yet, as spans of blocks in a ring, oldest first. The ring holds
 * each block once for each span; octets are copied once at most, for a reader to whom several spans have arrived.
 */
import { assert } from '../kernel/assert.js';
import type { Octets } from '../host/ports.js';

/** Up to so many octets a loop costs less than a call into the engine. */
const LOOP_OCTETS = 40;
/** Words of a span: block, first octet and end in the arena's block, relative to it. */
const WIDTH = 4;

export class SpanRing {
  private words = new Int32Array(8 * WIDTH);
  private head = 0;
  private size = 0;
  /** Absolute number of the oldest span, so that a reader's place survives the release of others. */
  private firstSpan = 0;
  /** The next span to show as sent, and the octets of it that were shown. */
  private sentSpan = 0;
  private sentOctets = 0;

  get empty(): boolean {
    return this.size === 0;
  }

  /** Appends octets [start, end) of `block`; takes over one hold. Continues the last span if it adjoins. */
  push(octets: Octets, block: number, start: number, end: number): void {
    if (this.size > 0) {
      const last = ((this.head + this.size - 1) * WIDTH) & (this.words.length - 1);
      if (this.words[last] === block && this.words[last + 2] === start) {
        this.words[last + 2] = end;
        octets.release(block);
        return;
      }
    }
    if (this.size * WIDTH === this.words.length) this.enlarge();
    const at = ((this.head + this.size) * WIDTH) & (this.words.length - 1);
    this.words[at] = block;
    this.words[at + 1] = start;
    this.words[at + 2] = end;
    this.size++;
  }

  /** Octets of the oldest span that are left. */
  headOctets(): number {
    const at = (this.head * WIDTH) & (this.words.length - 1);
    return this.words[at + 2] - this.words[at + 1];
  }

  headBlock(): number {
    return this.words[(this.head * WIDTH) & (this.words.length - 1)];
  }

  /** First octet of the oldest span, relative to its block. */
  headStart(): number {
    return this.words[((this.head * WIDTH) & (this.words.length - 1)) + 1];
  }

  /** Takes `count` octets from the oldest span. True if that was its end: then the caller has its hold. */
  consume(count: number): boolean {
    const at = (this.head * WIDTH) & (this.words.length - 1);
    if (this.sentSpan === this.firstSpan) this.sentOctets = Math.max(0, this.sentOctets - count);
    this.words[at + 1] += count;
    assert(this.words[at + 1] <= this.words[at + 2], 'read past the end of a span');
    if (this.words[at + 1] < this.words[at + 2]) return false;
    if (this.sentSpan === this.firstSpan) {
      this.sentSpan++;
      this.sentOctets = 0;
    }
    this.head = (this.head + 1) & (this.words.length / WIDTH - 1);
    this.size--;
    this.firstSpan++;
    return true;
  }

  /** Takes the oldest `count` octets, which it must have, to position `to` of the arena; gives back the blocks that are used up. */
  moveTo(octets: Octets, to: number, count: number): void {
    const { buf } = octets;
    let at = to;
    let left = count;
    while (left > 0) {
      assert(this.size > 0, 'more octets read than written');
      const head = this.headOctets();
      const part = left < head ? left : head;
      const block = this.headBlock();
      const start = octets.start(block) + this.headStart();
      if (part <= LOOP_OCTETS) for (let i = 0; i < part; i++) buf[at + i] = buf[start + i];
      else buf.copyWithin(at, start, start + part);
      at += part;
      left -= part;
      if (this.consume(part)) octets.release(block);
    }
  }

  /** Where the next `count` octets that leave begin in the arena, if they lie in one span: they count as shown. Else -1. */
  nextSent(octets: Octets, count: number): number {
    const { words } = this;
    const mask = words.length - 1;
    let at = ((this.head + this.sentSpan - this.firstSpan) * WIDTH) & mask;
    if (words[at + 1] + this.sentOctets === words[at + 2] && this.sentSpan + 1 < this.firstSpan + this.size) {
      this.sentSpan++;
      this.sentOctets = 0;
      at = (at + WIDTH) & mask;
    }
    const from = words[at + 1] + this.sentOctets;
    if (words[at + 2] - from < count || this.sentSpan === this.firstSpan + this.size) return -1;
    this.sentOctets += count;
    return octets.start(words[at]) + from;
  }

  /** Shows the next `count` octets that leave, span by span, as positions in the arena. */
  showSent(octets: Octets, count: number, show: (start: number, end: number) => void): void {
    let left = count;
    while (left > 0) {
      const at = ((this.head + this.sentSpan - this.firstSpan) * WIDTH) & (this.words.length - 1);
      const from = this.words[at + 1] + this.sentOctets;
      const part = Math.min(left, this.words[at + 2] - from);
      if (part === 0) {
        assert(this.sentSpan < this.firstSpan + this.size, 'more octets sent than written');
        this.sentSpan++;
        this.sentOctets = 0;
        continue;
      }
      const start = octets.start(this.words[at]) + from;
      this.sentOctets += part;
      left -= part;
      show(start, start + part);
    }
  }

  /** Shows `count` octets from the one `skip` after the oldest, span by span, as positions in the arena. */
  showFrom(octets: Octets, skip: number, count: number, show: (start: number, end: number) => void): void {
    let before = skip;
    let left = count;
    for (let i = 0; i < this.size && left > 0; i++) {
      const at = ((this.head + i) * WIDTH) & (this.words.length - 1);
      const length = this.words[at + 2] - this.words[at + 1];
      if (before >= length) before -= length;
      else {
        const start = octets.start(this.words[at]) + this.words[at + 1] + before;
        const part = Math.min(left, length - before);
        before = 0;
        left -= part;
        show(start, start + part);
      }
    }
    assert(left === 0, 'more octets shown than written');
  }

  /** Releases everything. */
  clear(octets: Octets): void {
    for (let i = 0; i < this.size; i++) {
      octets.release(this.words[((this.head + i) * WIDTH) & (this.words.length - 1)]);
    }
    this.head = 0;
    this.size = 0;
    this.firstSpan = 0;
    this.sentSpan = 0;
    this.sentOctets = 0;
  }

  private enlarge(): void {
    const words = new Int32Array(this.words.length * 2);
    for (let i = 0; i < this.size; i++) {
      const from = ((this.head + i) * WIDTH) & (this.words.length - 1);
      for (let k = 0; k < 3; k++) words[i * WIDTH + k] = this.words[from + k];
    }
    this.words = words;
    this.head = 0;
  }
}
