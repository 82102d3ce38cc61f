/**
 * The requests that I14 follows: a hash table of numbers with open addressing, one row a transaction, that is rebuilt without the
 * old ones when it is half full. A row is never pushed out by another, or a repetition would look like a first sending.
 */

export const FollowState = { none: 0, open: 1, answered: 2 } as const;

const FIRST_ROWS = 1 << 10;

export class FollowedRequests {
  rows = FIRST_ROWS;
  /** Rows in use. */
  used = 0;
  /** {@link FollowState}. */
  state = new Uint8Array(FIRST_ROWS);
  keyA = new Int32Array(FIRST_ROWS);
  keyB = new Int32Array(FIRST_ROWS);
  host = new Int32Array(FIRST_ROWS);
  /** Address of the host that sent it; of a client, the user. */
  local = new Int32Array(FIRST_ROWS);
  firstNs = new Float64Array(FIRST_ROWS);
  lastNs = new Float64Array(FIRST_ROWS);
  /** The interval that led to the last sending; 0 for the first. */
  intervalNs = new Float64Array(FIRST_ROWS);
  t1Ns = new Float64Array(FIRST_ROWS);
  t2Ns = new Float64Array(FIRST_ROWS);
  invite = new Uint8Array(FIRST_ROWS);

  /** Row of the key; -1 if it is not followed. */
  find(a: number, b: number): number {
    const row = this.slot(a, b);
    return this.state[row] === FollowState.none ? -1 : row;
  }

  /** A row for a key that is not there yet, open; the caller fills in the rest. */
  add(a: number, b: number): number {
    const row = this.slot(a, b);
    this.state[row] = FollowState.open;
    this.keyA[row] = a;
    this.keyB[row] = b;
    this.used++;
    return row;
  }

  get isHalfFull(): boolean {
    return this.used * 2 > this.rows;
  }

  /** Drops every row for which `keep` says no, and makes room for as many as there are then. Row numbers change. */
  rebuild(keep: (row: number) => boolean): void {
    const {
      rows: oldRows,
      state,
      keyA,
      keyB,
      host,
      local,
      firstNs,
      lastNs,
      intervalNs,
      t1Ns,
      t2Ns,
      invite,
    } = this;
    const kept: number[] = [];
    for (let row = 0; row < oldRows; row++) {
      if (state[row] !== FollowState.none && keep(row)) kept.push(row);
    }
    let rows = FIRST_ROWS;
    while (rows < kept.length * 4) rows *= 2;
    this.rows = rows;
    this.used = 0;
    this.state = new Uint8Array(rows);
    this.keyA = new Int32Array(rows);
    this.keyB = new Int32Array(rows);
    this.host = new Int32Array(rows);
    this.local = new Int32Array(rows);
    this.firstNs = new Float64Array(rows);
    this.lastNs = new Float64Array(rows);
    this.intervalNs = new Float64Array(rows);
    this.t1Ns = new Float64Array(rows);
    this.t2Ns = new Float64Array(rows);
    this.invite = new Uint8Array(rows);
    for (const from of kept) {
      const to = this.add(keyA[from], keyB[from]);
      this.state[to] = state[from];
      this.host[to] = host[from];
      this.local[to] = local[from];
      this.firstNs[to] = firstNs[from];
      this.lastNs[to] = lastNs[from];
      this.intervalNs[to] = intervalNs[from];
      this.t1Ns[to] = t1Ns[from];
      this.t2Ns[to] = t2Ns[from];
      this.invite[to] = invite[from];
    }
  }

  /** The row that has the key, or the free one that it would get. */
  private slot(a: number, b: number): number {
    const mask = this.rows - 1;
    let row = (a ^ (a >>> 16) ^ (b << 5)) & mask;
    while (this.state[row] !== FollowState.none && (this.keyA[row] !== a || this.keyB[row] !== b)) {
      row = (row + 1) & mask;
    }
    return row;
  }
}
