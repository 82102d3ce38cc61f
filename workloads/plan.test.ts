import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { cellOf } from './cell.js';
import { parseScenario } from './scenario/loader.js';
import { planOf } from './plan.js';
import { loadScenario, shippedScenarios } from './scenario/scenario-files.js';
import { faultPlan } from './faults/faults.js';
import { linksOf } from './topology.js';
import { overrideOf, quantityAt } from './vary.js';

const OVERRIDES = [
  'network.loss=5%',
  'network.up=1.5Mbit/s',
  'traffic.pager.rate=90/m',
  'population.anonymousShare=33.3%',
];

test.each(shippedScenarios())('the plan of %s reads back to the same scenario', (name) => {
  const scenario = loadScenario(name, OVERRIDES);
  const plan = stringify(planOf(cellOf(scenario, '007')));
  expect(parseScenario(plan, 'plan.yaml')).toEqual({ ...scenario, seed: '007' });
});

test.each(['0.00000055/s', '0.0000001/s', '0.000000000123456789/s', '0.000002/h', '3/m'])(
  'a rate of %s reads back',
  (rate) => {
    const scenario = loadScenario('smoke', [
      `traffic.pager.rate=${rate}`,
      'network.loss=0.0000005%',
      'population.anonymousShare=0.00000000012%',
    ]);
    const plan = stringify(planOf(cellOf(scenario)));
    expect(plan).not.toMatch(/\de-\d/);
    expect(parseScenario(plan, 'plan.yaml')).toEqual(scenario);
    const quantity = quantityAt(scenario, 'traffic.pager.rate', '--vary');
    expect(loadScenario('smoke', [overrideOf(quantity, quantity.value)]).traffic.pager.rate).toBeCloseTo(
      scenario.traffic.pager.rate,
      20,
    );
  },
);

test('the plan says quantities with their units', () => {
  const plan = stringify(planOf(cellOf(loadScenario('smoke', OVERRIDES))));
  expect(plan).toContain('loss: 5%');
  expect(plan).toContain('delay: 25ms');
  expect(plan).toContain('up: 1500000bit/s');
  expect(plan).toMatch(/kind: partition\n/);
});

test('clients without network until the drain phase are a partition of the plan', () => {
  const scenario = loadScenario('smoke', ['population.offlineShare=15%']);
  expect(faultPlan(scenario)[0]).toMatchObject({
    kind: 'partition',
    atNs: 0,
    forNs: 130e9,
    mode: 'fixed-percent',
    value: 15,
  });
  expect(faultPlan(loadScenario('smoke'))).toHaveLength(1);
});

test('--set network.loss reaches the access links of the clients in both directions', () => {
  const links = linksOf(loadScenario('smoke', ['network.loss=5%']));
  expect([links.clients.out.loss, links.clients.in.loss, links.servers.out.loss]).toEqual([0.05, 0.05, 0]);
});
