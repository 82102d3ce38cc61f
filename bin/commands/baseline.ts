/** `restante baseline accept`: keeps a run as the baseline that later runs are compared with; and the baseline of `run`. */
import { existsSync } from 'node:fs';
import { acceptBaseline, baselineFile } from '../../results/baseline.js';
import type { Summary } from '../../results/cell-result.js';
import { compareSummaries, exitCodeOf, type Comparison } from '../../results/compare/compare.js';
import { IncomparableError, readSummary } from '../../results/compare/read.js';
import { comparisonText } from '../../results/compare/text.js';
import { ExitCode } from '../../results/exit-codes.js';
import type { Cell } from '../../workloads/cell.js';
import { sayNext } from '../terminal/next.js';
import type { Streams } from '../terminal/streams.js';

/** Runs `baseline accept`; gives the exit code. `folder` is where baselines are kept. */
export function accept(run: string, folder: string | undefined, streams: Streams): ExitCode {
  const { file, written, comparison } = acceptBaseline(run, folder);
  if (!written) streams.out(`${file} says the same already\n`);
  else {
    if (comparison !== undefined) streams.out(comparisonText(comparison));
    streams.out(`${comparison === undefined ? 'Accepted' : 'Replaced'}  ${file}\n`);
    sayNext([`git diff ${file}   # then commit it: a baseline is reviewed like code`], streams);
  }
  return ExitCode.pass;
}

/** The baseline that a run is to be compared with, read before the run so that a damaged one wastes no time. */
export type Baseline =
  | { readonly found: true; readonly file: string; readonly summary: Summary }
  | { readonly found: false; readonly file: string; readonly why: string };

/** `path` as the user gave it; empty for the file in which the baseline of this scenario and seed is kept. */
export function findBaseline(path: string, scenario: string, seed: string): Baseline {
  const file = path === '' ? baselineFile({ scenario, seed }) : path;
  if (!existsSync(file)) return { found: false, file, why: `there is no baseline at ${file}` };
  try {
    return { found: true, file, summary: readSummary(file) };
  } catch (error) {
    if (error instanceof IncomparableError) return { found: false, file, why: error.message };
    throw error;
  }
}

export interface BaselineVerdict {
  readonly code: ExitCode;
  /** Absent if there was nothing to compare with. */
  readonly comparison?: Comparison;
  /** For the terminal, with a final end of line. */
  readonly text: string;
}

/**
 * How `next`, the run of `cell`, stands to its baseline. What is missing or incomparable ends in exit 6 only if a baseline is `required`.
 * Where a second differs, both are run again for the first event in it, which `tell` hears of.
 */
export async function againstBaseline(
  baseline: Baseline,
  next: Summary,
  cell: Cell,
  required: boolean,
  tell: (text: string) => void,
): Promise<BaselineVerdict> {
  const missing = required ? ExitCode.baselineMissing : ExitCode.pass;
  if (!baseline.found) return { code: missing, text: `no comparison: ${baseline.why}\n` };
  let comparison = compareSummaries(baseline.summary, next);
  if (comparison.firstDifferingSecond !== undefined) {
    const { firstEventOfRun } = await import('../first-event.js');
    comparison = { ...comparison, ...firstEventOfRun(comparison, baseline.summary, next, cell, tell) };
  }
  const code = comparison.outcome === 'incomparable' ? missing : exitCodeOf(comparison);
  return { code, comparison, text: comparisonText(comparison) };
}
