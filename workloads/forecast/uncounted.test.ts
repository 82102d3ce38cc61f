import { expect, test } from 'vitest';
import { parseScenario } from '../scenario/loader.js';
import { forecastOf } from './forecast.js';

const PLAIN = `version: 1
name: plain
duration: 10m
population: { subscribers: 100 }
traffic: { pager: { rate: 1/s } }
`;
const CUT = 'faults=[{at: 1m, for: 1m, kind: partition, target: clients}]';

const uncounted = (...set: string[]): readonly string[] =>
  forecastOf(parseScenario(PLAIN, 'plain.yaml', set)).uncounted;

test('all of a plain scenario with an outage of clients is counted', () => {
  expect(uncounted(CUT)).toEqual([]);
  expect(uncounted('traffic.pager.size={dist: fixed, value: 500B}')).toEqual([]);
});

test.each([
  ['notifications', /^notifications/, 'traffic.pager.notifications=10%'],
  ['those of the IM Server', /^notifications/, 'server.storedNotification=true'],
  ['large ones of Pager Mode', /above 500 octets/, 'traffic.pager.size={dist: fixed, value: 501B}'],
  [
    'the few large ones',
    /above 500 octets/,
    'traffic.pager.size={dist: pareto, min: 20B, max: 1KiB, alpha: 2}',
  ],
  ['flows that nobody watches', /client\.keepAlive/, 'client.keepAlive=false'],
  ['hostile clients', /^hostile/, 'population.hostile.share=1%'],
  ['users who fetch', /fetched by themselves/, 'server.settings.manual=5%'],
  [
    'a partition of the Core',
    /\(partition of core\)$/,
    'faults=[{at: 1m, for: 1m, kind: partition, target: core}]',
  ],
  [
    'half a partition',
    /\(partition of clients\)$/,
    'faults=[{at: 1m, for: 1m, kind: partition, target: clients, direction: out}]',
  ],
  [
    'crashes, each kind once',
    /\(crash of im, loss of clients\)$/,
    'faults=[{at: 1m, for: 1s, kind: crash, target: im}, {at: 2m, for: 1s, kind: crash, target: im}, {at: 3m, for: 1s, kind: loss, target: clients, percent: 5%}]',
  ],
])('%s are named', (_what, words, ...set) => {
  expect(uncounted(...set)).toEqual([expect.stringMatching(words)]);
});
