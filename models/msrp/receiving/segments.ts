/**
 * The memory of a message on its way in: blocks that each hold a stretch of it, in order, as much as has arrived and little more.
 * A new block holds what arrives now, or a sixteenth of what the message holds already if that is more, so that the blocks of a
 * message are few, no octet is copied twice, and the room beyond what arrived stays below a tenth, however large a total its
 * sender promises and in whatever order the octets come.
 *
 * Not here: which octets have arrived (`ranges.ts`); octets between two stretches are undefined until they do.
 */
import { assert } from '../../../sim/kernel/assert.js';
import type { Block, Octets } from '../../../sim/host/ports.js';
import { emptied } from '../../lists.js';
import type { Spans } from '../sending/spans.js';

/** Largest block. */
const SEGMENT_OCTETS = 64 * 1024;
/** A message that promises no more than this, one chunk as a rule, gets its block at once. */
const SMALL_OCTETS = 2048;
/** The arena gives memory in steps of so much. */
const GRANULE_OCTETS = 64;
const GRANULE_SHIFT = 6;
/** By how much the held octets may grow ahead: a sixteenth. */
const AHEAD_SHIFT = 4;

export class Segments {
  /** Octets of arena memory that the blocks hold. */
  heldOctets = 0;
  /** Where each stretch begins in the message, ascending; it ends where its block or the next stretch does. */
  private readonly starts: number[] = [];
  private readonly blocks: Block[] = [];
  /** The stretch that was written last: the next octets mostly go there. */
  private last = 0;

  constructor(private readonly octets: Octets) {}

  get count(): number {
    return this.blocks.length;
  }

  /** The only block, if it holds the message from its first octet; else 0. */
  get single(): Block {
    return this.blocks.length === 1 && this.starts[0] === 0 ? this.blocks[0] : 0;
  }

  /** Copies octets [start, end) of `buf` to position `offset` of a message that promises `promised` octets (-1: nothing). */
  put(offset: number, buf: Buffer, start: number, end: number, promised: number): void {
    const { octets } = this;
    let at = start;
    let to = offset;
    while (at < end) {
      const i = this.find(to);
      const room = i < 0 ? 0 : this.endOf(i) - to;
      if (room <= 0) {
        this.insert(i + 1, to, end - at, promised);
        continue;
      }
      const size = Math.min(end - at, room);
      const target = octets.buf;
      const position = octets.start(this.blocks[i]) + to - this.starts[i];
      if (target === buf) target.copyWithin(position, at, at + size);
      else target.set(buf.subarray(at, at + size), position);
      at += size;
      to += size;
      this.last = i;
    }
  }

  /** Appends octets [0, total), all of which must have arrived, to `list`. */
  addTo(list: Spans, total: number): void {
    for (let i = 0; i < this.blocks.length && this.starts[i] < total; i++) {
      list.add(this.blocks[i], 0, Math.min(this.endOf(i), total) - this.starts[i]);
    }
  }

  /** Copies octets [0, total) into one block, gives all others back, and returns it. */
  join(total: number): Block {
    const { octets, starts, blocks } = this;
    const whole = octets.alloc(total);
    const { buf } = octets;
    const to = octets.start(whole);
    for (let i = 0; i < blocks.length && starts[i] < total; i++) {
      const from = octets.start(blocks[i]);
      buf.copyWithin(to + starts[i], from, from + Math.min(this.endOf(i), total) - starts[i]);
    }
    this.release();
    starts.push(0);
    blocks.push(whole);
    this.heldOctets = octets.capacity(whole);
    return whole;
  }

  /** Gives all memory back. */
  release(): void {
    for (let i = 0; i < this.blocks.length; i++) this.octets.release(this.blocks[i]);
    emptied(this.starts);
    emptied(this.blocks);
    this.heldOctets = 0;
    this.last = 0;
  }

  /** Index of the last stretch that begins at or before position `at`; -1 if there is none. */
  private find(at: number): number {
    const { starts, last } = this;
    if (last < starts.length && starts[last] <= at) {
      if (last + 1 === starts.length || starts[last + 1] > at) return last;
    }
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= at) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /** Where stretch `i` ends in the message. */
  private endOf(i: number): number {
    const end = this.starts[i] + this.octets.capacity(this.blocks[i]);
    return i + 1 < this.starts.length && this.starts[i + 1] < end ? this.starts[i + 1] : end;
  }

  /** Puts a new stretch for position `at` before index `i`; `needed` octets arrive there now. */
  private insert(i: number, at: number, needed: number, promised: number): void {
    const { starts, octets } = this;
    const before = i === 0 ? 0 : this.endOf(i - 1);
    // Octets that come backwards, a few at a time, share a granule.
    const from = Math.max(before, at - (at % GRANULE_OCTETS));
    const gap = i < starts.length ? starts[i] - from : Infinity;
    const arriving = Math.min(needed + at - from, gap, SEGMENT_OCTETS);
    const whole = promised <= SMALL_OCTETS ? promised - from : 0;
    const ahead = Math.min(this.heldOctets >> AHEAD_SHIFT, gap, SEGMENT_OCTETS);
    const small = whole >= arriving && whole <= gap;
    const block = octets.alloc(small ? whole : ahead > arriving ? exact(ahead) : fitting(arriving));
    const capacity = octets.capacity(block);
    assert(from + capacity > at, 'a block that ends before its octets');
    this.heldOctets += capacity;
    if (i === starts.length) {
      starts.push(from);
      this.blocks.push(block);
    } else {
      starts.splice(i, 0, from);
      this.blocks.splice(i, 0, block);
    }
    this.last = i;
  }
}

/** The largest size of the arena's classes (four to a power of two) that is no more than `octets`, one granule at least. */
function exact(octets: number): number {
  const granules = Math.max(1, octets >> GRANULE_SHIFT);
  const step = Math.max(0, 29 - Math.clz32(granules));
  return ((granules >> step) << step) << GRANULE_SHIFT;
}

/** A size for `octets`: all of them, if the arena wastes little on it, else as many as fit a class; the rest gets a block of its own. */
function fitting(octets: number): number {
  const granules = (octets + GRANULE_OCTETS - 1) >> GRANULE_SHIFT;
  const step = Math.max(0, 29 - Math.clz32(granules));
  const capacity = (((granules + (1 << step) - 1) >> step) << step) << GRANULE_SHIFT;
  return capacity - octets <= Math.max(GRANULE_OCTETS, octets >> AHEAD_SHIFT) ? octets : exact(octets);
}
