/**
 * Rows by instant of expiry: a binary heap of (instant, row, dm) with lazy removal. One kernel timer, armed for the earliest,
 * serves all, since a timer for each of a million messages would cost more than the message's index row.
 *
 * Not here: when a lifetime ends (`expiry.ts`), and whether the row still is that message's, which the owner knows.
 */
import { moreRows, Stretch } from '../../../sim/kernel/columns.js';

const ENTRY_OCTETS = 16;

export class ExpiryQueue {
  private instants = new Float64Array(64);
  private rows = new Int32Array(64);
  private dms = new Uint32Array(64);
  size = 0;

  push(atNs: number, row: number, dm: number): void {
    if (this.size === this.rows.length) this.enlarge();
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.before(parent, atNs, dm)) break;
      this.move(parent, at);
      at = parent;
    }
    this.set(at, atNs, row, dm);
  }

  /** Earliest instant; Infinity if empty. */
  get earliestNs(): number {
    return this.size === 0 ? Infinity : this.instants[0];
  }

  get earliestRow(): number {
    return this.rows[0];
  }

  get earliestDm(): number {
    return this.dms[0];
  }

  shift(): void {
    const last = --this.size;
    if (last === 0) return;
    const atNs = this.instants[last];
    const row = this.rows[last];
    const dm = this.dms[last];
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= last) break;
      if (child + 1 < last && this.before(child + 1, this.instants[child], this.dms[child])) child++;
      if (!this.before(child, atNs, dm)) break;
      this.move(child, at);
      at = child;
    }
    this.set(at, atNs, row, dm);
  }

  /** Entry `index` goes before (instant, dm): by instant, then by message number. */
  private before(index: number, atNs: number, dm: number): boolean {
    const own = this.instants[index];
    return own < atNs || (own === atNs && this.dms[index] < dm);
  }

  private move(from: number, to: number): void {
    this.set(to, this.instants[from], this.rows[from], this.dms[from]);
  }

  private set(at: number, atNs: number, row: number, dm: number): void {
    this.instants[at] = atNs;
    this.rows[at] = row;
    this.dms[at] = dm;
  }

  private enlarge(): void {
    const stretch = new Stretch(moreRows(this.size, this.size, ENTRY_OCTETS), ENTRY_OCTETS);
    this.instants = stretch.float64(this.instants);
    this.dms = stretch.uint32(this.dms);
    this.rows = stretch.int32(this.rows);
  }
}
