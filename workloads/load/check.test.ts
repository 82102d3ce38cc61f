/** What contradicts itself in a load is refused at the key to change, and what just fits is not. */
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkLoad } from './check.js';
import { loadShape, type Load } from './schema.js';

const S = 1e9;
const LENGTH_S = 1000;

/** All that is said of a load of 1000 s, as `path: message`. */
function said(load: z.input<z.ZodObject<typeof loadShape>>, lengthS = LENGTH_S): string[] {
  const read: Load = z.strictObject(loadShape).parse(load);
  const all: string[] = [];
  checkLoad(read, lengthS * S, (path, message) => all.push(`${path}: ${message}`));
  return all;
}

const HOURS = Array.from({ length: 24 }, () => 0);
const burst = { count: 5 };
const stairs = { step: '1/s', every: '100s' };
const states = (...weights: number[]) => ({ states: weights.map((weight) => ({ weight, mean: '5s' })) });

describe('a load that contradicts itself', () => {
  test.each<[string, Parameters<typeof said>[0], string]>([
    ['a burst under a curve', { process: 'beta-burst', executor: 'stairs', stairs, burst }, 'executor: '],
    [
      'a process in a closed population',
      { executor: 'closed', process: 'constant', closed: { users: 2, think: '1s' } },
      'process: in a closed',
    ],
    ['a closed population without its key', { executor: 'closed' }, 'executor: "closed" needs the key'],
    ['a process without its key', { process: 'mmpp', rate: '1/s' }, 'process: "mmpp" needs the key "mmpp"'],
    [
      'a rate in a closed population',
      { executor: 'closed', closed: { users: 2, think: '1s' }, rate: '1/s' },
      'rate: a rate has no meaning with "closed"',
    ],
    [
      'a key of two processes without either',
      { rate: '1/s', burst },
      'burst: "burst" belongs to "beta-burst" and "uniform-burst"',
    ],
    [
      'a burst that takes no time',
      { process: 'uniform-burst', burst: { ...burst, over: '0s' } },
      'burst.over: a burst takes some time',
    ],
    [
      'stages longer than the load',
      { executor: 'ramping-arrival-rate', stages: [{ for: '1000001ms', to: '5/s' }] },
      'stages: the stages take 1000001ms, the load only 1000s',
    ],
    ['steps of nothing', { executor: 'stairs', stairs: { ...stairs, step: '0/s' } }, 'stairs.step: '],
    [
      'more steps than the load has room for',
      { executor: 'stairs', stairs: { ...stairs, steps: 11 } },
      'stairs.steps: 11 steps take 1100s, the load only 1000s',
    ],
    [
      'a climb that begins before the load',
      { executor: 'spike', spike: { at: '9s', for: '1s', to: '5/s', edge: '10s' } },
      'spike.edge: the climb would begin before the load',
    ],
    [
      'a fall that ends after the load',
      { executor: 'spike', spike: { at: '985s', for: '10s', to: '5/s', edge: '6s' } },
      'spike.at: the spike would end after the load, which takes 1000s',
    ],
    ['a day of no time', { executor: 'diurnal', rate: '1/s', diurnal: { day: '0s' } }, 'diurnal.day: '],
    ['an empty day', { executor: 'diurnal', rate: '1/s', diurnal: { hours: HOURS } }, 'diurnal.hours: '],
    [
      'a state that takes no time',
      { process: 'mmpp', rate: '1/s', mmpp: { states: [...states(1).states, { weight: 1, mean: '0s' }] } },
      'mmpp.states.1.mean: ',
    ],
    ['states without arrivals', { process: 'mmpp', rate: '1/s', mmpp: states(0, 0) }, 'mmpp.states: '],
    [
      'a busy time of no time',
      { process: 'on-off', rate: '1/s', onOff: { on: '0s', off: '5s' } },
      'onOff.on: a busy time lasts some time',
    ],
  ])('is refused at its key: %s', (_title, load, message) => {
    expect(said(load)[0]).toMatch(new RegExp(`^${message}`));
  });

  test('has all of it told at once', () => {
    const all = said({ process: 'trace', executor: 'spike', rate: '1/s' });
    expect(all.map((line) => line.split(':')[0])).toEqual(['executor', 'process', 'executor', 'rate']);
  });
});

describe('a load in more pieces than can be walked, 100,000 in its 1000 s', () => {
  const pieces = (mean: string) => ({ states: [1, 2, 3].map((weight) => ({ weight, mean })) });
  test.each<[string, Parameters<typeof said>[0], Parameters<typeof said>[0]]>([
    // Each state takes nine, or eleven, milliseconds on average.
    [
      'onOff.on: ',
      { process: 'on-off', rate: '5/s', onOff: { on: '12ms', off: '6ms' } },
      { process: 'on-off', rate: '5/s', onOff: { on: '15ms', off: '7ms' } },
    ],
    [
      'mmpp.states: ',
      { process: 'mmpp', rate: '5/s', mmpp: pieces('9ms') },
      { process: 'mmpp', rate: '5/s', mmpp: pieces('11ms') },
    ],
    // Each of the 24 hours of a day.
    [
      'diurnal.day: ',
      { executor: 'diurnal', rate: '5/s', diurnal: { day: '216ms' } },
      { executor: 'diurnal', rate: '5/s', diurnal: { day: '264ms' } },
    ],
  ])('%s', (path, tooMany, few) => {
    expect(said(tooMany)).toEqual([expect.stringMatching(`^${path}more than 100000 `)]);
    expect(said(few)).toEqual([]);
  });
});

test.each<[string, Parameters<typeof said>[0]]>([
  ['stages that take all of it', { executor: 'ramping-arrival-rate', stages: [{ for: '1000s', to: '5/s' }] }],
  ['steps that take all of it', { executor: 'stairs', stairs: { ...stairs, steps: 10 } }],
  ['a spike from end to end', { executor: 'spike', spike: { at: '5s', for: '990s', to: '5/s', edge: '5s' } }],
  ['two ramps and nothing between them', { executor: 'soak', rate: '5/s', soak: { ramp: '500s' } }],
  ['the day that everybody has', { executor: 'diurnal', rate: '5/s' }],
  ['a silent state', { process: 'mmpp', rate: '5/s', mmpp: states(0, 1) }],
  ['no silent time', { process: 'on-off', rate: '5/s', onOff: { on: '5s', off: '0s' } }],
  ['a burst of its usual length', { process: 'beta-burst', burst }],
  ['a closed population', { executor: 'closed', closed: { users: 2, think: '1ns' } }],
])('a load just as long as it may be is in order: %s', (_title, load) => {
  expect(said(load)).toEqual([]);
});
