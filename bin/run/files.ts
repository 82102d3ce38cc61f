/** What the folder of a run holds: its results, and besides them what failed, how it compares, what CI reads, ladders, the page. */
import { stringify } from 'yaml';
import { timelineParquet } from '../../results/artefacts/parquet.js';
import type { CellResult } from '../../results/cell-result.js';
import { runFiles } from '../../results/folder/run-folder.js';
import { planOf } from '../../workloads/plan.js';
import { ciOf } from '../ci.js';
import type { BaselineVerdict } from '../commands/baseline.js';
import type { Files } from '../failure-files.js';
import { ladderPictures, reportData } from '../report/report-file.js';
import type { ReportThread } from '../report/report-thread.js';
import type { Streams } from '../terminal/streams.js';
import type { Asked, RunOptions } from './options.js';

/** A run that was simulated and compared. */
export interface Finished {
  readonly asked: Asked;
  readonly result: CellResult;
  readonly against: BaselineVerdict | undefined;
}

/** Files by name, and what is told of them. */
export interface RunContent {
  readonly results: ReadonlyMap<string, string>;
  readonly more: Files;
  readonly hasPage: boolean;
  /** The ladder that was asked for, as text. */
  readonly ladder: string | undefined;
  /** What became of a planted bug. */
  readonly survivor: string | undefined;
}

/** Makes all of them; `reporter` draws the page if there is to be one. */
export async function filesOf(
  finished: Finished,
  reporter: ReportThread | undefined,
  options: RunOptions,
  streams: Streams,
): Promise<RunContent> {
  const { asked, result, against } = finished;
  const { cell, drawn } = asked;
  // What only a run that failed needs is loaded when one has.
  const failed = result.summary.invariants.some(({ held }) => !held) || drawn !== undefined;
  const failures = failed ? await import('../failure-files.js') : undefined;
  const files: Files = failures?.failureFiles(cell, result.summary) ?? new Map();
  await addComparison(files, finished);
  await addAnnotations(files, finished, options, streams);
  const name = `ladder-${options.ladder}`;
  const ladder = drawn?.ladder();
  if (ladder !== undefined) failures?.addLadder(files, ladder, name);
  else if (drawn !== undefined) streams.err(`restante: ${drawn.absence()}\n`);
  const textOf = (file: string) => {
    const content = files.get(file);
    return typeof content === 'string' ? content : undefined;
  };
  const ladders = ladderPictures(
    ['ladder', name],
    (one) => textOf(`${one}.svg`),
    (one) => textOf(`${one}.txt`),
  );
  // The thread draws while this one writes what is left.
  const making = reporter?.make(reportData(cell, result, against?.comparison, ladders));
  const results = runFiles(result, stringify(planOf(cell)));
  const made = await making;
  if (made !== undefined) files.set('report.html', made[0]);
  files.set('timeline.parquet', made?.[1] ?? (await timelineParquet(result)));
  return {
    results,
    more: files,
    hasPage: made !== undefined,
    ladder: ladder === undefined ? undefined : textOf(`${name}.txt`),
    survivor: failures?.survivorText(result.summary),
  };
}

async function addComparison(files: Files, { result, against }: Finished): Promise<void> {
  if (against?.comparison === undefined) return;
  const { junitXml } = await import('../../results/artefacts/junit.js');
  const { comparisonMarkdown } = await import('../../results/compare/text.js');
  files.set('junit.xml', junitXml(result.summary, against.comparison));
  files.set('comparison.md', comparisonMarkdown(against.comparison));
}

async function addAnnotations(
  files: Files,
  { asked, result, against }: Finished,
  options: RunOptions,
  streams: Streams,
): Promise<void> {
  const ci = ciOf();
  if (ci === undefined) return;
  const { findingsOf, tellCi } = await import('../annotations.js');
  const findings = findingsOf(result.summary, against?.comparison);
  tellCi(ci, findings, { scenario: asked.cell.scenario, path: options.scenario }, files, streams);
}
