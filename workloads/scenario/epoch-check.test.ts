import { expect, test } from 'vitest';
import { cellOf } from '../cell.js';
import { evaluate } from '../evaluate.js';
import { parseScenario } from './loader.js';
import { ScenarioError } from './problems.js';

const TINY = `version: 1
name: tiny
epoch: 2026-01-05T08:00:00Z
rampUp: 1s
duration: 2s
drain: 57s
population: { subscribers: 4, offlineShare: 50% }
traffic: { pager: { rate: 5/s, expires: { share: 50%, min: 1h, max: 168h } } }
client: { reconnectJitter: 500ms }
`;

function said(epoch: string, more: string): string {
  try {
    parseScenario(TINY.replace(/epoch: .*/, `epoch: ${epoch}`) + more, 'tiny.yaml');
    return '';
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
}

test.each([
  ['1969-12-31T23:59:59Z', '1970-01-01T00:00:00Z', ''],
  ['0000-01-01T00:00:00Z', '1970-01-01T00:00:00Z', ''],
  ['9999-12-31T23:59:00Z', '1970-01-01T00:00:00Z', ''],
  [
    '1970-01-01T00:00:30Z',
    '1970-01-01T00:01:00Z',
    'faults: [{ at: 0s, kind: clock-skew, target: im, offset: -1m }]',
  ],
])('a run that begins at %s is refused, with its place', (epoch, least, more) => {
  const text = said(epoch, more);
  expect(text).toMatch(/^tiny\.yaml:3:8 {2}error {2}clocks count from 1970 to 9999/);
  expect(text).toContain(`an instant from ${least} to 9999-12-24T23:58:59Z is needed here`);
});

test.each(['1970-01-01T00:00:00Z', '9999-12-24T23:58:59Z'])(
  'one that begins at %s comes to its end',
  (epoch) => {
    const scenario = parseScenario(TINY.replace(/epoch: .*/, `epoch: ${epoch}`), 'tiny.yaml');
    const { outcome, invariants } = evaluate(cellOf(scenario));
    expect([outcome, invariants.filter(({ held }) => !held)]).toEqual(['completed', []]);
  },
);
