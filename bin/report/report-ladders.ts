/**
 * The ladders of a run that nobody watched: of its slowest message and of a happy path. The cell is run again for them, since a run
 * cannot know beforehand which message will be the slowest, and following them all would cost more than the run.
 */
import type { Summary } from '../../results/cell-result.js';
import type { Exemplars } from '../../results/folder/intervals-file.js';
import { ladderWatcher } from '../../workloads/watch/ladder.js';
import type { Cell } from '../../workloads/cell.js';
import { evaluate } from '../../workloads/evaluate.js';
import { addLadder, type Files } from '../failure-files.js';

/** A run of more events is not run again unless the user asks for it: some ten seconds. */
export const MOST_EVENTS = 2_000_000;

/**
 * Files `ladder-slowest` and `ladder-happy` of `cell`, whose first run gave `summary`; undefined if the cell runs otherwise now, so
 * that its ladders would be those of another run.
 */
export function exemplarLadders(
  cell: Cell,
  { fingerprint }: Summary,
  exemplars: Exemplars,
): Files | undefined {
  const wanted = (['happy', 'slowest'] as const).flatMap((name) => {
    const message = exemplars[name];
    return message === undefined ? [] : [{ name, watcher: ladderWatcher(message) }];
  });
  const again = evaluate(
    cell,
    wanted.map(({ watcher }) => watcher),
  );
  if (again.fingerprint !== fingerprint) return undefined;
  const files: Files = new Map();
  for (const { name, watcher } of wanted) {
    const ladder = watcher.ladder();
    if (ladder !== undefined) addLadder(files, ladder, `ladder-${name}`);
  }
  return files;
}
