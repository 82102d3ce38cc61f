/**
 * The deferred lists of all users: which entries there are, in which order, and where their records lie. Volatile; rebuilt from
 * storage. Struct of arrays, one row an entry and a few numbers a user.
 *
 * The records are blocks that storage holds too, so an entry's octets exist once. Not here: HTTP, XML, durability.
 */
import type { Block, Octets } from '../../sim/host/ports.js';
import { assert } from '../../sim/kernel/assert.js';
import { widened } from '../../sim/kernel/columns.js';
import { SlotIndex } from '../sip/transaction/slot-index.js';
import { REFERENCE_AT } from './entry-record.js';

const NONE = 0;

export class ListTable {
  /** Columns by row; row 0 is never used. */
  user = new Int32Array(64);
  block = new Int32Array(64);
  length = new Int32Array(64);
  /** Number under which storage has the record; entries of a list are in the order of their numbers. */
  number = new Float64Array(64);
  private next = new Int32Array(64);
  private previous = new Int32Array(64);
  private hash = new Int32Array(64);
  private freeRow = NONE;
  private rowsUsed = 1;
  /** Entries of all lists. */
  rows = 0;
  private index = new SlotIndex();
  private readonly firstOf: Int32Array;
  private readonly lastOf: Int32Array;
  private readonly countOf: Int32Array;
  /** Number of the last change of the user's document, which is its entity tag; 0 if there is no document. */
  readonly change: Float64Array;

  constructor(
    private readonly octets: Octets,
    subscribers: number,
  ) {
    this.firstOf = new Int32Array(subscribers);
    this.lastOf = new Int32Array(subscribers);
    this.countOf = new Int32Array(subscribers);
    this.change = new Float64Array(subscribers);
  }

  first(user: number): number {
    return this.firstOf[user];
  }

  /** The entry after `row`; 0 at the end. */
  after(row: number): number {
    return this.next[row];
  }

  count(user: number): number {
    return this.countOf[user];
  }

  /** Row of the user's entry whose reference is octets [start, end) of `buf`; 0 if there is none. */
  find(user: number, buf: Buffer, start: number, end: number): number {
    const hash = hashOf(user, buf, start, end);
    const { index } = this;
    for (let place = index.find(hash); place >= 0; place = index.findNext(place, hash)) {
      const row = index.slotAt(place);
      if (this.user[row] === user && this.refersTo(row, buf, start, end)) return row;
    }
    return NONE;
  }

  /** True if the reference of `row` is octets [start, end) of `buf`. */
  refersTo(row: number, buf: Buffer, start: number, end: number): boolean {
    const own = this.octets.buf;
    const at = this.octets.start(this.block[row]) + REFERENCE_AT;
    if (own[at - 2] + own[at - 1] * 256 !== end - start) return false;
    for (let i = 0; i < end - start; i++) if (own[at + i] !== buf[start + i]) return false;
    return true;
  }

  /** Adds an entry at the end of the user's list. The table holds `block` until the entry goes. */
  append(user: number, number: number, block: Block, length: number): number {
    let row = this.freeRow;
    if (row !== NONE) this.freeRow = this.next[row];
    else {
      if (this.rowsUsed === this.user.length) this.enlarge();
      row = this.rowsUsed++;
    }
    this.user[row] = user;
    this.block[row] = block;
    this.length[row] = length;
    this.number[row] = number;
    const last = this.lastOf[user];
    this.previous[row] = last;
    this.next[row] = NONE;
    if (last === NONE) this.firstOf[user] = row;
    else this.next[last] = row;
    this.lastOf[user] = row;
    this.countOf[user]++;
    this.rows++;
    const { buf } = this.octets;
    const at = this.octets.start(block) + REFERENCE_AT;
    this.hash[row] = hashOf(user, buf, at, at + buf[at - 2] + buf[at - 1] * 256);
    this.index.insert(row, this.hash[row]);
    return row;
  }

  /** Puts another record of the same reference in the place of the one that `row` has. */
  replace(row: number, block: Block, length: number): void {
    this.octets.release(this.block[row]);
    this.block[row] = block;
    this.length[row] = length;
  }

  remove(row: number): void {
    assert(this.block[row] !== 0, 'removal of an entry that is not there');
    const user = this.user[row];
    const before = this.previous[row];
    const after = this.next[row];
    if (before === NONE) this.firstOf[user] = after;
    else this.next[before] = after;
    if (after === NONE) this.lastOf[user] = before;
    else this.previous[after] = before;
    this.countOf[user]--;
    this.rows--;
    this.index.remove(row, this.hash[row]);
    this.octets.release(this.block[row]);
    this.block[row] = 0;
    this.next[row] = this.freeRow;
    this.freeRow = row;
  }

  /** Forgets everything, and gives the blocks back. */
  clear(): void {
    for (let row = 1; row < this.rowsUsed; row++) {
      if (this.block[row] !== 0) this.octets.release(this.block[row]);
      this.block[row] = 0;
    }
    this.freeRow = NONE;
    this.rowsUsed = 1;
    this.rows = 0;
    this.index = new SlotIndex();
    this.firstOf.fill(0);
    this.lastOf.fill(0);
    this.countOf.fill(0);
    this.change.fill(0);
  }

  private enlarge(): void {
    const length = this.user.length * 2;
    this.user = widened(this.user, new Int32Array(length));
    this.block = widened(this.block, new Int32Array(length));
    this.length = widened(this.length, new Int32Array(length));
    this.number = widened(this.number, new Float64Array(length));
    this.next = widened(this.next, new Int32Array(length));
    this.previous = widened(this.previous, new Int32Array(length));
    this.hash = widened(this.hash, new Int32Array(length));
  }
}

function hashOf(user: number, buf: Uint8Array, start: number, end: number): number {
  let hash = Math.imul(user ^ 0x2545f491, 0x9e3779b1);
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ buf[i], 0x01000193);
  return hash ^ (hash >>> 15);
}
