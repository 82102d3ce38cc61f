/** A load ends: whatever executor and process it has, the arrivals come to the end of it, and a check refuses what would take for ever. */
import { describe, expect, test } from 'vitest';
import { Chance } from '../../sim/kernel/random.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { cellOf } from '../cell.js';
import { parseScenario } from '../scenario/loader.js';
import { instantsOf } from './instants.js';
import type { Load } from './schema.js';

const LENGTH_S = 100;
const LENGTH_NS = LENGTH_S * NS_PER_S;

const EXECUTORS = [
  'rate: 5/s',
  'rate: 0.000001/s',
  'executor: ramping-arrival-rate, rate: 5/s, stages: [{ for: 50s, to: 9/s }, { for: 50s, to: 0/s }]',
  'executor: ramping-arrival-rate, rate: 5/s, stages: [{ for: 50s, to: 0/s }]',
  'executor: stairs, rate: 0/s, stairs: { step: 2/s, every: 20s }',
  'executor: spike, rate: 0/s, spike: { at: 20s, for: 20s, to: 9/s, edge: 5s }',
  'executor: soak, rate: 5/s, soak: { ramp: 20s }',
  'executor: diurnal, rate: 5/s, diurnal: { day: 100s }',
];
const PROCESSES = [
  '',
  ', process: constant',
  ', process: mmpp, mmpp: { states: [{ weight: 1, mean: 100ms }, { weight: 0, mean: 100ms }] }',
  ', process: on-off, onOff: { on: 100ms, off: 200ms }',
  ', process: on-off, onOff: { on: 100ms, off: 200ms, distribution: constant }',
];

function scenarioOf(pager: string) {
  const text = `version: 1\nname: x\nduration: ${LENGTH_S}s\npopulation: { subscribers: 50 }\ntraffic: { pager: { ${pager} } }\n`;
  return cellOf(parseScenario(text, 'x.yaml')).scenario;
}

/** Chance that throws instead of being drawn from for ever. */
function bounded(chance: Chance): Chance {
  let draws = 0;
  const count = () => {
    if (++draws > 100_000) throw new Error('the walk does not end');
  };
  const stream: Chance['stream'] = (...name) => {
    const inner = chance.stream(...name);
    return {
      uniform: () => {
        count();
        return inner.uniform();
      },
      below: (bound) => {
        count();
        return inner.below(bound);
      },
      int32: () => inner.int32(),
    };
  };
  return Object.assign(Object.create(chance) as Chance, { stream });
}

describe('every executor with every process comes to its end', () => {
  const all = EXECUTORS.flatMap((executor) => PROCESSES.map((process) => `${executor}${process}`));
  test.each(all)('%s', (pager) => {
    const load: Load = scenarioOf(pager).traffic.pager;
    const fromNs = 7 * NS_PER_S;
    const next = instantsOf(load, bounded(new Chance('42')), 'x', fromNs, fromNs + LENGTH_NS);
    let atNs = fromNs;
    let count = 0;
    while (atNs < fromNs + LENGTH_NS) {
      const laterNs = next(atNs);
      expect(laterNs).toBeGreaterThanOrEqual(atNs);
      atNs = laterNs;
      count++;
    }
    expect(count).toBeLessThan(2000);
    // Asked once more, it does not come back.
    expect(next(atNs)).toBeGreaterThanOrEqual(fromNs + LENGTH_NS);
  });
});

describe('what would take for ever is refused, with its place', () => {
  test.each([
    ['1ns }', 'executor: stairs, stairs: { step: 1/s, every: 1ns }'],
    ['1ns,', 'executor: stairs, stairs: { step: 1/s, every: 1ns, steps: 200000 }'],
    ['1ns', 'executor: diurnal, rate: 5/s, diurnal: { day: 1ns }'],
    [
      '[{',
      'process: mmpp, rate: 5/s, mmpp: { states: [{ weight: 1, mean: 1ns }, { weight: 2, mean: 1us }] }',
    ],
    ['1ns', 'process: on-off, rate: 5/s, onOff: { on: 1ns, off: 0s }'],
  ])('at %s of %s', (value, pager) => {
    const column = 'traffic: { pager: { '.length + pager.indexOf(value) + 1;
    expect(() => scenarioOf(pager)).toThrow(`x.yaml:5:${column}  error  more than 100000 `);
  });

  test.each([
    'executor: stairs, stairs: { step: 1/s, every: 1ms }',
    'executor: stairs, stairs: { step: 1/s, every: 1ns, steps: 20 }',
    'executor: diurnal, rate: 5/s, diurnal: { day: 1s }',
    'process: on-off, rate: 5/s, onOff: { on: 1ms, off: 1ms }',
  ])('within the limit: %s', (pager) => {
    expect(() => scenarioOf(pager)).not.toThrow();
  });
});
