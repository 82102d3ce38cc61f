/** Every output says whether its service times were measured, and repeats where a cost table says that it comes from. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { called } from './support/command-line.js';

let folder: string;
let scenario: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'restante-service-times-'));
  scenario = join(folder, 'few.yaml');
  writeFileSync(
    scenario,
    'version: 1\nname: few\nrampUp: 1s\nduration: 5s\ndrain: 5s\npopulation: { subscribers: 4 }\ntraffic: { pager: { rate: 2/s } }\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MEASURED = 'partly calibrated (1 of 4 kinds) from m.csv, 200 rows, MAPE up to 3.9 %';
const SAID = `service times: assumed, not calibrated\n  SIP/IP Core: ${MEASURED}\n  IM Server: assumed\n`;
const measured = ['--set', `core.cpu.provenance=${MEASURED}`];

test('a run repeats it in text, in summary.json and on its page, and a table measured in part is not calibrated', async () => {
  const out = join(folder, 'run');
  const { out: text } = await called('run', scenario, ...measured, '--out', out);
  expect(text).toContain(SAID);
  expect(readFileSync(join(out, 'summary.md'), 'utf8')).toContain(SAID);
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain(
    `assumed, not calibrated</strong> <small>SIP/IP Core: ${MEASURED}; IM Server: assumed</small>`,
  );
  expect(JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'))).toMatchObject({
    serviceTimes: 'assumed, not calibrated',
    costSources: { 'SIP/IP Core': MEASURED, 'IM Server': 'assumed' },
  });
});

test('a run of assumed tables has nothing to repeat', async () => {
  const { out } = await called('run', scenario, '--json', '--no-report', '--out', join(folder, 'assumed'));
  expect(JSON.parse(out)).not.toHaveProperty('costSources');
});

test('a plan repeats it', async () => {
  const { out } = await called('plan', scenario, ...measured);
  expect(out).toMatch(
    /service times +assumed, not calibrated\n +SIP\/IP Core: partly calibrated .* 3\.9 %\n/,
  );
});

test.each([
  ['sweep', '--vary', 'network.loss=0%,1%'],
  ['sensitivity', '--vary', 'network.delay=10ms,20ms', '--metric', 'answer.delivered.p95'],
  ['capacity', '--slo', 'answer.delivered:p(95)<5s', '--max', '4/s', '--confirm', '0'],
  ['run', '--replications', '2'],
])('a study repeats it: %s', async (verb, ...flags) => {
  const out = join(folder, `study-${verb}`);
  const asked = [...flags, ...measured, '--jobs', '1', '--no-cache', '--out', out];
  const { out: text } = await called(verb, scenario, ...asked);
  expect(text).toContain(SAID);
  expect(readFileSync(join(out, 'summary.md'), 'utf8')).toContain(SAID);
});

test.each([
  ['calibrated', 'calibrated from m.csv'],
  ['assumed, not calibrated', 'assumed'],
])('the page of a study says of service times what its answer says: %s', async (state, source) => {
  const out = join(folder, `page ${source}`);
  const sources = ['core', 'server'].flatMap((host) => ['--set', `${host}.cpu.provenance=${source}`]);
  const asked = ['--vary', 'network.loss=0%,1%', ...sources, '--jobs', '1', '--no-cache', '-q', '--out', out];
  expect((await called('sweep', scenario, ...asked)).code).toBe(0);
  await called('report', out);
  const banner = /<p class="banner.*<\/p>/.exec(readFileSync(join(out, 'report.html'), 'utf8'))?.[0];
  const kind = state === 'calibrated' ? 'banner' : 'banner assumed';
  expect(banner).toBe(`<p class="${kind}">service times: <strong>${state}</strong></p>`);
});
