/** Which setting is taken where, and where none is: the command line, the scenario's own seed, what a command knows. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RESULTS_VARIABLE } from '../../results/folder/folders.js';
import { namesSeed } from './settings-file.js';
import { fillIn, settingsFile, settingsFor, settingsText } from './settings.js';

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'restante-fill-in-'));
  mkdirSync(at('below', 'deep'), { recursive: true });
  vi.spyOn(process, 'cwd').mockReturnValue(at('below'));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const config = (text: string, name = 'restante.config.yaml') => writeFileSync(at(name), text);
const FLAGS = ['seed', 'jobs', 'quiet', 'cache', 'report', 'drawings'];

/** What `argv` is after it was filled in, and where from; the folder of results as it was meanwhile. */
async function filled(argv: Record<string, unknown>, args: readonly string[] = ['run'], flags = FLAGS) {
  const { taken, restore } = await fillIn(argv, args, flags);
  const results = process.env[RESULTS_VARIABLE];
  restore();
  return { argv, taken: [...taken.keys()], results };
}

describe('a setting', () => {
  test('fills in what a command knows and the command line leaves open', async () => {
    config('seed: conf\njobs: 3\nquiet: true\ncache: false\n');
    expect(await filled({ seed: '9' }, ['run', '--seed', '9'], ['seed', 'jobs', 'quiet'])).toEqual({
      argv: { seed: '9', jobs: '3', quiet: true },
      taken: ['jobs', 'quiet'],
      results: undefined,
    });
  });

  test('is no -q where the flag is another one', async () => {
    config('jobs: 3\nquiet: true\n');
    const { argv } = await filled({ quiet: true }, ['run', '-q']);
    expect(argv).toEqual({ quiet: true, jobs: '3' });
  });

  test('of drawings is left out where no page is made', async () => {
    config('drawings: true\n');
    expect((await filled({})).taken).toEqual(['drawings']);
    expect((await filled({ report: true })).taken).toEqual(['drawings']);
    expect((await filled({ report: false })).taken).toEqual([]);
    expect((await filled({ replications: '3' })).taken).toEqual([]);
    config('drawings: true\nreport: false\n');
    expect((await filled({})).taken).toEqual(['report']);
  });

  test('of results holds for every command, for as long as it runs', async () => {
    config('results: kept\n');
    vi.stubEnv(RESULTS_VARIABLE, undefined);
    expect((await filled({}, ['list'], [])).results).toBe(join('..', 'kept'));
    expect(process.env[RESULTS_VARIABLE]).toBe(undefined);
    vi.stubEnv(RESULTS_VARIABLE, 'mine');
    expect((await filled({}, ['list'], [])).results).toBe('mine');
    expect(process.env[RESULTS_VARIABLE]).toBe('mine');
    // An empty one says nothing, and is empty again afterwards.
    vi.stubEnv(RESULTS_VARIABLE, '');
    expect((await filled({}, ['list'], [])).results).toBe(join('..', 'kept'));
    expect(process.env[RESULTS_VARIABLE]).toBe('');
  });
});

describe('a seed', () => {
  test('of the configuration goes behind that of the scenario, and holds where there is none', async () => {
    config('seed: conf\n');
    writeFileSync(at('with.yaml'), 'version: 1\nseed: "1"\n');
    writeFileSync(at('without.yaml'), 'version: 1\n');
    const seedFor = async (scenario: unknown) => (await filled({ scenario })).argv['seed'];
    expect(await seedFor('smoke')).toBe(undefined);
    expect(await seedFor(at('with.yaml'))).toBe(undefined);
    expect(await seedFor(at('without.yaml'))).toBe('conf');
    expect(await seedFor(undefined)).toBe('conf');
  });

  test('of the environment goes before both', async () => {
    config('seed: conf\n');
    vi.stubEnv('RESTANTE_SEED', 'env');
    expect((await filled({ scenario: 'smoke' })).argv['seed']).toBe('env');
  });

  test('is looked for in a file by any name that a scenario may have', () => {
    writeFileSync(at('plain'), 'version: 1\n');
    writeFileSync(at('x.json'), '{ "version": 1 }');
    writeFileSync(at('x.YML'), 'seed: "1"\n');
    expect([at('plain'), at('x.json'), at('x.YML')].map(namesSeed)).toEqual([false, false, true]);
  });
});

describe('a configuration file', () => {
  test('is the nearest, of the first name, from any depth', () => {
    expect(settingsFile(at('below', 'deep'))).toBe(undefined);
    config('{}', 'restante.config.json');
    expect(settingsFile(at('below', 'deep'))).toBe(at('restante.config.json'));
    config('', 'restante.config.yml');
    expect(settingsFile(at('below', 'deep'))).toBe(at('restante.config.yml'));
    config('');
    expect(settingsFile(at('below', 'deep'))).toBe(at('restante.config.yaml'));
    writeFileSync(at('below', 'restante.config.json'), '{}');
    expect(settingsFile(at('below', 'deep'))).toBe(at('below', 'restante.config.json'));
    expect(settingsFile(folder)).toBe(at('restante.config.yaml'));
  });

  test.each([
    ['jobs: 1.5', 'jobs is a whole number from 1 up'],
    ['seed: ""', 'a seed is text'],
    ['results: ""', 'results is the path of a folder'],
    ['toString: 1', 'unknown setting "toString"'],
  ])('with %j is refused', async (text, message) => {
    config(text);
    await expect(settingsFor(at('below'), {})).rejects.toThrow(message);
  });

  test('may name this very folder', async () => {
    config('results: below\n');
    expect((await settingsFor(at('below'), {})).get('results')?.value).toBe('.');
  });
});

test('a switch in the environment is spelt in any case', async () => {
  const settings = await settingsFor(at('below'), {
    RESTANTE_QUIET: 'TRUE',
    RESTANTE_REPORT: 'False',
    RESTANTE_CACHE: '0',
    RESTANTE_DRAWINGS: '1',
  });
  expect([...settings].map(([name, { value }]) => [name, value])).toEqual([
    ['quiet', true],
    ['report', false],
    ['cache', false],
    ['drawings', true],
  ]);
});

test('how many jobs there are by default is told as it is for the command', () => {
  const jobsOf = (command: string) =>
    /^jobs +(.+?) {2,}default$/m.exec(settingsText({ _: [command] }, [command], new Map()))?.[1];
  expect(jobsOf('fuzz')).toBe('processors');
  expect(jobsOf('sweep')).toBe('processors less one');
});

test('the table shows a setting that was taken, a flag that was given, and what holds otherwise', () => {
  const taken = new Map([['jobs', { value: '3', origin: '../restante.config.yaml' }]] as const);
  const text = settingsText({ seed: '9', jobs: '3' }, ['run', '--seed', '9'], taken);
  const rows = text.split('\n').map((line) => line.split(/ {2,}/));
  expect(rows.slice(0, 4)).toEqual([
    ['setting', 'value', 'from'],
    ['seed', '9', 'command line'],
    ['jobs', '3', '../restante.config.yaml'],
    ['results', 'results', 'default'],
  ]);
  // Columns stand below each other.
  expect(
    new Set(
      text
        .trimEnd()
        .split('\n')
        .map((line) => line.lastIndexOf('  ')),
    ).size,
  ).toBe(1);
});
