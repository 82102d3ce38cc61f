/**
 * The folder of a run. It is written under a temporary name and renamed, so a folder with the final name is complete. An
 * existing folder is replaced only if its exact part says the same, or if it holds a part of what is to be there; anything else is
 * somebody else's and stays: a folder that was named is refused, one of our own naming gets a number (D-083, D-140).
 */
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { artefactFiles } from '../artefacts/files.js';
import { SUMMARY_SCHEMA, type CellResult, type Summary } from '../cell-result.js';
import { UsageError } from '../exit-codes.js';
import { runsFolder } from './folders.js';
import { sortedJson } from './json.js';
import { checkWritable, unwritable } from './make-folder.js';
import { replaceFolder } from './replace-folder.js';
import { seriesCsv } from '../recording/series.js';
import { summaryText } from '../text/text.js';
import { judge } from '../verdict.js';

/** A seed as a part of a file name: what is not safe becomes `_`, and a long one is cut. */
export function safeSeed(seed: string): string {
  return seed
    .replace(/[^A-Za-z0-9.-]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 40);
}

/** `<scenario>-<seed>-<fingerprint8>`; a run that was changed or cut short says so. */
export function runName(summary: Summary): string {
  const partial = summary.partial ? '-partial' : '';
  return `${summary.scenario}-${safeSeed(summary.seed)}-${summary.fingerprint.slice(0, 8)}${partial}`;
}

/** Files of a run by name. `plan` is the expanded scenario as YAML. */
export function runFiles(result: CellResult, plan: string): Map<string, string> {
  const { summary, timing, series } = result;
  return new Map([
    ['summary.json', sortedJson(summary)],
    ['timing.json', sortedJson(timing)],
    ['plan.yaml', plan],
    ['timeline.csv', seriesCsv(series)],
    ...artefactFiles(result),
    [
      'summary.md',
      `# ${summary.scenario}, seed ${summary.seed}\n\n\`\`\`text\n${summaryText(summary)}\`\`\`\n`,
    ],
  ]);
}

/** What tells, before a run, which run it will be. */
export interface Intended {
  readonly scenario: string;
  readonly seed: string;
  readonly sabotage: string | null;
  readonly planDigest: string;
}

/**
 * Makes sure, before a run begins, that its results can be kept, so that nobody waits for a run in vain. `folder` is what the
 * user asked for, if anything. Leaves nothing behind. Throws a `UsageError`.
 */
export function checkTarget(intended: Intended, folder?: string): void {
  if (folder !== undefined && existsSync(folder) && !isEmptyFolder(folder)) {
    const there = summaryIn(folder);
    if (there === undefined || !isSameCell(there, intended)) throw refusal(folder, there !== undefined);
  }
  checkWritable(folder ?? runsFolder(), folder !== undefined);
}

/** True if both are of one cell, as far as summaries of earlier versions tell. */
function isSameCell(
  one: Pick<Summary, 'scenario' | 'seed' | 'sabotage' | 'planDigest'>,
  other: Pick<Summary, 'scenario' | 'seed' | 'sabotage' | 'planDigest'>,
): boolean {
  return (
    one.scenario === other.scenario &&
    one.seed === other.seed &&
    one.sabotage === other.sabotage &&
    (one.planDigest === undefined || other.planDigest === undefined || one.planDigest === other.planDigest)
  );
}

/** The summary in `folder`, or undefined if there is none that we could have written. */
function summaryIn(folder: string): Summary | undefined {
  try {
    const summary = JSON.parse(readFileSync(join(folder, 'summary.json'), 'utf8')) as Summary;
    return summary.schema === SUMMARY_SCHEMA ? summary : undefined;
  } catch {
    return undefined;
  }
}

function refusal(folder: string, isRun: boolean): UsageError {
  const what = isRun ? 'it holds the results of another run' : 'it holds something that is not a run';
  return new UsageError(
    `${folder} is kept as it is: ${what}\nRemove it, or name another folder with --out DIR`,
  );
}

/** That a run of the cell in `folder` says something else than what is there, and is kept in `beside`. */
function keptBeside(folder: string, summary: Summary, beside: string): UsageError {
  const there = summaryIn(folder);
  const what = summary.partial
    ? 'it holds more of this run'
    : there?.fingerprint === summary.fingerprint
      ? 'it tells this run in another way, as another version of restante does'
      : `it holds this run with the fingerprint ${there?.fingerprint ?? ''}, as another version of restante gives it`;
  return new UsageError(
    `${folder} is kept as it is: ${what}. This one is in ${beside} (${judge(summary).sentence}, ${summary.fingerprint})\nNext:  restante compare ${folder} ${beside}`,
  );
}

/**
 * Writes the run to `folder`, or to a folder of its own name below {@link runsFolder} if that is undefined. Gives the folder.
 * Throws a `UsageError` if it cannot be written, or if another run is in `folder`. Where that is one of the same cell, as of another
 * version of this program, the run is written beside it all the same, since it may have taken hours.
 * `files` are those of {@link runFiles}, `more` what there is besides, by name.
 */
export function writeRunFolder(
  summary: Summary,
  files: ReadonlyMap<string, string>,
  folder?: string,
  more: ReadonlyMap<string, string | Uint8Array> = new Map(),
): string {
  let target = folder ?? join(runsFolder(), runName(summary));
  try {
    const isOurs = folder === undefined || isOfCell(target, summary);
    if (isOurs) target = freeFolder(target, summary);
    else if (existsSync(target) && !isEmptyFolder(target))
      throw refusal(target, summaryIn(target) !== undefined);
    replaceFolder(target, [...files, ...more]);
    if (folder === undefined) pointAt(dirname(resolve(target)), target);
  } catch (error) {
    throw error instanceof UsageError ? error : unwritable(target, error);
  }
  if (folder !== undefined && target !== folder) throw keptBeside(folder, summary, target);
  return target;
}

/** Name of the text file that names the last run, in a folder of runs. A symbolic link would not work everywhere. */
export const LATEST = 'latest';

/** Lets `latest` in the folder `beside` name `target`. */
function pointAt(beside: string, target: string): void {
  const pointer = join(beside, LATEST);
  writeFileSync(`${pointer}.new`, `${basename(target)}\n`);
  renameSync(`${pointer}.new`, pointer);
}

/**
 * `target`, or that name with `-2`, `-3`, ... behind it: two runs have one fingerprint if they differ in nothing that the octets
 * show, as where a threshold was changed. None of them takes the other's place, and none is in vain.
 */
function freeFolder(target: string, summary: Summary): string {
  let free = target;
  for (let n = 2; existsSync(free) && !isReplaceable(free, summary); n++) free = `${target}-${n}`;
  return free;
}

/** A folder may be replaced by a run that says exactly the same, one with a part of a run by one that got as far, an empty one by any. */
function isReplaceable(target: string, summary: Summary): boolean {
  if (isEmptyFolder(target)) return true;
  const there = summaryIn(target);
  if (there === undefined) return false;
  if (sortedJson(there) === sortedJson(summary)) return true;
  return there.partial && isSameCell(there, summary) && (!summary.partial || summary.events >= there.events);
}

/** True if a run of the cell of `summary` is in `target`. */
function isOfCell(target: string, summary: Summary): boolean {
  const there = existsSync(target) ? summaryIn(target) : undefined;
  return there !== undefined && isSameCell(there, summary);
}

function isEmptyFolder(path: string): boolean {
  return statSync(path).isDirectory() && readdirSync(path).length === 0;
}
