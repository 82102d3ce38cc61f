/**
 * The Deferred Messaging Function's account book (S5): which deferred messages wait for which user, in order of receipt.
 *
 * Volatile: it is rebuilt from storage after a crash. Struct of arrays, one row a message and a few integers a user, so that a
 * million of each stay cheap. Rows of one user form a list in the order of storing (A16).
 *
 * Not here: the octets of a message (storage has them) and any decision.
 */
import { assert } from '../../../sim/kernel/assert.js';
import { moreRows, Stretch } from '../../../sim/kernel/columns.js';

/** Where a deferred message stands. */
export const RowState = {
  free: 0,
  /** Waits for a push. */
  waiting: 1,
  /** A SEND with it is under way. */
  inPush: 2,
  /** Kept, but not pushed any more (A18). */
  deadLettered: 3,
  /** Its deletion was asked of storage. */
  leaving: 4,
  /** Kept, and pushed again only after a new third-party REGISTER: this client's answer did not take it (A19), or she said 413 (A18). */
  passedOver: 5,
  /** Delivered; kept for a grace in case a failure is reported late (A17). */
  delivered: 6,
} as const;

/** Why a row leaves. */
export const Leaves = { settled: 0, expired: 1, discarded: 2 } as const;
export type Leaves = (typeof Leaves)[keyof typeof Leaves];

const NONE = 0;
/** Of all columns. */
const ROW_OCTETS = 48;
/** In place of the row before: the row is in no list. */
const ASIDE = -1;

export class DeferredIndex {
  /** Columns by row; row 0 is never used. */
  dm = new Uint32Array(64);
  user = new Int32Array(64);
  receivedAtNs = new Float64Array(64);
  /** -1: never. */
  expiresAtNs = new Float64Array(64);
  octets = new Int32Array(64);
  /** The random bits of the record, of which its DM id is made (S4). */
  random0 = new Int32Array(64);
  random1 = new Int32Array(64);
  state = new Uint8Array(64);
  /** Why a row in `leaving` leaves: {@link Leaves}. */
  leavesAs = new Uint8Array(64);
  /** 1 once the user has fetched the message herself. */
  fetched = new Uint8Array(64);
  /** Wrappers that were answered 415, a bit for each; the record has them as well (A18). */
  wrappersRefused = new Uint8Array(64);
  private next = new Int32Array(64);
  private previous = new Int32Array(64);
  private freeRow = NONE;
  private rowsUsed = 1;

  private readonly firstOf: Int32Array;
  private readonly lastOf: Int32Array;
  private readonly countOf: Int32Array;
  private readonly octetsOf: Float64Array;
  /** Messages and octets that wait for their commit: a quota counts them as well. */
  private readonly promised: Int32Array;
  private readonly promisedOctets: Float64Array;
  /** Rows in use. */
  rows = 0;

  constructor(subscribers: number) {
    this.firstOf = new Int32Array(subscribers);
    this.lastOf = new Int32Array(subscribers);
    this.countOf = new Int32Array(subscribers);
    this.octetsOf = new Float64Array(subscribers);
    this.promised = new Int32Array(subscribers);
    this.promisedOctets = new Float64Array(subscribers);
  }

  /** A message of so many octets was handed to storage: its room is taken from now on. */
  promise(user: number, octets: number): void {
    this.promised[user]++;
    this.promisedOctets[user] += octets;
  }

  /** Its commit is over, well or not. */
  unpromise(user: number, octets: number): void {
    assert(this.promised[user] > 0, 'a commit that nobody waits for');
    this.promised[user]--;
    this.promisedOctets[user] -= octets;
  }

  /** Messages of the user for the quota: those filed, and those that wait for their commit. */
  claimed(user: number): number {
    return this.countOf[user] + this.promised[user];
  }

  /** Octets likewise. */
  claimedOctets(user: number): number {
    return this.octetsOf[user] + this.promisedOctets[user];
  }

  /** Adds a message at the end of the user's list. */
  append(dm: number, user: number, octets: number, receivedAtNs: number, expiresAtNs: number): number {
    let row = this.freeRow;
    if (row !== NONE) this.freeRow = this.next[row];
    else {
      if (this.rowsUsed === this.user.length) this.enlarge();
      row = this.rowsUsed++;
    }
    this.dm[row] = dm;
    this.user[row] = user;
    this.octets[row] = octets;
    this.receivedAtNs[row] = receivedAtNs;
    this.expiresAtNs[row] = expiresAtNs;
    this.state[row] = RowState.waiting;
    this.leavesAs[row] = Leaves.settled;
    this.fetched[row] = 0;
    this.wrappersRefused[row] = 0;
    this.link(row, this.lastOf[user]);
    this.countOf[user]++;
    this.octetsOf[user] += octets;
    this.rows++;
    return row;
  }

  /** Takes a row out; its number may be given to another message afterwards. */
  remove(row: number): void {
    assert(this.state[row] !== RowState.free, 'removal of a deferred message that is not there');
    const user = this.user[row];
    if (this.isListed(row)) this.unlink(row);
    this.countOf[user]--;
    this.octetsOf[user] -= this.octets[row];
    this.state[row] = RowState.free;
    this.next[row] = this.freeRow;
    this.freeRow = row;
    this.rows--;
  }

  /**
   * Takes a row out of the user's list without forgetting it, so that delivered messages in their grace do not lengthen every
   * search. It still counts.
   */
  setAside(row: number): void {
    this.unlink(row);
    this.previous[row] = ASIDE;
  }

  /** The row waits again, at its place in the order of receipt (A16). */
  putBack(row: number): void {
    assert(!this.isListed(row), 'a row that was not set aside');
    let before = this.lastOf[this.user[row]];
    while (before !== NONE && this.dm[before] > this.dm[row]) before = this.previous[before];
    this.link(row, before);
    this.state[row] = RowState.waiting;
  }

  private isListed(row: number): boolean {
    return this.previous[row] !== ASIDE;
  }

  /** Puts the row behind `before`; to the front if that is 0. */
  private link(row: number, before: number): void {
    const user = this.user[row];
    const after = before === NONE ? this.firstOf[user] : this.next[before];
    this.previous[row] = before;
    this.next[row] = after;
    if (before === NONE) this.firstOf[user] = row;
    else this.next[before] = row;
    if (after === NONE) this.lastOf[user] = row;
    else this.previous[after] = row;
  }

  private unlink(row: number): void {
    const user = this.user[row];
    const before = this.previous[row];
    const after = this.next[row];
    if (before === NONE) this.firstOf[user] = after;
    else this.next[before] = after;
    if (after === NONE) this.lastOf[user] = before;
    else this.previous[after] = before;
  }

  /** What was passed over waits again: a new registration may have brought another client (A19). */
  reconsider(user: number): void {
    for (let row = this.firstOf[user]; row !== NONE; row = this.next[row]) {
      if (this.state[row] === RowState.passedOver) this.state[row] = RowState.waiting;
    }
  }

  /** Rows of the user that wait for a push. */
  waitingFor(user: number): number {
    let waiting = 0;
    for (let row = this.firstOf[user]; row !== NONE; row = this.next[row]) {
      if (this.state[row] === RowState.waiting) waiting++;
    }
    return waiting;
  }

  /** First row of the user that waits for a push, in order of receipt; 0 if there is none. */
  firstWaiting(user: number): number {
    for (let row = this.firstOf[user]; row !== NONE; row = this.next[row]) {
      if (this.state[row] === RowState.waiting) return row;
    }
    return NONE;
  }

  /** True if the user has a message that waits for a push. */
  hasWaiting(user: number): boolean {
    return this.firstWaiting(user) !== NONE;
  }

  /** Rows of the user, whatever their state. */
  count(user: number): number {
    return this.countOf[user];
  }

  /** All rows of the user, those set aside included; for comparisons, not for the hot path. */
  rowsOf(user: number): number[] {
    const rows: number[] = [];
    for (let row = this.firstOf[user]; row !== NONE; row = this.next[row]) rows.push(row);
    if (rows.length === this.countOf[user]) return rows;
    for (let row = 1; row < this.rowsUsed; row++) {
      if (this.state[row] !== RowState.free && this.user[row] === user && !this.isListed(row)) rows.push(row);
    }
    return rows;
  }

  private enlarge(): void {
    const rows = moreRows(this.user.length, this.user.length, ROW_OCTETS);
    const stretch = new Stretch(rows, ROW_OCTETS);
    this.receivedAtNs = stretch.float64(this.receivedAtNs);
    this.expiresAtNs = stretch.float64(this.expiresAtNs);
    this.dm = stretch.uint32(this.dm);
    this.user = stretch.int32(this.user);
    this.octets = stretch.int32(this.octets);
    this.random0 = stretch.int32(this.random0);
    this.random1 = stretch.int32(this.random1);
    this.next = stretch.int32(this.next);
    this.previous = stretch.int32(this.previous);
    this.state = stretch.uint8(this.state);
    this.leavesAs = stretch.uint8(this.leavesAs);
    this.fetched = stretch.uint8(this.fetched);
    this.wrappersRefused = stretch.uint8(this.wrappersRefused);
  }
}
