import { expect, test } from 'vitest';
import { cellOf } from '../cell.js';
import { parseScenario } from '../scenario/loader.js';
import { expandedPlan } from './faults.js';
import { beyondBudget } from './planned-faults.js';

/** Why a plan of one fault is beyond what is claimed: 50 % of the packets, five minutes of a clock. Everything heals at 2h. */
function reason(fault: string, claims = ''): string {
  const text = `version: 1
name: tiny
duration: 2h
drain: 1m
population: { subscribers: 10 }
traffic: { pager: { rate: 1/m } }
claims: { ${claims} }
faults: [{ at: 0s, ${fault} }]
`;
  const scenario = parseScenario(text, 'tiny.yaml');
  return beyondBudget(expandedPlan(cellOf(scenario)), scenario);
}

const LOSS = 'f0 takes more packets than claimed';
const SKEW = 'f0 skews the clock more than claimed';

test.each([
  ['percent: 50%', ''],
  ['percent: 51%', LOSS],
  // Two thirds of the time in the bad state, in which all is lost; then only nine tenths of that, or seven.
  ['gemodel: { p: 2%, r: 1% }', LOSS],
  ['gemodel: { p: 2%, r: 1%, h: 10% }', LOSS],
  ['gemodel: { p: 2%, r: 1%, h: 30% }', ''],
  ['gemodel: { p: 1%, r: 1% }', ''],
  // What is lost in the good state counts as well.
  ['gemodel: { p: 1%, r: 1%, k: 90% }', LOSS],
  // A chain that never moves stays where it begins, in the good state.
  ['gemodel: { p: 0%, r: 0% }', ''],
  // Half of what the single losses leave.
  ['gemodel: { p: 1%, r: 1% }, percent: 1%', LOSS],
])('loss of %s against a claim of 50%%', (params, expected) => {
  expect(reason(`kind: loss, target: clients, ${params}`)).toBe(expected);
});

test('the claim of a deployment decides', () => {
  const fault = 'kind: loss, target: clients, gemodel: { p: 1%, r: 9% }';
  expect([reason(fault, 'loss: 11%'), reason(fault, 'loss: 9%')]).toEqual(['', LOSS]);
  expect(reason(fault, 'budget: unlimited')).toContain('the fault budget is unlimited');
});

test.each([
  ['offset: 300s, for: 1h', ''],
  ['offset: 301s, for: 1h', SKEW],
  ['drift: 83000, for: 1h', ''],
  ['drift: 84000, for: 1h', SKEW],
  ['drift: -84000, for: 1h', SKEW],
  ['offset: 200s, drift: 28000, for: 1h', SKEW],
  // It runs the other way: from 200 s before to 100.8 s after.
  ['offset: -200s, drift: 83600, for: 1h', ''],
  // Without an end it lasts up to the healing.
  ['drift: 42000', SKEW],
  ['drift: 41000', ''],
])('a clock with %s against a claim of 5 minutes', (params, expected) => {
  expect(reason(`kind: clock-skew, target: im, ${params}`)).toBe(expected);
  expect(reason(`kind: clock-skew, target: core, ${params}`)).toBe('');
});
