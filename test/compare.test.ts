/** `restante compare` and `restante baseline accept` as a user meets them, bad input first. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Summary } from '../results/cell-result.js';
import { sortedJson } from '../results/folder/json.js';
import { seriesCsv } from '../results/recording/series.js';
import { sampleResult } from './support/sample-result.js';
import { called } from './support/command-line.js';

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
const { summary, series } = sampleResult();

function runAt(name: string, more: Partial<Summary> = {}): string {
  mkdirSync(at(name));
  writeFileSync(at(name, 'summary.json'), sortedJson({ ...summary, ...more }));
  return at(name);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'restante-compare-'));
  runAt('base');
  runAt('same');
  runAt('worse', { fingerprint: 'ffff', counts: { ...summary.counts, retransmissions: 99 } });
  runAt('other-seed', { seed: '7' });
  mkdirSync(at('empty'));
  writeFileSync(at('truncated.json'), sortedJson(summary).slice(0, 900));
  writeFileSync(at('nothing.json'), '');
  writeFileSync(at('foreign.json'), '{"metrics":{}}');
  writeFileSync(at('timing.json'), '{"schema":"restante-timing-1"}');
  writeFileSync(at('older.json'), sortedJson({ ...summary, schema: 'restante-summary-0' }));
  const edited = { ...summary, counts: { ...summary.counts, retransmissions: '1,204' } };
  writeFileSync(at('edited.json'), sortedJson(edited));
  writeFileSync(at('hollow.json'), sortedJson({ schema: summary.schema, scenario: 'smoke' }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('what is no result is told in one line', () => {
  test.each([
    ['nowhere', 2, /there is no result at .*nowhere\n$/],
    ['empty', 2, /empty is not a run folder: it has no summary\.json\n$/],
    ['truncated.json', 2, /truncated\.json is damaged: it is no whole JSON document/],
    ['nothing.json', 2, /nothing\.json is damaged: it is empty/],
    ['foreign.json', 2, /foreign\.json is not a result of restante/],
    ['timing.json', 2, /timing\.json is not the summary of a run: its schema is restante-timing-1/],
    ['hollow.json', 2, /hollow\.json is damaged: parts of the summary are missing/],
    ['edited.json', 2, /edited\.json is damaged: parts of the summary are missing, or no numbers/],
    ['older.json', 6, /incomparable: .*older\.json has the schema restante-summary-0; this version reads/],
  ])('%s', async (name, expected, message) => {
    const { code, out, err } = await called('compare', at(name), at('base'));
    expect(err).toMatch(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect([code, out]).toEqual([expected, '']);
  });

  test.each([
    ['a study that is cut off', { 'study.json': '{"schema":"restante-st' }, 2, /study\.json is damaged/],
    [
      'a study of another schema',
      { 'study.json': '{"schema":"restante-study-0"}' },
      6,
      /has the schema restante-study-0/,
    ],
    [
      'a sweep',
      { 'study.json': '{"schema":"restante-study-1","kind":"sweep"}' },
      2,
      /a study of sweep; replications/,
    ],
    [
      'a study without its table',
      {
        'study.json':
          '{"schema":"restante-study-1","kind":"replications","scenario":"s","seed":"1","runs":[]}',
      },
      2,
      /is not a whole study: it has no replications\.csv/,
    ],
  ])('%s', async (name, files, expected, message) => {
    const folderOf = at(`study-${name.replaceAll(' ', '-')}`);
    mkdirSync(folderOf);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folderOf, file), text);
    const { code, out, err } = await called('compare', folderOf, folderOf);
    expect(err).toMatch(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect([code, out]).toEqual([expected, '']);
  });

  test('a baseline of another scenario, or none, is told, and fails where one was named or is required', async () => {
    const scenario = at('little.yaml');
    writeFileSync(
      scenario,
      'version: 1\nname: little\nrampUp: 1s\nduration: 3s\ndrain: 3s\npopulation: { subscribers: 4 }\n' +
        'traffic: { pager: { rate: 2/s } }\n',
    );
    const args = ['run', scenario, '-q', '--no-report', '--out', at('little')];
    const told = await called(...args, '--baseline', at('base'));
    expect([told.code, told.out]).toEqual([
      6,
      expect.stringContaining('INCOMPARABLE: scenario smoke against little'),
    ]);
    expect((await called(...args, '--baseline', at('bse'))).code).toBe(6);
    const none = await called(...args, '--baseline');
    expect([none.code, none.out]).toEqual([
      0,
      expect.stringContaining('no comparison: there is no baseline'),
    ]);
    expect((await called(...args, '--baseline', '--require-baseline')).code).toBe(6);
    expect(readFileSync(at('base', 'summary.json'), 'utf8')).toBe(sortedJson(summary));
  });

  test('a flag or a side that is wrong', async () => {
    expect((await called('compare', at('base'))).code).toBe(2);
    expect((await called('compare', at('base'), at('same'), '--tolerance', 'much')).code).toBe(2);
    const unknown = await called('compare', at('base'), at('same'), '--tolerance', 'push.dwel=5%');
    expect([unknown.code, unknown.err]).toEqual([2, expect.stringContaining('did you mean "push.dwell')]);
    const known = ['--tolerance', 'push=1%', '--tolerance', 'push.dwell.p95=5%'];
    expect((await called('compare', at('base'), at('same'), ...known)).code).toBe(0);
    expect((await called('compare', at('base'), at('same'), '--formt', 'md')).err).toMatch(
      /did you mean "format"/,
    );
  });
});

describe('compare', () => {
  test('identical is 0, a regression 5, another seed 6', async () => {
    expect(await called('compare', at('base'), at('same'), '-q')).toMatchObject({ code: 0, err: '' });
    const worse = await called('compare', at('base'), at('worse'));
    expect(worse.code).toBe(5);
    expect(worse.out).toMatch(/sip\.retransmissions\.count +12 +99 .*REGRESSED/);
    const other = await called('compare', at('base'), at('other-seed'));
    expect([other.code, other.out]).toEqual([6, expect.stringContaining('INCOMPARABLE: seed 42 against 7')]);
  });

  test('--json leaves one document, --format md Markdown, --tolerance excuses', async () => {
    const json = await called('compare', at('base'), at('worse'), '--json');
    expect(JSON.parse(json.out)).toMatchObject({ schema: 'restante-comparison-1', outcome: 'regressed' });
    const md = await called('compare', at('base'), at('worse'), '--format', 'md');
    expect(md.out).toMatch(/^### restante: smoke/);
    const excused = await called('compare', at('base'), at('worse'), '--tolerance', 'sip=1000%');
    expect(excused.code).toBe(0);
  });
});

test('latest names a run beside it', async () => {
  writeFileSync(at('latest'), 'worse\n');
  expect((await called('compare', at('base'), at('latest'))).code).toBe(5);
  writeFileSync(at('latest'), 'gone\n');
  const gone = await called('compare', at('base'), at('latest'));
  expect([gone.code, gone.err]).toEqual([2, expect.stringMatching(/there is no result at .*gone\n$/)]);
});

describe('report', () => {
  test.each([
    ['nowhere', /there is no result at/],
    ['base', /is not a whole run folder: it has no timeline\.csv\n$/],
    ['older.json', /has the schema restante-summary-0/],
    ['base/summary.json', /is no run folder; a report needs its timeline\.csv\n$/],
  ])('%s is no run', async (name, message) => {
    const { code, out, err } = await called('report', at(name));
    expect(err).toMatch(message);
    expect([code, out]).toEqual([2, '']);
  });

  test('nothing is written if one of several runs is damaged; a plan that cannot be read costs the faults only', async () => {
    const good = runAt('good');
    const bad = runAt('bad');
    writeFileSync(join(good, 'timeline.csv'), seriesCsv(series));
    writeFileSync(join(bad, 'timeline.csv'), 'second,offered\n0');
    const refused = await called('report', good, bad);
    expect([refused.code, refused.err]).toEqual([2, expect.stringMatching(/timeline\.csv is damaged/)]);
    expect(existsSync(join(good, 'report.html'))).toBe(false);
    const made = await called('report', good, '--baseline', at('worse'));
    expect(made.code).toBe(0);
    expect(made.err).toMatch(/plan\.yaml cannot be read, so the report shows no faults/);
    expect(readFileSync(join(good, 'report.html'), 'utf8')).toContain('Against the baseline');
  });
});

describe('baseline accept', () => {
  const accept = (run: string) => called('baseline', 'accept', at(run), '--folder', at('kept'));

  test('writes the summary as it is, tells what moves, and overwrites nothing foreign', async () => {
    expect((await accept('base')).out).toMatch(/^Accepted {2}.*smoke-42\.json\n/);
    expect(readFileSync(at('kept', 'smoke-42.json'), 'utf8')).toBe(sortedJson(summary));
    expect((await accept('same')).out).toMatch(/says the same already/);
    const moved = await accept('worse');
    expect(moved.out).toMatch(/sip\.retransmissions/);
    expect(moved.out).toMatch(/Replaced/);
    writeFileSync(at('kept', 'smoke-42.json'), 'my notes');
    const refused = await accept('base');
    expect([refused.code, refused.err]).toEqual([2, expect.stringContaining('is kept as it is')]);
    expect(readFileSync(at('kept', 'smoke-42.json'), 'utf8')).toBe('my notes');
  });

  test.each<[string, Partial<Summary>]>([
    ['partial', { partial: true }],
    ['sabotaged', { sabotage: 'stores-twice' }],
    ['violating', { invariants: [{ ...summary.invariants[0], held: false, violations: 1 }] }],
  ])('a %s run can be no baseline', async (name, more) => {
    runAt(name, { scenario: name, ...more });
    const { code, err } = await accept(name);
    expect(err).toMatch(/it can be no baseline\n$/);
    expect(code).toBe(2);
    expect(existsSync(at('kept', `${name}-42.json`))).toBe(false);
  });
});

test.each([
  ['github', join('.github', 'workflows', 'restante.yml')],
  ['gitlab', '.gitlab-ci.yml'],
])('init --ci %s writes a workflow that compares with the baseline, which git keeps', async (ci, file) => {
  expect((await called('init', at(`init-${ci}`), '--ci', ci)).code).toBe(0);
  expect(readFileSync(at(`init-${ci}`, file), 'utf8')).toContain(`--out results/init-${ci} --baseline`);
  expect(readFileSync(at(`init-${ci}`, '.gitignore'), 'utf8')).toContain('!results/baselines/');
});
