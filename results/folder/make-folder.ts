/**
 * Making folders, and trying beforehand whether they could be made. One at a time from above: where a file system takes no folders
 * (`/proc`), `mkdirSync` with `recursive` never comes back.
 */
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../exit-codes.js';
import { whyNotWritten } from './file-error.js';

/** Makes `folder` and those above it, as far as they are not there. Throws what the file system throws. */
export function makeFolder(folder: string): void {
  const missing: string[] = [];
  for (let at = resolve(folder); !existsSync(at); at = dirname(at)) missing.push(at);
  for (const path of missing.toReversed()) {
    try {
      mkdirSync(path);
    } catch (error) {
      // Another thread may have been quicker.
      if (!existsSync(path)) throw error;
    }
  }
}

/**
 * Makes sure that results can be written to `folder`, whether it is there or not, so that nobody waits for them in vain. Leaves nothing
 * behind. Throws a `UsageError`.
 */
export function checkWritable(folder: string, isTaken = false): void {
  try {
    tryFolder(folder, isTaken);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

/** The same for one file, which may be there and is left as it is. */
export function checkFileWritable(file: string): void {
  try {
    if (existsSync(file)) closeSync(openSync(file, 'r+'));
    else tryFolder(dirname(file), false);
  } catch (error) {
    throw new UsageError(`cannot write ${file}: ${whyNotWritten(error)}`);
  }
}

function tryFolder(folder: string, isTaken: boolean): void {
  let existing = resolve(folder);
  while (!existsSync(existing)) existing = dirname(existing);
  // What is replaced as a whole needs room beside it.
  const room = isTaken && existing === resolve(folder) ? dirname(realpathSync(existing)) : existing;
  rmSync(mkdtempSync(join(room, '.restante-')), { recursive: true });
}

/** That results cannot be written to `folder`, and what helps. */
export function unwritable(folder: string, error: unknown): UsageError {
  return new UsageError(
    `cannot write results to ${folder}: ${whyNotWritten(error)}\nAnother place is given by --out DIR`,
  );
}
