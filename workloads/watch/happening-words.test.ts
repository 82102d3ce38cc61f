import { expect, test } from 'vitest';
import { Observed } from '../../models/observations.js';
import { TAP_KINDS_FROM } from '../../sim/host/observations.js';
import { parseScenario } from '../scenario/loader.js';
import { cellOf } from '../cell.js';
import { secondOfRun } from './happenings.js';
import { numberOf, observationInWords } from './happening-words.js';

const TINY = `version: 1
name: tiny
rampUp: 1s
duration: 3s
drain: 3s
population: { subscribers: 4, offlineShare: 50% }
traffic: { pager: { rate: 20/s } }
client: { reconnectJitter: 500ms }
`;

test('the number of every kind in the fingerprint has a name, or means nothing', () => {
  const kinds = Object.entries(Observed).filter(([, kind]) => kind < TAP_KINDS_FROM);
  expect(kinds.filter(([, kind]) => numberOf(kind) === undefined)).toEqual([]);
});

test.each([
  ['answered', 7, 17, undefined, 'answered, user 7, message 17'],
  ['settled', 9, 4, 12, 'settled, user 9, deferred message 4, which is message 12'],
  ['settled', 9, 4, undefined, 'settled, user 9, deferred message 4'],
  ['retransmitted', 1, 80, undefined, 'retransmitted, host 1, transaction 80'],
  ['triggered', 3, 0, undefined, 'triggered, user 3'],
  ['rejected', 3, -1, undefined, 'rejected, user 3'],
  ['xdmsRequest', -1, 2, undefined, 'xdmsRequest, HTTP method 2'],
] as const)('%s', (name, entity, number, known, words) => {
  expect(observationInWords(name, Observed[name], entity, number, known)).toBe(words);
});

test('what is stored in one second is settled in another under the number that the workload gave it', () => {
  const cell = cellOf(parseScenario(TINY, 'tiny.yaml'));
  const seconds = [0, 1, 2, 3, 4, 5].map((second) => secondOfRun(cell, second).happenings);
  const whats = seconds.flat().map(({ what }) => what);
  const stored = whats.filter((what) => what.startsWith('stored, '));
  expect(stored.length).toBeGreaterThan(10);
  for (const what of stored) {
    const [, user, message] =
      /^stored, user (\d+), deferred message \d+, which is (message \d+)$/.exec(what) ?? [];
    expect(whats).toContainEqual(expect.stringMatching(new RegExp(`^offered, user \\d+, ${message}$`)));
    expect(user).toMatch(/^[0-3]$/);
  }
  const settled = whats.filter((what) => what.startsWith('settled, '));
  for (const what of settled) expect(stored).toContain(what.replace('settled', 'stored'));
  expect(settled.length).toBeGreaterThan(10);
});
