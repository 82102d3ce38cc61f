/**
 * A short memory of Message-IDs and how they ended, for duplicates of finished messages (R15) and for further chunks of
 * refused ones (R13). An id is remembered as 64 bits of hash; the oldest is forgotten first.
 */
export class IdMemory {
  readonly size: number;
  private readonly high: Int32Array;
  private readonly low: Int32Array;
  private readonly status: Int16Array;
  private count = 0;
  /** Hash of the id that was looked at last. */
  private h1 = 0;
  private h2 = 0;

  constructor(size: number) {
    this.size = size;
    this.high = new Int32Array(size);
    this.low = new Int32Array(size);
    this.status = new Int16Array(size);
  }

  clear(): void {
    this.count = 0;
  }

  get empty(): boolean {
    return this.count === 0;
  }

  /** The status of the id in octets [start, end) of `buf`; -1 if it is not remembered. */
  look(buf: Buffer, start: number, end: number): number {
    if (this.count === 0) return -1;
    const at = this.find(buf, start, end);
    return at < 0 ? -1 : this.status[at];
  }

  /** Remembers the id, or changes its status. */
  remember(buf: Buffer, start: number, end: number, status: number): void {
    this.hash(buf, start, end);
    this.note(status);
  }

  /** Takes over what `other` remembers, for a replacement session. */
  copyFrom(other: IdMemory): void {
    this.high.set(other.high);
    this.low.set(other.low);
    this.status.set(other.status);
    this.count = other.count;
  }

  /** Remembers also what `other` does, as if it came after. */
  add(other: IdMemory): void {
    for (let n = Math.max(0, other.count - other.size); n < other.count; n++) {
      const from = n % other.size;
      this.h1 = other.high[from];
      this.h2 = other.low[from];
      this.note(other.status[from]);
    }
  }

  /** Remembers the id whose hash was made last. */
  private note(status: number): void {
    let at = this.known();
    if (at < 0) at = this.count++ % this.size;
    this.high[at] = this.h1;
    this.low[at] = this.h2;
    this.status[at] = status;
  }

  private find(buf: Buffer, start: number, end: number): number {
    this.hash(buf, start, end);
    return this.known();
  }

  private hash(buf: Buffer, start: number, end: number): void {
    let h1 = end - start;
    let h2 = 0x9e3779b9 | 0;
    for (let i = start; i < end; i++) {
      h1 = Math.imul(h1 ^ buf[i], 0x01000193);
      h2 = Math.imul(h2 ^ buf[i], 0x85ebca6b) + 0x27d4eb2f;
      h2 ^= h2 >>> 15;
    }
    this.h1 = h1;
    this.h2 = h2 | 0;
  }

  private known(): number {
    const { h1, h2 } = this;
    const known = Math.min(this.count, this.size);
    for (let i = 0; i < known; i++) if (this.high[i] === h1 && this.low[i] === h2) return i;
    return -1;
  }
}
