/** What shrinking tries besides fewer and weaker faults: a quieter world, each time one thing less. */
import { expect, test } from 'vitest';
import type { Cell } from '../cell.js';
import { cellOf } from '../cell.js';
import { loadScenario } from '../scenario/scenario-files.js';
import { simplerCells } from './simpler.js';

const OVERRIDES = [
  'traffic.pager.notifications=50%',
  'traffic.large.notifications=50%',
  'server.failureNotification=true',
  'population.hostile.share=25%',
];
const candidates = (...more: string[]): Cell[] => [
  ...simplerCells(cellOf(loadScenario('fuzz', [...OVERRIDES, ...more]), '1')),
];

test('without notifications, without hostile clients, and with fewer Large Messages', () => {
  const scenarios = candidates().map(({ scenario }) => scenario);
  const mute = scenarios.filter(({ traffic }) => traffic.pager.notifications === 0);
  expect(
    mute.map(({ traffic, server }) => [traffic.large?.notifications, server.failureNotification]),
  ).toEqual([[0, false]]);
  expect(scenarios.filter(({ population }) => population.hostile.share === 0)).toHaveLength(1);
  expect(scenarios.map(({ traffic }) => traffic.large?.rate)).toContain(0.125);
});

test('what is not there is not taken away', () => {
  const scenarios = candidates('traffic.pager.notifications=0%', 'traffic.large.notifications=0%').map(
    ({ scenario }) => scenario,
  );
  expect(scenarios.every(({ server }) => server.failureNotification)).toBe(true);
});
