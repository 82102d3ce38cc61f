/**
 * Shrinks a failing cell: as few faults as possible, the losses among them as single packets where few packets tell the story, then
 * weaker ones, then a smaller world; the same invariant stays violated.
 */
import { descend, minimise } from '../../results/search/shrink.js';
import type { Cell } from '../cell.js';
import { evaluate } from '../evaluate.js';
import { withFaults } from '../faults/faults.js';
import { isLossy, liftLosses } from '../faults/lift.js';
import { simplerCells } from './simpler.js';

/** What a shrinking did. */
export interface Shrunk {
  readonly cell: Cell;
  /** Runs that it took. */
  readonly runs: number;
  /** True if it was stopped before nothing more could be taken away. */
  readonly stopped: boolean;
}

/** Ends a search from within. */
class Stopped extends Error {}

/** Losses are only looked at one by one if there are no more than these. */
const MOST_DROPS = 400;
/** A loss may become so many faults; beyond that, the probability says it better. */
const FEW_FAULTS = 5;

/** Told after each run; true ends the search with what was found by then. */
export type OnTrial = (runs: number, faultsLeft: number) => Promise<boolean>;

/**
 * The smallest cell found in which the invariant `id` is violated as it is in `cell`. At most `limit` runs are made for weaker faults
 * and a smaller world; taking faults away has no limit.
 */
export async function shrinkCell(cell: Cell, id: string, limit: number, onTrial: OnTrial): Promise<Shrunk> {
  let runs = 0;
  let smallest = cell;
  /** The smallest before its losses were lifted into many faults. */
  let beforeLifting = cell;
  const fails = async (candidate: Cell): Promise<boolean> => {
    runs++;
    const failed = evaluate(candidate).invariants.some((verdict) => verdict.id === id && !verdict.held);
    if (failed) smallest = candidate;
    if (await onTrial(runs, smallest.scenario.faults.length)) throw new Stopped();
    return failed;
  };
  const fewer = async (from: Cell, most?: number): Promise<Cell> =>
    withFaults(from, await minimise(from.scenario.faults, (faults) => fails(withFaults(from, faults)), most));
  const single = async (from: Cell): Promise<Cell> => {
    if (!isLossy(from)) return from;
    beforeLifting = from;
    const { cell: lifted, drops } = liftLosses(from);
    runs++;
    if (drops > MOST_DROPS || !(await fails(lifted))) return from;
    const most = Math.max(FEW_FAULTS, from.scenario.faults.length);
    const few = await fewer(lifted, most);
    if (few.scenario.faults.length <= most) return few;
    smallest = from;
    return from;
  };
  try {
    const bare = await single(await fewer(cell));
    beforeLifting = bare;
    const weak = await descend(bare, simplerCells, fails, limit);
    // In a smaller world, one more may be needless, and fewer packets are lost.
    const least = weak === bare ? bare : await single(await fewer(weak));
    return { cell: least, runs, stopped: false };
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    const lifted = smallest.scenario.faults.length > beforeLifting.scenario.faults.length;
    return { cell: lifted ? beforeLifting : smallest, runs, stopped: true };
  }
}
