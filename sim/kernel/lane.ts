/**
 * A lane: events that all wait the same constant time, hence leave in the order in which they came. First in, first out in a
 * ring, so an event costs a few stores where the heap costs a search.
 *
 * SIP timers (T1, 64 T1, T4), keep-alives and links without jitter are constant delays; they are most of all events.
 */

/** A ring of (time, key, slot), oldest first. Entries whose event was cancelled stay until they reach the head. */
export class LaneRing {
  readonly delayNs: number;
  readonly phase: number;
  private times = new Float64Array(16);
  private keys = new Float64Array(16);
  private slots = new Int32Array(16);
  private head = 0;
  private size = 0;

  constructor(delayNs: number, phase: number) {
    this.delayNs = delayNs;
    this.phase = phase;
  }

  get empty(): boolean {
    return this.size === 0;
  }

  push(timeNs: number, key: number, slot: number): void {
    if (this.size === this.times.length) this.enlarge();
    const at = (this.head + this.size) & (this.times.length - 1);
    this.times[at] = timeNs;
    this.keys[at] = key;
    this.slots[at] = slot;
    this.size++;
  }

  headTime(): number {
    return this.times[this.head];
  }

  headKey(): number {
    return this.keys[this.head];
  }

  headSlot(): number {
    return this.slots[this.head];
  }

  shift(): void {
    this.head = (this.head + 1) & (this.times.length - 1);
    this.size--;
  }

  private enlarge(): void {
    const length = this.times.length;
    const times = new Float64Array(length * 2);
    const keys = new Float64Array(length * 2);
    const slots = new Int32Array(length * 2);
    for (let i = 0; i < this.size; i++) {
      const from = (this.head + i) & (length - 1);
      times[i] = this.times[from];
      keys[i] = this.keys[from];
      slots[i] = this.slots[from];
    }
    this.times = times;
    this.keys = keys;
    this.slots = slots;
    this.head = 0;
  }
}
