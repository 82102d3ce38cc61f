/** The files for other tools: JUnit, OpenMetrics, HdrHistogram. */
import { expect, test } from 'vitest';
import { sampleResult } from '../../test/support/sample-result.js';
import type { Distribution } from '../cell/figures.js';
import { compareSummaries } from '../compare/compare.js';
import { DurationHistogram, percentileDistribution, percentilesUs } from '../recording/histogram.js';
import { junitXml } from './junit.js';
import { MOST_POINTS, openMetrics } from './openmetrics.js';

const { summary, series } = sampleResult();

/** A small reader of XML: tags are balanced and every attribute is well formed. Gives the tags. */
function tagsOf(xml: string): { name: string; attributes: Record<string, string> }[] {
  const open: string[] = [];
  const tags: { name: string; attributes: Record<string, string> }[] = [];
  const body = xml.replace(/^<\?xml[^>]*\?>/, '');
  for (const match of body.matchAll(
    /<(\/?)([a-z]+)((?:\s+[A-Za-z]+="[^"<]*")*)\s*(\/?)>|[<&](?!(?:amp|lt|gt|quot);)/g,
  )) {
    const [whole, closing, name, attributes, empty] = match;
    expect(name, `stray ${whole} at ${match.index}`).toBeDefined();
    if (closing === '/') expect(open.pop()).toBe(name);
    else {
      if (empty === '') open.push(name);
      const pairs = [...attributes.matchAll(/([A-Za-z]+)="([^"]*)"/g)].map(([, key, value]) => [key, value]);
      tags.push({ name, attributes: Object.fromEntries(pairs) as Record<string, string> });
    }
  }
  expect(open).toEqual([]);
  return tags;
}

test('JUnit: a case for each invariant and threshold, seed and fingerprint as properties, whatever is in them', () => {
  const xml = junitXml({
    ...summary,
    seed: 'a<b>&"\u0000\n',
    invariants: [{ ...summary.invariants[0], held: false, violations: 2, first: 'm-7 <twice>' }],
    thresholds: [
      { threshold: 'push.dwell:p(95)<1ms', severity: 'fail', met: false, measured: '84 ms' },
      { threshold: 'ihs:rate<0.1%', severity: 'warn', met: false, measured: '0.2 %' },
      { threshold: 'ihs:rate<1%', severity: 'fail', met: true, measured: '0.2 %' },
    ],
  });
  const tags = tagsOf(xml);
  const suite = tags.find(({ name }) => name === 'testsuite');
  expect(suite?.attributes).toMatchObject({ tests: '5', failures: '2', skipped: '1' });
  expect(tags.filter(({ name }) => name === 'testcase')).toHaveLength(5);
  expect(
    tags.filter(({ name }) => name === 'failure').map(({ attributes }) => attributes['message']),
  ).toEqual(['violated 2 times (rules 7); first: m-7 &lt;twice&gt;', 'measured 84 ms']);
  const property = (key: string) =>
    tags.find(({ attributes }) => attributes['name'] === key)?.attributes['value'];
  expect(property('seed')).toBe('a&lt;b&gt;&amp;&quot;\ufffd ');
  expect(property('fingerprint')).toBe(summary.fingerprint);
});

test('JUnit: a run that offered nothing is a warning, not a failure', () => {
  const tags = tagsOf(junitXml({ ...summary, counts: { ...summary.counts, offered: 0 } }));
  expect(tags.filter(({ name }) => name === 'failure')).toEqual([]);
  expect(
    tags.filter(({ name }) => name === 'skipped').map(({ attributes }) => attributes['message']),
  ).toEqual(['warning: nothing was offered']);
});

test('JUnit: a regression is a failed case, an improvement is none', () => {
  const counts = { ...summary.counts, retransmissions: 99, transactionTimeouts: 0 };
  const next = { ...summary, fingerprint: 'f', counts };
  const failed = (xml: string) => tagsOf(xml).filter(({ name }) => name === 'failure').length;
  expect(failed(junitXml(next, compareSummaries(summary, next)))).toBe(2);
  expect(failed(junitXml(summary, compareSummaries(next, summary)))).toBe(0);
  const cases = tagsOf(junitXml(next, compareSummaries(summary, next))).filter(
    ({ attributes }) => attributes['classname'] === 'restante.smoke.baseline',
  );
  // Every figure that is compared, whether or not it differs, and the verdict.
  expect(cases).toHaveLength(1 + compareSummaries(summary, next).compared);
  expect(junitXml(next, compareSummaries(summary, next))).toContain('12 in the baseline, 99 now');
});

test('OpenMetrics: counters grow with virtual time, end of file, long runs are thinned and keep their end', () => {
  const long = Array.from({ length: 4000 }, () => 1);
  const text = openMetrics(
    { ...summary, virtualNs: 4000e9 },
    {
      ...series,
      offered: long,
      storeRecords: long.map((_, i) => i),
      ...Object.fromEntries(
        [
          'deliveredAtOnce',
          'stored',
          'settled',
          'settledOctets',
          'expired',
          'registersSent',
          'registersGranted',
          'storeOctets',
        ].map((name) => [name, long]),
      ),
    },
  );
  expect(text.endsWith('# EOF\n')).toBe(true);
  const points = [...text.matchAll(/^restante_messages_offered_total\{[^}]*\} (\d+) (\d+)$/gm)];
  expect(points.length).toBeLessThanOrEqual(MOST_POINTS);
  for (const [, total, second] of points) expect(total).toBe(second);
  expect(points.at(-1)?.[2]).toBe('4000');
  expect(text).toMatch(/^restante_store_messages\{[^}]*\} 3999 4000$/m);
  expect(text).toMatch(
    /^restante_push_dwell_seconds\{scenario="smoke",seed="42",quantile="0.95"\} 0.0842 4000$/m,
  );
  expect(new Set(text.match(/^# TYPE .*$/gm)).size).toBe(text.match(/^# TYPE .*$/gm)?.length);
});

test('OpenMetrics: the sum is exact, not the rounded mean times the count, and absent where nobody kept it', () => {
  const histogram = new DurationHistogram();
  for (const us of [1, 1, 2]) histogram.record(us * 1000);
  const text = (dwell: Distribution | undefined) =>
    openMetrics({ ...summary, distributions: dwell === undefined ? {} : { dwell } }, series);
  const distribution = histogram.distribution();
  expect(distribution).toMatchObject({ count: 3, meanUs: 1, sumUs: 4 });
  expect(text(distribution)).toMatch(/^restante_push_dwell_seconds_sum\{[^}]*\} 0\.000004 /m);
  expect(text(summary.distributions.dwell)).not.toContain('_sum');
  expect(text(summary.distributions.dwell)).toContain('restante_push_dwell_seconds_count');
});

test('HdrHistogram: the text of its plotter, in milliseconds, up to the maximum', () => {
  const histogram = new DurationHistogram();
  for (let ms = 1; ms <= 100; ms++) histogram.record(ms * 1_000_000);
  const distribution = histogram.distribution();
  if (distribution === undefined) throw new Error('something was recorded');
  const lines = percentileDistribution(distribution).trimEnd().split('\n');
  expect(lines[0]).toMatch(/^ +Value +Percentile +TotalCount 1\/\(1-Percentile\)$/);
  expect(lines.find((line) => /^ +50\.0/.test(line))).toMatch(/0\.5/);
  expect(lines.at(-2)).toMatch(/^#\[Max += +10\d\.\d+, Total count += +100\]$/);
  expect(percentilesUs(distribution, [50, 100])).toEqual([50_015, 100_000]);
});
