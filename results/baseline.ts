/**
 * Baselines: summaries that somebody looked at and accepted, kept in git under `results/baselines/`. A baseline is the
 * `summary.json` of its run, unchanged, so that `compare` reads it and a reviewer sees in the diff what moved.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Summary } from './cell-result.js';
import { compareSummaries, type Comparison } from './compare/compare.js';
import { readSummary } from './compare/read.js';
import { UsageError } from './exit-codes.js';
import { whyNotWritten } from './folder/file-error.js';
import { makeFolder } from './folder/make-folder.js';
import { baselinesFolder } from './folder/folders.js';
import { sortedJson } from './folder/json.js';
import { safeSeed } from './folder/run-folder.js';

/** The file in which the baseline of this scenario and seed is kept. */
export function baselineFile(
  { scenario, seed }: Pick<Summary, 'scenario' | 'seed'>,
  folder = baselinesFolder(),
): string {
  return join(folder, `${scenario}-${safeSeed(seed)}.json`);
}

export interface Accepted {
  readonly file: string;
  /** What changes against the baseline that was there; absent if there was none that can be read. */
  readonly comparison?: Comparison;
  /** False if the file said the same already. */
  readonly written: boolean;
}

/** Why a run can be no baseline: it is partial, sabotaged or violates an invariant; undefined if it can. */
export function unsoundBasis({ partial, sabotage, invariants }: Summary): string | undefined {
  if (partial) return 'was broken off before its end';
  if (sabotage !== null) return `was sabotaged by ${sabotage}`;
  const violated = invariants.filter(({ held }) => !held).map(({ id }) => id);
  return violated.length > 0 ? `violates ${violated.join(', ')}` : undefined;
}

/**
 * Accepts the run at `path` as baseline. Throws a `UsageError` for what is no sound basis: partial or sabotaged runs, violated
 * invariants, and a file in the way that is no baseline.
 */
export function acceptBaseline(path: string, folder?: string): Accepted {
  const summary = readSummary(path);
  const fault = unsoundBasis(summary);
  if (fault !== undefined) throw new UsageError(`${path} ${fault}: it can be no baseline`);
  const file = baselineFile(summary, folder);
  const text = sortedJson(summary);
  let comparison: Comparison | undefined;
  if (existsSync(file)) {
    if (readFileSync(file, 'utf8') === text)
      return { file, written: false, comparison: compareSummaries(summary, summary) };
    comparison = compareIfPossible(file, summary);
  }
  try {
    makeFolder(dirname(file));
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw new UsageError(`cannot write the baseline ${file}: ${whyNotWritten(error)}`);
  }
  return { file, written: true, ...(comparison === undefined ? {} : { comparison }) };
}

/** An older schema may be replaced, anything that is no summary of ours may not. */
function compareIfPossible(file: string, next: Summary): Comparison | undefined {
  try {
    return compareSummaries(readSummary(file), next);
  } catch (error) {
    if (error instanceof UsageError && error.name === 'IncomparableError') return undefined;
    if (error instanceof UsageError) throw new UsageError(`${file} is kept as it is: ${error.message}`);
    throw error;
  }
}
