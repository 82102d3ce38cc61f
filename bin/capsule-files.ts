/** Capsules as files: where they go, and how they are read. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { capsuleOf, parseCapsule, type Capsule, type JudgedRun } from '../results/capsule.js';
import { UsageError } from '../results/exit-codes.js';
import { whyNotRead, whyNotWritten } from '../results/folder/file-error.js';
import { sortedJson } from '../results/folder/json.js';
import { makeFolder } from '../results/folder/make-folder.js';
import { capsuleCell, cellOfCapsule } from '../workloads/fuzz/capsules.js';
import type { Cell } from '../workloads/cell.js';
import { version } from './version.js';

/** The capsule of a run of `cell`; undefined if nothing was violated. `wanted`: the invariant to go by. */
export function makeCapsule(judged: JudgedRun, cell: Cell, wanted?: string): Capsule | undefined {
  return capsuleOf(judged, capsuleCell(cell), { restante: version(), node: process.version }, wanted);
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

/** Reads a capsule and the cell in it. Throws a `UsageError` if there is none, or if it cannot be replayed here. */
export function readCapsule(file: string): { readonly capsule: Capsule; readonly cell: Cell } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read the capsule ${file}: ${whyNotRead(error)}`);
  }
  const capsule = parseCapsule(text, file);
  return { capsule, cell: cellOfCapsule(capsule, file, version()) };
}
