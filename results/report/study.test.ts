/** Studies as sections of a report: what is drawn of each, in numbers that come from its folder, and what is damaged is refused. */
import { describe, expect, test } from 'vitest';
import type { Chart, RowsData } from './charts/chart.js';
import { differenceChart } from './charts/bars.js';
import { compiled, filled, svgOf } from './charts/render.js';
import { csvRows, studyPart, type Study } from './study.js';
import { studyPage } from './study-page.js';

const study = (kind: string, answer: Study['answer'], csv?: string): Study => ({
  kind,
  scenario: 'tiny',
  seed: '42',
  answer,
  csv,
  text: 'the <table>\n',
});
const rowsOf = (chart: Chart, name: string) => (chart.data[name] as RowsData).rows;
const probe = (load: number, passes: boolean, value: number | null, utilisation: number) => ({
  load,
  passes,
  values: [value, 0.0001],
  station: 'IM Server CPU',
  utilisation,
});
const capacity = study('capacity', {
  vary: 'traffic.pager.rate',
  unit: '/s',
  objectives: ['push.dwell:p(95)<5s', 'ihs.rate<0.1%'],
  probes: [probe(80, false, 9e6, 0.99), probe(20, true, 4e5, 0.3), probe(40, true, 2e6, 0.6)],
  highestPassing: 40,
  lowestFailing: 80,
});

describe('the knee of a capacity study', () => {
  const charts = studyPart(capacity)?.charts ?? [];

  test('has a chart for each objective and one for the busiest station', () => {
    expect(charts.map(({ title }) => title)).toEqual([
      'Knee: push.dwell:p(95)<5s',
      'Knee: ihs.rate<0.1%',
      'Knee: the busiest station',
    ]);
    expect(charts[0].caption).toContain('Highest load that passes: 40/s; lowest that fails: 80/s.');
  });

  test('shows each load in order, judged by that objective alone, with the limit and the answer', () => {
    expect(rowsOf(charts[0], 'probes')).toEqual([
      [20, 400, 1, '20/s: 400 ms, passes'],
      [40, 2000, 1, '40/s: 2.00 s, passes'],
      [80, 9000, 0, '80/s: 9.00 s, fails'],
    ]);
    expect(rowsOf(charts[1], 'probes').map(([, , good]) => good)).toEqual([1, 1, 1]);
    expect(rowsOf(charts[0], 'limit')).toEqual([[5000]]);
    expect(rowsOf(charts[0], 'answer')).toEqual([[40]]);
  });

  test('is a page of its own, the same twice', async () => {
    const part = studyPart(capacity);
    if (part === undefined) throw new Error('nothing is drawn');
    const page = await studyPage(part, { drawn: true });
    expect(await studyPage(part, { drawn: true })).toBe(page);
    expect(page).toContain('the &lt;table&gt;');
    expect(page.split('<svg xmlns=')).toHaveLength(4);
  });
});

describe('a sweep', () => {
  const csv = [
    'network.loss,network.delay,seed,fingerprint,exit,push.dwell.p95 [us],ihs.rate [share]',
    '0%,10ms,1,a,0,1000000,0',
    '0%,10ms,2,b,0,3000000,0',
    '0%,50ms,1,c,0,,0',
    '5%,10ms,1,d,0,4000000,0',
    '5%,50ms,1,e,0,6000000,0',
    '',
  ].join('\n');
  const factors = [{ path: 'network.loss' }, { path: 'network.delay' }];

  test('of two factors is a heat map of each metric that varies: means of replications, and a hole where nothing was measured', () => {
    const [chart, ...others] = studyPart(study('sweep', { factors }, csv))?.charts ?? [];
    expect(others).toEqual([]);
    expect(chart.title).toBe('push.dwell.p95');
    expect(rowsOf(chart, 'cells').map(([x, y, , text]) => [x, y, text])).toEqual([
      ['0%', '10ms', '2.00 s'],
      ['5%', '10ms', '4.00 s'],
      ['5%', '50ms', '6.00 s'],
    ]);
    expect(chart.table.rows).toEqual([
      ['10ms', '2.00 s', '4.00 s'],
      ['50ms', '', '6.00 s'],
    ]);
  });

  test('of one factor is a line', () => {
    const one = 'network.loss,push.drain.p95 [us]\n0%,500000\n5%,1500000\n';
    const [chart] = studyPart(study('sweep', { factors: [factors[0]] }, one))?.charts ?? [];
    expect(rowsOf(chart, 'points').map(([x, y]) => [x, y])).toEqual([
      ['0%', 0.5],
      ['5%', 1.5],
    ]);
  });

  test('reads quotes, commas and ends of lines in fields', () => {
    expect(csvRows('a,"b,""c""\nd",\r\n1,2,3\n')).toEqual([
      ['a', 'b,"c"\nd', ''],
      ['1', '2', '3'],
    ]);
    expect(csvRows('a,')).toEqual([['a', '']]);
    expect(csvRows('')).toEqual([]);
  });
});

test('a tornado shows both ends of each factor that was measured, against the base', async () => {
  const swings = [
    { path: 'network.loss', low: '0%', high: '5%', atLow: 1e6, atHigh: 4e6, swing: 3e6 },
    { path: 'network.delay', low: '1ms', high: '9ms', swing: 0 },
  ];
  const part = studyPart(study('sensitivity', { metric: 'push.dwell.p95', unit: 'us', base: 2e6, swings }));
  const [chart] = part?.charts ?? [];
  expect(rowsOf(chart, 'bars')).toEqual([
    ['network.loss', 2, 1, 'low', 'network.loss at 0%: 1.00 s'],
    ['network.loss', 2, 4, 'high', 'network.loss at 5%: 4.00 s'],
  ]);
  expect(await svgOf(await compiled(chart), chart.data)).toContain('fill="var(--c2)"');
});

test.each([
  ['another kind', study('replications', { scalars: [] })],
  ['a sweep without its table', study('sweep', { factors: [{ path: 'x' }] })],
  ['a table of other factors', study('sweep', { factors: [{ path: 'x' }] }, 'y,ihs.rate [share]\n1,2\n')],
  ['probes that are none', study('capacity', { vary: 'x', objectives: [], probes: [{ load: '9' }] })],
  ['a metric without a base', study('sensitivity', { metric: 'm', unit: 'us', swings: [] })],
])('nothing is drawn of %s', (_, damaged) => {
  expect(studyPart(damaged)).toBeUndefined();
});

test('what moved is ordered by how far, cut at the edge, and told in full', () => {
  const figure = { unit: 'count', better: 'lower', tolerance: 0 } as const;
  const chart = differenceChart([
    { ...figure, name: 'a', base: 10, next: 11, relative: 0.1, change: 'regressed' },
    { ...figure, name: 'b', base: 1, next: 9, relative: 8, change: 'regressed' },
    { ...figure, name: 'c', base: 4, next: 3, relative: -0.25, change: 'improved' },
    { ...figure, name: 'd', next: 3, change: 'regressed' },
  ]);
  if (chart === undefined) throw new Error('nothing moved');
  expect(rowsOf(chart, 'moved').map(([name, , x, change]) => [name, x, change])).toEqual([
    ['b', 1, 'regressed'],
    ['c', -0.25, 'improved'],
    ['a', 0.1, 'regressed'],
  ]);
  expect(chart.caption).toContain('b: 1 to 9, +800 %, regressed');
});

test('a compiled chart keeps its data apart until it is filled', async () => {
  const [chart] = studyPart(capacity)?.charts ?? [];
  const spec = await compiled(chart);
  expect(JSON.stringify(spec)).not.toContain('passes');
  const values = filled(spec, chart.data).data?.find(({ name }) => name === 'probes')?.values;
  expect(values).toHaveLength(3);
});
