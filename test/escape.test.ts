/**
 * Altered octets that no checksum shows (`corrupt` with `escape`): what they led to is nobody's fault, and nothing else is excused
 * by them.
 */
import { expect, it } from 'vitest';
import { cellOf, type Cell } from '../workloads/cell.js';
import { evaluate } from '../workloads/evaluate.js';
import { parseFaults } from '../workloads/faults/faults-file.js';
import { loadScenario } from '../workloads/scenario/scenario-files.js';

const FUZZ = loadScenario('fuzz', ['duration=25s', 'drain=2m']);
const AWAY = '- { at: 3s, for: 12s, kind: partition, target: clients, members: [0, 1, 2, 3, 4] }\n';
const altered = (target: string): string =>
  `- { at: 1s, for: 24s, kind: corrupt, escape: true, percent: 20%, target: ${target} }\n`;

function cell(faults: string, seed: string, sabotage: string | null): Cell {
  return cellOf(parseFaults(AWAY + faults, 'faults', FUZZ), seed, [], sabotage);
}

function judged(one: Cell) {
  const { invariants } = evaluate(one);
  const of = (id: string) => invariants.find((verdict) => verdict.id === id);
  return {
    of,
    violated: invariants.filter(({ held }) => !held).map(({ id, first }) => `${id} ${first}`),
    excused: invariants.some(({ notes }) => Object.keys(notes ?? {}).some((why) => why.includes('altered'))),
  };
}

it.each(['1', '2', '3', '4', '5', '6'])('the honest system is not blamed, seed %s', (seed) => {
  expect(judged(cell(altered('clients, members: [3, 7]'), seed, null)).violated).toEqual([]);
});

it('what altered octets led to is excused, and said', () => {
  const all = ['1', '2', '3'].map((seed) => judged(cell(altered('clients'), seed, null)));
  expect(all.flatMap(({ violated }) => violated)).toEqual([]);
  expect(all.some(({ excused }) => excused)).toBe(true);
});

it('a bug that shows with somebody else is told', () => {
  const calm = judged(cell('', '1', 'drops-date')).of('I6')?.violations ?? 0;
  const told = judged(cell(altered('clients, members: [7]'), '1', 'drops-date')).of('I6');
  expect(calm).toBeGreaterThan(5);
  expect(told?.violations).toBeGreaterThan(calm / 3);
  // Of the one client whose octets were altered nothing is told.
  expect(told?.first).not.toMatch(/user 7\b/);
});

it('datagrams that were altered between the servers excuse the messages and users that are in them', () => {
  const few =
    '- { at: 1s, for: 4s, kind: corrupt, escape: true, percent: 20%, target: core, direction: in }\n';
  const calm = judged(cell('', '1', 'drops-date')).of('I6')?.violations ?? 0;
  const { of, excused } = judged(cell(few, '1', 'drops-date'));
  expect(of('I6')?.violations).toBeGreaterThan(calm / 3);
  expect(excused).toBe(true);
});
