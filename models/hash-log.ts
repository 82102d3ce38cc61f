/**
 * What came lately, each entry as 64 bits of hash with a small value: found through an index however many there are, forgotten in the order
 * in which they came. An entry is kept for a window of time, and at least the newest {@link LogBounds.atLeast} however old; but never more
 * than {@link LogBounds.atMost}, which bounds the memory. It is allocated with the first entry, and doubles when it is full.
 *
 * Two uses: finished Message-IDs (R15) and what a client has shown (A11). A hash of 64 bits is taken for the value itself.
 */
import { assert } from '../sim/kernel/assert.js';
import { NS_PER_S } from '../sim/kernel/time.js';
import { widened } from '../sim/kernel/columns.js';

export interface LogBounds {
  /** So many of the newest are kept whatever their age. */
  readonly atLeast: number;
  /** Beyond so many the oldest goes, whatever its age. */
  readonly atMost: number;
  /** Between the two an entry is kept for so long. */
  readonly windowNs: number;
}

/** A row: both halves of the hash, the value, and the second in which it was noted. */
const ROW_WORDS = 4;
const VALUE = 2;
const SECOND = 3;
/** Rows of the smallest log. A power of two, as all sizes. */
const FIRST_ROWS = 4;
/** The end of a chain. */
const END = -1;
/** 2^32 divided by the golden ratio: spreads a hash over the high bits. */
const SPREAD = 0x9e3779b1 | 0;

export class HashLog {
  /** A ring of rows. */
  private rows = new Int32Array(0);
  private capacity = 0;
  private oldest = 0;
  private count = 0;
  /** The first row of each chain, and the next one of each row. */
  private heads = new Int32Array(0);
  private next = new Int32Array(0);
  private shift = 0;

  constructor(private readonly bounds: LogBounds) {
    assert(bounds.atLeast <= bounds.atMost, 'a memory that must keep more than it may');
  }

  get size(): number {
    return this.count;
  }

  /** Octets of its columns. */
  get octets(): number {
    return this.rows.byteLength + this.heads.byteLength + this.next.byteLength;
  }

  /** The value of the entry; -1 if it is not remembered. */
  look(h1: number, h2: number): number {
    const row = this.find(h1, h2);
    return row === END ? -1 : this.rows[row * ROW_WORDS + VALUE];
  }

  /** Remembers an entry, or changes its value, which leaves its time and its place. */
  note(h1: number, h2: number, value: number, nowNs: number): void {
    let row = this.find(h1, h2);
    if (row === END) {
      const second = Math.floor(nowNs / NS_PER_S);
      this.makeRoom(second);
      row = (this.oldest + this.count++) & (this.capacity - 1);
      const at = row * ROW_WORDS;
      this.rows[at] = h1;
      this.rows[at + 1] = h2;
      this.rows[at + SECOND] = second;
      this.chain(row, h2);
    }
    this.rows[row * ROW_WORDS + VALUE] = value;
  }

  /** Remembers also what `other` does, as if it came now. */
  addAll(other: HashLog, nowNs: number): void {
    const { rows, oldest, count, capacity } = other;
    for (let n = 0; n < count; n++) {
      const at = ((oldest + n) & (capacity - 1)) * ROW_WORDS;
      this.note(rows[at], rows[at + 1], rows[at + VALUE], nowNs);
    }
  }

  private find(h1: number, h2: number): number {
    if (this.count === 0) return END;
    const { rows, next } = this;
    for (let row = this.heads[this.chainOf(h2)]; row !== END; row = next[row]) {
      if (rows[row * ROW_WORDS] === h1 && rows[row * ROW_WORDS + 1] === h2) return row;
    }
    return END;
  }

  /** Forgets what may be forgotten, and sees to it that there is a free row. */
  private makeRoom(second: number): void {
    const { rows, bounds } = this;
    const { atLeast, atMost, windowNs } = bounds;
    const windowS = Math.ceil(windowNs / NS_PER_S);
    while (this.count >= atLeast && this.count > 0) {
      // Whole seconds: one more, so that no part of the window is lost.
      const past = second - rows[this.oldest * ROW_WORDS + SECOND] > windowS;
      if (!past && this.count < atMost) break;
      this.forgetOldest();
    }
    if (this.count === this.capacity) this.grow();
  }

  private forgetOldest(): void {
    const row = this.oldest;
    const { next } = this;
    const chain = this.chainOf(this.rows[row * ROW_WORDS + 1]);
    if (this.heads[chain] === row) this.heads[chain] = next[row];
    else {
      let before = this.heads[chain];
      while (next[before] !== row) before = next[before];
      next[before] = next[row];
    }
    this.oldest = (row + 1) & (this.capacity - 1);
    this.count--;
  }

  private chainOf(h2: number): number {
    return Math.imul(h2, SPREAD) >>> this.shift;
  }

  private chain(row: number, h2: number): void {
    const chain = this.chainOf(h2);
    this.next[row] = this.heads[chain];
    this.heads[chain] = row;
  }

  /** Twice the rows; the oldest comes first again. */
  private grow(): void {
    const { rows, oldest, capacity } = this;
    const wider = Math.max(FIRST_ROWS, capacity * 2);
    const turned = new Int32Array(capacity * ROW_WORDS);
    turned.set(rows.subarray(oldest * ROW_WORDS));
    turned.set(rows.subarray(0, oldest * ROW_WORDS), (capacity - oldest) * ROW_WORDS);
    this.rows = widened(turned, new Int32Array(wider * ROW_WORDS));
    this.capacity = wider;
    this.oldest = 0;
    this.heads = new Int32Array(wider).fill(END);
    this.next = new Int32Array(wider);
    this.shift = Math.clz32(wider - 1);
    for (let row = 0; row < this.count; row++) this.chain(row, this.rows[row * ROW_WORDS + 1]);
  }
}
