/** Writing a folder whole: under a temporary name beside it, renamed when everything is there, so one with the final name is complete. */
import { existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { makeFolder } from './make-folder.js';

/** Puts a folder with `files`, by name, in the place of `named`, whatever is there; a link stays one, to the new folder. Throws what the file system throws. */
export function replaceFolder(
  named: string,
  files: Iterable<readonly [name: string, content: string | Uint8Array]>,
): void {
  const target = existsSync(named) ? realpathSync(named) : named;
  const beside = dirname(resolve(target));
  makeFolder(beside);
  const temporary = mkdtempSync(join(beside, `.${basename(target)}-`));
  try {
    const fresh = join(temporary, 'new');
    mkdirSync(fresh);
    for (const [name, content] of files) {
      makeFolder(dirname(join(fresh, name)));
      writeFileSync(join(fresh, name), content);
    }
    if (existsSync(target)) renameSync(target, join(temporary, 'old'));
    renameSync(fresh, target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}
