/** Lists that are filled and emptied again for each message. */

/**
 * Empties `list` and keeps its memory: `length = 0` gives that back, through a slow call into the engine, and the next message
 * would ask for it anew. For short lists.
 */
export function emptied<T>(list: T[]): T[] {
  while (list.length > 0) list.pop();
  return list;
}
