/**
 * Which lane has the earliest event: a binary heap of lane numbers by (time, key) of their heads. A world has dozens of lanes,
 * so finding the earliest one at each event must not look at all of them.
 */
import { widened } from './columns.js';

export class LaneHeads {
  private times = new Float64Array(16);
  private keys = new Float64Array(16);
  /** Lane numbers in heap order, and where each lane stands; -1 for an empty lane. */
  private order = new Int32Array(16);
  private place = new Int32Array(16).fill(-1);
  private size = 0;

  /** Room for one more lane. */
  reach(lane: number): void {
    if (lane < this.place.length) return;
    const length = this.place.length * 2;
    this.times = widened(this.times, new Float64Array(length));
    this.keys = widened(this.keys, new Float64Array(length));
    this.order = widened(this.order, new Int32Array(length));
    this.place = widened(this.place, new Int32Array(length).fill(-1));
  }

  /** The lane whose head is earliest; -1 if all are empty. */
  earliest(): number {
    return this.size === 0 ? -1 : this.order[0];
  }

  timeOf(lane: number): number {
    return this.times[lane];
  }

  keyOf(lane: number): number {
    return this.keys[lane];
  }

  /** An empty lane has an event now. */
  enter(lane: number, timeNs: number, key: number): void {
    this.times[lane] = timeNs;
    this.keys[lane] = key;
    let at = this.size++;
    const { order, place } = this;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = order[parent];
      if (this.before(above, timeNs, key)) break;
      order[at] = above;
      place[above] = at;
      at = parent;
    }
    order[at] = lane;
    place[lane] = at;
  }

  /** The head of a lane went; the next one is later. */
  replace(lane: number, timeNs: number, key: number): void {
    this.times[lane] = timeNs;
    this.keys[lane] = key;
    this.sink(this.place[lane], lane);
  }

  /** The lane is empty now. */
  leave(lane: number): void {
    const at = this.place[lane];
    this.place[lane] = -1;
    const last = this.order[--this.size];
    if (at === this.size) return;
    // Only the earliest lane ever leaves, so the one that takes its place can only sink.
    this.sink(at, last);
  }

  private sink(from: number, lane: number): void {
    const { order, place, times, keys, size } = this;
    const timeNs = times[lane];
    const key = keys[lane];
    let at = from;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= size) break;
      let least = order[child];
      if (child + 1 < size) {
        const right = order[child + 1];
        if (times[right] < times[least] || (times[right] === times[least] && keys[right] < keys[least])) {
          child++;
          least = right;
        }
      }
      if (timeNs < times[least] || (timeNs === times[least] && key < keys[least])) break;
      order[at] = least;
      place[least] = at;
      at = child;
    }
    order[at] = lane;
    place[lane] = at;
  }

  private before(lane: number, timeNs: number, key: number): boolean {
    const time = this.times[lane];
    return time < timeNs || (time === timeNs && this.keys[lane] < key);
  }
}
