/** When a client registers again after its link came up (RFC 5626 section 4.5). */
import { expect, test } from 'vitest';
import { reconnectNs } from './registration/registration.js';

const S = 1e9;
const config = { reconnectJitterNs: 20 * S, backoffBaseNs: 30 * S, backoffMaxNs: 1800 * S };
const LOW = 0;
const HIGH = -1; // all bits set

test('jitter: uniform up to the jitter', () => {
  expect(reconnectNs({ ...config, reconnect: 'jitter' }, LOW)).toBe(0);
  expect(reconnectNs(config, HIGH)).toBeCloseTo(20 * S, -2);
});

test('rfc5626: half to all of the base, for no attempt has failed yet', () => {
  expect(reconnectNs({ ...config, reconnect: 'rfc5626' }, LOW)).toBe(15 * S);
  expect(reconnectNs({ ...config, reconnect: 'rfc5626' }, HIGH)).toBeCloseTo(30 * S, -2);
});

test('lockstep: at once', () => {
  expect(reconnectNs({ ...config, reconnect: 'lockstep' }, HIGH)).toBe(0);
});
