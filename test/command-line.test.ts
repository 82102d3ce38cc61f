/**
 * The command line from outside: what a user sees and what a script gets. Everything that ends before a run is called in this
 * process; what runs is called as a process of its own, from the build.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Summary } from '../results/cell-result.js';
import { called } from './support/command-line.js';

const PROGRAM = fileURLToPath(new URL('../dist/bin/restante.js', import.meta.url));

let folder: string;
let tiny: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'restante-cli-'));
  tiny = join(folder, 'tiny.yaml');
  writeFileSync(tiny, TINY);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TINY = `version: 1
name: tiny
rampUp: 2s
duration: 20s
drain: 60s
population: { subscribers: 12, anonymousShare: 25% }
traffic: { pager: { rate: 3/s } }
client: { reconnectJitter: 2s, backoffBase: 2s, backoffMax: 10s }
core: { flowTimeout: 6s }
faults:
  - { at: 6s, for: 10s, kind: partition, target: clients, mode: fixed-percent, value: 50 }
`;

/** Runs the built program in the test's own folder. */
function ran(...args: string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, out: stdout, err: stderr };
}

const out = (name: string) => join(folder, name);

describe('what cannot be done is told in two lines at most, exit 2, nothing on stdout', () => {
  test.each([
    [['run', 'metro-outag'], /^restante: unknown scenario "metro-outag" — did you mean "metro-outage"\?\n/],
    [['run', 'zzz'], /^restante: unknown scenario "zzz" — known here: .*\bfuzz, .*metro-outage, .*smoke\n/],
    [
      ['run', './nowhere.yaml'],
      /^restante: cannot read the scenario \.\/nowhere\.yaml: there is no such file\nScenarios that ship/,
    ],
    [['run', '.'], /^restante: unknown scenario "\."/],
    [['run', '/'], /^restante: cannot read the scenario \/: it is a folder\n/],
    [['run', 'smoke', '--sed', '7'], /^restante: unknown flag --sed — did you mean "seed"\?\n/],
    [
      ['run', 'smoke', '--verify-determinsm'],
      /^restante: unknown flag --verify-determinsm — did you mean "verify-determinism"\?\n/,
    ],
    [['run', 'smoke', '--seed'], /^restante: --seed is missing its value: for example --seed 42\n$/],
    [['run', 'smoke', '--seed='], /^restante: --seed is missing its value/],
    [['run', 'smoke', '--seed', '1', '--seed', '2'], /^restante: --seed is given twice\n$/],
    [['run', 'smoke', '--out'], /^restante: --out is missing its value/],
    [['run', 'smoke', 'smoke'], /^restante: unexpected argument "smoke"\n/],
    [
      ['run', 'smoke', '--set', 'network.los=5%'],
      /^restante: --set network\.los=5% {2}error .* did you mean "loss"\?\n$/,
    ],
    [['run', 'smoke', '--set', 'network.loss=5'], /^restante: --set network\.loss=5 {2}error .*like 5%\n$/],
    [
      ['sweep', 'smoke', '--vary', 'network.loss=5%,7'],
      /^restante: --vary network\.loss=7 {2}error {2}"loss": a share needs a unit: write it like 5%\n$/,
    ],
    [
      ['sweep', 'smoke', '--vary', 'network.loss=5%,5%'],
      /^restante: --vary network\.loss=5%,5%: 5% stands there twice\n$/,
    ],
    [
      ['sweep', 'smoke', '--vary', 'network.loss=5%', '--vary', 'network.loss=1%'],
      /^restante: --vary network\.loss is given twice: write path=a,b,c\n$/,
    ],
    [
      ['sensitivity', 'smoke', '--vary', 'limits.memory=1KiB,4GiB'],
      /^restante: --vary limits\.memory=1KiB {2}error {2}about .* of memory would be needed/,
    ],
    [
      ['run', 'smoke', '--set', 'population.subscribers=4000000', '--set', 'limits.memory=2GiB'],
      /^restante: --set population\.subscribers=4000000 {2}error {2}about .* of memory would be needed/,
    ],
    [['run', 'smoke', '--sabotage', 'nobody'], /^restante: unknown saboteur "nobody"/],
    [['rn'], /^restante: unknown command "rn" — did you mean "run"\?\n/],
    [['calibrate'], /^restante: calibrate needs an argument: restante calibrate --help shows which\n$/],
    [['baseline', 'accept'], /^restante: baseline needs 2 arguments, not 1: restante baseline --help shows/],
    [
      ['baseline', 'accpet', 'x'],
      /^restante: action accpet: it is one of accept — did you mean "accept"\?\n/,
    ],
    [['init', 'x', '--ci', 'travis'], /^restante: --ci travis: it is one of github, gitlab\n/],
    [['completion', 'tcsh'], /^restante: shell tcsh: it is one of bash, zsh, fish\n/],
    [
      ['replay', 'nowhere.json'],
      /^restante: cannot read the capsule nowhere\.json: there is no such file\n$/,
    ],
    [['calibrate', 'nowhere.csv'], /^restante: cannot read nowhere\.csv: there is no such file\n$/],
    [['calibrate', '.'], /^restante: cannot read \.: it is a folder\n$/],
    [
      ['explain', 'nonsense'],
      /^restante: nothing is known of "nonsense"\nrestante list has most names, .*\n$/,
    ],
    [
      ['explain', 'push.dwel'],
      /^restante: nothing is known of "push\.dwel" — did you mean "push\.dwell"\?\n/,
    ],
    [['explain', 'exit-code', '77'], /^restante: there is no exit code 77 — known here: 0, 1, 2, .*143\n$/],
    [['plan', 'smoke', '--yaml', '--json'], /^restante: --yaml and --json: one of them is needed\n$/],
    [
      ['sensitivity', 'smoke', '--metric', 'nosuch'],
      /^restante: --metric nosuch: there is no such metric — known here: push\.dwell\.avg, .{20,250} and \d+ more\n$/,
    ],
    [
      ['capacity', 'smoke', '--slo', 'ihs.rate<1%', '--confirm', '-1'],
      /^restante: --confirm -1: a whole number is needed, 0 for no confirmation\n$/,
    ],
    [['list', 'all'], /^restante: unexpected argument "all"\n/],
    [[], /^restante: name a command\n/],
  ])('restante %j', async (args, message) => {
    const { code, out: stdout, err } = await called(...args);
    expect(err).toMatch(message);
    expect(err.trimEnd().split('\n').length).toBeLessThanOrEqual(2);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('a file that is not valid, with the place', async () => {
    const bad = out('bad.yaml');
    writeFileSync(bad, TINY.replace('rate: 3/s', 'rate: 3'));
    const { code, err } = await called('run', bad);
    expect(err).toContain(`${bad}:7:27  error  "rate": a rate needs a unit: write it like 36/s`);
    expect(code).toBe(2);
  });

  test('an output folder that cannot be, before anything runs', async () => {
    const file = out('a-file');
    writeFileSync(file, 'mine');
    const { code, err } = await called('run', tiny, '--out', join(file, 'run'));
    expect(err).toMatch(
      /^restante: cannot write results to .*: a file is in the way\nAnother place is given by --out DIR\n$/,
    );
    expect(code).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });
});

describe('help', () => {
  test('--help shows the commands, on stdout, exit 0', async () => {
    const { code, out: stdout, err } = await called('--help');
    expect(stdout).toContain('restante run [scenario]');
    expect(stdout).toContain('restante list');
    expect([code, err]).toEqual([0, '']);
  });

  test('run --help shows every flag', async () => {
    const { out: stdout } = await called('run', '--help');
    for (const flag of [
      '--seed',
      '--set',
      '--json',
      '--verify-determinism',
      '--out',
      '--sabotage',
      '--quiet',
    ]) {
      expect(stdout).toContain(flag);
    }
  });

  test('--version is the version of the package', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await called('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  test('list names the scenarios with a line each', async () => {
    const { code, out: stdout } = await called('list');
    expect(stdout).toMatch(
      /^scenarios .*\n(?: {2}.*\n)* {2}fuzz +12 clients .*\n(?: {2}.*\n)* {2}metro-outage +60 % of 20,000 clients .*\n(?: {2}.*\n)* {2}smoke +200 clients.*\n/,
    );
    expect(stdout).toMatch(/\n {2}I8 +stored once/);
    expect(stdout).toMatch(/\nsaboteurs .*\n {2}[a-z-]+ +.*; caught by I\d/);
    expect(code).toBe(0);
  });
});

describe('a run', () => {
  test('prints the report on stdout, progress on stderr, and keeps a folder', () => {
    const { code, out: stdout, err } = ran('run', 'tiny.yaml', '--out', out('first'));
    expect(err).toMatch(/^ 10 % {2}00:(?:08|09) of 01:22 virtual, .* events\/s\n 20 %/);
    expect(err).not.toContain('\r');
    const [progress = ''] = err.split('\n\nNext:');
    expect(progress.split('\n')).toHaveLength(10);
    expect(stdout).toMatch(/^tiny, seed 42, 12 subscribers, 01:22 of virtual time\n/);
    for (const word of [
      'sent',
      'delivered at once',
      'stored',
      'pushed',
      'settled',
      'expired',
      'rejected',
      'still waiting',
    ]) {
      expect(stdout).toMatch(new RegExp(`\\n  ${word} +[\\d,]+\\n`));
    }
    expect(stdout).toContain('service times: assumed, not calibrated');
    expect(stdout).toMatch(/\nfingerprint {4}[0-9a-f]{16}\n/);
    expect(stdout).toContain('\nPASSED\n');
    expect(err).toContain('\nNext:  restante run tiny.yaml --seed 7\n');
    expect(code).toBe(0);
    expect(existsSync(join(out('first'), 'summary.json'))).toBe(true);
  });

  test('--json prints exactly summary.json, and the same seed the same bytes', () => {
    const one = ran('run', 'tiny.yaml', '--json', '--out', out('json'));
    expect(one.out).toBe(readFileSync(join(out('json'), 'summary.json'), 'utf8'));
    const summary = JSON.parse(one.out) as Summary;
    expect(summary.fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(summary.counts.stored).toBeGreaterThan(0);
    expect(summary.counts.settled).toBe(summary.counts.stored);
    expect(one.code).toBe(0);
    expect(ran('run', 'tiny.yaml', '--json', '--quiet').out).toBe(one.out);
  });

  test('a seed is text: 42, 042 and 4_2 are three', () => {
    const summaries = ['42', '042', '4_2'].map(
      (seed) => JSON.parse(ran('run', 'tiny.yaml', '--json', '--quiet', '--seed', seed).out) as Summary,
    );
    expect(summaries.map((summary) => summary.seed)).toEqual(['42', '042', '4_2']);
    expect(new Set(summaries.map((summary) => summary.fingerprint)).size).toBe(3);
  });

  test('without --out the folder is named after scenario, seed and fingerprint', () => {
    const { out: stdout } = ran('run', 'tiny.yaml', '--quiet', '--seed', 'a/b');
    const match = /^PASSED {2}([0-9a-f]{8})[0-9a-f]{8} {2}(.*)\n$/.exec(stdout);
    expect(match?.[2]).toBe(join('results', 'runs', `tiny-a_b-${match?.[1]}`));
    expect(readdirSync(join(folder, 'results', 'runs')).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('its plan.yaml is a scenario that gives the same fingerprint', () => {
    ran('run', 'tiny.yaml', '--quiet', '--set', 'network.jitter=3ms', '--seed', '9', '--out', out('planned'));
    const first = JSON.parse(readFileSync(join(out('planned'), 'summary.json'), 'utf8')) as Summary;
    const again = JSON.parse(
      ran('run', join(out('planned'), 'plan.yaml'), '--json', '--quiet').out,
    ) as Summary;
    expect(again.fingerprint).toBe(first.fingerprint);
  });

  test('--verify-determinism says how much was equal', () => {
    const { code, err } = ran('run', 'tiny.yaml', '--verify-determinism', '--out', out('verified'));
    expect(err).toMatch(/\ndeterministic: two runs, [\d,]+ equal events, one fingerprint\n\nNext: /);
    expect(code).toBe(0);
    const quiet = ran('run', 'tiny.yaml', '--verify-determinism', '--quiet', '--out', out('verified'));
    expect(quiet.out).toMatch(/^PASSED {2}[0-9a-f]{16} {2}\S+ {2}two runs, [\d,]+ equal events\n$/);
  });

  test('over the limit of events it is inconclusive: exit 8, marked as partial', () => {
    const {
      code,
      out: stdout,
      err,
    } = ran('run', 'tiny.yaml', '--set', 'limits.events=1000', '--out', out('limited'));
    expect(stdout).toContain('PARTIAL (event-limit)');
    expect(err).toMatch(/\nNext: {2}restante run tiny\.yaml --set limits\.events=10000\n$/);
    expect(code).toBe(8);
  });

  test('Ctrl-C keeps partial results, marks them, and exits 130', async () => {
    const args = [PROGRAM, 'run', 'tiny.yaml', '--set', 'drain=10d', '--out', out('cut')];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    child.stdout.on('data', (chunk: Buffer) => void (stdout += chunk.toString()));
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => void (stderr += chunk.toString()));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    // The first line of progress says that the run is under way; nine tenths of it are still to come.
    await Promise.race([ended, new Promise<void>((resolve) => child.stderr.once('data', () => resolve()))]);
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(stdout).toContain('INTERRUPTED: partial results');
    const summary = JSON.parse(readFileSync(join(out('cut'), 'summary.json'), 'utf8')) as Summary;
    expect(summary).toMatchObject({ partial: true, outcome: 'interrupted' });
    // Who pressed it knows what comes next.
    expect(stdout + stderr).not.toContain('Next:');
    expect(summary.virtualNs).toBeGreaterThan(0);
  });
});
