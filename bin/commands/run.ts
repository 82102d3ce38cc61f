/** `restante run`: one cell, simulated, reported, and kept in a run folder. Its parts are in `bin/run`. */
import type { Summary } from '../../results/cell-result.js';
import { writeRunFolder } from '../../results/folder/run-folder.js';
import type { Cell } from '../../workloads/cell.js';
import { ReportThread } from '../report/report-thread.js';
import { filesOf } from '../run/files.js';
import { readCell, readOptions, refuseForMany, type Asked, type RunOptions } from '../run/options.js';
import { simulateWith } from '../run/simulated.js';
import { tell } from '../run/telling.js';
import type { Streams } from '../terminal/streams.js';
import type { BaselineVerdict } from './baseline.js';

/** Runs the command; gives the exit code. Throws a `UsageError` before anything is written. */
export async function run(options: RunOptions, streams: Streams): Promise<number> {
  const cell = await readCell(options, streams);
  if (options.replications !== undefined) return many(cell, options.replications, options, streams);
  const asked = await readOptions(options, cell);
  // Nothing refuses the run from here on. The thread loads while this one does.
  const drawn = options.drawings === true;
  const reporter = options.report === false ? undefined : new ReportThread({ drawn });
  const simulated = await simulateWith(asked, options, streams);
  const { result } = simulated;
  const against = await compared(asked, result.summary, (text) => {
    if (!options.quiet) streams.err(`${text}\n`);
  });
  const finished = { asked, result, against };
  const content = await filesOf(finished, reporter, options, streams);
  const folder = writeRunFolder(result.summary, content.results, options.out, content.more);
  return tell(finished, simulated, { folder, content }, options, streams);
}

/** What is for many seeds draws no page. */
async function many(
  cell: Cell,
  replications: number,
  options: RunOptions,
  streams: Streams,
): Promise<number> {
  const { precision, out, json, study } = options;
  refuseForMany(options);
  const { replicate } = await import('./replicate.js');
  const { scenario: path } = options;
  return replicate({ ...study, cell, path, replications, precision, out, json }, streams);
}

async function compared(
  { cell, wanted }: Asked,
  summary: Summary,
  note: (text: string) => void,
): Promise<BaselineVerdict | undefined> {
  if (wanted === undefined) return undefined;
  const { againstBaseline } = await import('./baseline.js');
  return againstBaseline(wanted.baseline, summary, cell, wanted.required, note);
}
