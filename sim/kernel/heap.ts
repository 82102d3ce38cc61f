/**
 * A 4-ary heap of (time, key, slot) in typed arrays: the queue for delays that no lane has. Four children to a node halve the
 * depth, and the three arrays stay in cache; measured against an array of objects in `docs/performance.md`.
 */

export class EventHeap {
  private times = new Float64Array(1024);
  private keys = new Float64Array(1024);
  private slots = new Int32Array(1024);
  size = 0;

  minTime(): number {
    return this.times[0];
  }

  minKey(): number {
    return this.keys[0];
  }

  minSlot(): number {
    return this.slots[0];
  }

  push(timeNs: number, key: number, slot: number): void {
    if (this.size === this.times.length) this.enlarge();
    const { times, keys, slots } = this;
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const parentTime = times[parent];
      if (parentTime < timeNs || (parentTime === timeNs && keys[parent] < key)) break;
      times[at] = parentTime;
      keys[at] = keys[parent];
      slots[at] = slots[parent];
      at = parent;
    }
    times[at] = timeNs;
    keys[at] = key;
    slots[at] = slot;
  }

  /** Removes the smallest entry. */
  shift(): void {
    const last = --this.size;
    if (last > 0) this.sink(0, this.times[last], this.keys[last], this.slots[last]);
  }

  /** Removes every entry for which `dead(key, slot)` holds, in linear time. */
  prune(dead: (key: number, slot: number) => boolean): void {
    const { times, keys, slots } = this;
    let kept = 0;
    for (let i = 0; i < this.size; i++) {
      if (dead(keys[i], slots[i])) continue;
      times[kept] = times[i];
      keys[kept] = keys[i];
      slots[kept] = slots[i];
      kept++;
    }
    this.size = kept;
    for (let i = (kept - 2) >> 2; i >= 0; i--) this.sink(i, times[i], keys[i], slots[i]);
  }

  private sink(from: number, timeNs: number, key: number, slot: number): void {
    const { times, keys, slots, size } = this;
    let at = from;
    for (;;) {
      const first = at * 4 + 1;
      if (first >= size) break;
      const end = first + 4 < size ? first + 4 : size;
      let least = first;
      let leastTime = times[first];
      for (let child = first + 1; child < end; child++) {
        const childTime = times[child];
        if (childTime < leastTime || (childTime === leastTime && keys[child] < keys[least])) {
          least = child;
          leastTime = childTime;
        }
      }
      if (timeNs < leastTime || (timeNs === leastTime && key < keys[least])) break;
      times[at] = leastTime;
      keys[at] = keys[least];
      slots[at] = slots[least];
      at = least;
    }
    times[at] = timeNs;
    keys[at] = key;
    slots[at] = slot;
  }

  private enlarge(): void {
    const length = this.times.length * 2;
    const times = new Float64Array(length);
    times.set(this.times);
    const keys = new Float64Array(length);
    keys.set(this.keys);
    const slots = new Int32Array(length);
    slots.set(this.slots);
    this.times = times;
    this.keys = keys;
    this.slots = slots;
  }
}
