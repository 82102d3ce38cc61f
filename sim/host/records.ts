/**
 * Committed records: key to block and length. The newest, and those that were read lately, are kept as they came; the rest packed
 * (`packing.ts`), so that a large backlog takes a third of its octets. Nobody sees the difference: lengths are those of what came, and
 * who reads a record gets a block with just that.
 */
import { moreRows, Stretch } from '../kernel/columns.js';
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
/** Columns of a row: block, length, turn. */
const ROW_OCTETS = 12;
/** Keys side by side have rows side by side, so many in a page. Keys come one after the other, so most of a page is used. */
const PAGE_ROWS = 64;

export class Records {
  usedOctets = 0;
  size = 0;
  /** First row of the page of a key, by the key over {@link PAGE_ROWS}. */
  private readonly pages = new Map<number, number>();
  /** 0: there is no record. */
  private blocks = new Int32Array(PAGE_ROWS);
  private lengths = new Int32Array(PAGE_ROWS);
  /** Where in {@link waiting} the record is. */
  private turns = new Int32Array(PAGE_ROWS);
  /** By page: its records. */
  private readonly counts: number[] = [];
  private readonly freePages: number[] = [];
  /** A ring of the rows that will be packed, made with the first of them. */
  private waiting = new Int32Array(0);
  private turn = 0;
  private packer: Packer | undefined;

  constructor(
    private readonly octets: Octets,
    private readonly plainRecords = PLAIN_RECORDS,
  ) {}

  /** Block of a record; 0 if there is none. It is held for so long as no more than `plainRecords` others are put or read. */
  blockOf(key: number): Block {
    const row = this.rowOf(key);
    if (row === NO_ROW) return 0;
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
    const row = this.rowOf(key);
    return row === NO_ROW ? -1 : this.lengths[row];
  }

  /** Adds or replaces; takes over one hold of `block`. */
  put(key: number, block: Block, length: number): void {
    let row = this.rowOf(key);
    if (row === NO_ROW) row = this.add(key);
    else this.drop(row);
    this.blocks[row] = block;
    this.lengths[row] = length;
    this.usedOctets += length;
    if (length < PACKED_LEAST_OCTETS || length > PACKED_LIMIT_OCTETS) this.turns[row] = NEVER;
    else this.wait(row);
  }

  delete(key: number): void {
    const row = this.rowOf(key);
    if (row === NO_ROW) return;
    this.drop(row);
    this.blocks[row] = 0;
    this.size--;
    const page = Math.floor(row / PAGE_ROWS);
    if (--this.counts[page] > 0) return;
    this.pages.delete(Math.floor(key / PAGE_ROWS));
    this.freePages.push(page);
  }

  /** Visits all records by ascending key; a block is held for the visit. */
  scan(visit: (key: number, block: Block, length: number) => void): void {
    for (const page of Float64Array.from(this.pages.keys()).sort()) {
      for (let key = page * PAGE_ROWS; key < (page + 1) * PAGE_ROWS; key++) {
        const row = this.rowOf(key);
        if (row !== NO_ROW) this.show(key, row, visit);
      }
    }
  }

  private show(key: number, row: number, visit: (key: number, block: Block, length: number) => void): void {
    if (this.turns[row] !== PACKED) visit(key, this.blocks[row], this.lengths[row]);
    else {
      const block = this.unpacked(row);
      visit(key, block, this.lengths[row]);
      this.octets.release(block);
    }
  }

  /** Row of a record; {@link NO_ROW} if there is none. */
  private rowOf(key: number): number {
    const page = this.pages.get(Math.floor(key / PAGE_ROWS));
    if (page === undefined) return NO_ROW;
    const row = page + (key % PAGE_ROWS);
    return this.blocks[row] === 0 ? NO_ROW : row;
  }

  /** The row of a record that is not there yet. */
  private add(key: number): number {
    const number = Math.floor(key / PAGE_ROWS);
    let first = this.pages.get(number);
    if (first === undefined) {
      first = PAGE_ROWS * (this.freePages.pop() ?? this.counts.length);
      this.pages.set(number, first);
      this.counts[first / PAGE_ROWS] = 0;
      if (first === this.blocks.length) this.enlarge();
    }
    this.counts[first / PAGE_ROWS]++;
    this.size++;
    return first + (key % PAGE_ROWS);
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

  private enlarge(): void {
    const rows = this.blocks.length;
    const stretch = new Stretch(moreRows(rows, rows, ROW_OCTETS), ROW_OCTETS);
    this.blocks = stretch.int32(this.blocks);
    this.lengths = stretch.int32(this.lengths);
    this.turns = stretch.int32(this.turns);
  }
}
