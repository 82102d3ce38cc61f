/**
 * The Deferred Messaging Function's account book (S5): which deferred messages wait for which user, in order of receipt.
 *
 * Volatile: it is rebuilt from storage after a crash. Struct of arrays, one row a message and a few integers a user, so that a
 * million of each stay cheap. Rows of one user form a list in the order of storing (A16).
 *
 * Not here: the octets of a message (storage has them) and any decision.
 */
import { assert } from '../../sim/kernel/assert.js';

/** Where a deferred message stands. */
export const RowState = {
  free: 0,
  /** Waits for a push. */
  waiting: 1,
  /** A SEND with it is under way. */
  inPush: 2,
  /** Kept, but not pushed any more (A18, A19). */
  deadLettered: 3,
  /** Its deletion was asked of storage. */
  leaving: 4,
} as const;

const NONE = 0;

export class DeferredIndex {
  /** Columns by row; row 0 is never used. */
  dm = new Float64Array(64);
  user = new Int32Array(64);
  receivedAtNs = new Float64Array(64);
  /** -1: never. */
  expiresAtNs = new Float64Array(64);
  octets = new Int32Array(64);
  state = new Uint8Array(64);
  /** 1 if the row leaves because it expired, 0 if because it was delivered. */
  leavesExpired = new Uint8Array(64);
  private next = new Int32Array(64);
  private previous = new Int32Array(64);
  private freeRow = NONE;
  private rowsUsed = 1;

  private readonly firstOf: Int32Array;
  private readonly lastOf: Int32Array;
  private readonly countOf: Int32Array;
  private readonly octetsOf: Float64Array;
  /** Rows in use. */
  rows = 0;

  constructor(subscribers: number) {
    this.firstOf = new Int32Array(subscribers);
    this.lastOf = new Int32Array(subscribers);
    this.countOf = new Int32Array(subscribers);
    this.octetsOf = new Float64Array(subscribers);
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
    this.leavesExpired[row] = 0;
    const last = this.lastOf[user];
    this.previous[row] = last;
    this.next[row] = NONE;
    if (last === NONE) this.firstOf[user] = row;
    else this.next[last] = row;
    this.lastOf[user] = row;
    this.countOf[user]++;
    this.octetsOf[user] += octets;
    this.rows++;
    return row;
  }

  /** Takes a row out; its number may be given to another message afterwards. */
  remove(row: number): void {
    assert(this.state[row] !== RowState.free, 'removal of a deferred message that is not there');
    const user = this.user[row];
    const before = this.previous[row];
    const after = this.next[row];
    if (before === NONE) this.firstOf[user] = after;
    else this.next[before] = after;
    if (after === NONE) this.lastOf[user] = before;
    else this.previous[after] = before;
    this.countOf[user]--;
    this.octetsOf[user] -= this.octets[row];
    this.state[row] = RowState.free;
    this.next[row] = this.freeRow;
    this.freeRow = row;
    this.rows--;
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

  octetsFor(user: number): number {
    return this.octetsOf[user];
  }

  private enlarge(): void {
    const length = this.user.length * 2;
    this.dm = wider(this.dm, new Float64Array(length));
    this.receivedAtNs = wider(this.receivedAtNs, new Float64Array(length));
    this.expiresAtNs = wider(this.expiresAtNs, new Float64Array(length));
    this.user = wider(this.user, new Int32Array(length));
    this.octets = wider(this.octets, new Int32Array(length));
    this.next = wider(this.next, new Int32Array(length));
    this.previous = wider(this.previous, new Int32Array(length));
    this.state = wider(this.state, new Uint8Array(length));
    this.leavesExpired = wider(this.leavesExpired, new Uint8Array(length));
  }
}

function wider<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
