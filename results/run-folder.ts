/**
 * The folder of a run. It is written under a temporary name and renamed, so a folder with the final name is complete. An
 * existing folder is replaced only if its exact part says the same; anything else is somebody else's and stays.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { CellResult, Summary } from './cell-result.js';
import { UsageError } from './exit-codes.js';
import { sortedJson } from './json.js';
import { seriesCsv } from './series.js';
import { summaryText } from './text.js';

/** Where runs go unless the user says otherwise, below the current folder. */
export const RUNS_FOLDER = join('results', 'runs');

/** A seed as a part of a file name: what is not safe becomes `_`, and a long one is cut. */
function safe(seed: string): string {
  return seed
    .replace(/[^A-Za-z0-9.-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 40);
}

/** `<scenario>-<seed>-<fingerprint8>`; a run that was changed or cut short says so. */
export function runName(summary: Summary): string {
  const partial = summary.partial ? '-partial' : '';
  return `${summary.scenario}-${safe(summary.seed)}-${summary.fingerprint.slice(0, 8)}${partial}`;
}

/** Files of a run by name. `plan` is the expanded scenario as YAML. */
function filesOf(result: CellResult, plan: string): Map<string, string> {
  const { summary, timing, series } = result;
  return new Map([
    ['summary.json', sortedJson(summary)],
    ['timing.json', sortedJson(timing)],
    ['plan.yaml', plan],
    ['timeline.csv', seriesCsv(series)],
    [
      'summary.md',
      `# ${summary.scenario}, seed ${summary.seed}\n\n\`\`\`text\n${summaryText(summary)}\`\`\`\n`,
    ],
  ]);
}

/** Words for a failure of the file system. */
function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'it may not be written';
  if (code === 'ENOTDIR' || code === 'EEXIST') return 'a file is in the way';
  if (code === 'ENOSPC') return 'the disk is full';
  return error instanceof Error ? error.message : String(error);
}

/**
 * Makes sure that a folder can be made at `folder` before a run begins, so that nobody waits for a run whose results cannot be
 * kept. Leaves nothing behind. Throws a `UsageError`.
 */
export function checkWritable(folder: string): void {
  const existing = nearestExisting(resolve(folder));
  try {
    rmSync(mkdtempSync(join(existing, '.restante-')), { recursive: true });
  } catch (error) {
    throw new UsageError(
      `cannot write results to ${folder}: ${reason(error)}\nAnother place is given by --out DIR`,
    );
  }
}

function nearestExisting(folder: string): string {
  let at = folder;
  while (!existsSync(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

/**
 * Writes the run to `folder`, or to a folder of its own name below {@link RUNS_FOLDER} if that is undefined. Gives the folder.
 * Throws a `UsageError` if it cannot be written, or if another run is there.
 */
export function writeRunFolder(result: CellResult, plan: string, folder?: string): string {
  const target = folder ?? join(RUNS_FOLDER, runName(result.summary));
  const files = filesOf(result, plan);
  try {
    mkdirSync(dirname(resolve(target)), { recursive: true });
    if (existsSync(target)) checkReplaceable(target, files);
    const temporary = mkdtempSync(join(dirname(resolve(target)), `.${basename(target)}-`));
    try {
      for (const [name, text] of files) writeFileSync(join(temporary, name), text);
      rmSync(target, { recursive: true, force: true });
      renameSync(temporary, target);
    } catch (error) {
      rmSync(temporary, { recursive: true, force: true });
      throw error;
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(
      `cannot write results to ${target}: ${reason(error)}\nAnother place is given by --out DIR`,
    );
  }
  return target;
}

/** The folder may be replaced by a run that says exactly the same, and an empty one by any. */
function checkReplaceable(target: string, files: ReadonlyMap<string, string>): void {
  let there: string | undefined;
  try {
    there = readFileSync(join(target, 'summary.json'), 'utf8');
  } catch {
    there = undefined;
  }
  if (there === files.get('summary.json')) return;
  if (there === undefined && isEmptyFolder(target)) return;
  const what =
    there === undefined ? 'it holds something that is not a run' : 'it holds the results of another run';
  throw new UsageError(
    `${target} is kept as it is: ${what}\nRemove it, or name another folder with --out DIR`,
  );
}

function isEmptyFolder(path: string): boolean {
  return statSync(path).isDirectory() && readdirSync(path).length === 0;
}
