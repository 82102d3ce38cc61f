/** Mean sizes of bodies, as the forecast takes them, beside figures worked out by hand and sizes that are drawn. */
import { describe, expect, test } from 'vitest';
import { Chance } from '../../sim/kernel/random.js';
import { parseScenario } from '../scenario/loader.js';
import type { Scenario } from '../scenario/scenario.js';
import { largeSizeSampler } from '../traffic/large-message.js';
import { sizeSampler } from '../traffic/pager.js';
import { feasibilityOf } from './feasibility.js';
import { forecastOf } from './forecast.js';
import { meanLargeOctets, meanPagerOctets } from './forecast-parts.js';

const FILE = `version: 1
name: sizes
duration: 100s
population: { subscribers: 50, absence: { share: 30%, median: 40s, mean: 50s } }
traffic: { pager: { rate: 1/s }, large: { rate: 1/s } }
`;

const scenarioOf = (...set: string[]): Scenario => parseScenario(FILE, 'sizes.yaml', set);
const pagerMean = (size: string) => meanPagerOctets(scenarioOf(`traffic.pager.size=${size}`));
const largeMean = (size: string) => meanLargeOctets(scenarioOf(`traffic.large.size=${size}`));

const DRAWS = 400_000;

/** Mean of many draws, and four standard deviations of it. */
function drawn(draw: () => number): { readonly mean: number; readonly within: number } {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < DRAWS; i++) {
    const value = draw();
    sum += value;
    squares += value * value;
  }
  const mean = sum / DRAWS;
  return { mean, within: 4 * Math.sqrt((squares / DRAWS - mean * mean) / DRAWS) };
}

describe('the mean size of a Large Message', () => {
  // With z = ln(cap / median) / sigma: median e^(sigma^2 / 2) Phi(z - sigma) + cap (1 - Phi(z)).
  test.each([
    // z = 1.072959: 20480 * 90.017131 * Phi(-1.927041) + 512000 * Phi(-1.072959).
    ['{ dist: lognormal, median: 20KiB, sigma: 3, cap: 500KiB }', 122_275],
    // z = 0: 1000 * e^0.5 * Phi(-1) + 1000 * 0.5 = 1648.721 * 0.158655 + 500.
    ['{ dist: lognormal, median: 1000B, sigma: 1, cap: 1000B }', 761.578],
    // A cap that nothing reaches leaves 1000 * e^0.02.
    ['{ dist: lognormal, median: 1000B, sigma: 0.2, cap: 10MiB }', 1020.201],
    ['{ dist: lognormal, median: 1000B, sigma: 0, cap: 10MiB }', 1000],
    ['{ dist: fixed, value: 300B }', 300],
  ])('%s', (size, mean) => {
    expect(Math.abs(largeMean(size) / mean - 1)).toBeLessThan(1e-5);
  });

  test.each([
    '{ dist: lognormal, median: 20KiB, sigma: 3, cap: 500KiB }',
    '{ dist: lognormal, median: 300KiB, sigma: 1.2, cap: 10MiB }',
    '{ dist: lognormal, median: 20KiB, sigma: 5, cap: 64MiB }',
  ])('is that of the sizes that are drawn: %s', (size) => {
    const { large } = scenarioOf(`traffic.large.size=${size}`).traffic;
    const { mean, within } = drawn(largeSizeSampler(large!.size, new Chance('42').stream('x', 0, 0)));
    expect(Math.abs(largeMean(size) - mean)).toBeLessThan(within);
  });

  test('a storage that bears the sizes that come is no overload', () => {
    const set = ['analysis=steady-state', 'server.storage.bandwidth=1Mbit/s'];
    const size = 'traffic.large.size={ dist: lognormal, median: 20KiB, sigma: 3, cap: 500KiB }';
    const scenario = scenarioOf(...set, size);
    expect(feasibilityOf(scenario).overloads).toEqual([]);
    // Three tenths of 122,275 octets and a head of 900 a second, and of a Pager Mode message of the usual 43: 8 bits of 1 Mbit/s.
    const storage = forecastOf(scenario).stations.find(({ name }) => name.endsWith('storage'));
    expect(storage?.meanErlang).toBeCloseTo((0.3 * (122_275 + 900 + 43 + 900) * 8) / 1e6, 3);
  });
});

describe('the mean size of a Pager Mode message', () => {
  test.each([
    ['{ dist: fixed, value: 70B }', 70],
    ['{ dist: uniform, min: 20B, max: 100B }', 60],
    // alpha 2: 2 * L * H / (L + H).
    ['{ dist: pareto, min: 100B, max: 300B, alpha: 2 }', 150],
    // alpha 1: L * H / (H - L) * ln(H / L) = 150 * ln 3.
    ['{ dist: pareto, min: 100B, max: 300B, alpha: 1 }', 164.7918],
    ['{ dist: pareto, min: 100B, max: 300B, alpha: 1.0000001 }', 164.7918],
    // alpha 0.5: the root of L * H.
    ['{ dist: pareto, min: 100B, max: 400B, alpha: 0.5 }', 200],
    ['{ dist: pareto, min: 100B, max: 101B, alpha: 1 }', 100.4983],
    ['{ dist: pareto, min: 100B, max: 100B, alpha: 1 }', 100],
    ['{ dist: pareto, min: 100B, max: 100B, alpha: 1.5 }', 100],
  ])('%s', (size, mean) => {
    expect(Math.abs(pagerMean(size) / mean - 1)).toBeLessThan(1e-6);
  });

  test('is that of the sizes that are drawn, which are whole octets', () => {
    const size = '{ dist: pareto, min: 20B, max: 400B, alpha: 1.6 }';
    const { pager } = scenarioOf(`traffic.pager.size=${size}`).traffic;
    const { mean, within } = drawn(sizeSampler(pager.size, new Chance('42').stream('x', 0, 0)));
    expect(Math.abs(pagerMean(size) - 0.5 - mean)).toBeLessThan(within + 0.02);
  });
});
