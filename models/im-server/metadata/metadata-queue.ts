/**
 * Metadata requests that are to be made or wait for their answer, in order: a ring of numbers that grows up to a limit.
 * Volatile; what a crash forgets is found again by comparing lists (`metadata.ts`).
 */
import { assert } from '../../../sim/kernel/assert.js';

/** What a request does. */
export const MetadataOp = {
  /** Nothing any more: its message is gone, or it was answered out of turn. */
  none: 0,
  /** Makes the user's document. */
  document: 1,
  put: 2,
  delete: 3,
  /** Gets the user's list, to compare it with the store. */
  list: 4,
} as const;
export type MetadataOp = (typeof MetadataOp)[keyof typeof MetadataOp];

const INITIAL = 256;

export class MetadataQueue {
  /** Columns; use {@link place} to get at the n-th entry. */
  op = new Uint8Array(INITIAL);
  user = new Int32Array(INITIAL);
  dm = new Float64Array(INITIAL);
  random0 = new Int32Array(INITIAL);
  random1 = new Int32Array(INITIAL);
  madeNs = new Float64Array(INITIAL);
  attempts = new Uint8Array(INITIAL);
  private first = 0;
  length = 0;

  /** `limit`: entries at most. */
  constructor(private readonly limit: number) {}

  get full(): boolean {
    return this.length >= this.limit;
  }

  /** Column index of entry `n`, counted from the oldest. */
  place(n: number): number {
    return (this.first + n) & (this.op.length - 1);
  }

  /** Adds an entry at the end; the queue must not be full. */
  push(
    op: MetadataOp,
    user: number,
    dm: number,
    random0: number,
    random1: number,
    madeNs: number,
    attempts: number,
  ): void {
    assert(!this.full, 'a metadata request for a full queue');
    if (this.length === this.op.length) this.enlarge();
    const at = this.place(this.length++);
    this.op[at] = op;
    this.user[at] = user;
    this.dm[at] = dm;
    this.random0[at] = random0;
    this.random1[at] = random1;
    this.madeNs[at] = madeNs;
    this.attempts[at] = attempts;
  }

  shift(): void {
    assert(this.length > 0, 'a metadata request from an empty queue');
    this.first = this.place(1);
    this.length--;
  }

  private enlarge(): void {
    const old = this.op.length;
    const turn = <T extends Uint8Array | Int32Array | Float64Array>(from: T, to: T): T => {
      for (let i = 0; i < old; i++) to[i] = from[(this.first + i) & (old - 1)];
      return to;
    };
    this.op = turn(this.op, new Uint8Array(old * 2));
    this.user = turn(this.user, new Int32Array(old * 2));
    this.dm = turn(this.dm, new Float64Array(old * 2));
    this.random0 = turn(this.random0, new Int32Array(old * 2));
    this.random1 = turn(this.random1, new Int32Array(old * 2));
    this.madeNs = turn(this.madeNs, new Float64Array(old * 2));
    this.attempts = turn(this.attempts, new Uint8Array(old * 2));
    this.first = 0;
  }
}
