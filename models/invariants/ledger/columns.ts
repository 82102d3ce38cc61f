/**
 * Columns of the ledger, all of them in one stretch of memory: a large one is memory of its own, of which the rows that were never written
 * are not there. Of the judges' own, since the models have theirs.
 */

type Column =
  Float64Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
type ColumnOf<T> = {
  readonly BYTES_PER_ELEMENT: number;
  new (memory: ArrayBuffer, at: number, rows: number): T;
};

/** A place for a table of so many rows, a multiple of eight, and so many octets a row. */
export class Columns {
  private readonly memory: ArrayBuffer;
  private used = 0;

  constructor(
    private readonly rows: number,
    rowOctets: number,
  ) {
    this.memory = new ArrayBuffer(rows * rowOctets);
  }

  /** The next column, which begins with what `from` has. The widest come first. */
  next<T extends Column & { set(from: T): void }>(from: T): T {
    const Kind = from.constructor as unknown as ColumnOf<T>;
    const column = new Kind(this.memory, this.used, this.rows);
    this.used += Kind.BYTES_PER_ELEMENT * this.rows;
    column.set(from);
    return column;
  }
}

/** A table of 1 MiB gets so many octets: then it is mapped by itself. */
const LARGE_OCTETS = 2 ** 20;
const MAPPED_OCTETS = 33 * 2 ** 20;

/** So many rows, and four times as many until there is one for `index`: those that are never written cost nothing. */
export function rowsFor(index: number, rows: number, rowOctets: number): number {
  let wider = rows;
  while (index >= wider) wider *= 4;
  const mapped = 8 * Math.ceil(MAPPED_OCTETS / 8 / rowOctets);
  return wider * rowOctets > LARGE_OCTETS ? Math.max(wider, mapped) : wider;
}
