/** The answer of a capacity search in words: what is said of a bracket, and of the seeds under which it was found. */
import { expect, test } from 'vitest';
import type { CapacityAnswer, Probe } from '../../results/search/capacity.js';
import { parseObjective } from '../../results/thresholds.js';
import { answerText } from './capacity-text.js';

const SLO = 'push.dwell:avg<10ms';
const RATE = { path: 'traffic.pager.rate', value: 100, unit: '/s', whole: false };

function probe(load: number, passes: boolean): Probe {
  return {
    load,
    passes,
    values: [passes ? 9000 : 11_000],
    failed: passes ? [] : [SLO],
    attemptsPerS: load,
    carried: 1,
    station: 'IM Server CPU',
    utilisation: load / 400,
    fingerprint: '',
  };
}

function said(answer: Partial<CapacityAnswer>): string[] {
  const read = parseObjective(SLO);
  if (!read.ok) throw new Error(read.fault.message);
  const probes = [probe(200, true), probe(296.875, true), probe(298.438, false), probe(320, false)];
  const found = {
    highestPassing: 296.875,
    lowestFailing: 298.438,
    confirmations: [],
    doc: {},
    zeroFailure: {},
  };
  return answerText(
    { verdict: 'found', probes, ...found, ...answer },
    [read.threshold],
    RATE.path,
    RATE,
    1000,
  );
}

const GIVES_WAY = `${SLO} gives way at 298.438/s; the busiest station there is IM Server CPU, 74.6 % busy`;

test('a winner that was lowered stands in the bracket of the fresh seeds, and the common seed beside it', () => {
  const lines = said({
    highestPassing: 273.939,
    lowestFailing: 276.706,
    confirmedLoad: 273.939,
    unconfirmed: { load: 276.706, failed: [SLO, 'steady state'] },
    confirmations: [{ objective: SLO, mean: 9500, halfWidth: 100, met: true }],
  });
  expect(lines.slice(0, 4)).toEqual([
    `Capacity 273.939/s (traffic.pager.rate). ${GIVES_WAY}`,
    'highest passing 273.939/s, lowest failing 276.706/s with fresh seeds',
    `at 276.706/s, ${SLO}, steady state does not hold with fresh seeds; with the common seed the first to fail is 298.438/s`,
    `with fresh seeds: ${SLO} holds, 9.50 ms +- 100 us`,
  ]);
});

test('a winner that holds at once, and one that never does, stand in the bracket of the search', () => {
  expect(said({ confirmedLoad: 296.875 }).slice(0, 2)).toEqual([
    `Capacity 296.875/s (traffic.pager.rate). ${GIVES_WAY}`,
    'highest passing 296.875/s, lowest failing 298.438/s',
  ]);
  const hopeless = said({ verdict: 'not-confirmed', unconfirmed: { load: 268.5, failed: [SLO] } });
  expect(hopeless[1]).toBe('highest passing 296.875/s, lowest failing 298.438/s with the common seed');
  expect(hopeless.join('\n')).not.toContain('268.5');
});
