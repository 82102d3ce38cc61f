// The package as somebody else gets it: packed, installed in an empty folder, its command run, and the examples of the library that come
// with it compiled and one of them run. Needs a build and the npm registry.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'restante-package-'));
let failed = 0;
let passed = 0;

function step(title, command, args, cwd = folder, expected = /(?:)/) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  const good = status === 0 && expected.test(stdout);
  if (good) passed++;
  else failed++;
  console.log(`${good ? 'passed' : 'FAILED'}: ${title}`);
  if (!good) console.log(stdout, stderr);
  return stdout;
}

// The build is there; packing must not start another one.
const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
const packed = step(
  'npm pack',
  'npm',
  ['pack', '--ignore-scripts', '--pack-destination', folder],
  root,
  /\.tgz/,
);
const tarball = packed.trim().split('\n').at(-1) ?? '';
writeFileSync(join(folder, 'package.json'), '{ "name": "consumer", "private": true, "type": "module" }\n');
step('npm install in an empty folder', 'npm', ['install', ...quiet, `./${tarball}`]);
step('restante list', join('node_modules', '.bin', 'restante'), ['list'], folder, /smoke/);
const examples = join('node_modules', 'restante', 'docs', 'examples');
const tsc = join(root, 'node_modules', '.bin', 'tsc');
step('the examples compile by the configuration that comes with them', tsc, [
  '-p',
  examples,
  '--outDir',
  'built',
]);
step('the library runs', process.execPath, [join('built', 'own-invariant.js')], folder, /X1 was violated/);
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
