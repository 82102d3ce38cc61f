/**
 * The bundle (`scripts/bundle.mjs`) is the same program in fewer files: whatever it writes and prints is what the modules write and print,
 * threads included, and it is taken only while it is of the present build. Bundled here anew, beside that of the build.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const MODULES = join(root, 'dist', 'bin', 'program.js');
const BUNDLE = join(root, 'dist', `bundle-${process.pid}`, 'program.js');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'restante-bundle-'));
  writeFileSync(join(folder, 'tiny.yaml'), TINY);
  // A file, since `node -e` gives a `require` to all that it loads.
  writeFileSync(
    join(folder, 'start.mjs'),
    `const { start } = await import(process.argv[2]);\nprocess.exitCode = await start(process.argv.slice(3));\n`,
  );
  const { stderr, status } = node(join(root, 'scripts', 'bundle.mjs'), `dist/bundle-${process.pid}`);
  expect([status, stderr]).toEqual([0, '']);
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rmSync(join(BUNDLE, '..'), { recursive: true, force: true });
});

const TINY = `version: 1
name: tiny
rampUp: 2s
duration: 20s
drain: 60s
population: { subscribers: 12, anonymousShare: 25% }
traffic: { pager: { rate: 3/s }, large: { rate: 0.3/s, size: { dist: lognormal, median: 8KiB, sigma: 1, cap: 64KiB } } }
client: { reconnectJitter: 2s, backoffBase: 2s, backoffMax: 10s }
core: { flowTimeout: 6s }
faults:
  - { at: 6s, for: 10s, kind: partition, target: clients, mode: fixed-percent, value: 50 }
`;

function node(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
}

interface Ran {
  readonly code: number | null;
  readonly out: string;
  /** What is in the folder `out`. */
  readonly files: Readonly<Record<string, string>>;
}

/** Runs `restante ...args`; what depends on the machine is left out. */
function ran(program: string, ...args: string[]): Ran {
  const { status, stdout } = node('start.mjs', pathToFileURL(program).href, ...args);
  const out = join(folder, 'out');
  const kept = existsSync(out) ? readdirSync(out, { withFileTypes: true, recursive: true }) : [];
  const files = kept
    .filter((entry) => entry.isFile() && entry.name !== 'timing.json')
    .map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'latin1')] as const);
  return {
    code: status,
    out: stdout.replaceAll(/^simulated in .*$/gm, ''),
    files: Object.fromEntries(files),
  };
}

/** Forgets all results. */
function clear(): void {
  for (const name of ['out', 'results']) rmSync(join(folder, name), { recursive: true, force: true });
}

describe('from the bundle and from the modules alike', () => {
  test.each([
    ['the result of a run, its page and its tables', 0, 10, ['run', 'tiny.yaml', '--out', 'out']],
    [
      'replications in threads',
      0,
      3,
      ['run', 'tiny.yaml', ...'--replications 2 --jobs 2 --out out'.split(' ')],
    ],
    [
      'a fuzz campaign in threads',
      0,
      0,
      ['fuzz', 'tiny.yaml', ...'--seeds 1..2 --jobs 2 --quiet'.split(' ')],
    ],
    ['the help', 0, 0, ['--help']],
    ['a rule, from the documents of the package', 0, 0, ['explain', 'A16']],
  ])('%s', { timeout: 120_000 }, (_title, code, files, args) => {
    clear();
    const modules = ran(MODULES, ...args);
    expect(modules.code).toBe(code);
    expect(modules.out).not.toBe('');
    expect(Object.keys(modules.files).length).toBeGreaterThanOrEqual(files);
    clear();
    expect(ran(BUNDLE, ...args)).toEqual(modules);
  });

  test('what the one simulated of a study, the other takes from the cache', { timeout: 120_000 }, () => {
    clear();
    const study = ['run', 'tiny.yaml', '--replications', '2', '--jobs', '1', '--quiet'];
    expect(ran(MODULES, ...study).out).toContain('2 simulated, 0 taken from the cache');
    expect(ran(BUNDLE, ...study).out).toContain('0 simulated, 2 taken from the cache');
  });
});

test('the licences of the packages in it go with it', () => {
  const text = readFileSync(join(BUNDLE, '..', 'LICENSES.txt'), 'utf8');
  for (const name of ['rxjs', 'seedrandom', 'vega-lite', 'yaml', 'yargs', 'zod'])
    expect(text).toMatch(new RegExp(`^${name} \\d[^]*?(Permission|Licensed|Redistribution)`, 'm'));
});

describe('the program comes from the bundle', () => {
  let program: string;
  const at = (...names: string[]) => join(folder, 'installed', ...names);
  beforeAll(() => {
    for (const name of ['bin', 'bundle']) {
      mkdirSync(at(name), { recursive: true });
      writeFileSync(
        at(name, 'program.js'),
        `export const start = async () => (console.log('from ${name}'), 0);\n`,
      );
    }
    writeFileSync(at('package.json'), '{ "type": "module" }\n');
    program = at('bin', 'restante.js');
    copyFileSync(join(root, 'dist', 'bin', 'restante.js'), program);
  });

  test('where nothing tells of another build, as in a package that was packed', () => {
    expect(node(program).stdout).toBe('from bundle\n');
  });

  test('if it was made after the last room was compiled, and otherwise from the modules', () => {
    writeFileSync(at('sim.tsbuildinfo'), '');
    writeFileSync(at('workloads.tsbuildinfo'), '');
    utimesSync(at('sim.tsbuildinfo'), 1000, 1000);
    utimesSync(at('workloads.tsbuildinfo'), 3000, 3000);
    utimesSync(at('bundle', 'program.js'), 4000, 4000);
    expect(node(program).stdout).toBe('from bundle\n');
    utimesSync(at('bundle', 'program.js'), 2000, 2000);
    expect(node(program).stdout).toBe('from bin\n');
    rmSync(at('bundle'), { recursive: true });
    expect(node(program).stdout).toBe('from bin\n');
  });
});
