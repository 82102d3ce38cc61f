/** Each violation tells which message it is of, if that can be known: those who count messages count it once. */
import { expect, test } from 'vitest';
import { mark, NEVER_CANARY } from '../marks.js';
import { Observed } from '../observations.js';
import {
  ASSERTED_LINES,
  Bench,
  bodyOf,
  CLIENT_HOST,
  payload,
  PUSHED_LINES,
  record,
  request,
  S,
  SENT_LINES,
} from './testing.js';

const RECEIVED_NS = 2 * S;
const CHARGING = 'P-Charging-Vector: icid-value=1';

/** A world in which user 1 sent message 7 to user 2, and what is told of violations in it. */
function told() {
  const violations: [string, number][] = [];
  const bench = new Bench({ onViolation: (id, message) => void violations.push([id, message]) });
  bench.see(Observed.sent, 1, 7, 2, 0, request(SENT_LINES), 1);
  return { bench, violations };
}

test('by its number, by its number in the store, or by whose octets they are', () => {
  const { bench, violations } = told();
  bench.see(Observed.stored, 2, 5, RECEIVED_NS, 0, record([...ASSERTED_LINES, CHARGING], `${bodyOf(7)}!`), 2);
  expect(violations).toEqual([
    ['I1', 7],
    ['I4', 7],
  ]);
  violations.length = 0;
  bench.see(Observed.presented, 2, 0, 0, 0, payload([...PUSHED_LINES, CHARGING]), 3);
  expect(violations).toContainEqual(['I2', 7]);
  expect(violations.every(([, message]) => message === 7)).toBe(true);
});

test('in a datagram by the mark of its body; without one it is of no message', () => {
  const { bench, violations } = told();
  const value = `X-Odd: ${mark(NEVER_CANARY, 3)}`;
  bench.see(Observed.datagramDelivered, CLIENT_HOST, 2, 0, 0, request([...SENT_LINES, value]), 3);
  bench.see(Observed.datagramDelivered, CLIENT_HOST, 2, 0, 0, request([...SENT_LINES, value], 'no mark'), 4);
  bench.see(Observed.datagramDelivered, CLIENT_HOST, 2, 0, 0, request([...SENT_LINES, value], bodyOf(8)), 5);
  // Nobody sent a message 8.
  expect(violations.filter(([id]) => id === 'I2')).toEqual([
    ['I2', 7],
    ['I2', -1],
    ['I2', -1],
  ]);
});

test('a message that nobody sent is none', () => {
  const { bench, violations } = told();
  bench.see(Observed.stored, 2, 0, RECEIVED_NS, 0, record(ASSERTED_LINES, 'no mark'), 2);
  expect(violations).toContainEqual(['I4', -1]);
  expect(violations.some(([, message]) => message >= 0)).toBe(false);
});
