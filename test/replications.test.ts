/** What a user and a CI learn from replications that fail: which thresholds and which runs, in each form in which it is told. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { readReplications } from '../results/compare/read-study.js';
import { called } from './support/command-line.js';

const folder = mkdtempSync(join(tmpdir(), 'restante-replications-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

const file = join(folder, 'tiny.yaml');
writeFileSync(
  file,
  `version: 1
name: tiny
rampUp: 1s
duration: 5s
drain: 3s
population: { subscribers: 4 }
traffic: { pager: { rate: 2/s } }
thresholds:
  messages.offered: ["count<1", { expr: "count<2", severity: warn }, "count<1000"]
`,
);

const replicated = (name: string, ...more: readonly string[]) =>
  called(
    'run',
    file,
    '--replications',
    '2',
    '--jobs',
    '1',
    '--no-cache',
    '--out',
    join(folder, name),
    ...more,
  );
const written = (...names: string[]) => readFileSync(join(folder, ...names), 'utf8');

test('a threshold that the means miss is named in the last line, in junit.xml and to GitHub', async () => {
  vi.stubEnv('GITHUB_ACTIONS', 'true');
  vi.stubEnv('GITHUB_WORKSPACE', folder);
  const { code, out, err } = await replicated('missed', '--quiet');
  expect(code).toBe(3);
  expect(out).toMatch(
    /^FAILED: messages\.offered:count<1 not met by the means \(exit 3\) {2}2 replications, /,
  );
  expect(err).toMatch(
    /^::error file=tiny\.yaml,line=\d+,col=\d+,title=messages\.offered%3Acount<1 not met::measured [\d.]+ in the mean of 2 from seed 42, met in 0\n::warning file=tiny\.yaml,line=\d+,col=\d+,title=messages\.offered%3Acount<2 not met::.*\n$/,
  );
  const junit = written('missed', 'junit.xml');
  expect(junit).toContain('tests="6" failures="1" errors="0" skipped="1"');
  expect(junit).toMatch(
    /name="messages\.offered:count&lt;1" time="0">\n +<failure message="measured [\d.]+ in the mean of 2, met in 0"\/>/,
  );
  expect(junit).toContain('name="seed 42/2" time="0"/>');
});

test('the verdict of each run is what that run alone would say; compare goes by what is sound', async () => {
  vi.stubEnv('GITHUB_ACTIONS', '');
  const { code, out, err } = await replicated('json', '--json', '--quiet');
  const { runs } = JSON.parse(out) as { runs: object[] };
  const verdict = 'FAILED: messages.offered:count<1 not met (exit 3)';
  expect(runs).toMatchObject([
    { seed: '42', verdict, sound: true },
    { seed: '42/2', verdict, sound: true },
  ]);
  expect([code, err]).toEqual([3, '']);
  expect(readReplications(join(folder, 'json')).replications.map(({ sound }) => sound)).toEqual([true, true]);
});

test('a run that is unsound is named by its seed', async () => {
  vi.stubEnv('GITHUB_ACTIONS', 'true');
  vi.stubEnv('GITHUB_WORKSPACE', folder);
  const { code, out, err } = await replicated('broken', '--quiet', '--sabotage', 'drops-subject');
  // Nothing is stored here, so the bug has no chance; a threshold weighs more.
  expect(code).toBe(3);
  expect(out).toMatch(
    /^FAILED: seed 42 and 1 more: the saboteur drops-subject was not caught; messages\.offered:count<1 not met/,
  );
  expect(err).toMatch(/^::error file=tiny\.yaml,line=1,title=the run with seed 42::FAILED: /);
});
