/**
 * Committed records: key to block and length. Octets stay in the arena; the index costs 12 octets a record and 16 to 32 for its key.
 */
import { RecordRows } from './record-rows.js';
import type { Block, Octets } from './ports.js';

export class Records {
  usedOctets = 0;
  private readonly rows = new RecordRows();
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
    return row < 0 ? 0 : this.blocks[row];
  }

  /** Length of a record; -1 if there is none. */
  lengthOf(key: number): number {
    const row = this.rows.get(key);
    return row < 0 ? -1 : this.lengths[row];
  }

  /** Adds or replaces; takes over one hold of `block`. */
  put(key: number, block: Block, length: number): void {
    let row = this.rows.get(key);
    if (row < 0) {
      row = this.freeCount > 0 ? this.free[--this.freeCount] : this.fresh();
      this.rows.add(key, row);
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
    if (row < 0) return;
    this.rows.remove(key);
    this.octets.release(this.blocks[row]);
    this.usedOctets -= this.lengths[row];
    this.free[this.freeCount++] = row;
  }

  /** Visits all records by ascending key. */
  scan(visit: (key: number, block: Block, length: number) => void): void {
    for (const key of this.rows.sortedKeys()) {
      const row = this.rows.get(key);
      if (row >= 0) visit(key, this.blocks[row], this.lengths[row]);
    }
  }

  private fresh(): number {
    if (this.used === this.blocks.length) {
      this.blocks = doubled(this.blocks);
      this.lengths = doubled(this.lengths);
      this.free = doubled(this.free);
    }
    return this.used++;
  }
}

function doubled(from: Int32Array): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length * 2);
  to.set(from);
  return to;
}
