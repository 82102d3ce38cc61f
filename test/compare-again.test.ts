/** `restante compare` and `run --baseline` where both sides are run again: the first differing event, more seeds, and a base made by another program. */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Comparison } from '../results/compare/compare.js';
import type { PairedComparison } from '../results/compare/paired.js';
import { called } from './support/command-line.js';

const program = fileURLToPath(new URL('../dist/bin/restante.js', import.meta.url));
const TINY = `version: 1
name: tiny
rampUp: 2s
duration: 20s
drain: 40s
population: { subscribers: 12 }
traffic: { pager: { rate: 3/s } }
client: { reconnectJitter: 2s, backoffBase: 2s, backoffMax: 10s }
core: { flowTimeout: 6s }
faults:
  - { at: 6s, for: 10s, kind: partition, target: clients, mode: fixed-percent, value: 50 }
`;

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
const small = async (...more: string[]) => called('run', at('tiny.yaml'), '-q', '--no-report', ...more);
const summaryFile = (run: string) => at(run, 'summary.json');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'restante-again-'));
  writeFileSync(at('tiny.yaml'), TINY);
  await small('--repeat', '5', '--out', at('base'));
  await small('--out', at('bad'), '--sabotage', 'drops-subject');
  // The result of an older version, which had that bug and did not know of it.
  cpSync(at('bad'), at('older'), { recursive: true });
  const summary = JSON.parse(readFileSync(summaryFile('older'), 'utf8')) as object;
  writeFileSync(summaryFile('older'), JSON.stringify({ ...summary, sabotage: null }));
  writeFileSync(
    at('older.mjs'),
    `process.argv.splice(4, 0, '--sabotage', 'drops-subject');\nawait import(${JSON.stringify(program)});\n`,
  );
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the first differing event has number, instant and words, and lies in the first differing second', async () => {
  const { code, out } = await called('compare', at('base'), at('bad'), '--json');
  expect(code).toBe(5);
  const { firstDifferingSecond = -1, firstDifferingEvent } = JSON.parse(out) as Comparison;
  const { base, next } = firstDifferingEvent ?? {};
  // The store is the first to do without the Subject.
  expect(base?.what).toMatch(/^stored, user \d+, deferred message \d+, which is message \d+ /);
  expect(next?.event).toBe(base?.event);
  expect(Math.floor((base?.atNs ?? 0) / 1e9)).toBe(firstDifferingSecond);

  const shown = await called('events', at('base', 'plan.yaml'), '--second', String(firstDifferingSecond));
  expect(shown.out).toContain(`#${base?.event}  `);
  expect((await called('compare', at('base'), at('bad'), '--no-event')).out).not.toContain('event #');
}, 30_000);

test('run --baseline names the event that compare names', async () => {
  const { out } = await called('compare', at('base'), at('bad'), '--json');
  const { firstDifferingEvent } = JSON.parse(out) as Comparison;
  cpSync(summaryFile('base'), at('accepted.json'));
  const bad = ['run', at('tiny.yaml'), '--no-report', '--sabotage', 'drops-subject'];
  for (const [i, side] of [at('base'), at('accepted.json')].entries()) {
    const run = await called(...bad, '--out', at(`bad-${i}`), '--baseline', side);
    // A violation weighs more than a regression.
    expect(run.code).toBe(4);
    expect(run.out).toContain(`base  event #${firstDifferingEvent?.base?.event} at `);
    expect(run.out).toContain(firstDifferingEvent?.next?.what);
    expect(run.err).toContain('running both sides again');
    expect(readFileSync(at(`bad-${i}`, 'comparison.md'), 'utf8')).toContain('new   event #');
  }
  const older = await called(
    'run',
    at('tiny.yaml'),
    '--no-report',
    '--out',
    at('now'),
    '--baseline',
    at('older'),
  );
  expect(older.code).not.toBe(6);
  expect(older.out).toMatch(
    /event is not known: the base cannot be run again: .*compare BASE NEW --base-program/,
  );
}, 60_000);

test('a base that this program does not give is named as such; its own program gives the event', async () => {
  const without = await called('compare', at('older'), at('base'));
  expect(without.out).toMatch(/event is not known: the base cannot be run again: .*--base-program/);
  const by = await called('compare', at('older'), at('base'), '--base-program', at('older.mjs'));
  expect(by.out).toMatch(/\n {2}base {2}event #\d+ at [\d.]+ s: stored, [^]*\n {2}new {3}event #\d+ at /);
}, 30_000);

test('more seeds: by this program, by the one of the base, and from two studies', async () => {
  const seeds = ['--replications', '5', '--jobs', '1', '-q'];
  const here = await called('compare', at('older'), at('base'), ...seeds);
  expect(here.code).toBe(6);
  expect(here.err).toMatch(/incomparable: the base side cannot be run again/);
  const by = await called(
    'compare',
    at('older'),
    at('base'),
    ...seeds,
    '--json',
    '--base-program',
    at('older.mjs'),
  );
  const paired = JSON.parse(by.out) as PairedComparison;
  expect([by.code, paired.pairs, paired.differing]).toEqual([0, 5, 5]);

  await called('run', at('tiny.yaml'), ...seeds, '--out', at('study'));
  await called('run', at('tiny.yaml'), ...seeds, '--out', at('other'), '--set', 'server.push.chunk=4KiB');
  expect((await called('compare', at('study'), at('study'))).out).toMatch(/\nIDENTICAL: 5 seeds/);
  const other = await called('compare', at('study'), at('other'));
  expect(other.code).toBe(6);
  expect(other.out).toMatch(
    /the scenario tiny itself was changed: server\.push\.chunk 2048B against 4096B\n/,
  );
  expect((await called('compare', at('study'), at('base'))).err).toMatch(
    /one side is a study and the other is none/,
  );
}, 60_000);

test('--repeat keeps a timing of each run, and compare judges their speed without failing', async () => {
  cpSync(at('base'), at('slow'), { recursive: true });
  const file = at('slow', 'timing.json');
  const timing = JSON.parse(readFileSync(file, 'utf8')) as { speed: number; earlier: { speed: number }[] };
  expect(timing.earlier).toHaveLength(4);
  for (const one of [timing, ...timing.earlier]) one.speed /= 1000;
  writeFileSync(file, JSON.stringify(timing));
  const { code, out } = await called('compare', at('base'), at('slow'));
  expect(out).toMatch(/speed .* warning: worse\n/);
  expect(code).toBe(0);
});
