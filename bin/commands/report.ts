/**
 * `restante report`: makes `report.html` of runs and studies from what their folders hold. Of several runs of one scenario, the first
 * is what the others are compared with; studies of that scenario stand in the page of the run too.
 */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Summary } from '../../results/cell-result.js';
import { compareSummaries } from '../../results/compare/compare.js';
import { readSummary } from '../../results/compare/read.js';
import { ExitCode, UsageError } from '../../results/exit-codes.js';
import { thousands } from '../../results/text/format.js';
import { reportPage } from '../../results/report/page.js';
import { studyPage } from '../../results/report/study-page.js';
import { whyNotWritten } from '../../results/folder/file-error.js';
import { runsFolder } from '../../results/folder/folders.js';
import { LATEST } from '../../results/folder/run-folder.js';
import type { Files } from '../failure-files.js';
import { laddersIn, readRunFolder, readStudyFolder, type RunFolder } from '../report/report-folder.js';
import { exemplarLadders, MOST_EVENTS } from '../report/report-ladders.js';
import type { Streams } from '../terminal/streams.js';

export interface ReportOptions {
  /** Folders of runs and studies; the last run if there are none. */
  readonly runs: readonly string[];
  readonly baseline: string | undefined;
  /** Whether to run cells again for their ladders; undefined: if that is quick. */
  readonly ladders: boolean | undefined;
}

const DRAWN = { drawn: true };

/** Runs the command; gives the exit code. */
export async function report(options: ReportOptions, streams: Streams): Promise<ExitCode> {
  const named = options.runs.length > 0 ? options.runs : [join(runsFolder(), LATEST)];
  const baseline = options.baseline === undefined ? undefined : readSummary(options.baseline);
  // Everything is read before anything is written.
  const found = named.map((name) => readStudyFolder(name) ?? readRunFolder(name));
  const studies = found.filter((folder) => 'part' in folder);
  const runs = found.filter((folder) => 'data' in folder);
  const files: [string, string | Uint8Array][] = [];
  for (const run of runs) {
    const { summary } = run.data;
    for (const warning of run.warnings) streams.err(`restante: ${warning}\n`);
    const drawn = laddersOf(run, options.ladders, streams);
    for (const [name, content] of drawn) files.push([join(run.folder, name), content]);
    writeAll(files.splice(0), streams);
    const base = baseline ?? firstOf(runs, run);
    const page = await reportPage(
      {
        ...run.data,
        ladders: laddersIn(run.folder),
        comparison: base === undefined ? undefined : compareSummaries(base, summary),
        base,
        studies: studies.filter(({ scenario }) => scenario === summary.scenario).map(({ part }) => part),
      },
      DRAWN,
    );
    files.push([join(run.folder, 'report.html'), page]);
  }
  for (const { folder, part } of studies)
    files.push([join(folder, 'report.html'), await studyPage(part, DRAWN)]);
  writeAll(files, streams);
  return ExitCode.pass;
}

/** The first of the runs of the scenario of `run`; undefined if that is `run` itself. */
function firstOf(runs: readonly RunFolder[], run: RunFolder): Summary | undefined {
  const first = runs.find(({ data }) => data.summary.scenario === run.data.summary.scenario);
  return first === run ? undefined : first?.data.summary;
}

/** Ladders that are not in the folder yet. */
function laddersOf({ folder, data, cell }: RunFolder, wanted: boolean | undefined, streams: Streams): Files {
  const none: Files = new Map();
  const { summary, intervals } = data;
  const exemplars = intervals?.exemplars ?? {};
  const there = ['ladder-happy.svg', 'ladder-slowest.svg'].every((name) => existsSync(join(folder, name)));
  const nobody = exemplars.happy === undefined && exemplars.slowest === undefined;
  if (wanted === false || there || nobody || cell === undefined || summary.partial) return none;
  if (wanted !== true && summary.events > MOST_EVENTS) {
    streams.err(
      `restante: ${folder}: no ladders, since the run of ${thousands(summary.events)} events would be run again for them; --ladders does that\n`,
    );
    return none;
  }
  const files = exemplarLadders(cell, summary, exemplars);
  if (files === undefined) {
    streams.err(`restante: ${folder}: no ladders, since this version gives another run of the same plan\n`);
  }
  return files ?? none;
}

function writeAll(files: readonly (readonly [string, string | Uint8Array])[], streams: Streams): void {
  for (const [file, content] of files) {
    try {
      writeFileSync(`${file}.new`, content);
      renameSync(`${file}.new`, file);
    } catch (error) {
      throw new UsageError(`cannot write ${file}: ${whyNotWritten(error)}`);
    }
    if (file.endsWith('.html')) streams.out(`Report  ${file}\n`);
  }
}
