import { expect, test } from 'vitest';
import { cellOf } from '../cell.js';
import { expandedPlan } from './faults.js';
import { FAULT_EXAMPLES, faultExample } from './fault-titles.js';
import { parseFaults, printPlan } from './faults-file.js';
import type { FaultKind } from './faults-schema.js';
import { loadScenario } from '../scenario/scenario-files.js';

const smoke = loadScenario('smoke');

test('a list takes the place of the faults of the scenario, and leaves the rest', () => {
  const text = '# an outage\n- { at: 20s, for: 5s, kind: crash, target: im }\n';
  const scenario = parseFaults(text, 'outage.yaml', smoke);
  expect(scenario.faults).toMatchObject([{ at: 20e9, for: 5e9, kind: 'crash', what: 'machine' }]);
  expect({ ...scenario, faults: smoke.faults }).toEqual(smoke);
});

test('a set of keys may say when everything heals and what is claimed', () => {
  const text = 'faults: []\nheal: { at: 60s }\nclaims: { budget: unlimited }\n';
  const { heal, claims } = parseFaults(text, 'x', smoke);
  expect([heal.at, claims.budget]).toEqual([60e9, 'unlimited']);
});

test.each([
  [
    '- { at: 20s, kind: crash, target: im }\n- { at: 20s, for: 0s, kind: pause, target: im }\n',
    'p.yaml:2:19  error  a fault of no length',
  ],
  [
    '- { at: 20s, for: 5s, kind: crsh, target: im }\n',
    'p.yaml:1:29  error  unknown kind "crsh" — did you mean "crash"?',
  ],
  [
    'faults:\n  - at: 20s\n    kind: crash\n    target: im\n    fro: 5s\n',
    'p.yaml:5:5  error  unknown key "fro" in "faults.0"',
  ],
  ['version: 1\nfaults: []\n', 'unknown key "version" in a fault plan — known here: faults, heal, claims'],
  ['- { at: 20s', 'p.yaml:1:'],
  ['heal: { at: 1m }\n', 'p.yaml:1:1  error  "faults" is missing'],
  ['', 'the file is empty'],
  [
    'hello\n',
    'p.yaml:1:1  error  a fault plan is a list of faults, or a set of keys with the list under "faults"\n',
  ],
  [
    '{ "cell": {}, "schema": "restante-capsule-1" }\n',
    'p.yaml:1:1  error  this is a capsule: restante replay FILE',
  ],
])('%j is refused with its place', (text, message) => {
  expect(() => parseFaults(text, 'p.yaml', smoke)).toThrow(message);
});

test('what is printed reads back to the same plan, with its members', () => {
  const cell = cellOf(smoke, '5');
  const text = printPlan(cell);
  expect(text).toMatch('id: f0');
  const again = { ...cell, scenario: parseFaults(text, 'printed.yaml', smoke) };
  expect(expandedPlan(again)).toEqual(expandedPlan(cell));
  expect(expandedPlan(again)[0]!.members.length).toBe(120);
});

test.each(Object.keys(FAULT_EXAMPLES) as FaultKind[])('the example of %s is a plan', (kind) => {
  const { faults } = parseFaults(`- ${faultExample(kind)}\n`, 'p.yaml', smoke);
  expect(faults.map((fault) => fault.kind)).toEqual([kind]);
});

test('an unknown key is told with what its kind of fault takes', () => {
  const plan = '- { at: 60s, kind: loss, target: clients, correlation: 20% }\n';
  expect(() => parseFaults(plan, 'p.yaml', smoke)).toThrow(
    /unknown key "correlation" in "faults.0" — known here: .*direction, kind, percent, gemodel\n/,
  );
});
