/** Columns of a struct of arrays: typed arrays that are exchanged for wider ones when the rows run out. */

/** Copies `from` to the front of the wider array `to`, and gives that. */
export function widened<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
