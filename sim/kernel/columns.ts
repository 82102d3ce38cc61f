/** Columns of a struct of arrays: typed arrays that are exchanged for wider ones when the rows run out. */

/** Copies `from` to the front of the wider array `to`, and gives that. */
export function widened<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** A table grows to four times its rows: what was never touched costs nothing, but what it leaves behind is seldom given back. */
const GROWTH = 4;
/** From here on a table gets {@link MAPPED_OCTETS} at least. */
const LARGE_OCTETS = 1024 * 1024;
/** So much the C library always maps for itself: nothing of it is there before it is touched, and it is given back whole. */
const MAPPED_OCTETS = 33 * 1024 * 1024;

/** Rows, a multiple of eight, of a table that has `rows` of so many octets each and must have a place for row `index`. */
export function moreRows(rows: number, index: number, rowOctets: number): number {
  let wider = rows;
  while (index >= wider) wider *= GROWTH;
  if (wider * rowOctets > LARGE_OCTETS) wider = Math.max(wider, 8 * Math.ceil(MAPPED_OCTETS / 8 / rowOctets));
  return wider;
}

/**
 * All columns of a table in one stretch of memory, one behind the other, widest first. A large one is memory of its own, of which rows that
 * were never used are not there. Columns apart lie in a heap with gaps where narrower ones were, and are cleared whole.
 */
export class Stretch {
  private readonly memory: ArrayBuffer;
  private used = 0;

  /** `rows` is a multiple of eight. */
  constructor(
    private readonly rows: number,
    rowOctets: number,
  ) {
    this.memory = new ArrayBuffer(rows * rowOctets);
  }

  /** The next column, which begins as `from`. */
  float64(from: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
    return widened(from, new Float64Array(this.memory, this.take(8), this.rows));
  }

  uint32(from: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
    return widened(from, new Uint32Array(this.memory, this.take(4), this.rows));
  }

  int32(from: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
    return widened(from, new Int32Array(this.memory, this.take(4), this.rows));
  }

  uint8(from: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
    return widened(from, new Uint8Array(this.memory, this.take(1), this.rows));
  }

  private take(octets: number): number {
    const at = this.used;
    this.used += octets * this.rows;
    return at;
  }
}
