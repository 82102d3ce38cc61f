/**
 * Events at any instant: a 4-ary heap of (time, slot) in typed arrays. Four children to a node halve the depth; among equal times
 * the key in the slot decides, which is rarely asked.
 *
 * A cancelled event keeps its slot until its entry comes up or the dead are cleared away, so an entry never speaks for another event
 * than the one that it was made for.
 */
import { widened } from './columns.js';
import { EventSlots } from './event-slots.js';

/** Entry of the root: the four children of a node then lie in one aligned group. */
const ROOT = 3;
/** So many dead entries are borne in any case. */
const DEAD_BORNE = 1024;

export class EventHeap {
  readonly slots = new EventSlots();
  /** Entries, dead ones included. */
  size = 0;
  /** Infinity behind the last entry, so that every group of four has four. */
  private times = new Float64Array(1024).fill(Infinity);
  private entries = new Int32Array(1024);
  private dead = 0;

  /** Adds an event; returns its id. */
  push(timeNs: number, key: number, handler: number, kind: number, a: number, b: number): number {
    const slot = this.slots.take(key, handler, kind, a, b);
    if (this.size + ROOT === this.times.length) this.enlarge();
    this.rise(timeNs, key, slot);
    return this.slots.idOf(slot);
  }

  /** Instant of the earliest event; Infinity if there is none. */
  earliest(): number {
    return this.times[ROOT];
  }

  /** Slot of the earliest event; there is one. */
  first(): number {
    return this.entries[ROOT];
  }

  /** Takes the earliest event off. */
  shift(): void {
    this.remove();
    this.dropDead();
  }

  /** The live event of `id` is no more. */
  cancel(id: number): void {
    this.slots.kill(this.slots.slotOf(id));
    this.dead++;
    this.dropDead();
    if (this.dead > DEAD_BORNE && this.dead * 2 > this.size) this.clear();
  }

  /** The root is never dead. Looking at once also brings the slot of the next event near, while this one is carried out. */
  private dropDead(): void {
    while (this.slots.isDead(this.entries[ROOT])) {
      this.dead--;
      this.remove();
    }
  }

  /** Removes the root. */
  private remove(): void {
    const slot = this.entries[ROOT];
    const last = ROOT + --this.size;
    const timeNs = this.times[last];
    this.times[last] = Infinity;
    if (last > ROOT) this.sink(ROOT, timeNs, this.entries[last]);
    this.slots.release(slot);
  }

  private rise(timeNs: number, key: number, slot: number): void {
    const { times, entries } = this;
    let at = ROOT + this.size++;
    while (at > ROOT) {
      const parent = (at >> 2) + 2;
      const parentTime = times[parent];
      if (parentTime < timeNs || (parentTime === timeNs && this.keyAt(parent) < key)) break;
      times[at] = parentTime;
      entries[at] = entries[parent];
      at = parent;
    }
    times[at] = timeNs;
    entries[at] = slot;
  }

  private sink(from: number, timeNs: number, slot: number): void {
    const { times, entries } = this;
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
      if (timeNs < leastTime || (timeNs === leastTime && this.slots.key(slot) < this.keyAt(least))) break;
      times[at] = leastTime;
      entries[at] = entries[least];
      at = least;
    }
    times[at] = timeNs;
    entries[at] = slot;
  }

  /** Whether entry `a`, which is not later than `b`, goes first. */
  private precedes(aTime: number, a: number, bTime: number, b: number): boolean {
    return aTime < bTime || this.keyAt(a) < this.keyAt(b);
  }

  private keyAt(entry: number): number {
    return this.slots.key(this.entries[entry]);
  }

  /** Removes all dead entries, in linear time. */
  private clear(): void {
    const { times, entries, slots } = this;
    const limit = ROOT + this.size;
    let kept = ROOT;
    for (let i = ROOT; i < limit; i++) {
      const slot = entries[i];
      if (slots.isDead(slot)) {
        slots.release(slot);
        continue;
      }
      times[kept] = times[i];
      entries[kept++] = slot;
    }
    times.fill(Infinity, kept, limit);
    this.size = kept - ROOT;
    this.dead = 0;
    for (let i = ((kept - 1) >> 2) + 2; i >= ROOT; i--) this.sink(i, times[i], entries[i]);
  }

  private enlarge(): void {
    this.times = widened(this.times, new Float64Array(this.times.length * 2).fill(Infinity));
    this.entries = widened(this.entries, new Int32Array(this.entries.length * 2));
  }
}
