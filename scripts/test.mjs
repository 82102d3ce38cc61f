// `npm test`: everything that proves the product. Each step other than the test suite counts as one check; the last line,
// `N passed, N failed`, counts those and the tests. Exit code 0 only if nothing failed and the tests really ran.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = (name) => join(root, 'node_modules', '.bin', name);
let passed = 0;
let failed = 0;

/** Runs one command with its output shown; true if it succeeded. */
function run(command, args) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.error) console.error(String(result.error.message));
  return result.status === 0;
}

function check(title, command, args) {
  console.log(`\n== ${title}`);
  count(title, run(command, args));
}

function count(title, good) {
  if (good) passed++;
  else failed++;
  console.log(`${good ? 'passed' : 'FAILED'}: ${title}`);
}

/** Runs one command with its output kept; gives the output, and true if it succeeded. */
function kept(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const add = (text) => (output += text);
    child.stdout.setEncoding('utf8').on('data', add);
    child.stderr.setEncoding('utf8').on('data', add);
    child.on('error', ({ message }) => resolve({ output: `${output}${message}\n`, good: false }));
    child.on('close', (status) => resolve({ output, good: status === 0 }));
  });
}

/** Checks that know nothing of each other, at once; what each says stands together, in the order of the list. */
async function checksSideBySide(checks) {
  const running = checks.map(([, command, args]) => kept(command, args));
  for (const [i, [title]] of checks.entries()) {
    const { output, good } = await running[i];
    console.log(`\n== ${title}`);
    process.stdout.write(output);
    count(title, good);
  }
}

check('compile', bin('tsc'), ['-b']);
check('bundle', process.execPath, [join(root, 'scripts', 'bundle.mjs')]);
check('executable', process.execPath, [join(root, 'scripts', 'executable.mjs')]);
await checksSideBySide([
  ['types of the tests', bin('tsc'), ['-p', 'tsconfig.tests.json']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings']],
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['layers', process.execPath, [join(root, 'scripts', 'layers.mjs')]],
]);

console.log('\n== tests');
const folder = mkdtempSync(join(tmpdir(), 'restante-test-'));
const report = join(folder, 'vitest.json');
const good = run(bin('vitest'), [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile.json=${report}`,
  ...process.argv.slice(2),
]);
if (existsSync(report)) {
  const result = JSON.parse(readFileSync(report, 'utf8'));
  passed += result.numPassedTests;
  failed += result.numFailedTests;
  // A file that does not even load has no failed test of its own.
  const broken = result.testResults.filter((file) => file.status === 'failed' && !hasFailedTest(file));
  for (const file of broken) console.error(`did not load: ${file.name}`);
  failed += broken.length;
  if (result.numPassedTests === 0) failed++;
  if (!good && result.numFailedTests + broken.length === 0) failed++;
} else {
  console.error('the tests gave no report');
  failed++;
}
rmSync(folder, { recursive: true, force: true });

function hasFailedTest(file) {
  return file.assertionResults.some((test) => test.status === 'failed');
}

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
