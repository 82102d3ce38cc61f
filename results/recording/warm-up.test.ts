/** The warm-up of steady-state runs: where it ends (MSER-5, White 1997), and that figures of the window are those of the window. */
import { describe, expect, it } from 'vitest';
import { compareSummaries } from '../compare/compare.js';
import type { Summary } from '../cell-result.js';
import { distributionBetween, DurationHistogram } from './histogram.js';
import { Flow, Level } from './series.js';
import { SteadyWindow } from './steady-window.js';
import { judge } from '../verdict.js';
import { sliceSeconds, warmUpOf, type WarmUpRule } from './warm-up.js';

const RULE: WarmUpRule = { until: 'mser5', fromSecond: 10, untilSecond: 210, seconds: 100 };

/** Climbs from 0 to 100 within `slope` slices, then stays there with a small ripple. */
const climbing = (length: number, slope: number) =>
  Array.from({ length }, (_, i) => Math.min(100, (100 * i) / slope) + (i % 2));

describe('the end of the warm-up', () => {
  it('is where the slowest series has come to rest', () => {
    const found = warmUpOf(RULE, [
      { name: 'quick', values: climbing(200, 20) },
      { name: 'slow', values: climbing(200, 60) },
    ]);
    expect(found.settled).toBe(true);
    expect(found.removedSeconds).toBeGreaterThanOrEqual(55);
    expect(found.removedSeconds).toBeLessThanOrEqual(65);
    expect(found.fromSecond).toBe(10 + found.removedSeconds);
    expect(found.series.map(({ name }) => name)).toEqual(['quick', 'slow']);
    expect(found.series[0].removedSeconds).toBeLessThan(found.series[1].removedSeconds);
  });

  it('is not found in a series that climbs to the end: at most the allowed part is removed, and it is said', () => {
    const found = warmUpOf(RULE, [{ name: 'growing', values: climbing(200, 400) }]);
    expect(found).toMatchObject({ settled: false, removedSeconds: 100, fromSecond: 110 });
    expect(judge({ outcome: 'completed', invariants: [], warmUp: found } as never).exitCode).toBe(8);
  });

  it('is taken as told by a fixed rule, and cannot be told from a handful of values', () => {
    const fixed = { ...RULE, until: 'fixed' as const, seconds: 30 };
    expect(warmUpOf(fixed, [{ name: 'growing', values: climbing(200, 400) }])).toMatchObject({
      settled: true,
      fromSecond: 40,
      series: [],
    });
    expect(warmUpOf(RULE, [{ name: 'short', values: [1, 2, 3] }]).settled).toBe(false);
  });

  it('slices a long load into at most 200', () => {
    expect(sliceSeconds(RULE)).toBe(1);
    expect(sliceSeconds({ ...RULE, untilSecond: 7210 })).toBe(36);
  });
});

describe('figures of the window', () => {
  it('a histogram between two marks is the histogram of what came between', () => {
    const all = new DurationHistogram();
    const part = new DurationHistogram();
    for (let i = 0; i < 500; i++) all.record(i * 1e9);
    const from = all.mark();
    for (let i = 1; i <= 1000; i++) {
      all.record(i * 1e6);
      part.record(i * 1e6);
    }
    const until = all.mark();
    expect(all.mark(until)).toBe(until);
    all.record(3600e9);
    const { maxUs, ...found } = distributionBetween(from, until) ?? { maxUs: 0 };
    expect(found).toEqual({ ...part.distribution(), maxUs: undefined });
    expect(Math.abs(maxUs - 1e6) / 1e6).toBeLessThan(1e-3);
    expect(distributionBetween(until, until)).toBeUndefined();
  });

  it('leaves out what was recorded before the warm-up ended and after the load', () => {
    const histogram = new DurationHistogram();
    const level = new Level();
    const window = new SteadyWindow(
      { ...RULE, until: 'fixed', seconds: 50 },
      [histogram],
      [{ name: 'level', now: () => level.value }],
    );
    for (let second = 0; second <= 300; second++) {
      window.endOfSecond(second);
      histogram.record(second * 1e9);
    }
    expect(window.distribution(histogram)).toMatchObject({ count: 150, meanUs: 134.5e6 });
  });

  it('flows and levels are those of its seconds', () => {
    const flow = new Flow();
    const level = new Level();
    [5, 50, 7, 9].forEach((amount, second) => {
      flow.add(second, amount);
      level.change(second, amount);
      level.change(second, -1);
    });
    expect(flow.throughput(2, 4)).toMatchObject({ total: 16, peakPerSecond: 9, peakAtSecond: 3 });
    expect(level.peakBetween(0, 2)).toEqual({ peak: 53, atSecond: 1 });
  });
});

it('two results whose warm-ups differ are incomparable, unless every octet is the same', () => {
  const summary = (fromSecond: number, fingerprint: string) =>
    ({
      scenario: 's',
      seed: '1',
      overrides: [],
      sabotage: null,
      fingerprint,
      checkpoints: [],
      counts: {},
      distributions: {},
      invariants: [],
      warmUp: warmUpOf({ ...RULE, until: 'fixed', seconds: fromSecond }, []),
    }) as unknown as Summary;
  const compared = compareSummaries(summary(30, 'a'), summary(40, 'b'));
  expect(compared.outcome).toBe('incomparable');
  expect(compared.reasons.join()).toContain('warm-up 30 s, figures from 40 s to 210 s against 40 s');
  expect(compareSummaries(summary(30, 'a'), summary(30, 'b')).outcome).not.toBe('incomparable');
});
