/**
 * Does another Node give the same octets? `node scripts/versions.mjs NODE...` runs `smoke` with this Node and with each one named
 * (paths of executables), and compares everything that the run prints as JSON, fingerprint included. Exits 1 if one differs.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../dist/bin/restante.js', import.meta.url));
const MOST_OUTPUT_OCTETS = 64 * 1024 * 1024;

/** What `smoke` prints under this Node, and how the Node calls itself. */
function resultOf(node) {
  const folder = mkdtempSync(join(tmpdir(), 'restante-'));
  try {
    const options = { encoding: 'utf8', maxBuffer: MOST_OUTPUT_OCTETS };
    const { stdout, status, error } = spawnSync(
      node,
      [COMMAND, 'run', 'smoke', '--json', '--quiet', '--no-report', '--out', join(folder, 'run')],
      options,
    );
    if (status !== 0) throw new Error(`${node} ended with ${status ?? error}`);
    return { version: spawnSync(node, ['--version'], options).stdout.trim(), stdout };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const own = resultOf(process.execPath);
console.log(`${own.version}: fingerprint ${JSON.parse(own.stdout).fingerprint}`);
let equal = true;
for (const node of process.argv.slice(2)) {
  const other = resultOf(node);
  const same = other.stdout === own.stdout;
  equal &&= same;
  console.log(`${other.version}: ${same ? 'the same in every figure' : 'DIFFERS'}`);
}
process.exit(equal ? 0 : 1);
