/**
 * Committed records: key to block and length. The newest, and those that were read lately, are kept as they came; the rest packed
 * (`packing.ts`), so that a large backlog takes a third of its octets. Nobody sees the difference: lengths are those of what came, and
 * who reads a record gets a block with just that.
 */
import { widened } from '../kernel/columns.js';
import { Packer, PACKED_LIMIT_OCTETS } from './packing.js';
import type { Block, Octets } from './ports.js';

/** So many records wait to be packed: what is delivered soon never is. */
const PLAIN_RECORDS = 16_384;
/** Shorter ones would gain nothing: a block has 64 octets at least. */
const PACKED_LEAST_OCTETS = 128;
/** A record that is packed must save a block of the smallest kind. */
const LEAST_SAVED_OCTETS = 64;

/** In place of a record's turn to be packed: it never is, or it is already. */
const NEVER = -1;
const PACKED = -2;
const NO_ROW = -1;

export class Records {
  usedOctets = 0;
  private readonly rows = new Map<number, number>();
  private blocks = new Int32Array(64);
  private lengths = new Int32Array(64);
  /** Where in {@link waiting} the record is. */
  private turns = new Int32Array(64);
  private free = new Int32Array(64);
  private freeCount = 0;
  private used = 0;
  /** A ring of the rows that will be packed, made with the first of them. */
  private waiting = new Int32Array(0);
  private turn = 0;
  private packer: Packer | undefined;

  constructor(
    private readonly octets: Octets,
    private readonly plainRecords = PLAIN_RECORDS,
  ) {}

  get size(): number {
    return this.rows.size;
  }

  /** Block of a record; 0 if there is none. It is held for so long as no more than `plainRecords` others are put or read. */
  blockOf(key: number): Block {
    const row = this.rows.get(key);
    if (row === undefined) return 0;
    if (this.turns[row] === PACKED) {
      const packed = this.blocks[row];
      this.blocks[row] = this.unpacked(row);
      this.octets.release(packed);
      this.wait(row);
    }
    return this.blocks[row];
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
    } else this.drop(row);
    this.blocks[row] = block;
    this.lengths[row] = length;
    this.usedOctets += length;
    if (length < PACKED_LEAST_OCTETS || length > PACKED_LIMIT_OCTETS) this.turns[row] = NEVER;
    else this.wait(row);
  }

  delete(key: number): void {
    const row = this.rows.get(key);
    if (row === undefined) return;
    this.rows.delete(key);
    this.drop(row);
    this.free[this.freeCount++] = row;
  }

  /** Visits all records by ascending key; a block is held for the visit. */
  scan(visit: (key: number, block: Block, length: number) => void): void {
    const keys = Float64Array.from(this.rows.keys()).sort();
    for (const key of keys) {
      const row = this.rows.get(key);
      if (row === undefined) continue;
      if (this.turns[row] !== PACKED) visit(key, this.blocks[row], this.lengths[row]);
      else {
        const block = this.unpacked(row);
        visit(key, block, this.lengths[row]);
        this.octets.release(block);
      }
    }
  }

  /** Gives back what a row has. */
  private drop(row: number): void {
    if (this.turns[row] >= 0) this.waiting[this.turns[row]] = NO_ROW;
    this.octets.release(this.blocks[row]);
    this.usedOctets -= this.lengths[row];
  }

  /** The record of the row gets its turn; the one whose turn has come is packed. */
  private wait(row: number): void {
    if (this.waiting.length === 0) this.waiting = new Int32Array(this.plainRecords).fill(NO_ROW);
    const { turn } = this;
    const next = this.waiting[turn];
    this.waiting[turn] = row;
    this.turns[row] = turn;
    this.turn = turn + 1 === this.plainRecords ? 0 : turn + 1;
    if (next !== NO_ROW) this.packUp(next);
  }

  private packUp(row: number): void {
    const { octets } = this;
    const plain = this.blocks[row];
    const length = this.lengths[row];
    const packer = (this.packer ??= new Packer());
    const packedOctets = packer.pack(octets.buf, octets.start(plain), length);
    if (packedOctets > length - LEAST_SAVED_OCTETS) {
      this.turns[row] = NEVER;
      return;
    }
    const packed = octets.alloc(packedOctets);
    const { buf } = octets;
    const start = octets.start(packed);
    for (let i = 0; i < packedOctets; i++) buf[start + i] = packer.out[i];
    octets.release(plain);
    this.blocks[row] = packed;
    this.turns[row] = PACKED;
  }

  /** A block with the record of a row that is packed, held by the caller. */
  private unpacked(row: number): Block {
    const { octets } = this;
    const length = this.lengths[row];
    const block = octets.alloc(length);
    this.packer?.unpack(octets.buf, octets.start(this.blocks[row]), octets.start(block), length);
    return block;
  }

  private fresh(): number {
    if (this.used === this.blocks.length) {
      const length = this.used * 2;
      this.blocks = widened(this.blocks, new Int32Array(length));
      this.lengths = widened(this.lengths, new Int32Array(length));
      this.turns = widened(this.turns, new Int32Array(length));
      this.free = widened(this.free, new Int32Array(length));
    }
    return this.used++;
  }
}
