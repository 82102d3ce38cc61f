/**
 * A run in slices: what `simulate.ts` builds from a cell, and how it is driven. Between two slices the caller may report
 * progress, look whether somebody wants to stop, or do the same with a second run of the same cell.
 */
import type { CellResult, Outcome } from '../results/cell-result.js';
import type { EventTrace } from '../sim/kernel/kernel.js';

export interface Simulation {
  /** The virtual instant at which it is complete. */
  readonly endNs: number;
  readonly nowNs: number;
  /** Events carried out so far. */
  readonly events: number;
  /** Undefined while there is more to do. */
  readonly outcome: Outcome | undefined;
  /** Runs the next slice of virtual time: one second, but not beyond `limitNs`. No effect once there is an outcome. */
  step(limitNs?: number): void;
  /** Sees each event of the kernel from now on. */
  trace(trace: EventTrace): void;
  /** Ends the run and gives its result; `interrupted` if it has not come to an outcome of its own. Called once. */
  finish(): CellResult;
}

/** Runs `simulation` to its end without a break. */
export function runToEnd(simulation: Simulation): CellResult {
  while (simulation.outcome === undefined) simulation.step();
  return simulation.finish();
}
