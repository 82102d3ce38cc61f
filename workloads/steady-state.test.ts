/** A scenario says whether it is a steady-state or a terminating one, and its figures keep to that. */
import { describe, expect, it } from 'vitest';
import { cellOf } from './cell.js';
import { parseScenario } from './scenario/loader.js';
import { simulate } from './simulate.js';
import { warmUpRule } from './steady-state.js';

const SMALL = `
version: 1
name: steady
rampUp: 2s
duration: 5m
drain: 10s
population: { subscribers: 40, absence: { share: 40%, median: 10s, mean: 12s } }
traffic: { pager: { rate: 4/s } }
client: { keepAlive: false, reconnectJitter: 1s }
core: { flowTimeout: 24h }
`;

const read = (...overrides: string[]) => parseScenario(SMALL, 'steady.yaml', overrides);

function fault(...overrides: string[]): string {
  try {
    read(...overrides);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}

describe('figures', () => {
  const run = (...overrides: string[]) => simulate(cellOf(read(...overrides), '1')).summary;
  const whole = run();

  it('of a terminating run cover everything, and nothing is said of a warm-up', () => {
    expect(whole.warmUp).toBeUndefined();
    expect(whole.distributions.dwell?.count).toBe(whole.counts.settled);
  });

  it('of a steady-state run leave out warm-up and drain; counts do not', () => {
    const steady = run('analysis=steady-state', 'warmup.until=fixed', 'warmup.length=100s');
    expect(steady.fingerprint).toBe(whole.fingerprint);
    expect(steady.counts).toEqual(whole.counts);
    expect(steady.warmUp).toMatchObject({ removedSeconds: 100, fromSecond: 102, untilSecond: 302 });
    // Two thirds of the load, give or take chance.
    const share = (steady.distributions.dwell?.count ?? 0) / (whole.distributions.dwell?.count ?? 1);
    expect(share).toBeGreaterThan(0.55);
    expect(share).toBeLessThan(0.75);
    expect(steady.ihs?.attempts).toBeLessThan((whole.ihs?.attempts ?? 0) * 0.75);
    expect(steady.throughput?.messages.total).toBe(steady.distributions.dwell?.count);
    expect(steady.store?.peakRecordsAtSecond).toBeGreaterThanOrEqual(102);
    const [used, all] = [steady, whole].map(({ stations }) => stations?.[0].loadUtilisation ?? 0);
    expect(used).not.toBe(all);
    expect(used / all).toBeGreaterThan(0.8);
    expect(used / all).toBeLessThan(1.2);
  });

  it('by MSER-5 begin where the store has filled', () => {
    // A seed in which five minutes are enough: in some the store of so few users still wanders.
    const { warmUp } = simulate(cellOf(read('analysis=steady-state'), '4')).summary;
    expect(warmUp?.until).toBe('mser5');
    expect(warmUp?.settled).toBe(true);
    expect(warmUp?.removedSeconds).toBeLessThanOrEqual(150);
    expect(warmUp?.series.map(({ name }) => name)).toContain('messages in the store');
  });
});

describe('contradictions, in the words of a planner', () => {
  it.each([
    [['warmup.until=mser5'], 'a terminating run has no warm-up'],
    [
      [
        'analysis=steady-state',
        'traffic.pager.executor=spike',
        'traffic.pager.spike.at=1m',
        'traffic.pager.spike.for=1m',
        'traffic.pager.spike.to=8/s',
      ],
      'the load of "spike" changes',
    ],
    [['analysis=steady-state', 'duration=10s'], 'too short to show a steady state'],
    [
      ['analysis=steady-state', 'warmup.until=fixed', 'warmup.length=200s'],
      'more than half of the load would be removed',
    ],
    [
      ['analysis=steady-state', 'core.cpu.servers=1', 'core.cpu.costs.request.base=1s'],
      'so there is no steady state',
    ],
  ])('%j', (overrides, words) => {
    expect(fault(...overrides)).toContain(words);
  });

  it('an overload is no error for a terminating run, nor for a probe of a study', () => {
    const overload = ['core.cpu.servers=1', 'core.cpu.costs.request.base=1s'];
    expect(fault(...overload)).toBe('');
    const overrides = ['analysis=steady-state', ...overload];
    expect(() => parseScenario(SMALL, 'steady.yaml', overrides, { isProbe: true })).not.toThrow();
  });

  it('a soak ends before its slope', () => {
    const rule = warmUpRule(
      read('analysis=steady-state', 'traffic.pager.executor=soak', 'traffic.pager.soak.ramp=30s'),
    );
    expect(rule).toMatchObject({ fromSecond: 2, untilSecond: 272, seconds: 135 });
  });
});
