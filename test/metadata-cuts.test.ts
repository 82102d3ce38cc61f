/**
 * I10 where the connections between IM Server and IM XDMS are cut: after so many octets in either direction, by resets, or because the
 * IM XDMS is out of reach or crashes. Store and metadata match once everything has healed.
 */
import { expect, it } from 'vitest';
import { cellOf } from '../workloads/cell.js';
import { evaluate } from '../workloads/evaluate.js';
import { parseFaults } from '../workloads/faults/faults-file.js';
import { loadScenario } from '../workloads/scenario/scenario-files.js';

const FUZZ = loadScenario('fuzz', ['duration=30s', 'drain=4m']);
const AWAY = '- { at: 3s, for: 15s, kind: partition, target: clients, mode: fixed-percent, value: 60 }\n';

const calm = evaluate(cellOf(parseFaults(AWAY, 'faults', FUZZ), '2')).fingerprint;

it.each([
  ['requests, in mid-request', 'kind: limit-data, bytes: 300B, target: im, direction: out'],
  ['requests, after some', 'kind: limit-data, bytes: 3000B, target: im, direction: out'],
  ['requests, after many', 'kind: limit-data, bytes: 20000B, target: im, direction: out'],
  ['answers, in mid-answer', 'kind: limit-data, bytes: 30B, target: im, direction: in'],
  ['answers, after some', 'kind: limit-data, bytes: 500B, target: xdms, direction: out'],
  ['everything that begins', 'kind: reset, target: xdms'],
  ['the way there', 'kind: partition, target: xdms, direction: in'],
  ['the way back', 'kind: partition, target: xdms, direction: out'],
  ['the IM XDMS, which crashes', 'kind: crash, target: xdms'],
  ['the IM XDMS, whose disk is full', 'kind: storage-full, target: xdms'],
])('cut: %s', (_what, fault) => {
  const scenario = parseFaults(`${AWAY}- { at: 5s, for: 20s, ${fault} }\n`, 'faults', FUZZ);
  const { invariants, fingerprint } = evaluate(cellOf(scenario, '2'));
  expect(invariants.filter(({ held }) => !held).map(({ id, first }) => `${id} ${first}`)).toEqual([]);
  expect(invariants.find(({ id }) => id === 'I10')?.checked).toBeGreaterThan(20);
  // The fault was felt.
  expect(fingerprint).not.toBe(calm);
});
