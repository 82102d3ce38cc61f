import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { sampleResult } from '../../test/support/sample-result.js';
import { cellOf, type Cell } from '../cell.js';
import { loadScenario } from '../scenario/scenario-files.js';
import { CellCache } from './cache.js';

const folder = mkdtempSync(join(tmpdir(), 'restante-cache-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('whatever of a cell differs, it is another one', () => {
  const { summary } = sampleResult();
  const cell: Cell = { ...cellOf(loadScenario('smoke'), summary.seed), tieSeed: 7 };
  const { tieSeed: _tieSeed, ...untied } = cell;
  const others: Cell[] = [
    untied,
    { ...cell, tieSeed: 8 },
    { ...cell, sabotage: 'stores-twice' },
    { ...cell, overrides: ['network.loss=5%'] },
    { ...cell, scenario: loadScenario('smoke', ['network.loss=5%']) },
  ];
  const cache = new CellCache(folder);
  cache.put(cell, summary);
  expect(cache.get({ ...cell })).toEqual(summary);
  expect(others.map((other) => cache.get(other))).toEqual(others.map(() => undefined));
});
