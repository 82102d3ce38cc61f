/**
 * Datagrams on their way, as rows of integers in one typed array; nothing is allocated for a packet.
 */
import { widened } from '../kernel/columns.js';

export const DatagramField = {
  block: 0,
  length: 1,
  fromHost: 2,
  fromLocal: 3,
  fromPort: 4,
  toHost: 5,
  toLocal: 6,
  toPort: 7,
} as const;

const ROW_SHIFT = 3;

export class DatagramPool {
  rows = new Int32Array(1024 << ROW_SHIFT);
  private free = new Int32Array(1024);
  private freeCount = 0;
  private used = 0;

  /** Index of the first word of a free row in `rows`, which it may replace. */
  take(): number {
    if (this.freeCount > 0) return this.free[--this.freeCount];
    if ((this.used + 1) << ROW_SHIFT > this.rows.length) {
      this.rows = widened(this.rows, new Int32Array(this.rows.length * 2));
      this.free = widened(this.free, new Int32Array(this.free.length * 2));
    }
    return this.used++ << ROW_SHIFT;
  }

  /** Another row that says what `row` says; as {@link take}. */
  copy(row: number): number {
    const copy = this.take();
    this.rows.copyWithin(copy, row, row + (1 << ROW_SHIFT));
    return copy;
  }

  give(row: number): void {
    this.free[this.freeCount++] = row;
  }

  /** Rows taken and not given back. */
  get inUse(): number {
    return this.used - this.freeCount;
  }
}
