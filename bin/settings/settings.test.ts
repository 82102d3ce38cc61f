/** Settings: which source goes first, and what is wrong in one, told with its place. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UsageError } from '../../results/exit-codes.js';
import { namesSeed } from './settings-file.js';
import { isGiven, settingsFor } from './settings.js';

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'restante-settings-'));
  mkdirSync(at('below'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const found = async (environment: Record<string, string> = {}) =>
  Object.fromEntries(await settingsFor(at('below'), environment));

test.each([
  ['sed: "7"', /config\.yaml:1:1 {2}error {2}unknown setting "sed" — did you mean "seed"\?\n/],
  ['quiet: true\njobs: many', /config\.yaml:2:7 {2}error {2}jobs is a whole number from 1 up\n/],
  ['jobs: 0', /jobs is a whole number from 1 up/],
  ['seed: 7', /:1:7 {2}error {2}a seed is text: put it in quotes/],
  ['report: often', /report is true or false/],
  ['results: [a]', /results is the path of a folder/],
  ['- seed', /settings are a set of keys: seed, jobs, results/],
  ['', /config\.yaml:1:1 {2}error {2}the file is empty/],
  ['seed: [', /config\.yaml:1:\d+ {2}error/],
  ['sed: "7"\njobs: 0', /unknown setting "sed"[^]*jobs is a whole number/],
])('a configuration file with %j is refused', async (text, message) => {
  writeFileSync(at('restante.config.yaml'), text);
  await expect(found()).rejects.toThrow(UsageError);
  await expect(found()).rejects.toThrow(message);
});

test.each([
  [
    'RESTANTE_JOB',
    '2',
    /the environment variable RESTANTE_JOB is no setting — did you mean "RESTANTE_JOBS"\?/,
  ],
  ['RESTANTE_QUIET', 'maybe', /RESTANTE_QUIET=maybe: 1 or 0 is needed/],
])('%s=%s is refused', async (name, value, message) => {
  await expect(found({ [name]: value })).rejects.toThrow(message);
});

test('the environment goes before the nearest file, which lies here or above; its folders are its own', async () => {
  expect(await found()).toEqual({});
  writeFileSync(at('restante.config.json'), '{ "seed": "up", "results": "kept", "cache": false, "jobs": 3 }');
  const file = join('..', 'restante.config.json');
  expect(await found({ RESTANTE_JOBS: '2', RESTANTE_QUIET: 'yes', RESTANTE_REPORT: '', HOME: '/' })).toEqual({
    seed: { value: 'up', origin: file },
    results: { value: join('..', 'kept'), origin: file },
    cache: { value: false, origin: file },
    jobs: { value: '2', origin: 'RESTANTE_JOBS' },
    quiet: { value: true, origin: 'RESTANTE_QUIET' },
  });
  writeFileSync(at('below', 'restante.config.yaml'), 'results: /abs/olute\n');
  expect(await found()).toEqual({ results: { value: '/abs/olute', origin: 'restante.config.yaml' } });
});

test('a flag counts as given in each of its forms, and as nothing else', () => {
  expect(['--seed', '--seed=7', '--no-seed'].every((arg) => isGiven('seed', ['run', arg]))).toBe(true);
  expect(isGiven('quiet', ['run', '-q'])).toBe(true);
  expect(isGiven('seed', ['run', 'seed', '--seeds', '7'])).toBe(false);
});

test('a seed of the configuration holds for a scenario of its own that names none', () => {
  writeFileSync(at('with.yaml'), 'version: 1\nseed: "1"\n');
  writeFileSync(at('without.yaml'), 'version: 1\nname: seed\n');
  expect(['smoke', at('with.yaml'), at('nowhere.yaml')].map(namesSeed)).toEqual([true, true, true]);
  expect(namesSeed(at('without.yaml'))).toBe(false);
});
