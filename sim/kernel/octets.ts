/**
 * The arena: all octets of a world in one growing buffer, cut into reference-counted blocks by size class.
 *
 * One buffer because a move inside it (`copyWithin`) needs no view object, and because a packet, its retransmissions and a
 * kept copy can then be the same memory. Blocks start at multiples of 64 octets, so that they can be hashed as 32-bit words
 * and named by a small integer. Size classes are four to a power of two, which wastes at most a fifth; free blocks wait in a
 * list of their class and are never merged.
 *
 * Not modelled: giving memory back to the host. The arena only grows, up to a limit with a name.
 */
import { assert } from './assert.js';
import { widened } from './columns.js';
import type { Block, Octets } from '../host/ports.js';

const GRANULE_SHIFT = 6;
const GRANULE = 1 << GRANULE_SHIFT;
/** From a block to its place among the 32-bit words. */
const WORDS_SHIFT = GRANULE_SHIFT - 2;
const SCRATCH_OCTETS = 256 * 1024;
/** The largest arena: what a Node buffer can hold. */
export const ARENA_LIMIT_OCTETS = 4 * 1024 * 1024 * 1024 - GRANULE;
/** The arena grows to four times its size, because memory costs little before it is touched but moving does; by this step at most. */
const GROWTH = 4;
const GROWTH_STEP_OCTETS = 512 * 1024 * 1024;

/** Size in granules of class `index`: 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 20, ... */
function granulesOfClass(index: number): number {
  if (index < 4) return index + 1;
  const octave = (index >> 2) - 1;
  return (5 + (index & 3)) << octave;
}

/** The smallest class that holds `granules`. */
function classOfGranules(granules: number): number {
  if (granules <= 4) return granules - 1;
  const octave = 31 - Math.clz32(granules - 1) - 2;
  return ((octave + 1) << 2) + (((granules - 1) >> octave) & 3);
}

const CLASSES = classOfGranules(1 << (32 - GRANULE_SHIFT)) + 1;

export class OctetArena implements Octets {
  buf: Buffer;
  words: Int32Array;
  readonly scratchStart = GRANULE;
  readonly scratchEnd = GRANULE + SCRATCH_OCTETS;
  heldOctets = 0;

  /** Holders by granule of the block's start; 0 is free. */
  private holders: Int32Array;
  private classes: Uint8Array;
  /** First free block of each class; the first word of a free block names the next. */
  private readonly firstFree = new Int32Array(CLASSES);
  private readonly granules = new Int32Array(CLASSES);
  private fresh: number;
  private end: number;
  private readonly poison: boolean;

  /** `initialOctets` is reserved, not touched; `poison` overwrites released blocks, to show up use after release. */
  constructor(initialOctets = 16 * 1024 * 1024, poison = false) {
    const size = Math.max(initialOctets, 2 * SCRATCH_OCTETS) & -GRANULE;
    const memory = new ArrayBuffer(size);
    this.buf = Buffer.from(memory);
    this.words = new Int32Array(memory);
    this.end = size >>> GRANULE_SHIFT;
    this.holders = new Int32Array(this.end);
    this.classes = new Uint8Array(this.end);
    this.fresh = this.scratchEnd >>> GRANULE_SHIFT;
    this.poison = poison;
    for (let i = 0; i < CLASSES; i++) this.granules[i] = granulesOfClass(i);
  }

  alloc(sizeOctets: number): Block {
    assert(sizeOctets >= 0, 'block of negative size');
    const wanted = sizeOctets <= GRANULE ? 1 : Math.ceil(sizeOctets / GRANULE);
    const sizeClass = classOfGranules(wanted);
    let block = this.firstFree[sizeClass];
    if (block !== 0) {
      this.firstFree[sizeClass] = this.words[block << WORDS_SHIFT];
    } else {
      const size = this.granules[sizeClass];
      if (this.fresh + size > this.end) this.grow(size);
      block = this.fresh;
      this.fresh += size;
      this.classes[block] = sizeClass;
    }
    this.holders[block] = 1;
    this.heldOctets += this.granules[sizeClass] * GRANULE;
    return block;
  }

  start(block: Block): number {
    return block * GRANULE;
  }

  capacity(block: Block): number {
    return this.granules[this.classes[block]] * GRANULE;
  }

  retain(block: Block): void {
    assert(this.holders[block] > 0, 'retain of a block that nobody holds');
    this.holders[block]++;
  }

  release(block: Block): void {
    const left = this.holders[block] - 1;
    assert(left >= 0, 'release of a block that nobody holds');
    this.holders[block] = left;
    if (left > 0) return;
    const sizeClass = this.classes[block];
    const size = this.granules[sizeClass] * GRANULE;
    this.heldOctets -= size;
    if (this.poison) this.buf.fill(0xdd, block * GRANULE, block * GRANULE + size);
    this.words[block << WORDS_SHIFT] = this.firstFree[sizeClass];
    this.firstFree[sizeClass] = block;
  }

  private grow(granules: number): void {
    const old = this.end * GRANULE;
    const needed = (this.fresh + granules) * GRANULE;
    let size = old;
    while (size < needed) size += Math.min((GROWTH - 1) * size, GROWTH_STEP_OCTETS);
    size = Math.min(size, ARENA_LIMIT_OCTETS);
    assert(needed <= size, `the arena limit of ${ARENA_LIMIT_OCTETS} octets is reached`);
    const memory = new ArrayBuffer(size);
    const buf = Buffer.from(memory);
    buf.set(this.buf);
    this.buf = buf;
    this.words = new Int32Array(memory);
    this.end = Math.floor(size / GRANULE);
    this.holders = widened(this.holders, new Int32Array(this.end));
    this.classes = widened(this.classes, new Uint8Array(this.end));
  }
}
