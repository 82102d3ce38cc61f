/** Shrinks a failing cell: as few faults as possible, then weaker ones, then a smaller world; the same invariant stays violated. */
import { descend, minimise } from '../results/shrink.js';
import type { Cell } from './cell.js';
import { evaluate } from './evaluate.js';
import { withFaults } from './faults.js';
import { simplerCells } from './simpler.js';

/** What a shrinking did. */
export interface Shrunk {
  readonly cell: Cell;
  /** Runs that it took. */
  readonly runs: number;
}

/** Told after each run. */
export type OnTrial = (runs: number, faultsLeft: number) => void;

/**
 * The smallest cell found in which the invariant `id` is violated as it is in `cell`. At most `limit` runs are made for weaker faults
 * and a smaller world; taking faults away has no limit.
 */
export async function shrinkCell(cell: Cell, id: string, limit: number, onTrial: OnTrial): Promise<Shrunk> {
  let runs = 0;
  let smallest = cell;
  const fails = (candidate: Cell): Promise<boolean> => {
    runs++;
    const failed = evaluate(candidate).invariants.some((verdict) => verdict.id === id && !verdict.held);
    if (failed) smallest = candidate;
    onTrial(runs, smallest.scenario.faults.length);
    return Promise.resolve(failed);
  };
  const fewer = async (from: Cell): Promise<Cell> =>
    withFaults(from, await minimise(from.scenario.faults, (faults) => fails(withFaults(from, faults))));
  const bare = await fewer(cell);
  const weak = await descend(bare, simplerCells, fails, limit);
  // In a smaller world, one more may be needless.
  return { cell: weak === bare ? bare : await fewer(weak), runs };
}
