/** `restante report` as a user meets it: runs, two of them, studies beside them, ladders drawn from a second run, bad input. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { called } from './support/command-line.js';

const SCENARIO = `version: 1
name: tiny
seed: '42'
rampUp: 5s
duration: 20s
drain: 40s
population: { subscribers: 40 }
traffic: { pager: { process: poisson, rate: 4/s, size: { dist: pareto, min: 20B, max: 400B, alpha: 1.6 } } }
network: { delay: 25ms, jitter: 5ms }
client: { backoffBase: 5s, backoffMax: 60s, reconnectJitter: 5s }
faults:
  - { at: 8s, for: 15s, kind: partition, target: clients, mode: fixed-percent, value: 60, direction: both }
`;

let folder: string;
const at = (...names: string[]) => join(folder, ...names);
const page = (name: string) => readFileSync(at(name, 'report.html'), 'utf8');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'restante-report-'));
  writeFileSync(at('tiny.yaml'), SCENARIO);
  const run = async (name: string, ...more: string[]) => {
    const { code, err } = await called('run', at('tiny.yaml'), '-q', '--out', at(name), ...more);
    expect([code, err]).toEqual([0, '']);
  };
  await run('one');
  await run('two', '--set', 'network.loss=4%');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NEXT = '\nNext:  restante compare BASE NEW\n';

test('run --drawings writes the page that report makes, the same octets each time', async () => {
  const drawn = ['run', at('tiny.yaml'), '-q', '--drawings', '--out'];
  for (const name of ['drawn', 'again']) expect((await called(...drawn, at(name))).code).toBe(0);
  expect(page('drawn').split('<svg xmlns=').length).toBeGreaterThan(10);
  expect(page('drawn')).not.toContain('<noscript>');
  expect(page('again')).toBe(page('drawn'));
  expect((await called('report', at('again'), '--no-ladders')).code).toBe(0);
  expect(page('again')).toBe(page('drawn'));
  const none = await called(...drawn, at('none'), '--no-report');
  expect([none.code, none.err]).toEqual([
    2,
    expect.stringContaining('--drawings goes neither with --no-report'),
  ]);
}, 60_000);

test('a run without events of its own is drawn with its slowest message and a happy path, from a second run of the cell', async () => {
  expect(page('one')).not.toContain('<svg xmlns=');
  const { code, out, err } = await called('report', at('one'));
  expect([code, out, err]).toEqual([0, `Report  ${at('one', 'report.html')}\n`, NEXT]);
  const drawn = page('one');
  expect(drawn.split('<svg xmlns=').length).toBeGreaterThan(15);
  expect(drawn).toContain('<h3>A happy path</h3>');
  expect(drawn).toContain('<h3>The slowest message</h3>');
  const slowest = readFileSync(at('one', 'ladder-slowest.txt'), 'utf8');
  expect(slowest).toContain('stored as');
  expect(slowest).toContain('settled, deleted');
  // Again: the ladders are there, and every octet is the same.
  const made = statSync(at('one', 'ladder-slowest.svg')).mtimeMs;
  expect((await called('report', at('one'))).code).toBe(0);
  expect(page('one')).toBe(drawn);
  expect(statSync(at('one', 'ladder-slowest.svg')).mtimeMs).toBe(made);
});

test('of two runs the second is held against the first, without a verdict if it is another cell; a study stands in both', async () => {
  const sweep = ['sweep', at('tiny.yaml'), '--vary', 'network.delay=10ms,80ms', '--out', at('sweep'), '-q'];
  expect((await called(...sweep, '--no-cache')).code).toBeLessThan(3);
  const { code, out } = await called('report', at('one'), at('two'), at('sweep'), '--no-ladders');
  expect(code).toBe(0);
  expect(out.trimEnd().split('\n')).toHaveLength(3);
  expect(existsSync(at('two', 'ladder-happy.svg'))).toBe(false);
  expect(page('one')).not.toContain('Against the baseline');
  expect(page('two')).toContain('It is another cell (overrides none against network.loss=4%)');
  expect(page('two')).toContain('<h3>What moved</h3>');
  for (const name of ['one', 'two', 'sweep']) {
    expect(page(name)).toContain('Sweep: tiny, seed 42');
    expect(page(name)).toContain('<h3>answer.delivered.p95</h3>');
  }
});

test('a plan that was changed since gives no ladders of another run', async () => {
  const plan = readFileSync(at('two', 'plan.yaml'), 'utf8');
  writeFileSync(at('two', 'plan.yaml'), plan.replace('loss: 4%', 'loss: 5%'));
  expect(readFileSync(at('two', 'plan.yaml'), 'utf8')).not.toBe(plan);
  const { code, err } = await called('report', at('two'));
  writeFileSync(at('two', 'plan.yaml'), plan);
  expect(code).toBe(0);
  expect(err).toMatch(/no ladders, since this version gives another run of the same plan\n/);
  expect(err.split('\n').length).toBe(1 + NEXT.split('\n').length);
  expect(page('two')).not.toContain('The slowest message');
});

test('damaged studies and intervals are named, and cost no more than they must', async () => {
  const study = readFileSync(at('sweep', 'study.json'), 'utf8');
  for (const [text, words] of [
    [study.slice(0, 90), /study\.json is damaged: it is no whole JSON document/],
    [study.replace('restante-study-1', 'restante-study-0'), /is no study of this version/],
    [
      study.replace('"sweep"', '"replications"'),
      /of which there is nothing to draw; summary\.md has its table/,
    ],
  ] as const) {
    writeFileSync(at('sweep', 'study.json'), text);
    const before = page('one');
    const { code, out, err } = await called('report', at('one'), at('sweep'));
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(words);
    expect(page('one')).toBe(before);
  }
  writeFileSync(at('two', 'intervals.json'), '{');
  const { code, err } = await called('report', at('two'));
  expect(code).toBe(0);
  expect(err).toMatch(/intervals\.json cannot be read, so the report shows no latency over time\n/);
  expect(page('two')).not.toContain('Latency over time');
});

test('a violation that names a user and an instant is drawn by the message that reached her then', async () => {
  const violated = ['run', at('tiny.yaml'), '-q', '--out', at('violated'), '--sabotage', 'pushes-via'];
  expect((await called(...violated)).code).toBe(4);
  const { violation } = JSON.parse(readFileSync(at('violated', 'capsule.json'), 'utf8')) as {
    violation: { first: string; message: number | null };
  };
  const [, instant, user] = /^at (\d+\.\d+) s: user (\d+) was pushed/.exec(violation.first) ?? [];
  expect(violation.message).toBeNull();
  const words = readFileSync(at('violated', 'ladder.txt'), 'utf8');
  expect(words).toMatch(new RegExp(`^message \\d+ from u\\d+ to u${user}\\n`));
  expect(words).toMatch(new RegExp(`^ *${instant} .*\\[presented\\]`, 'm'));
  expect(page('violated')).toContain('<h3>The first violation</h3>');
});
