// Compiles and bundles after `npm ci`. Without the compiler (`npm ci --omit=dev`) there is nothing to do: say so, and do not fail.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const compiler = new URL('../node_modules/typescript/bin/tsc', import.meta.url);

if (!existsSync(compiler) || !existsSync(new URL('../tsconfig.json', import.meta.url))) {
  console.error('restante: no compiler installed, using dist/ as it is');
  process.exit(0);
}
for (const args of [
  [fileURLToPath(compiler), '-b'],
  [fileURLToPath(new URL('bundle.mjs', import.meta.url))],
  [fileURLToPath(new URL('executable.mjs', import.meta.url))],
]) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
