/** `restante report`: makes `report.html` of runs again from what their folders hold. */
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareSummaries } from '../../results/compare/compare.js';
import { followLatest, readSummary } from '../../results/compare/read.js';
import { ExitCode, UsageError } from '../../results/exit-codes.js';
import type { FaultBand } from '../../results/report/chart.js';
import { reportPage, type LadderPicture } from '../../results/report/page.js';
import { readIntervals, type Intervals } from '../../results/intervals-file.js';
import { readTimeline } from '../../results/report/timelines.js';
import { LATEST, RUNS_FOLDER } from '../../results/run-folder.js';
import { cellOf } from '../../workloads/cell.js';
import { loadScenario } from '../../workloads/scenario-files.js';
import { faultBands, ladderPictures } from '../report-file.js';
import type { Streams } from '../streams.js';

/** Runs the command on `runs`, or on the last one if none is named; gives the exit code. */
export async function report(
  runs: readonly string[],
  baseline: string | undefined,
  streams: Streams,
): Promise<ExitCode> {
  const named = runs.length > 0 ? runs : [join(RUNS_FOLDER, LATEST)];
  const base = baseline === undefined ? undefined : readSummary(baseline);
  // Everything is read before anything is written.
  const pages: [string, string][] = [];
  for (const run of named) {
    const folder = followLatest(run);
    const summary = readSummary(folder);
    if (!statSync(folder).isDirectory())
      throw new UsageError(`${run} is no run folder; a report needs its timeline.csv`);
    const timeline = join(folder, 'timeline.csv');
    if (!existsSync(timeline))
      throw new UsageError(`${folder} is not a whole run folder: it has no timeline.csv`);
    const series = readTimeline(readFileSync(timeline, 'utf8'));
    if (series === undefined) throw new UsageError(`${timeline} is damaged: it is no table of numbers`);
    const page = await reportPage(
      {
        summary,
        series,
        intervals: intervalsOf(folder, streams),
        bands: bandsOf(folder, streams),
        comparison: base === undefined ? undefined : compareSummaries(base, summary),
        base,
        ladders: laddersOf(folder),
      },
      { drawn: true },
    );
    pages.push([join(folder, 'report.html'), page]);
  }
  for (const [file, page] of pages) {
    try {
      writeFileSync(`${file}.new`, page);
      renameSync(`${file}.new`, file);
    } catch (error) {
      throw new UsageError(`cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
    streams.out(`Report  ${file}\n`);
  }
  return ExitCode.pass;
}

/** The faults of the plan in `folder`. A plan that this version cannot read costs the bands, not the report. */
function bandsOf(folder: string, streams: Streams): FaultBand[] {
  const plan = join(folder, 'plan.yaml');
  try {
    return faultBands(cellOf(loadScenario(plan)));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    streams.err(`restante: ${plan} cannot be read, so the report shows no faults\n`);
    return [];
  }
}

/** Durations over time. A folder of an earlier version has none, which costs the charts of them, not the report. */
function intervalsOf(folder: string, streams: Streams): Intervals | undefined {
  const file = join(folder, 'intervals.json');
  if (!existsSync(file)) return undefined;
  const intervals = readIntervals(readFileSync(file, 'utf8'));
  if (intervals === undefined) {
    streams.err(`restante: ${file} cannot be read, so the report shows no latency over time\n`);
  }
  return intervals;
}

/** What is drawn in `folder`: the first violation, then the others in order of their names. */
function laddersOf(folder: string): LadderPicture[] {
  const names = readdirSync(folder)
    .filter((file) => /^ladder(-[a-z0-9]+)?\.svg$/.test(file))
    .map((file) => file.slice(0, -'.svg'.length))
    .toSorted((a, b) => (a < b ? -1 : 1));
  const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : undefined);
  return ladderPictures(
    names,
    (name) => read(join(folder, `${name}.svg`)),
    (name) => read(join(folder, `${name}.txt`)),
  );
}
