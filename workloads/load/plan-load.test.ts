/** What a load amounts to before it is run: what `plan` tells, beside counts by hand. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Chance } from '../../sim/kernel/random.js';
import { instantsOf } from './instants.js';
import { figuresOf } from './plan-load.js';
import { loadShape, type Load } from './schema.js';

const S = 1e9;

function loadOf(load: z.input<z.ZodObject<typeof loadShape>>): Load {
  return z.strictObject(loadShape).parse(load);
}

describe('the figures of a load', () => {
  test('a closed population asks no more than as if all answers came at once', () => {
    const load = loadOf({ executor: 'closed', closed: { users: 7, think: '500ms' } });
    expect(figuresOf(load, 60 * S)).toEqual({ expected: 840, meanPerS: 14, peakPerS: 14 });
  });

  test.each([
    // Beta(3, 4) is densest at 2/5: 60 * 0.4^2 * 0.6^3 = 2.0736 times as dense as evenly spread.
    ['beta-burst', undefined, 207.36],
    ['beta-burst', '20s', 103.68],
    ['uniform-burst', undefined, 1000 / 60],
    ['uniform-burst', '20s', 50],
  ] as const)('a %s of 1000 over %s is densest with so many a second', (process, over, peak) => {
    const { expected, meanPerS, peakPerS } = figuresOf(
      loadOf({ process, burst: { count: 1000, ...(over === undefined ? {} : { over }) } }),
      100 * S,
    );
    expect([expected, meanPerS]).toEqual([1000, 10]);
    expect(peakPerS).toBeCloseTo(peak, 9);
  });

  test.each(['beta-burst', 'uniform-burst'] as const)(
    'of a %s that the end of the load cuts off, what comes before it is expected',
    (process) => {
      for (const lengthS of [102, 104, 107, 109.5, 110]) {
        const load = loadOf({ process, burst: { at: '100s', over: '10s', count: 10_000 } });
        const next = instantsOf(load, new Chance('42'), 'x', 0, lengthS * S);
        let count = 0;
        while (next(0) < lengthS * S) count++;
        const { expected, peakPerS } = figuresOf(load, lengthS * S);
        expect(Math.abs(count - expected)).toBeLessThan(4 * 50);
        expect(peakPerS).toBeLessThanOrEqual(2073.6 + 1e-9);
      }
    },
  );

  test('a beta-burst that is cut off before its middle is densest where it is cut off', () => {
    // At a fifth: 60 * 0.2^2 * 0.8^3 = 1.2288 times 1000 a second.
    const load = loadOf({ process: 'beta-burst', burst: { at: '100s', over: '10s', count: 10_000 } });
    expect(figuresOf(load, 102 * S).peakPerS).toBeCloseTo(1228.8, 6);
    expect(figuresOf(load, 105 * S).peakPerS).toBeCloseTo(2073.6, 6);
  });

  test('a burst that begins when the load ends is none', () => {
    const load = loadOf({ process: 'uniform-burst', burst: { at: '100s', count: 10 } });
    expect(figuresOf(load, 100 * S)).toEqual({ expected: 0, meanPerS: 0, peakPerS: 0 });
  });

  test('a trace has the rows of its time, and the peak of its fullest second', () => {
    const at = [0, 0.2, 0.9, 1, 1.1, 1.5, 1.999, 9.999999999, 10];
    const rows = at.map((second) => [second * S, -1, -1, -1]);
    const load = loadOf({ process: 'trace', trace: { file: 'x.csv', rows } });
    expect(figuresOf(load, 10 * S)).toEqual({ expected: 8, meanPerS: 0.8, peakPerS: 4 });
  });

  test('states and silent times keep the mean and raise the peak', () => {
    const onOff = loadOf({ process: 'on-off', rate: '10/s', onOff: { on: '2s', off: '6s' } });
    expect(figuresOf(onOff, 100 * S)).toEqual({ expected: 1000, meanPerS: 10, peakPerS: 40 });
    const states = [
      { weight: 9, mean: '2s' },
      { weight: 1, mean: '8s' },
    ];
    const { expected, peakPerS } = figuresOf(
      loadOf({ process: 'mmpp', rate: '26/s', mmpp: { states } }),
      100 * S,
    );
    expect(expected).toBe(2600);
    expect(peakPerS).toBeCloseTo(90, 9);
  });

  test('of no time at all there is no mean', () => {
    expect(figuresOf(loadOf({ rate: '5/s' }), 0)).toEqual({ expected: 0, meanPerS: 0, peakPerS: 0 });
  });
});
