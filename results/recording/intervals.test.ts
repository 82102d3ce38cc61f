/** Durations over time: exact counts, bounded memory, percentiles near enough, and the same after a file. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { intervalsJson, readIntervals } from '../folder/intervals-file.js';
import {
  bucketFromUs,
  bucketOf,
  countOf,
  IntervalRecorder,
  MOST_INTERVALS,
  percentileOfInterval,
  type IntervalCounts,
} from './intervals.js';

test('a bucket holds its duration and is at most a sixteenth of it wide', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 50, noNaN: true }), (exponent) => {
      const us = Math.floor(2 ** exponent);
      const bucket = bucketOf(us);
      const [from, to] = [bucketFromUs(bucket), bucketFromUs(bucket + 1)];
      expect(from).toBeLessThanOrEqual(us);
      expect(us).toBeLessThan(to);
      expect(to - from).toBeLessThanOrEqual(Math.max(1, us / 16));
    }),
    { seed: 42, numRuns: 500 },
  );
});

test('however long the run: nothing is lost, memory is bounded, intervals are powers of two', () => {
  const arrivals = fc.array(
    fc.record({ waitS: fc.integer({ min: 0, max: 4000 }), us: fc.integer({ min: 0, max: 1e9 }) }),
    { minLength: 1, maxLength: 300 },
  );
  fc.assert(
    fc.property(arrivals, (list) => {
      const recorder = new IntervalRecorder();
      let nowS = 0;
      let maxUs = 0;
      for (const { waitS, us } of list) {
        nowS += waitS;
        maxUs = Math.max(maxUs, us);
        recorder.record(nowS * 1e9, us * 1000);
      }
      const { seconds, rows } = recorder.intervals() ?? { seconds: 0, rows: [] };
      expect(rows.reduce((sum, row) => sum + countOf(row), 0)).toBe(list.length);
      expect(rows.length).toBeLessThanOrEqual(MOST_INTERVALS);
      expect(Math.log2(seconds) % 1).toBe(0);
      expect(Math.max(...rows.map((row) => row.maxUs))).toBe(maxUs);
      const starts = rows.map(({ second }) => second);
      expect(starts.every((second) => second % seconds === 0)).toBe(true);
      expect(starts.every((second, i) => i === 0 || second > starts[i - 1])).toBe(true);
    }),
    { seed: 42, numRuns: 100 },
  );
});

test('percentiles of an interval are by nearest rank, within half a bucket, and none is above the highest', () => {
  const recorder = new IntervalRecorder();
  for (let us = 1; us <= 10_000; us++) recorder.record(3e9, us * 1000);
  const [row] = recorder.intervals()?.rows ?? [];
  for (const percentile of [1, 50, 95, 99, 99.9]) {
    const exact = percentile * 100;
    expect(Math.abs(percentileOfInterval(row, percentile) / exact - 1)).toBeLessThan(0.032);
  }
  expect(percentileOfInterval(row, 100)).toBeLessThanOrEqual(10_000);
  const single: IntervalCounts = { second: 0, maxUs: 1700, pairs: [bucketOf(1700), 1] };
  expect(percentileOfInterval(single, 50)).toBeLessThanOrEqual(1700);
});

test('intervals.json reads back as it was, and what is damaged is refused', () => {
  const recorder = new IntervalRecorder();
  for (let i = 0; i < 2000; i++) recorder.record(i * 1e9, ((i * 7919) % 5000) * 1e6);
  const dwell = recorder.intervals();
  if (dwell === undefined) throw new Error('nothing was recorded');
  const intervals = { metrics: { dwell }, exemplars: { happy: 0, slowest: 7 } };
  const text = intervalsJson(intervals);
  expect(dwell.seconds).toBe(4);
  expect(readIntervals(text)).toEqual(intervals);
  expect(readIntervals(text.slice(0, -9))).toBeUndefined();
  expect(readIntervals(text.replace('restante-intervals-1', 'restante-intervals-0'))).toBeUndefined();
  expect(readIntervals(text.replace('[0,', '["0",'))).toBeUndefined();
  expect(readIntervals('null')).toBeUndefined();
});
