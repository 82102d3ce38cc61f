/** One seed of a fuzz campaign: its cell, run and judged, with its probes. */
import { evaluate } from '../evaluate.js';
import { fuzzCell, type Campaign } from './fuzz-cell.js';
import { probeWatcher, type ProbeCounts } from './probes.js';

/** What one seed gave. */
export interface SeedReport {
  readonly seed: number;
  readonly fingerprint: string;
  readonly violated: readonly { readonly id: string; readonly first: string }[];
  /** Kinds of its faults, in order of their places. */
  readonly faults: readonly string[];
  readonly probes: ProbeCounts;
}

/** Runs one seed. */
export function runSeed(campaign: Campaign, seed: number): SeedReport {
  const cell = fuzzCell(campaign, seed);
  const probes = probeWatcher();
  const { fingerprint, invariants } = evaluate(cell, [probes]);
  const violated = invariants
    .filter(({ held }) => !held)
    .map(({ id, title, first }) => ({ id, first: first ?? title }));
  const faults = cell.scenario.faults.map(({ kind }) => kind);
  return { seed, fingerprint, violated, faults, probes: probes.counts() };
}

/** How a campaign is run. */
export interface CampaignOptions {
  readonly from: number;
  readonly to: number;
  readonly jobs: number;
  /** Gets each report, in order of seeds; true ends the campaign. */
  readonly onReport: (report: SeedReport) => boolean;
  /** Asked now and then; true ends the campaign. */
  readonly interrupted: () => boolean;
}
