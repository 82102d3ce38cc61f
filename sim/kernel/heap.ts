/**
 * Events at any instant: a 4-ary heap of (time, slot) in typed arrays, and the slots with what the events say. Four children to a node
 * halve the depth; among equal times the key in the slot decides, which is rarely asked.
 *
 * A cancelled event keeps its slot until its entry comes up or the dead are cleared away, so an entry never speaks for another event
 * than the one that it was made for.
 */
import { assert } from './assert.js';
import { widened } from './columns.js';

/** Entry of the root: the four children of a node then lie in one aligned group. */
const ROOT = 3;
/**
 * A slot is 32 octets, half a line of the processor's cache, because an event that waited long is cold when it comes due: three
 * doubles and, in the last eight octets, two 32-bit integers.
 */
const SLOT_DOUBLES = 4;
const KEY = 0;
const A = 1;
const B = 2;
const SLOT_INTS = 8;
/** Handler in the low 22 bits, {@link DEAD}, {@link LIVE}, the generation. */
const HEAD = 6;
const KIND = 7;
const HANDLER_MASK = (1 << 22) - 1;
/** The event was cancelled, its entry still stands. */
const DEAD = 1 << 22;
const LIVE = 1 << 23;
const SLOT_BITS = 24;
const SLOT_MASK = (1 << SLOT_BITS) - 1;
const GENERATION = 1 << SLOT_BITS;
/** Six bits, so that an id is below 2^30. */
const GENERATION_MASK = 0x3f << SLOT_BITS;
/** So many dead entries are borne in any case. */
const DEAD_BORNE = 1024;

export class EventHeap {
  /** Entries in the heap, dead ones included. */
  size = 0;
  /** Infinity behind the last entry, so that every group of four has four. */
  private times = new Float64Array(1024).fill(Infinity);
  private slots = new Int32Array(1024);
  private dead = 0;

  /** The slots as doubles, and the same memory as integers. */
  private doubles = new Float64Array(1024 * SLOT_DOUBLES);
  private ints = new Int32Array(this.doubles.buffer);
  private free = new Int32Array(1024);
  private freeCount = 0;
  private used = 0;

  /** Adds an event; returns its id, which is below 2^30. */
  push(timeNs: number, key: number, handler: number, kind: number, a: number, b: number): number {
    const slot = this.takeSlot();
    const { doubles, ints } = this;
    const double = slot * SLOT_DOUBLES;
    const int = slot * SLOT_INTS;
    doubles[double + KEY] = key;
    doubles[double + A] = a;
    doubles[double + B] = b;
    const generation = ints[int + HEAD] & GENERATION_MASK;
    ints[int + HEAD] = generation | LIVE | handler;
    ints[int + KIND] = kind;
    if (this.size + ROOT === this.times.length) this.enlarge();
    this.rise(timeNs, key, slot);
    return generation | slot;
  }

  /** True until the event is taken or cancelled. */
  has(id: number): boolean {
    const slot = id & SLOT_MASK;
    const head = this.ints[slot * SLOT_INTS + HEAD];
    return slot < this.used && (head & LIVE) !== 0 && (head & GENERATION_MASK) === (id & ~SLOT_MASK);
  }

  /** The event of `id`, which `has`, is no more. */
  cancel(id: number): void {
    const head = (id & SLOT_MASK) * SLOT_INTS + HEAD;
    this.ints[head] = (this.ints[head] & ~LIVE) | DEAD;
    this.dead++;
    this.dropDead();
    if (this.dead > DEAD_BORNE && this.dead * 2 > this.size) this.clear();
  }

  /** Instant of the earliest event; Infinity if there is none. */
  earliest(): number {
    return this.times[ROOT];
  }

  // ---- the earliest event; there is one ----

  key(): number {
    return this.keyAt(ROOT);
  }

  slot(): number {
    return this.slots[ROOT];
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

  /** Takes it off. */
  take(): void {
    this.remove();
    this.dropDead();
  }

  /** The event of `slot`, which was taken last, keeps its id, and its slot until `release`. Nothing was pushed since. */
  keep(slot: number): number {
    const at = this.free.lastIndexOf(slot, this.freeCount - 1);
    this.free[at] = this.free[--this.freeCount];
    const head = this.ints[slot * SLOT_INTS + HEAD];
    const generation = (head - GENERATION) & GENERATION_MASK;
    this.ints[slot * SLOT_INTS + HEAD] = (head & HANDLER_MASK) | generation;
    return generation | slot;
  }

  release(id: number): void {
    this.freeSlot(id & SLOT_MASK);
  }

  // ---- slots ----

  private takeSlot(): number {
    if (this.freeCount > 0) return this.free[--this.freeCount];
    if (this.used === this.free.length) {
      const { doubles } = this;
      this.doubles = widened(doubles, new Float64Array(doubles.length * 2));
      this.ints = new Int32Array(this.doubles.buffer);
      this.free = widened(this.free, new Int32Array(this.free.length * 2));
    }
    assert(this.used <= SLOT_MASK, 'more than 16.7 million pending events');
    return this.used++;
  }

  private freeSlot(slot: number): void {
    const head = slot * SLOT_INTS + HEAD;
    this.ints[head] = (this.ints[head] + GENERATION) & GENERATION_MASK;
    this.free[this.freeCount++] = slot;
  }

  // ---- order ----

  private rise(timeNs: number, key: number, slot: number): void {
    const { times, slots } = this;
    let at = ROOT + this.size++;
    while (at > ROOT) {
      const parent = (at >> 2) + 2;
      const parentTime = times[parent];
      if (parentTime < timeNs || (parentTime === timeNs && this.keyAt(parent) < key)) break;
      times[at] = parentTime;
      slots[at] = slots[parent];
      at = parent;
    }
    times[at] = timeNs;
    slots[at] = slot;
  }

  /** The root is never dead. Looking at once also brings the slot of the next event near, while this one is carried out. */
  private dropDead(): void {
    while ((this.ints[this.slots[ROOT] * SLOT_INTS + HEAD] & DEAD) !== 0) {
      this.dead--;
      this.remove();
    }
  }

  private remove(): void {
    const slot = this.slots[ROOT];
    const last = ROOT + --this.size;
    const timeNs = this.times[last];
    this.times[last] = Infinity;
    if (last > ROOT) this.sink(ROOT, timeNs, this.slots[last]);
    this.freeSlot(slot);
  }

  private sink(from: number, timeNs: number, slot: number): void {
    const { times, slots } = this;
    const limit = ROOT + this.size;
    let at = from;
    for (;;) {
      const first = at * 4 - 8;
      if (first >= limit) break;
      // Written out: as a loop it takes a quarter more.
      const second = times[first + 1];
      const third = times[first + 2];
      const fourth = times[first + 3];
      let least = first;
      let leastTime = times[first];
      if (second <= leastTime && this.precedes(second, first + 1, leastTime, least)) {
        least = first + 1;
        leastTime = second;
      }
      if (third <= leastTime && this.precedes(third, first + 2, leastTime, least)) {
        least = first + 2;
        leastTime = third;
      }
      if (fourth <= leastTime && this.precedes(fourth, first + 3, leastTime, least)) {
        least = first + 3;
        leastTime = fourth;
      }
      if (timeNs < leastTime || (timeNs === leastTime && this.keyOf(slot) < this.keyAt(least))) break;
      times[at] = leastTime;
      slots[at] = slots[least];
      at = least;
    }
    times[at] = timeNs;
    slots[at] = slot;
  }

  /** Whether entry `a`, which is not later than `b`, goes first. */
  private precedes(aTime: number, a: number, bTime: number, b: number): boolean {
    return aTime < bTime || this.keyAt(a) < this.keyAt(b);
  }

  private keyOf(slot: number): number {
    return this.doubles[slot * SLOT_DOUBLES + KEY];
  }

  private keyAt(entry: number): number {
    return this.keyOf(this.slots[entry]);
  }

  /** Removes all dead entries, in linear time. */
  private clear(): void {
    const { times, slots, ints } = this;
    const limit = ROOT + this.size;
    let kept = ROOT;
    for (let i = ROOT; i < limit; i++) {
      const slot = slots[i];
      if ((ints[slot * SLOT_INTS + HEAD] & DEAD) !== 0) {
        this.freeSlot(slot);
        continue;
      }
      times[kept] = times[i];
      slots[kept++] = slot;
    }
    times.fill(Infinity, kept, limit);
    this.size = kept - ROOT;
    this.dead = 0;
    for (let i = ((kept - 1) >> 2) + 2; i >= ROOT; i--) this.sink(i, times[i], slots[i]);
  }

  private enlarge(): void {
    this.times = widened(this.times, new Float64Array(this.times.length * 2).fill(Infinity));
    this.slots = widened(this.slots, new Int32Array(this.slots.length * 2));
  }
}
