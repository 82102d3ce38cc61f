/**
 * Shrinking: from a failure to a small one that fails alike. Pure algorithms that take the test as an argument; they know nothing of
 * cells.
 *
 * `minimise` is delta debugging (ddmin: Zeller and Hildebrandt 2002) over a list; `descend` walks to ever simpler values as long as the
 * test holds. Both give a local minimum: nothing single can be taken away from it.
 */

/** True if the candidate still fails in the same way. */
export type StillFails<T> = (candidate: T) => Promise<boolean>;

/** A sublist of `items`, in their order, that still fails and of which no single item can be taken away. `items` must fail. */
export async function minimise<T>(
  items: readonly T[],
  fails: StillFails<readonly T[]>,
): Promise<readonly T[]> {
  if (items.length === 0) return items;
  // Often none of them matters, and then one test is enough.
  if (await fails([])) return [];
  let left = items;
  let parts = 2;
  while (left.length >= 2) {
    const pieces = split(left, Math.min(parts, left.length));
    const smaller = (await firstFailing(pieces, fails)) ?? (await firstFailing(complements(pieces), fails));
    if (smaller !== undefined) {
      // A piece starts again in halves; a complement goes on as fine as it is.
      parts = pieces.includes(smaller as T[]) ? 2 : Math.max(parts - 1, 2);
      left = smaller;
    } else if (parts >= left.length) break;
    else parts = Math.min(parts * 2, left.length);
  }
  return left;
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

async function firstFailing<T>(
  candidates: readonly (readonly T[])[],
  fails: StillFails<readonly T[]>,
): Promise<readonly T[] | undefined> {
  for (const candidate of candidates) if (await fails(candidate)) return candidate;
  return undefined;
}

/** `items` in `count` pieces of nearly one size. */
function split<T>(items: readonly T[], count: number): T[][] {
  return Array.from({ length: count }, (_, i) =>
    items.slice(Math.floor((i * items.length) / count), Math.floor(((i + 1) * items.length) / count)),
  );
}

/** For each piece, all the others; nothing new if there are only two. */
function complements<T>(pieces: readonly T[][]): T[][] {
  if (pieces.length <= 2) return [];
  return pieces.map((_, i) => pieces.filter((_piece, k) => k !== i).flat());
}
