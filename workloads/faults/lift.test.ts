import { describe, expect, it } from 'vitest';
import type { World } from '../../sim/world.js';
import { cellOf, type Cell } from '../cell.js';
import { evaluate } from '../evaluate.js';
import { withFaults } from './faults.js';
import type { Fault } from './faults-schema.js';
import { parseFaults } from './faults-file.js';
import { isLossy, liftLosses } from './lift.js';
import { loadScenario } from '../scenario/scenario-files.js';

/** The world of `fuzz`, smaller, under these faults; without jitter, so that paths are plain where nobody changes them. */
function cell(faults: string, set: readonly string[] = []): Cell {
  const overrides = ['population.subscribers=6', 'duration=20s', 'drain=60s', 'network.jitter=0ms', ...set];
  const scenario = loadScenario('fuzz', overrides);
  return cellOf(faults === '' ? scenario : parseFaults(faults, 'faults', scenario), '7');
}

const LOSS = '- { at: 3s, for: 15s, kind: loss, target: clients, percent: 20% }\n';
const CORRUPT = '- { at: 5s, for: 5s, kind: corrupt, target: im, percent: 10% }\n';
const AWAY = '- { at: 4s, for: 6s, kind: partition, target: clients, mode: fixed, value: 3 }\n';
const TWICE = '- { at: 8s, for: 12s, kind: duplicate, target: clients, percent: 30% }\n';

describe('losses that chance took', () => {
  it.each([
    ['of one fault', LOSS],
    ['of two faults and damage, among others', AWAY + LOSS + TWICE + CORRUPT],
    ['in bursts', '- { at: 3s, for: 15s, kind: loss, target: clients, gemodel: { p: 5%, r: 30% } }\n'],
  ])('become drops, and the run stays the same: %s', (_what, faults) => {
    const before = cell(faults);
    expect(isLossy(before)).toBe(true);
    const { cell: lifted, drops, late } = liftLosses(before);
    expect(drops).toBeGreaterThan(5);
    expect(late).toBe(0);
    expect(isLossy(lifted)).toBe(false);
    expect(lifted.scenario.faults.filter(({ kind }) => kind === 'drop').length).toBe(drops);
    expect(evaluate(lifted).fingerprint).toBe(evaluate(before).fingerprint);
  });

  it('can be taken away one by one: the first stays without the others, the others stay without the last', () => {
    const { cell: lifted, drops } = liftLosses(cell(LOSS));
    const { faults } = lifted.scenario;
    const lostWith = (kept: readonly Fault[]): number[] => {
      const lost: number[] = [];
      const watch = ({ links, kernel }: World): void => {
        links.lossWatch = () => void lost.push(kernel.nowNs);
      };
      evaluate(withFaults(lifted, kept), [{ attach: watch, finish: () => {} }]);
      return lost;
    };
    expect(lostWith(faults.slice(0, 1))).toEqual([faults[0].at]);
    expect(lostWith(faults.slice(0, -1))).toEqual(faults.slice(0, -1).map(({ at }) => at));
    expect(lostWith(faults).length).toBe(drops);
  });

  it('of the network itself are lifted up to the healing; later ones are counted', () => {
    const before = cell('', ['network.loss=10%']);
    const { cell: lifted, drops, late } = liftLosses(before);
    expect(drops).toBeGreaterThan(5);
    expect(late).toBeGreaterThan(5);
    expect(lifted.scenario.network.loss).toBe(0);
    const untilHealed = Math.floor(evaluate(before).checkpoints.length / 4);
    expect(evaluate(lifted).checkpoints.slice(0, untilHealed)).toEqual(
      evaluate(before).checkpoints.slice(0, untilHealed),
    );
  });
});
