/**
 * I8 where few users have many messages, so that more lie between a message and its second coming than a short memory holds: a client
 * knows what it has shown (A11), and the IM Server what it has stored (R15).
 */
import { expect, test } from 'vitest';
import { cellOf } from '../workloads/cell.js';
import { evaluate } from '../workloads/evaluate.js';
import { parseScenario } from '../workloads/scenario/loader.js';

/** Where the 200 of a live MESSAGE is lost, it is deferred after 8 s, and pushed. */
const LOSSY = `version: 1
name: many-for-few
rampUp: 2s
duration: 30s
drain: 3m
population: { subscribers: 3 }
traffic: { pager: { rate: 30/s } }
network: { delay: 40ms, jitter: 5ms, loss: 15% }
`;

/** Senders whose connections break ask for no 200, and send again all of the last half minute. */
const BROKEN = `version: 1
name: large-for-few
rampUp: 2s
duration: 40s
drain: 4m
population: { subscribers: 3, absence: { share: 60%, median: 10s, mean: 15s } }
traffic:
  pager: { rate: 0.1/s }
  large: { rate: 12/s, size: { dist: fixed, value: 200B }, reports: failures-only }
network: { delay: 40ms, jitter: 5ms }
client: { reconnectJitter: 2s, backoffBase: 2s, backoffMax: 10s }
core: { flowTimeout: 6s }
server: { push: { retry: 5s } }
`;

test.each([
  ['a live message whose 200 was lost is shown once, and so is what is pushed again (A11)', LOSSY, 500],
  ['a Large Message that comes again is stored once (R15)', BROKEN, 300],
])('I8: %s', (_what, text, atLeast) => {
  const { invariants } = evaluate(cellOf(parseScenario(text, 'once-only.yaml'), '1'));
  const i8 = invariants.find(({ id }) => id === 'I8');
  expect(i8?.violations).toBe(0);
  expect(i8?.checked).toBeGreaterThan(atLeast);
});
