/** Delivered messages of one push session in their grace (A17), oldest first, each with the instant of its 200. */
import { emptied } from '../../lists.js';

export class GraceRows {
  private readonly rows: number[] = [];
  private readonly instants: number[] = [];
  private head = 0;

  get count(): number {
    return this.rows.length - this.head;
  }

  push(row: number, atNs: number): void {
    this.rows.push(row);
    this.instants.push(atNs);
  }

  /** When the oldest was delivered; Infinity if there is none. */
  oldestNs(): number {
    return this.count === 0 ? Infinity : this.instants[this.head];
  }

  /** Takes the oldest out; there must be one. */
  shift(): number {
    const row = this.rows[this.head++];
    if (this.head === this.rows.length) {
      emptied(this.rows);
      emptied(this.instants);
      this.head = 0;
    }
    return row;
  }

  /** Takes this one out. False if it is not here. Seldom, so it is searched for. */
  take(row: number): boolean {
    const at = this.rows.indexOf(row, this.head);
    if (at < 0) return false;
    this.rows.splice(at, 1);
    this.instants.splice(at, 1);
    return true;
  }
}
