import { describe, expect, it } from 'vitest';
import { sampleResult } from '../test/support/sample-result.js';
import { METRICS, scalarsOf } from './metrics.js';
import { judgeThresholds, parseObjective, parseThreshold, type Threshold } from './thresholds.js';
import { judge } from './verdict.js';

const { summary } = sampleResult();

function threshold(text: string): Threshold {
  const result = parseObjective(text);
  if (!result.ok) throw new Error(result.fault.message);
  return result.threshold;
}

describe('the syntax', () => {
  it.each([
    ['push.dwell:p(95)<800ms', 800_000],
    ['push.dwell.p(99.9)<5s', 5_000_000],
    ['ihs.rate<0.1%', 0.001],
    ['ihs:rate<0.001', 0.001],
    ['store.peak.octets.max<=64MiB', 67_108_864],
    ['push.goodput:avg>2MB/s', 2_000_000],
    ['messages.failed:count==0', 0],
    ['push.throughput: max >= 36/s', 36],
  ])('%s', (text, limit) => {
    expect(threshold(text).limit).toBe(limit);
  });

  it.each([
    ['push.dwel:p(95)<800ms', 'push.dwel', 0],
    ['push.dwell:p(101)<800ms', 'p(101)', 11],
    ['ihs: avg<3', 'avg', 5],
    ['push.dwell:p(95)<800', undefined, 17],
    ['messages.failed:count<3s', undefined, 22],
    ['push.dwell', undefined, 0],
    ['push.dwell:p(95)', undefined, 0],
    ['push.dwell:p(95)<<3s', undefined, 11],
  ])('%s is refused, with its place', (text, word, offset) => {
    const result = parseObjective(text);
    expect(result.ok).toBe(false);
    if (!result.ok) expect([result.fault.word, result.fault.offset]).toEqual([word, offset]);
  });

  it('every metric is read under its own name, and names its aggregates', () => {
    for (const { name } of METRICS) {
      const result = parseThreshold(name, 'nothing<1');
      expect(!result.ok && result.fault.known).toBeTruthy();
    }
  });
});

describe('the judgement', () => {
  it('compares in base units: p95 of the sample is 84.2 ms', () => {
    const [just, short] = judgeThresholds(summary, [
      threshold('push.dwell:p(95)<=84.2ms'),
      threshold('push.dwell:p(95)<84.2ms'),
    ]);
    expect(just).toMatchObject({ met: true, value: 84_200, measured: '84.2 ms' });
    expect(short.met).toBe(false);
  });

  it('what was not measured was not met, but its count is 0', () => {
    const verdicts = judgeThresholds(summary, [
      threshold('push.drain:p(95)<1h'),
      threshold('push.drain:count==0'),
      threshold('ihs.rate<1%'),
    ]);
    expect(verdicts.map(({ met }) => met)).toEqual([false, true, false]);
    expect(verdicts[0].measured).toBe('nothing was measured');
  });

  it('a failed threshold exits 3, a warning does not', () => {
    const missed = threshold('push.dwell:max<1s');
    const thresholds = judgeThresholds(summary, [missed]);
    expect(judge({ ...summary, thresholds })).toEqual({
      exitCode: 3,
      sentence: 'FAILED: push.dwell:max<1s not met (exit 3)',
    });
    const warned = judgeThresholds(summary, [{ ...missed, severity: 'warn' }]);
    expect(judge({ ...summary, thresholds: warned }).exitCode).toBe(0);
  });
});

it('scalars have unique names and the same ones for every run', () => {
  const names = scalarsOf(summary).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(scalarsOf({ ...summary, distributions: {} }).map(({ name }) => name)).toEqual(names);
  expect(names).toContain('push.dwell.p95');
});
