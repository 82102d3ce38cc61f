/**
 * Committed records: key to block and length. Octets stay in the arena; the index costs a map entry and twelve octets a record.
 */
import { widened } from '../kernel/columns.js';
import type { Block, Octets } from './ports.js';

export class Records {
  usedOctets = 0;
  private readonly rows = new Map<number, number>();
  private blocks = new Int32Array(64);
  private lengths = new Int32Array(64);
  private free = new Int32Array(64);
  private freeCount = 0;
  private used = 0;

  constructor(private readonly octets: Octets) {}

  get size(): number {
    return this.rows.size;
  }

  /** Block of a record; 0 if there is none. */
  blockOf(key: number): Block {
    const row = this.rows.get(key);
    return row === undefined ? 0 : this.blocks[row];
  }

  /** Length of a record; -1 if there is none. */
  lengthOf(key: number): number {
    const row = this.rows.get(key);
    return row === undefined ? -1 : this.lengths[row];
  }

  /** Adds or replaces; takes over one hold of `block`. */
  put(key: number, block: Block, length: number): void {
    let row = this.rows.get(key);
    if (row === undefined) {
      row = this.freeCount > 0 ? this.free[--this.freeCount] : this.fresh();
      this.rows.set(key, row);
    } else {
      this.octets.release(this.blocks[row]);
      this.usedOctets -= this.lengths[row];
    }
    this.blocks[row] = block;
    this.lengths[row] = length;
    this.usedOctets += length;
  }

  delete(key: number): void {
    const row = this.rows.get(key);
    if (row === undefined) return;
    this.rows.delete(key);
    this.octets.release(this.blocks[row]);
    this.usedOctets -= this.lengths[row];
    this.free[this.freeCount++] = row;
  }

  /** Visits all records by ascending key. */
  scan(visit: (key: number, block: Block, length: number) => void): void {
    const keys = Float64Array.from(this.rows.keys()).sort();
    for (const key of keys) {
      const row = this.rows.get(key);
      if (row !== undefined) visit(key, this.blocks[row], this.lengths[row]);
    }
  }

  private fresh(): number {
    if (this.used === this.blocks.length) {
      const length = this.used * 2;
      this.blocks = widened(this.blocks, new Int32Array(length));
      this.lengths = widened(this.lengths, new Int32Array(length));
      this.free = widened(this.free, new Int32Array(length));
    }
    return this.used++;
  }
}
