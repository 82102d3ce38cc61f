/** The invariants of a run: subscribed to its world before it starts, asked for their verdicts when it has ended. */
import type { InvariantVerdict } from '../results/cell-result.js';
import type { World } from '../sim/world.js';
import type { Cell } from './cell.js';

export interface InvariantWatch {
  /** The verdicts, in order of ids. `complete` says that the run came to its end, so that what is missing is really missing. */
  finish(complete: boolean): InvariantVerdict[];
}

/** Subscribes all invariants to the world of `cell`. */
export function watchInvariants(_cell: Cell, _world: World): InvariantWatch {
  return { finish: () => [] };
}

/** Names of the planted bugs that `--sabotage` knows. */
export function saboteurNames(): string[] {
  return [];
}
