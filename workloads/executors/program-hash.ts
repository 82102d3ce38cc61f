/** A hash of the code that decides what a simulation does: what tells two builds of one version apart. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../package-folder.js';

const ROOMS = ['sim', 'models', 'workloads', 'results'];

let known: string | undefined;

/** 64 hexadecimal digits; read from the files once a process. */
export function programHash(): string {
  return (known ??= read());
}

function read(): string {
  // From the bundle too it is the modules that are read: they are what it was made of.
  const root = import.meta.url.endsWith('.ts') ? packageFolder() : join(packageFolder(), 'dist');
  const hash = createHash('sha256');
  for (const room of ROOMS) {
    const files = readdirSync(join(root, room), { recursive: true, encoding: 'utf8' });
    for (const file of files.toSorted((a, b) => (a < b ? -1 : 1))) {
      if (!/(?<!\.test|\.d)\.[jt]s$/.test(file)) continue;
      hash.update(file).update(readFileSync(join(root, room, file)));
    }
  }
  return hash.digest('hex');
}
