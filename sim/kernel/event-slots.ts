/**
 * The slots of the events in the heap: what an event says, and the id by which it can be cancelled.
 *
 * A slot is 32 octets, half a line of the processor's cache, because an event that waited long is cold when it comes due: three
 * doubles and, in the last eight octets, two 32-bit integers. An id is the slot and how often it was used, modulo 64; it is below 2^30.
 */
import { assert } from './assert.js';
import { widened } from './columns.js';

const SLOT_DOUBLES = 4;
const KEY = 0;
const A = 1;
const B = 2;
const SLOT_INTS = 8;
/** Handler in the low 22 bits, {@link DEAD}, {@link LIVE}, the generation. */
const HEAD = 6;
const KIND = 7;
const HANDLER_MASK = (1 << 22) - 1;
/** The event was cancelled, its entry in the heap still stands. */
const DEAD = 1 << 22;
const LIVE = 1 << 23;
const SLOT_BITS = 24;
const SLOT_MASK = (1 << SLOT_BITS) - 1;
const GENERATION = 1 << SLOT_BITS;
const GENERATION_MASK = 0x3f << SLOT_BITS;

export class EventSlots {
  private doubles = new Float64Array(1024 * SLOT_DOUBLES);
  /** The same memory as integers. */
  private ints = new Int32Array(this.doubles.buffer);
  private free = new Int32Array(1024);
  private freeCount = 0;
  private used = 0;

  /** A slot with this event in it. */
  take(key: number, handler: number, kind: number, a: number, b: number): number {
    const slot = this.freeCount > 0 ? this.free[--this.freeCount] : this.fresh();
    const { doubles, ints } = this;
    const double = slot * SLOT_DOUBLES;
    const int = slot * SLOT_INTS;
    doubles[double + KEY] = key;
    doubles[double + A] = a;
    doubles[double + B] = b;
    ints[int + HEAD] = (ints[int + HEAD] & GENERATION_MASK) | LIVE | handler;
    ints[int + KIND] = kind;
    return slot;
  }

  idOf(slot: number): number {
    return slot | (this.ints[slot * SLOT_INTS + HEAD] & GENERATION_MASK);
  }

  slotOf(id: number): number {
    return id & SLOT_MASK;
  }

  /** True if `id` names an event that is neither dead nor gone. */
  isLive(id: number): boolean {
    const slot = id & SLOT_MASK;
    return slot < this.used && (this.ints[slot * SLOT_INTS + HEAD] & LIVE) !== 0 && this.idOf(slot) === id;
  }

  kill(slot: number): void {
    const head = slot * SLOT_INTS + HEAD;
    this.ints[head] = (this.ints[head] & ~LIVE) | DEAD;
  }

  isDead(slot: number): boolean {
    return (this.ints[slot * SLOT_INTS + HEAD] & DEAD) !== 0;
  }

  key(slot: number): number {
    return this.doubles[slot * SLOT_DOUBLES + KEY];
  }

  handler(slot: number): number {
    return this.ints[slot * SLOT_INTS + HEAD] & HANDLER_MASK;
  }

  kind(slot: number): number {
    return this.ints[slot * SLOT_INTS + KIND];
  }

  a(slot: number): number {
    return this.doubles[slot * SLOT_DOUBLES + A];
  }

  b(slot: number): number {
    return this.doubles[slot * SLOT_DOUBLES + B];
  }

  /** The slot is free; ids of its last event are stale. */
  release(slot: number): void {
    const head = slot * SLOT_INTS + HEAD;
    this.ints[head] = (this.ints[head] + GENERATION) & GENERATION_MASK;
    this.free[this.freeCount++] = slot;
  }

  /** Takes back the release of `slot`, into which nothing was put since: its last event has its id again, but is not live. */
  retain(slot: number): number {
    const at = this.freeCount === 0 ? -1 : this.free.lastIndexOf(slot, this.freeCount - 1);
    assert(at >= 0, 'retaining a slot that is not free');
    this.free[at] = this.free[--this.freeCount];
    const head = slot * SLOT_INTS + HEAD;
    this.ints[head] = (this.ints[head] - GENERATION) & GENERATION_MASK;
    return this.idOf(slot);
  }

  private fresh(): number {
    if (this.used === this.free.length) {
      const { doubles } = this;
      this.doubles = widened(doubles, new Float64Array(doubles.length * 2));
      this.ints = new Int32Array(this.doubles.buffer);
      this.free = widened(this.free, new Int32Array(this.free.length * 2));
    }
    assert(this.used <= SLOT_MASK, 'more than 16.7 million pending events');
    return this.used++;
  }
}
