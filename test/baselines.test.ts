/**
 * The gate on behaviour: three scenarios, simulated and compared exactly with the baselines in git. A difference is either a
 * mistake or meant; `node scripts/baselines.mjs` accepts what is meant, and the diff is reviewed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { baselineFile } from '../results/baseline.js';
import { compareSummaries } from '../results/compare/compare.js';
import { readSummary } from '../results/compare/read.js';
import { comparisonText } from '../results/compare/text.js';
import { sortedJson } from '../results/folder/json.js';
import { cellOf } from '../workloads/cell.js';
import { loadScenario } from '../workloads/scenario/scenario-files.js';
import { simulate } from '../workloads/simulate.js';
import { smallCell } from './support/small-cells.js';

const FOLDER = fileURLToPath(new URL('../results/baselines/', import.meta.url));
const CELLS = [cellOf(loadScenario('smoke')), smallCell('outage'), smallCell('lossy')];

test.each(CELLS.map((cell) => [`${cell.scenario.name}, seed ${cell.seed}`, cell] as const))(
  '%s',
  (_, cell) => {
    const { summary } = simulate(cell);
    const file = baselineFile(summary, FOLDER);
    if (process.env['ACCEPT_BASELINES'] === '1') {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(file, sortedJson(summary));
    }
    const comparison = compareSummaries(readSummary(file), summary);
    expect(comparison.outcome, comparisonText(comparison)).toBe('identical');
  },
);
