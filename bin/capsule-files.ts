/** Capsules as files: where they go, and how they are read. */
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  capsuleOf,
  parseCapsule,
  whyAnotherRun,
  type Capsule,
  type JudgedRun,
  type Versions,
} from '../results/capsule.js';
import { followLatest } from '../results/compare/read.js';
import { UsageError } from '../results/exit-codes.js';
import { whyNotRead, whyNotWritten } from '../results/folder/file-error.js';
import { sortedJson } from '../results/folder/json.js';
import { makeFolder } from '../results/folder/make-folder.js';
import { programHash } from '../workloads/executors/program-hash.js';
import { capsuleCell, cellDigest, cellOfCapsule } from '../workloads/fuzz/capsules.js';
import { namedBy } from '../workloads/fuzz/sabotage.js';
import type { Cell } from '../workloads/cell.js';
import { version } from './version.js';

/**
 * The capsule of a run of `cell`; undefined if nothing was violated. `wanted`: the invariant to go by, if it was; left out: the one that
 * the saboteur of the cell names.
 */
export function makeCapsule(
  judged: JudgedRun,
  cell: Cell,
  wanted = namedBy(cell.sabotage),
): Capsule | undefined {
  return capsuleOf(judged, capsuleCell(cell), thisProgram(), wanted, cellDigest(cell));
}

/** What a capsule says of the program that made it, for this one. */
export function thisProgram(): Versions {
  return { restante: version(), node: process.version, build: programHash() };
}

/** Lines about what may make a replay of `cell` another run than that of the capsule it came from. */
export function anotherRunText(capsule: Capsule, cell: Cell): string {
  return whyAnotherRun(capsule, thisProgram(), cellDigest(cell))
    .map((line) => `  ${line}\n`)
    .join('');
}

/** Writes `capsule` to `file`, with the folders above it. Throws a `UsageError` if it cannot be written. */
export function writeCapsule(capsule: Capsule, file: string): void {
  writeText(file, sortedJson(capsule));
}

/** Writes `text` to `file`, with the folders above it. Throws a `UsageError` if it cannot be written. */
export function writeText(file: string, text: string): void {
  try {
    makeFolder(dirname(file));
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${whyNotWritten(error)}`);
  }
}

/**
 * Reads a capsule and the cell in it; of the folder of a run, its capsule. Throws a `UsageError` if there is none, or if it cannot be
 * replayed here.
 */
export function readCapsule(path: string): {
  readonly capsule: Capsule;
  readonly cell: Cell;
  /** The file that was read. */
  readonly file: string;
} {
  const at = followLatest(path);
  const isFolder = existsSync(at) && statSync(at).isDirectory();
  const file = isFolder ? join(at, 'capsule.json') : at;
  if (isFolder && !existsSync(file))
    throw new UsageError(
      `${path} has no capsule.json: no invariant was violated in it, or it is no run folder`,
    );
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read the capsule ${file}: ${whyNotRead(error)}`);
  }
  const capsule = parseCapsule(text, file);
  return { capsule, cell: cellOfCapsule(capsule, file, version()), file };
}
