/**
 * The cell: one simulated world, described completely (`docs/architecture.md`). Same cell, same octets, on any machine. Plain data,
 * so that it can be written to a file, compared, and sent to a worker thread.
 */
import type { Scenario } from './scenario/scenario.js';

export interface Cell {
  /** The scenario with all overrides applied and nothing left to default. Its own `seed` is only the file's proposal. */
  readonly scenario: Scenario;
  /** The seed of all chance in this world. Text: "042" and "42" are two seeds. */
  readonly seed: string;
  /** The overrides that were applied, as the user wrote them (`network.loss=5%`), in order; for the record only. */
  readonly overrides: readonly string[];
  /** Name of the planted bug of `models/saboteurs`, or null for the honest models. */
  readonly sabotage: string | null;
  /** Permutes events of one instant and phase. Left out: they go in order of scheduling. */
  readonly tieSeed?: number | undefined;
}

/** A cell of `scenario` under `seed`, or under the seed that the scenario proposes. */
export function cellOf(
  scenario: Scenario,
  seed?: string,
  overrides: readonly string[] = [],
  sabotage: string | null = null,
): Cell {
  return { scenario, seed: seed ?? scenario.seed, overrides, sabotage };
}
