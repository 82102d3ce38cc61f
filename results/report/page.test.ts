/** The page of a run: offline, the same octets again, safe from what is in a seed, and readable without its charts. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { sampleResult } from '../../test/support/sample-result.js';
import type { Series } from '../cell-result.js';
import { compareSummaries } from '../compare/compare.js';
import { IntervalRecorder } from '../recording/intervals.js';
import { seriesCsv } from '../recording/series.js';
import { durationTicks } from './charts/chart.js';
import { reportPage, type ReportData } from './page.js';
import { linesOf, MOST_POINTS, readTimeline, stepOf } from './charts/timelines.js';

const { summary } = sampleResult();
const column = (seconds: number, of: (second: number) => number) =>
  Array.from({ length: seconds }, (_, i) => of(i));
const seriesOf = (seconds: number): Series => ({
  offered: column(seconds, (i) => i % 7),
  deliveredAtOnce: column(seconds, (i) => i % 5),
  stored: column(seconds, (i) => i % 2),
  settled: column(seconds, (i) => i % 3),
  settledOctets: column(seconds, (i) => i),
  expired: column(seconds, () => 0),
  registersSent: column(seconds, (i) => (i < 10 ? 20 : 0)),
  registersGranted: column(seconds, (i) => (i < 10 ? 19 : 0)),
  storeRecords: column(seconds, (i) => (i === 1234 ? 99_999 : i)),
  storeOctets: column(seconds, (i) => i * 300),
  coreCpuUtilisation: column(seconds, (i) => (i % 10) / 10),
  coreCpuPresent: column(seconds, (i) => i % 4),
  serverCpuUtilisation: column(seconds, (i) => (i % 10) / 10),
  serverCpuPresent: column(seconds, (i) => i % 4),
  serverStorageUtilisation: column(seconds, (i) => (i % 10) / 10),
  serverStoragePresent: column(seconds, (i) => i % 4),
});
const bands = [{ label: 'partition on clients', fromS: 40, toS: 80 }];
const recorder = new IntervalRecorder();
for (let second = 0; second < 120; second++) recorder.record(second * 1e9, (1 + (second % 40)) * 3e7);
const dwell = recorder.intervals();
const intervals = { metrics: dwell === undefined ? {} : { dwell }, exemplars: {} };
const data = (seconds: number, more: Partial<ReportData> = {}): ReportData => ({
  summary,
  series: seriesOf(seconds),
  bands,
  intervals,
  ...more,
});
const DRAWN = { drawn: true };
const UNDRAWN = { drawn: false };
const count = (page: string, part: string) => page.split(part).length - 1;
const charts = (page: string) => count(page, '<figure id="chart-');

test('drawn, it is the same twice, holds what its policy allows and nothing else, and has data behind each chart', async () => {
  const page = await reportPage(data(120), DRAWN);
  expect(await reportPage(data(120), DRAWN)).toBe(page);
  const scripts = [...page.matchAll(/<script(?: type="module")?>([\s\S]*?)<\/script>/g)].map(
    ([, text]) => text,
  );
  const hashes = scripts.map((text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`);
  expect(scripts).toHaveLength(2);
  expect(page).toContain(
    `content="default-src 'none'; script-src ${hashes.join(' ')}; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"`,
  );
  const written = page.replaceAll(/<script[\s\S]*?<\/script>|<!--[\s\S]*?-->/g, '');
  expect(written).not.toMatch(/<iframe|<object|<embed|\son[a-z]+=|@import|url\(|srcset/i);
  const urls = written.match(/https?:\/\/[^"'\s<]+/g) ?? [];
  expect(urls.filter((url) => !url.startsWith('http://www.w3.org/'))).toEqual([]);
  expect(charts(page)).toBe(10);
  expect(count(page, '<summary>Data</summary>')).toBe(10);
  expect(count(page, '<svg xmlns=')).toBe(10);
  expect(page).toContain('assumed, not calibrated');
  expect(page).toContain('restante run smoke --seed 42');
  // All charts over time but the heat map, each with the band of the fault.
  expect(
    count(written, 'fill="var(--band)" opacity="0.16"') + count(written, 'opacity="0.16" fill="var(--band)"'),
  ).toBe(8);
  const ids = [...written.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('undrawn, it has the same charts for its script, and says so where there is none', async () => {
  const page = await reportPage(data(120), UNDRAWN);
  expect(charts(page)).toBe(10);
  expect(count(page, '<svg xmlns=')).toBe(0);
  expect(count(page, '<noscript>')).toBe(10);
  const json = /<script type="application\/json" id="charts">(.*?)<\/script>/.exec(page)?.[1] ?? '';
  expect((JSON.parse(json) as { charts: unknown[] }).charts).toHaveLength(10);
});

test('a steady-state run shows what its figures leave out, in words and behind every chart over time', async () => {
  const series = [
    { name: 'messages in the store', removedSeconds: 20, settled: true },
    { name: 'jobs at the IM Server', removedSeconds: 25, settled: false },
  ];
  const warmUp = {
    until: 'mser5',
    fromSecond: 35,
    untilSecond: 100,
    removedSeconds: 25,
    settled: false,
    series,
  } as const;
  const page = await reportPage(data(120, { summary: { ...summary, warmUp } }), DRAWN);
  expect(page).toContain('Steady state: 00:25 of warm-up removed by MSER-5; delays, rates');
  expect(page).toContain('NOT SETTLED: jobs at the IM Server did not come to rest');
  expect(page).toMatch(/<caption>Delays from 00:35 to 01:40</);
  expect(page).toContain(
    '<b>Steady state</b><span>not settled</span><small>00:25 of warm-up left out</small>',
  );
  // Before and after, in each of the eight charts over time.
  const drawn = page.replaceAll(/<script[\s\S]*?<\/script>/g, '');
  expect(count(drawn, 'fill="var(--soft)" opacity="0.12"')).toBe(16);
  expect(count(page, '<span>left out of the figures</span>')).toBe(8);
  expect(page).toContain('left out of the figures: until 00:35, from 01:40"');
  expect(page).toContain('["from","to","words"],"rows":[[0,35,"until 00:35"],[100,120,');

  const settled = { ...warmUp, settled: true, fromSecond: 0, untilSecond: 120, series: [] };
  const calm = await reportPage(data(120, { summary: { ...summary, warmUp: settled } }), UNDRAWN);
  expect(calm).not.toMatch(/NOT SETTLED|left out of the figures<|How each series settled/);
  expect(await reportPage(data(120), UNDRAWN)).toMatch(/<caption>Delays over the whole run</);
});

test('what is in a seed, an override, a fault or a verdict stays text', async () => {
  const nasty = `</style></script><script>alert("1")</script>'-->`;
  const [invariant] = summary.invariants;
  const page = await reportPage(
    data(3, {
      summary: {
        ...summary,
        scenario: nasty,
        seed: nasty,
        overrides: [nasty],
        invariants: [{ ...invariant, held: false, violations: 1, first: nasty }],
      },
      bands: [{ label: nasty, fromS: 0, toS: 1 }],
      ladders: [{ title: nasty, caption: nasty, svg: `<svg>${nasty}</svg>`, text: nasty }],
    }),
    DRAWN,
  );
  expect(page.match(/<script[^>]*>/g)).toEqual([
    '<script type="application/json" id="charts">',
    '<script>',
    '<script type="module">',
  ]);
  expect(page.split('</style>')).toHaveLength(2);
  expect(page).toContain('VIOLATED once; first: &lt;/style&gt;');
});

test('a comparison shows what differs', async () => {
  const next = { ...summary, fingerprint: 'f', counts: { ...summary.counts, retransmissions: 99 } };
  const comparison = compareSummaries(summary, next);
  const page = await reportPage(data(3, { summary: next, comparison, base: summary }), UNDRAWN);
  expect(page).toContain('REGRESSED: 1 worse');
  expect(page).toMatch(/sip\.retransmissions\.count<\/th><td>12<\/td><td>99<\/td><td>regressed/);
});

test('a run without anything in it has a page too', async () => {
  const empty = { ...summary, distributions: {}, invariants: [] };
  const page = await reportPage({ summary: empty, series: seriesOf(0), bands: [] }, DRAWN);
  expect(page).toContain('No faults were planned');
});

test('a week of virtual time stays below 1 MB and keeps its peak', async () => {
  const week = 7 * 86_400;
  const page = await reportPage(data(week), DRAWN);
  expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
  expect(page).toMatch(/Each point stands for \d+ s/);
  const { x, lines } = linesOf(
    [{ name: 'x', values: seriesOf(3000).storeRecords, kind: 'level' }],
    3000,
    stepOf(3000),
  );
  expect(x.length).toBeLessThanOrEqual(MOST_POINTS);
  expect(Math.max(...lines[0].y.map((value) => value ?? 0))).toBe(99_999);
});

test('a flow that is thinned keeps its mean', () => {
  const values = column(1800, (i) => (i % 3 === 0 ? 3 : 0));
  const { lines } = linesOf([{ name: 'x', values, kind: 'flow' }], 1800, 3);
  expect(lines[0].y.every((y) => y === 1)).toBe(true);
});

test('an axis of durations holds all of them, however they lie', () => {
  for (const [low, high] of [
    [0.001, 0.001],
    [5, 7],
    [1, 1],
    [40, 86_400_000],
    [0.05, 12_345],
    [9_000, 70_000],
  ]) {
    const ticks = durationTicks([low, high]);
    expect(ticks[0]).toBeLessThanOrEqual(low);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(high);
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThan(13);
    expect(ticks.every((tick, i) => i === 0 || tick > ticks[i - 1])).toBe(true);
  }
  expect(durationTicks([])).toHaveLength(2);
});

test('timeline.csv reads back; a damaged one is refused', () => {
  const series = seriesOf(5);
  const csv = seriesCsv(series);
  expect(readTimeline(csv)).toEqual(series);
  expect(readTimeline(csv.slice(0, -20))).toBeUndefined();
  expect(readTimeline('')).toBeUndefined();
  expect(readTimeline(csv.replace('\n1,', '\n1,x'))).toBeUndefined();
});
