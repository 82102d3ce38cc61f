/** The version of the package. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../workloads/package-folder.js';

export function version(): string {
  const text = readFileSync(join(packageFolder(), 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
