import { describe, expect, test } from 'vitest';
import { clockOfNs, columns, durationOfUs, octetsText, thousands } from './text/format.js';
import { DurationHistogram } from './recording/histogram.js';
import { sortedJson } from './folder/json.js';
import { Flow, Level, seriesCsv } from './recording/series.js';

describe('a histogram of durations', () => {
  test('gives count, mean, percentiles and the exact maximum in microseconds', () => {
    const histogram = new DurationHistogram();
    for (let ms = 1; ms <= 100; ms++) histogram.record(ms * 1_000_000);
    const d = histogram.distribution()!;
    expect(d).toMatchObject({ count: 100, meanUs: 50_500, maxUs: 100_000 });
    // Three significant digits.
    expect(d.p50Us / 50_000).toBeCloseTo(1, 2);
    expect(d.p95Us / 95_000).toBeCloseTo(1, 2);
    expect(d.p99Us / 99_000).toBeCloseTo(1, 2);
  });

  test('never says that a percentile is above the maximum', () => {
    const histogram = new DurationHistogram();
    histogram.record(99_007_123);
    expect(histogram.distribution()).toMatchObject({ p50Us: 99_007, p99Us: 99_007, maxUs: 99_007 });
  });

  test('reaches from nothing to days', () => {
    const histogram = new DurationHistogram();
    histogram.record(0);
    histogram.record(7 * 86_400e9);
    expect(histogram.distribution()).toMatchObject({ p50Us: 0, maxUs: 7 * 86_400e6, count: 2 });
  });

  test('is absent when empty, and refuses what the library would take in silence', () => {
    expect(new DurationHistogram().distribution()).toBeUndefined();
    for (const value of [NaN, 1.5, -1, Infinity])
      expect(() => new DurationHistogram().record(value)).toThrow('duration');
  });

  test('encodes equal contents to equal text', () => {
    const encoded = () => {
      const histogram = new DurationHistogram();
      for (let i = 0; i < 1000; i++) histogram.record(i * i * 1000);
      return histogram.distribution()!.hdr;
    };
    expect(encoded()).toBe(encoded());
  });
});

describe('a flow', () => {
  test('counts by second and knows its peak', () => {
    const flow = new Flow();
    flow.add(1, 2);
    flow.add(1, 3);
    flow.add(400, 4);
    expect(flow.rows(3)).toEqual([0, 5, 0]);
    expect(flow.rows(500)[400]).toBe(4);
    expect(flow.throughput()).toEqual({
      total: 9,
      meanPerActiveSecond: 4.5,
      activeSeconds: 2,
      peakPerSecond: 5,
      peakAtSecond: 1,
    });
  });

  test('has no throughput when nothing flowed', () => {
    expect(new Flow().throughput()).toBeUndefined();
  });
});

test('a level holds between changes and remembers its first peak', () => {
  const level = new Level();
  level.change(1, 5);
  level.change(3, -2);
  level.change(3, 2);
  level.change(300, -5);
  expect(level.rows(5)).toEqual([0, 5, 5, 5, 5]);
  expect(level.rows(302).slice(298)).toEqual([5, 5, 0, 0]);
  expect([level.peak, level.peakAtSecond]).toEqual([5, 1]);
});

test('a series is a table with a line a second', () => {
  const none = {
    deliveredAtOnce: [0, 0],
    stored: [0, 0],
    settled: [0, 0],
    settledOctets: [0, 0],
    expired: [0, 0],
  };
  const rest = { registersSent: [0, 0], registersGranted: [0, 0], storeRecords: [0, 0], storeOctets: [0, 9] };
  expect(seriesCsv({ offered: [1, 2], ...none, ...rest })).toBe(
    'second,offered,deliveredAtOnce,stored,settled,settledOctets,expired,registersSent,registersGranted,storeRecords,storeOctets\n0,1,0,0,0,0,0,0,0,0,0\n1,2,0,0,0,0,0,0,0,0,9\n',
  );
});

test('JSON has sorted keys at every depth and one final end of line', () => {
  expect(sortedJson({ b: [{ d: 1, c: undefined }], a: null })).toBe(
    '{\n  "a": null,\n  "b": [\n    {\n      "d": 1\n    }\n  ]\n}\n',
  );
});

describe('figures for people', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1234567, '1,234,567'],
    [1234.5, '1,234.5'],
  ])('%d as %s', (value, text) => expect(thousands(value)).toBe(text));

  test.each([
    [850, '850 us'],
    [84_200, '84.2 ms'],
    [999_499, '999 ms'],
    [999_600, '1.00 s'],
    [9_800_000, '9.80 s'],
    [59_960_000, '1 min 00 s'],
    [130_000_000, '2 min 10 s'],
    [3_900_000_000, '1 h 05 min'],
  ])('%d us as %s', (value, text) => expect(durationOfUs(value)).toBe(text));

  test.each([
    [61e9, '01:01'],
    [3661e9, '1:01:01'],
  ])('%d ns on the clock as %s', (value, text) => expect(clockOfNs(value)).toBe(text));

  test.each([
    [512, '512 B'],
    [4200, '4.10 KiB'],
    [14_000_000, '13.4 MiB'],
  ])('%d octets as %s', (value, text) => expect(octetsText(value)).toBe(text));

  test('columns line up', () => {
    expect(
      columns([
        ['a', '1'],
        ['bcd', '22'],
      ]),
    ).toEqual(['a     1', 'bcd  22']);
  });
});
