/** Settings as a user meets them: a configuration file, the environment, `--print-config`, `--no-color`. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const program = fileURLToPath(new URL('../dist/bin/restante.js', import.meta.url));
const TINY = `version: 1
name: tiny
rampUp: 1s
duration: 3s
drain: 3s
population: { subscribers: 4 }
traffic: { pager: { rate: 2/s } }
`;

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'restante-settings-'));
  mkdirSync(at('below'));
  writeFileSync(at('below', 'tiny.yaml'), TINY);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the program in the folder `below`. */
function ran(args: readonly string[], environment: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: at('below'),
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ...environment },
  });
  return { code: status, out: stdout, err: stderr };
}
const config = (text: string) => writeFileSync(at('restante.config.yaml'), text);

test('runs, baselines and studies go below the folder that is set, and are found there again', () => {
  config('results: kept\nquiet: true\nreport: false\nseed: conf\n');
  const { code, out, err } = ran(['run', 'tiny.yaml', '--baseline']);
  expect([code, err]).toEqual([0, '']);
  expect(out).toMatch(
    /^PASSED {2}\w+ {2}\.\.\/kept\/runs\/tiny-conf-\w+\nno comparison: .*kept\/baselines\/tiny-conf\.json\n$/,
  );
  const latest = readFileSync(at('kept', 'runs', 'latest'), 'utf8').trim();
  expect(existsSync(at('kept', 'runs', latest, 'report.html'))).toBe(false);
  expect(ran(['baseline', 'accept', 'latest']).out).toContain(join('kept', 'baselines', 'tiny-conf.json'));

  // The environment goes before the file, the command line before both; the folder of a study is in a thread's reach too.
  const environment = { RESTANTE_RESULTS: 'mine', RESTANTE_SEED: 'env', RESTANTE_JOBS: '2' };
  const study = ran(['run', 'tiny.yaml', '--replications', '2'], environment);
  expect([study.code, study.out]).toEqual([0, expect.stringMatching(/mine\/runs\/tiny-env-replications-/)]);
  expect(existsSync(at('below', 'mine', 'runs', '.cache'))).toBe(true);
  expect(ran(['run', 'tiny.yaml', '--seed', 'flag'], environment).out).toContain('mine/runs/tiny-flag-');
  expect(existsSync(at('below', 'results'))).toBe(false);
}, 60_000);

test('what is wrong ends before anything runs; what only tells something goes on', () => {
  config('job: 2\n');
  const refused = ran(['run', 'tiny.yaml']);
  expect([refused.code, refused.out]).toEqual([2, '']);
  expect(refused.err).toMatch(
    /^restante: \.\.\/restante\.config\.yaml:1:1 {2}error {2}unknown setting "job" — did you mean "jobs"\?\n/,
  );
  expect(existsSync(at('below', 'results'))).toBe(false);
  expect(ran(['explain', 'exit-code', '2']).code).toBe(0);
  expect(ran(['run', '--help']).out).toContain('--seed');
}, 60_000);

test('--print-config shows each setting with its origin and runs nothing', () => {
  config('jobs: 3\ndrawings: true\n');
  const args = ['run', 'tiny.yaml', '--seed', '9', '--no-report', '--print-config'];
  const { code, out, err } = ran(args, { RESTANTE_CACHE: 'no' });
  expect([code, err]).toEqual([0, '']);
  expect(
    out
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ['setting', 'value', 'from'],
    ['seed', '9', 'command line'],
    ['jobs', '3', '../restante.config.yaml'],
    ['results', 'results', 'default'],
    ['quiet', 'false', 'default'],
    ['cache', 'false', 'RESTANTE_CACHE'],
    ['report', 'false', 'command line'],
    ['drawings', 'false', 'default'],
  ]);
  expect(ran(['--print-config']).out).toMatch(/^drawings +true +\.\.\/restante\.config\.yaml$/m);
  expect(existsSync(at('below', 'results'))).toBe(false);
}, 60_000);

test('--no-color and --color go before the environment', () => {
  const [bare, painted] = ['--no-color', '--color'].map((flag) =>
    ran(['run', 'tiny.yaml', '-q', '--no-report', flag], { FORCE_COLOR: flag === '--color' ? '0' : '1' }),
  );
  expect(bare.out.startsWith('PASSED ')).toBe(true);
  expect(painted.out.startsWith('\u001b[32mPASSED\u001b[39m ')).toBe(true);
}, 60_000);
