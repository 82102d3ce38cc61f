/**
 * Where cells are simulated. Cells are independent, so it does not matter where: the exact part of a result is the same
 * inline, in a worker thread, or anywhere else. Whoever folds results does so in the order of cells, never of completion.
 */
import type { CellResult } from '../../results/cell-result.js';
import type { Cell } from '../cell.js';

export interface Executor {
  /** How many cells it simulates at a time. */
  readonly jobs: number;
  /** Simulates `cell`; rejects if the run failed with an internal error, or if `signal` ended it. */
  run(cell: Cell, signal?: AbortSignal): Promise<CellResult>;
  /** Gives up what is under way and frees what it holds. */
  close(): Promise<void>;
}
