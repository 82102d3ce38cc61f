/** Rates over time as each executor draws them: what is expected in a stretch, and what comes. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Chance } from '../../sim/kernel/random.js';
import { curveOf, expectedCount, peakRate } from './curve.js';
import { instantsOf } from './instants.js';
import { modulationOf } from './modulation.js';
import { rated } from './rated.js';
import { loadShape, type Load } from './schema.js';

const S = 1e9;

function loadOf(load: z.input<z.ZodObject<typeof loadShape>>): Load {
  return z.strictObject(loadShape).parse(load);
}

/** What is expected in each of the stretches between `edges`, which are in seconds. */
function counts(load: Load, lengthS: number, ...edges: number[]): number[] {
  const curve = curveOf(load, lengthS * S);
  return edges
    .slice(1)
    .map((until, i) => Math.round(expectedCount(curve, edges[i]! * S, until * S) * 1e6) / 1e6);
}

describe('executors', () => {
  test('a spike climbs and falls along its edges, and the rate is what it was', () => {
    const load = loadOf({
      executor: 'spike',
      rate: '10/s',
      spike: { at: '50s', for: '20s', to: '100/s', edge: '10s' },
    });
    expect(counts(load, 200, 0, 40, 50, 70, 80, 200)).toEqual([400, 550, 2000, 550, 1200]);
  });

  test('a soak without ramps is one rate from end to end', () => {
    const load = loadOf({ executor: 'soak', rate: '20/s', soak: { ramp: '0s' } });
    expect(counts(load, 100, 0, 1, 99, 100)).toEqual([20, 1960, 20]);
  });

  test('stairs go on to the end of the load, into a step that is cut short', () => {
    const load = loadOf({ executor: 'stairs', rate: '10/s', stairs: { step: '10/s', every: '20s' } });
    expect(counts(load, 50, 0, 20, 40, 50)).toEqual([200, 400, 300]);
  });

  test('diurnal: a day of which nothing else is said has its curve too', () => {
    const said = loadOf({ executor: 'diurnal', rate: '10/s', diurnal: {} });
    const unsaid = loadOf({ executor: 'diurnal', rate: '10/s' });
    const day = 24 * 3600;
    expect(curveOf(unsaid, day * S)).toEqual(curveOf(said, day * S));
    expect(peakRate(curveOf(unsaid, day * S), 0, day * S)).toBeCloseTo(10 * 0.13 * 24, 6);
  });

  test('the highest rate is found at either end of a stretch', () => {
    for (const [rate, to] of [
      ['10/s', '50/s'],
      ['50/s', '10/s'],
    ] as const) {
      const load = loadOf({ executor: 'ramping-arrival-rate', rate, stages: [{ for: '100s', to }] });
      expect(peakRate(curveOf(load, 100 * S), 0, 100 * S)).toBe(50);
    }
  });
});

describe('arrivals along a curve', () => {
  test('end where its last rate is 0, in whatever state the process goes on', () => {
    const load = loadOf({
      executor: 'ramping-arrival-rate',
      rate: '10/s',
      stages: [{ for: '10s', to: '0/s' }],
    });
    let asked = 0;
    const modulation = {
      untilNs: 0,
      factorAt(atNs: number): number {
        if (++asked > 1000) throw new Error('it looks for an arrival for ever');
        this.untilNs = atNs + S;
        return 1;
      },
    };
    // 50 in all.
    const next = rated(curveOf(load, 20 * S), 7 * S, 20 * S, () => 20, modulation);
    expect([next(0), next(0), next(0)].map((atNs) => atNs < 17 * S)).toEqual([true, true, false]);
    expect(next(0)).toBe(Infinity);
  });

  test('come at the very end of a fall to 0 at the latest, whatever its length and height', () => {
    for (let length = 1; length <= 40; length++) {
      for (let rate = 0.1; rate < 3; rate += 0.1) {
        const curve = [
          { untilNs: length * S, from: rate, to: 0 },
          { untilNs: Infinity, from: 0, to: 0 },
        ];
        const area = expectedCount(curve, 0, length * S);
        const atNs = rated(curve, 0, length * S, () => area)(0);
        // Where rounding leaves nothing to come, nothing comes.
        if (atNs !== Infinity) expect(atNs / S).toBeCloseTo(length, 5);
      }
    }
  });

  test('a trace counts from the start of the load, a burst has the length that it is given', () => {
    const chance = new Chance('42');
    const trace = loadOf({
      process: 'trace',
      trace: {
        file: 'x.csv',
        rows: [
          [1, -1, -1, -1],
          [2 * S, -1, -1, -1],
        ],
      },
    });
    const rows = instantsOf(trace, chance, 'x', 7 * S, 100 * S);
    expect([rows(0), rows(0), rows(0)]).toEqual([7 * S + 1, 9 * S, Infinity]);
    const load = loadOf({ process: 'uniform-burst', burst: { at: '3s', over: '2s', count: 1000 } });
    const next = instantsOf(load, chance, 'x', 7 * S, 100 * S);
    const all = Array.from({ length: 1000 }, () => next(0) / S);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...all)).toBeLessThan(12);
    expect(Math.max(...all) - Math.min(...all)).toBeGreaterThan(1.9);
    expect(next(0)).toBe(Infinity);
  });
});

test('two kinds of traffic with one rate come at instants of their own', () => {
  const load = loadOf({ rate: '5/s' });
  const firsts = (name: string) => {
    const next = instantsOf(load, new Chance('42'), name, 0, 100 * S);
    return [next(0), next(S), next(2 * S)];
  };
  expect(firsts('pager')).toEqual(firsts('pager'));
  for (const atNs of firsts('large')) expect(firsts('pager')).not.toContain(atNs);
});

test('states and arrivals have chance of their own', () => {
  const chance = new Chance('42');
  const names: string[] = [];
  const stream: Chance['stream'] = (...name) => {
    names.push(name.join(' '));
    return chance.stream(...name);
  };
  const load = loadOf({ process: 'on-off', rate: '5/s', onOff: { on: '1s', off: '1s' } });
  instantsOf(load, Object.assign(Object.create(chance) as Chance, { stream }), 'x', 0, 100 * S);
  expect(new Set(names).size).toBe(2);
});

test.each([{ process: 'poisson' }, { process: 'constant' }] as const)(
  'a rate of 0 brings nothing: %j',
  (load) => {
    expect(instantsOf(loadOf({ rate: '0/s', ...load }), new Chance('42'), 'x', 0, 100 * S)(0)).toBe(Infinity);
  },
);

test('arrivals of a burst are as fine as its shape: hardly two come at one instant', () => {
  const load = loadOf({ process: 'beta-burst', burst: { count: 5000 } });
  const next = instantsOf(load, new Chance('42'), 'x', 0, 100 * S);
  const all = Array.from({ length: 5000 }, () => next(0));
  expect(new Set(all).size).toBeGreaterThan(4990);
});

describe('states', () => {
  const onOff = (over: Partial<NonNullable<Parameters<typeof loadOf>[0]['onOff']>>) =>
    loadOf({ process: 'on-off', rate: '1/s', onOff: { on: '5s', off: '15s', ...over } });

  test('the first one is drawn by its share of the time', () => {
    const chance = new Chance('42');
    const busy = Array.from({ length: 800 }, (_, i) => {
      const states = modulationOf(onOff({ distribution: 'constant' }), chance.stream('x', i, 0));
      return states!.factorAt(0) > 0;
    });
    expect(Math.abs(busy.filter(Boolean).length / 800 - 0.25)).toBeLessThan(0.061);
  });

  test('those of an MMPP last exponential times with their own means', () => {
    const load = loadOf({
      process: 'mmpp',
      rate: '1/s',
      mmpp: {
        states: [
          { weight: 1, mean: '8s' },
          { weight: 9, mean: '2s' },
        ],
      },
    });
    const states = modulationOf(load, new Chance('42').stream('x', 0, 0))!;
    const stays: [number[], number[]] = [[], []];
    for (let atNs = 0; stays[0].length < 5000; atNs = states.untilNs) {
      const factor = states.factorAt(atNs);
      stays[factor < 1 ? 0 : 1].push((states.untilNs - atNs) / S);
    }
    for (const [i, mean] of [8, 2].entries()) {
      const all = stays[i as 0 | 1];
      expect(Math.abs(all.reduce((sum, x) => sum + x, 0) / all.length / mean - 1)).toBeLessThan(0.06);
      const shorter = all.filter((x) => x < mean).length / all.length;
      expect(Math.abs(shorter - (1 - Math.exp(-1)))).toBeLessThan(0.03);
    }
  });

  test('of several, each other one comes next alike, and the first is drawn by its share of the time', () => {
    const means = [5, 3, 2];
    const states = means.map((mean, i) => ({ weight: i + 1, mean: `${mean}s` }));
    const load = loadOf({ process: 'mmpp', rate: '1/s', mmpp: { states } });
    const chance = new Chance('42');
    // Weights 1, 2 and 3 for 5, 3 and 2 tenths of the time are 1.7 on average.
    const stateOf = (factor: number) => Math.round(factor * 1.7) - 1;
    const firsts = [0, 0, 0];
    for (let i = 0; i < 2000; i++)
      firsts[stateOf(modulationOf(load, chance.stream('x', i, 0))!.factorAt(0))]!++;
    for (const [i, mean] of means.entries())
      expect(Math.abs(firsts[i]! / 2000 - mean / 10)).toBeLessThan(0.045);
    const walked = modulationOf(load, chance.stream('y', 0, 0))!;
    const next = [0, 1, 2].map(() => [0, 0, 0]);
    let state = stateOf(walked.factorAt(0));
    for (let i = 0; i < 6000; i++) {
      const from = state;
      state = stateOf(walked.factorAt(walked.untilNs));
      next[from]![state]!++;
    }
    // 2000 times from each of them, a thousand to each other one.
    for (const [from, counts] of next.entries())
      for (const [to, count] of counts.entries())
        expect(Math.abs(count - (from === to ? 0 : 1000))).toBeLessThan(from === to ? 1 : 130);
  });

  test('last exponential times where nothing else is said', () => {
    const said = modulationOf(onOff({ distribution: 'exponential' }), new Chance('42').stream('x', 0, 0))!;
    const unsaid = modulationOf(onOff({}), new Chance('42').stream('x', 0, 0))!;
    expect([unsaid.factorAt(0), unsaid.untilNs]).toEqual([said.factorAt(0), said.untilNs]);
  });

  test('how long they last does not change the chance of the arrivals', () => {
    // Two states alike are no states at all.
    const instants = (mean: string) => {
      const states = [1, 1].map((weight) => ({ weight, mean }));
      const load = loadOf({ process: 'mmpp', rate: '5/s', mmpp: { states } });
      const next = instantsOf(load, new Chance('42'), 'x', 0, 100 * S);
      return Array.from({ length: 200 }, () => Math.round(next(0) / 1000));
    };
    expect(instants('3s')).toEqual(instants('7s'));
  });
});
