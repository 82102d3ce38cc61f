import { expect, test } from 'vitest';
import { cellOf } from '../../workloads/cell.js';
import { loadScenario } from '../../workloads/scenario/scenario-files.js';
import { faultBands } from './report-file.js';

test('a fault is shaded for as long as it lasts: to its own end, or to when everything heals', () => {
  const on = 'kind: delay, target: clients, time: 1ms';
  const faults = `[{ at: 10s, for: 5s, ${on} }, { at: 20s, for: 4m, ${on} }, { at: 30s, ${on} }]`;
  const scenario = loadScenario('smoke', [`faults=${faults}`, 'heal.at=100s']);
  expect(faultBands(cellOf(scenario)).map(({ fromS, toS }) => [fromS, toS])).toEqual([
    [10, 15],
    [20, 100],
    [30, 100],
  ]);
});
