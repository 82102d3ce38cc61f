// The package as somebody else gets it: packed, installed in an empty folder, its command run, and an example of the library compiled
// against its types and run. Needs a build and the npm registry.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
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
copyFileSync(join(root, 'docs', 'examples', 'own-invariant.ts'), join(folder, 'own-invariant.ts'));
writeFileSync(
  join(folder, 'tsconfig.json'),
  JSON.stringify({
    compilerOptions: {
      target: 'es2023',
      module: 'nodenext',
      strict: true,
      skipLibCheck: true,
      types: ['node'],
    },
    include: ['*.ts'],
  }),
);
const types = join(folder, 'node_modules', '@types', 'node');
mkdirSync(dirname(types), { recursive: true });
if (!existsSync(types)) symlinkSync(join(root, 'node_modules', '@types', 'node'), types);
step('the types compile', join(root, 'node_modules', '.bin', 'tsc'), ['-p', '.']);
step('the library runs', process.execPath, ['own-invariant.js'], folder, /X1 was violated/);
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
