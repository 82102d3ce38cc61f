/**
 * Shrinking: from a failure to a small one that fails alike. Pure algorithms that take the test as an argument; they know nothing of
 * cells.
 *
 * `minimise` is delta debugging over a list (Zeller and Hildebrandt 2002), by complements alone: chunks of half its length are left out one
 * by one, then of half of that, down to single items. Where k of n items are needed it takes about 2 k log(n / k) tests, a fraction
 * of what ddmin takes, which tries the chunks by themselves too and begins anew after each success. `descend` walks to ever simpler
 * values as long as the test holds. Both give a local minimum: nothing single can be taken away from it.
 */

/** True if the candidate still fails in the same way. */
export type StillFails<T> = (candidate: T) => Promise<boolean>;

/**
 * A sublist of `items`, in their order, that still fails and of which no single item can be taken away. `items` must fail. Given up, with
 * more than `most` items left, once it shows that so many are needed: when that many chunks could not be missed.
 */
export async function minimise<T>(
  items: readonly T[],
  fails: StillFails<readonly T[]>,
  most = Infinity,
): Promise<readonly T[]> {
  if (items.length === 0) return items;
  // Often none of them matters, and then one test is enough.
  if (await fails([])) return [];
  let left = items;
  for (let size = Math.ceil(left.length / 2); ; size = Math.ceil(Math.min(size, left.length) / 2)) {
    const before = left.length;
    let needed = 0;
    for (let at = 0; at < left.length;) {
      const without = [...left.slice(0, at), ...left.slice(at + size)];
      if (without.length > 0 && (await fails(without))) {
        left = without;
        continue;
      }
      at += size;
      if (++needed > most) return left;
    }
    // What was needed beside an item that went later may be needless now.
    if (size === 1 && left.length === before) return left;
  }
}

/** Follows `simpler` from `start`: takes the first of its candidates that still fails, until none does or `limit` tests were made. */
export async function descend<T>(
  start: T,
  simpler: (value: T) => Iterable<T>,
  fails: StillFails<T>,
  limit: number,
): Promise<T> {
  let value = start;
  let left = limit;
  for (;;) {
    let next: T | undefined;
    for (const candidate of simpler(value)) {
      if (left-- <= 0) return value;
      if (await fails(candidate)) {
        next = candidate;
        break;
      }
    }
    if (next === undefined) return value;
    value = next;
  }
}
