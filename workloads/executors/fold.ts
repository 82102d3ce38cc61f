/**
 * Many cells, one fold: results are taken in the order of cells whoever finishes first, so that the outcome does not depend on how many
 * run at a time. A stop lets what is under way come to its end, and starts nothing more.
 */

export interface FoldOptions<T> {
  /** How many to have under way at a time. */
  readonly jobs: number;
  /** Told of each result in the order of the items; true says that no more are needed. */
  readonly take: (result: T, index: number) => boolean | void;
  /** True to start nothing more. */
  readonly stopped?: () => boolean;
  /** Told, after a stop, of what was finished although something before it was not; in the order of the items. */
  readonly left?: (result: T, index: number) => void;
}

/**
 * Evaluates `items` and gives the number of results that were taken. A rejection of `evaluate` rejects the fold, after what is under
 * way is over.
 */
export async function foldInOrder<Item, T>(
  items: readonly Item[],
  evaluate: (item: Item, index: number) => Promise<T>,
  { jobs, take, stopped = () => false, left }: FoldOptions<T>,
): Promise<number> {
  const waiting = new Map<number, T>();
  let next = 0;
  let taken = 0;
  let enough = false;
  let failure: { readonly error: unknown } | undefined;
  const lane = async (): Promise<void> => {
    while (next < items.length && !enough && failure === undefined && !stopped()) {
      const index = next++;
      try {
        waiting.set(index, await evaluate(items[index], index));
      } catch (error) {
        failure ??= { error };
      }
      while (!enough && waiting.has(taken)) {
        const result = waiting.get(taken) as T;
        waiting.delete(taken);
        enough = take(result, taken++) === true;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(jobs, items.length)) }, lane));
  if (left !== undefined && !enough && stopped())
    for (const [index, result] of [...waiting].toSorted(([a], [b]) => a - b)) left(result, index);
  if (failure !== undefined) throw failure.error;
  return taken;
}
