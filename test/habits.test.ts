/**
 * The habits of a command line: colour only where it is welcome, nothing redrawn where nobody watches, one JSON document,
 * a word on what to do next, and a start that loads no more than it needs.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { coloured, wantsColour } from '../bin/terminal/colour.js';
import { called } from './support/command-line.js';
import { TINY } from './support/tiny.js';

const program = fileURLToPath(new URL('../dist/bin/restante.js', import.meta.url));
let folder: string;
const at = (...names: string[]) => join(folder, ...names);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'restante-habits-'));
  writeFileSync(at('tiny.yaml'), TINY);
  await called('run', at('tiny.yaml'), '-q', '--no-report', '--out', at('run'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function ran(env: Record<string, string>, ...args: string[]) {
  return spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ...env },
  });
}

describe('colour', () => {
  test.each([
    ['a terminal', true, {}, true],
    ['a pipe', undefined, {}, false],
    ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false],
    ['a terminal with an empty NO_COLOR, which says nothing', true, { NO_COLOR: '' }, true],
    ['a dumb terminal', true, { TERM: 'dumb' }, false],
    ['a pipe with FORCE_COLOR', undefined, { FORCE_COLOR: '1' }, true],
    ['NO_COLOR beside FORCE_COLOR', true, { NO_COLOR: '1', FORCE_COLOR: '1' }, false],
  ])('%s', (_, isTTY, env, expected) => {
    expect(wantsColour(isTTY === undefined ? {} : { isTTY }, env)).toBe(expected);
  });

  test('is on verdicts at the head of a line only, and the words stay', () => {
    expect(coloured('PASSED  x')).toBe('\u001b[32mPASSED\u001b[39m  x');
    expect(coloured('I8 FAILED\nFAILED: I8')).toBe('I8 FAILED\n\u001b[31mFAILED\u001b[39m: I8');
    expect(coloured('{\n  "a": "PASSED"\n}')).toBe('{\n  "a": "PASSED"\n}');
  });

  test('a pipe gets no escape sequence and no carriage return; FORCE_COLOR colours it', () => {
    const piped = ran({}, 'run', 'tiny.yaml', '--no-report', '--out', 'piped');
    expect(piped.stdout + piped.stderr).not.toContain('\u001b');
    expect(piped.stdout + piped.stderr).not.toContain('\r');
    expect(piped.stdout).toMatch(/\nPASSED\n/);
    const forced = ran({ FORCE_COLOR: '1' }, 'run', 'tiny.yaml', '-q', '--no-report', '--out', 'piped');
    expect(forced.stdout).toContain('\u001b[32mPASSED\u001b[39m');
  });
});

// A device that is always full; not every system has it.
test.runIf(existsSync('/dev/full'))('standard output on a disk that is full is told of in one line', () => {
  const { status, stderr } = spawnSync(process.execPath, [program, 'completion', 'bash'], {
    stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([1, 'restante: cannot write to standard output: the disk is full\n']);
});

describe('--json leaves exactly one document on stdout', () => {
  test.each([
    ['run', 'tiny.yaml', '--no-report', '--out', 'json'],
    ['run', 'tiny.yaml', '--replications', '2', '--jobs', '1', '--out', 'json-study'],
    ['sweep', 'tiny.yaml', '--vary', 'network.loss=0%,1%', '--jobs', '1', '--out', 'json-sweep'],
    ['compare', 'run', 'run'],
    ['plan', 'tiny.yaml'],
    ['events', 'tiny.yaml', '--second', '3'],
    ['sabotage', 'stores-twice'],
  ])('%s %s %s', async (...args) => {
    const absolute = args.map((arg) => (/^(?:tiny|json|run$)/.test(arg) && arg !== args[0] ? at(arg) : arg));
    const { code, out } = await called(...absolute, '--json');
    expect(code).toBe(0);
    expect(out.endsWith('}\n') || out.endsWith(']\n')).toBe(true);
    expect(() => JSON.parse(out) as unknown).not.toThrow();
  });
});

describe('what is next', () => {
  test.each([
    [['run', 'tiny.yaml', '--no-report', '--out', 'next']],
    [['list']],
    [['sabotage', 'stores-twice']],
    [['validate', 'tiny.yaml']],
    [['plan', 'tiny.yaml']],
    [['events', 'tiny.yaml', '--second', '3']],
    [['run', 'tiny.yaml', '--no-report', '--out', 'next-run']],
    [['compare', 'run', 'run']],
    [['compare', 'run', 'run', '--replications', '6', '--jobs', '1']],
    [['baseline', 'accept', 'run', '--folder', 'next-baselines']],
    [['explain', 'I8']],
    [['schema']],
    [['sweep', 'tiny.yaml', '--vary', 'network.loss=0%,1%', '--jobs', '1', '--out', 'next-sweep']],
    [['init', 'fresh']],
  ])('after %j', async (args) => {
    const places = args.map((arg) =>
      /^(?:tiny|next|fresh|run$)/.test(arg) && arg !== args[0] ? at(arg) : arg,
    );
    const { code, out, err } = await called(...places);
    expect(code).toBe(0);
    // On stdout it would be in the way of a script.
    expect(out).not.toMatch(/^Next: /m);
    expect(err.match(/\nNext: {2}(?:restante|git|cd) /g)).toHaveLength(1);
  });

  const lines = (err: string) => /\nNext: {2}([^]*)$/.exec(err)?.[1].split(/\n */).slice(0, -1);
  const lossy = ['--set', 'network.loss=1%'];

  test('about the same world: a run is proposed with its overrides and its fault plan', async () => {
    const faults = at('crash.yaml');
    writeFileSync(faults, 'faults: [{ at: 3s, for: 1s, kind: crash, target: im }]\n');
    const asked = [at('tiny.yaml'), ...lossy, '--faults', faults];
    const { err } = await called('run', ...asked, '--no-report', '--out', at('next-lossy'));
    const same = `--set network.loss=1% --faults ${faults}`;
    expect(lines(err)).toEqual([
      `restante run ${at('tiny.yaml')} --seed 7 ${same}`,
      `restante run ${at('tiny.yaml')} ${same} --verify-determinism`,
    ]);
  });

  test('of a study: its own folder, its own scenario', async () => {
    const sweep = ['sweep', at('tiny.yaml'), ...lossy, '--vary', 'network.delay=10ms,20ms', '--jobs', '1'];
    const grid = await called(...sweep, '--out', at('next-grid'));
    expect(lines(grid.err)).toEqual([
      `restante report ${at('next-grid')}`,
      `restante sensitivity ${at('tiny.yaml')} --set network.loss=1%`,
    ]);
    const study = ['--replications', '2', '--jobs', '1', '--out', at('next-seeds')];
    const seeds = await called('run', at('tiny.yaml'), ...study);
    expect(lines(seeds.err)).toEqual([
      `restante compare ${at('next-seeds')} OTHER   # another such study, seed by seed`,
    ]);
  });

  test('of a failure: its own capsule', async () => {
    const out = at('next-capsules');
    const fuzz = ['fuzz', '--seeds', '1', '--jobs', '1', '--sabotage', 'pushes-via', '--out', out];
    const { err } = await called(...fuzz);
    const capsule = join(out, 'fuzz-pushes-via-1-I2.json');
    expect(lines(err)).toEqual([`restante replay ${capsule} --ladder`, `restante shrink ${capsule}`]);
    expect(lines((await called('replay', capsule)).err)).toEqual([
      `restante shrink ${capsule}`,
      'restante explain I2',
    ]);
  });

  test('nothing that would be refused: a sabotaged run is not proposed as a baseline', async () => {
    const accept = async (file: string, over: object) => {
      const summary = JSON.parse(readFileSync(at('run', 'summary.json'), 'utf8')) as object;
      writeFileSync(at(file), JSON.stringify({ ...summary, fingerprint: '0'.repeat(16), ...over }));
      const { err } = await called('compare', at('run'), at(file), '--no-event');
      return lines(err)?.filter((line) => line.startsWith('restante baseline accept'));
    };
    const moved = await accept('next moved.json', {});
    expect(moved).toEqual([
      `restante baseline accept '${at('next moved.json')}'   # if this is what was meant`,
    ]);
    expect(await accept('next-bad.json', { sabotage: 'rewrites-call-id' })).toEqual([]);
  });

  test('what is said beside a command is a comment to the shell', async () => {
    const { err } = await called('baseline', 'accept', at('run'), '--folder', at('next-said'));
    expect(lines(err)?.[0]).toMatch(/^git diff \S+ {3}# then commit it/);
  });

  test('not with --quiet, not for a shell that loads completions, not after a mistake', async () => {
    expect((await called('compare', at('run'), at('run'), '-q')).err).toBe('');
    expect((await called('completion', 'bash')).err).toBe('');
    expect((await called('compare', at('run'), at('nowhere'))).err).not.toContain('Next');
    writeFileSync(at('broken.yaml'), TINY.replace('version: 1', 'version: 2'));
    expect((await called('validate', at('broken.yaml'))).err).not.toContain('Next');
  });

  test('in words that a shell takes as they stand', async () => {
    const { err } = await called('init', at("it's new"));
    const enter = /^Next: {2}(cd .*)$/m.exec(err)?.[1] ?? '';
    const scenario = /npx restante run (.*)$/m.exec(err)?.[1] ?? '';
    const { stdout } = spawnSync('sh', ['-c', `${enter} && ls ${scenario}`], { encoding: 'utf8' });
    expect(stdout).toBe('scenarios/it-s-new.restante.yaml\n');
  });
});

describe('an interruption at once', () => {
  async function interrupted(...args: string[]) {
    const before = process.listenerCount('SIGINT');
    const watch = setInterval(() => {
      if (process.listenerCount('SIGINT') === before) return;
      clearInterval(watch);
      // A second one would end the process.
      process.emit('SIGINT');
    }, 1);
    const result = await called(...args);
    clearInterval(watch);
    return result;
  }

  test('claims no calibration', async () => {
    const study = ['run', at('tiny.yaml'), '--replications', '3', '--jobs', '2', '--no-cache'];
    const { code, out } = await interrupted(...study, '--out', at('study'));
    expect(code).toBe(130);
    expect(out).toMatch(/, 0 replications from[^]*\nservice times: assumed, not calibrated\n/);
  });

  test.each([
    ['sweep', ['--vary', 'network.loss=0%,1%']],
    ['sensitivity', ['--metric', 'push.dwell.p95', '--vary', 'network.delay']],
    ['capacity', ['--slo', 'push.dwell:p(95)<60s']],
  ])('of %s prints no head of a table without rows, and whether it can be taken up', async (verb, args) => {
    const all = [at('tiny.yaml'), ...args, '--jobs', '2', '--out', at(`cut-${verb}`)];
    const { code, out } = await interrupted(verb, ...all, '--no-cache');
    expect(code).toBe(130);
    expect(out).toMatch(
      /^PARTIAL: the \w+ was interrupted; nothing was kept in a cache, so the same command begins anew\n/m,
    );
    expect(out).not.toMatch(/messages\.settled|at low|SApS/);
  });

  test('of a comparison is no wrong use of the command', async () => {
    // No seed of it has been simulated before.
    vi.stubEnv('RESTANTE_RESULTS', at('fresh'));
    const sides = [at('run'), at('run')];
    const { code, out, err } = await interrupted('compare', ...sides, '--replications', '5', '--jobs', '2');
    vi.unstubAllEnvs();
    expect(code).toBe(130);
    expect(err).toMatch(/^PARTIAL: the comparison was interrupted; .* \(base, \d of 5 replications\)$/m);
    expect(out).toBe('');
  });

  test('is no failed campaign, which says where to go on', async () => {
    const { code, out, err } = await interrupted('fuzz', '--seeds', '5..8', '--jobs', '1');
    expect(code).toBe(130);
    const said = /^INTERRUPTED: 0 of (\d) seeds violated an invariant; 4 were asked for$/m.exec(out);
    const next = 5 + Number(said?.[1]);
    expect(err).toContain(`\nNext:  restante fuzz fuzz --seeds ${next}..${next + 49}\n`);
  });
});

test('every flag that the help of a command shows is known to "did you mean" and to completion', async () => {
  const { out: script } = await called('completion', 'bash');
  const { out: help } = await called('--help');
  const commands = [...help.matchAll(/^ {2}restante ([a-z-]+)/gm)].map(([, name]) => name);
  expect(commands.length).toBeGreaterThan(15);
  const common = ['version', 'color', 'print-config'];
  for (const command of commands) {
    const { out } = await called(command, '--help');
    const shown = [...out.matchAll(/^ +(?:-[a-z], )?--(?:no-)?([a-z-]+)/gm)].map(([, flag]) => flag);
    const known = new RegExp(`^ {4}${command}\\) words="(.*)"`, 'm').exec(script)?.[1] ?? '';
    // A flag that is on by default is shown as it is, and is written with no-.
    const names = known.split(' ').map((flag) => flag.replace(/^--(?:no-)?/, ''));
    const wanted = shown.filter((flag) => !common.includes(flag));
    const sorted = (flags: readonly string[]) => [...new Set(flags)].toSorted((a, b) => (a < b ? -1 : 1));
    expect([command, ...sorted(names.filter((flag) => flag !== ''))]).toEqual([command, ...sorted(wanted)]);
  }
});

/** The files that Node loads for this. */
function loadedBy(name: string, ...args: string[]): string[] {
  const coverage = at(name);
  const { status } = spawnSync(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', NODE_V8_COVERAGE: coverage },
  });
  expect(status).toBe(0);
  const urls = readdirSync(coverage).flatMap((file) => {
    const { result } = JSON.parse(readFileSync(join(coverage, file), 'utf8')) as {
      result: { url: string }[];
    };
    return result.map(({ url }) => url);
  });
  return urls.filter((url) => url.startsWith('file:'));
}

test('--help loads the parser of the command line and nothing heavy', () => {
  const modules = new URL('program.js', pathToFileURL(program)).href;
  const script = `await (await import('${modules}')).start(['--help'])`;
  const urls = loadedBy('modules', '--input-type=module', '-e', script);
  const packages = new Set(urls.flatMap((url) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? []));
  expect(packages).toContain('yargs');
  for (const heavy of [
    'zod',
    'yaml',
    'rxjs',
    'vega',
    'vega-lite',
    'piscina',
    'hyparquet-writer',
    'hdr-histogram-js',
  ])
    expect(packages).not.toContain(heavy);
  const own = urls.filter((url) => /\/dist\/(?:sim|models|workloads|results|bin)\//.test(url));
  expect(own.length).toBeLessThan(25);
});

test('--help from the bundle reads few files, and they are small', () => {
  const urls = loadedBy('bundle', program, '--help').filter((url) => url.includes('/dist/bundle/'));
  expect(urls.length).toBeGreaterThan(0);
  expect(urls.length).toBeLessThan(15);
  const octets = urls.reduce((sum, url) => sum + readFileSync(fileURLToPath(url)).length, 0);
  expect(octets).toBeLessThan(400_000);
});
