/**
 * A set of octet positions as a growing prefix and a sorted list of pieces beyond it: which octets of a message have arrived
 * (RFC 4975 section 7.3.1), or which ones a success REPORT has covered (section 7.1.3).
 */
import { emptied } from '../../lists.js';

export class Ranges {
  /** Octets [0, prefix) are in the set. */
  prefix = 0;
  /** Pieces beyond the prefix: start, end, start, end, ...; sorted, neither overlapping nor touching. */
  private readonly pieces: number[] = [];

  clear(): void {
    this.prefix = 0;
    emptied(this.pieces);
  }

  /** Pieces that do not touch the prefix. */
  get gaps(): number {
    return this.pieces.length >> 1;
  }

  /** One more than the last position in the set. */
  get end(): number {
    return this.pieces.length === 0 ? this.prefix : this.pieces[this.pieces.length - 1];
  }

  /** Adds [start, end). */
  add(start: number, end: number): void {
    if (end <= start) return;
    const { pieces } = this;
    if (start <= this.prefix) {
      if (end > this.prefix) this.prefix = end;
      let joined = 0;
      while (joined < pieces.length && pieces[joined] <= this.prefix) {
        if (pieces[joined + 1] > this.prefix) this.prefix = pieces[joined + 1];
        joined += 2;
      }
      if (joined > 0) pieces.splice(0, joined);
      return;
    }
    let first = pieces.length;
    while (first > 0 && pieces[first - 1] >= start) first -= 2;
    let after = first;
    let from = start;
    let to = end;
    while (after < pieces.length && pieces[after] <= to) {
      from = Math.min(from, pieces[after]);
      to = Math.max(to, pieces[after + 1]);
      after += 2;
    }
    pieces.splice(first, after - first, from, to);
  }
}
