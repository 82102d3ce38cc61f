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

  /** Instant of the earliest head; Infinity if all lanes are empty. */
  earliest(): number {
    return this.size === 0 ? Infinity : this.times[this.order[0]];
  }

  /** The lane whose head that is; there is one. */
  first(): number {
    return this.order[0];
  }

  firstKey(): number {
    return this.keys[this.order[0]];
  }

  /** An empty lane has an event now. */
  enter(lane: number, timeNs: number, key: number): void {
    this.times[lane] = timeNs;
    this.keys[lane] = key;
    this.rise(this.size++, lane);
  }

  /** The head of a lane went; the next one is later, or of the same instant: among lanes of one instant permuted keys may then be out of order. */
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
    this.rise(at, last);
    this.sink(this.place[last], last);
  }

  private rise(from: number, lane: number): void {
    const { order, place, times, keys } = this;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = order[parent];
      if (this.before(above, times[lane], keys[lane])) break;
      order[at] = above;
      place[above] = at;
      at = parent;
    }
    order[at] = lane;
    place[lane] = at;
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
