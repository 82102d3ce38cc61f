/** The page of a run: offline, the same octets again, safe from what is in a seed, and readable without its charts (product 15). */
import { expect, test } from 'vitest';
import { sampleResult } from '../../test/support/sample-result.js';
import type { Series } from '../cell-result.js';
import { compareSummaries } from '../compare/compare.js';
import { seriesCsv } from '../series.js';
import { reportPage } from './page.js';
import { flowLine, levelLine, MOST_POINTS, readTimeline } from './timelines.js';

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
});
const bands = [{ label: 'partition on clients', fromS: 40, toS: 80 }];

test('is the same twice, holds nothing that runs or loads, and has data behind each chart', async () => {
  const page = await reportPage({ summary, series: seriesOf(120), bands });
  expect(await reportPage({ summary, series: seriesOf(120), bands })).toBe(page);
  expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'; img-src data:;`);
  expect(page).not.toMatch(/<script|<iframe|<object|<embed|\son[a-z]+=|@import|url\(|srcset/i);
  const urls = page.match(/https?:\/\/[^"'\s<]+/g) ?? [];
  expect(urls.filter((url) => !url.startsWith('http://www.w3.org/'))).toEqual([]);
  const count = (part: string) => page.split(part).length - 1;
  expect(count('<figure>')).toBe(6);
  expect(count('<summary>Data</summary>')).toBe(6);
  expect(count('role="img"')).toBeGreaterThanOrEqual(6);
  expect(page).toContain('assumed, not calibrated');
  expect(page).toContain('restante run smoke --seed 42');
  // Five charts over time, each with the band of the fault.
  expect(count('fill="var(--band)"')).toBe(5);
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test('what is in a seed, an override or a verdict stays text', async () => {
  const nasty = `</style><script>alert("1")</script>'`;
  const [invariant] = summary.invariants;
  const page = await reportPage({
    summary: {
      ...summary,
      scenario: nasty,
      seed: nasty,
      overrides: [nasty],
      invariants: [{ ...invariant, held: false, violations: 1, first: nasty }],
    },
    series: seriesOf(3),
    bands: [{ label: nasty, fromS: 0, toS: 1 }],
    ladder: `<svg>${nasty}</svg>`,
  });
  expect(page).not.toContain('<script');
  expect(page.split('</style>')).toHaveLength(2);
  expect(page).toContain('VIOLATED 1 times; first: &lt;/style&gt;');
});

test('a comparison shows what differs', async () => {
  const next = { ...summary, fingerprint: 'f', counts: { ...summary.counts, retransmissions: 99 } };
  const comparison = compareSummaries(summary, next);
  const page = await reportPage({ summary: next, series: seriesOf(3), bands, comparison });
  expect(page).toContain('REGRESSED: 1 worse');
  expect(page).toMatch(/sip\.retransmissions\.count<\/th><td>12<\/td><td>99<\/td><td>regressed/);
});

test('a run without anything in it has a page too', async () => {
  const { distributions: _, ...rest } = summary;
  const empty = { ...rest, distributions: {}, invariants: [] };
  expect(await reportPage({ summary: empty, series: seriesOf(0), bands: [] })).toContain(
    'No faults were planned',
  );
});

test('a week of virtual time stays below 1 MB and keeps its peak', async () => {
  const long = seriesOf(7 * 86_400);
  expect(levelLine('x', long.storeRecords).points.length).toBeLessThanOrEqual(MOST_POINTS);
  const small = seriesOf(3000);
  expect(Math.max(...levelLine('x', small.storeRecords).points.map(([, y]) => y))).toBe(99_999);
  const page = await reportPage({ summary, series: long, bands });
  expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
  expect(page).toMatch(/Each point stands for \d+ s/);
});

test('a flow that is thinned keeps its total', () => {
  const values = column(1800, (i) => (i % 3 === 0 ? 3 : 0));
  expect(flowLine('x', values).points.every(([, y]) => y === 1)).toBe(true);
});

test('timeline.csv reads back; a damaged one is refused', () => {
  const series = seriesOf(5);
  const csv = seriesCsv(series);
  expect(readTimeline(csv)).toEqual(series);
  expect(readTimeline(csv.slice(0, -20))).toBeUndefined();
  expect(readTimeline('')).toBeUndefined();
  expect(readTimeline(csv.replace('\n1,', '\n1,x'))).toBeUndefined();
});
