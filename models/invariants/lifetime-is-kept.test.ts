import { describe, expect, test } from 'vitest';
import { Observed } from '../observations.js';
import { ASSERTED_LINES, Bench, record, S, stored } from './testing.js';

describe('I9b: the lifetime', () => {
  // Received 2 s after the start, Date one second before: the lifetime counts from Date (A10).
  const BASE = 1 * S;
  test.each([
    ['its Expires', ['Expires: 60'], {}, BASE + 60 * S],
    ['the maximum, if it asks for exactly that', ['Expires: 5000'], {}, BASE + 5000 * S],
    ['the default, above the maximum', ['Expires: 5001'], {}, BASE + 1000 * S],
    ['the default, without Expires', [], {}, BASE + 1000 * S],
    ['the default, with a malformed one', ['Expires: soon'], {}, BASE + 1000 * S],
    [
      'counted from receipt, if Date is not trusted',
      ['Expires: 60'],
      { expiry: { defaultNs: S, maxNs: 5000 * S, skewLimitNs: 0.5 * S } },
      62 * S,
    ],
    ['none, if the operator says so', ['Expires: 60'], { expiry: undefined }, -1],
  ])('is %s', (_what, lines, context, expiresAtNs) => {
    const stamp = (ns: number): Bench => stored(context, lines).see(Observed.stamped, 2, 0, ns, 2 * S);
    expect(stamp(expiresAtNs).violated()).toEqual([]);
    expect(stamp(expiresAtNs + 1).violated()).toEqual(['I9b']);
    const push = (atS: number): string[] =>
      stamp(expiresAtNs).see(Observed.pushSent, 2, 0, 0, 0, '', atS).violated();
    const expire = (atS: number): string[] =>
      stamp(expiresAtNs).see(Observed.expired, 2, 0, 0, 0, '', atS).violated();
    if (expiresAtNs < 0) {
      expect(push(1e6)).toEqual([]);
      expect(expire(1e6)).toEqual(['I9b']);
      return;
    }
    const endS = expiresAtNs / S;
    expect(push(endS - 0.001)).toEqual([]);
    expect(push(endS)).toEqual(['I9b']);
    expect(expire(endS - 0.001)).toEqual(['I9b']);
    expect(expire(endS)).toEqual([]);
  });

  test('Expires 0 is not stored (A9)', () => {
    expect(
      stored({}, ['Expires: 0'])
        .see(Observed.stamped, 2, 0, BASE + 1000 * S, 2 * S)
        .violated(),
    ).toEqual(['I9b']);
  });

  test('is that of each record, where one message has two', () => {
    // Counted from receipt, since Date is not trusted.
    const context = { expiry: { defaultNs: 1000 * S, maxNs: 5000 * S, skewLimitNs: 0.5 * S } };
    const twice = (): Bench =>
      stored(context).see(Observed.stored, 2, 1, 20 * S, 0, record(ASSERTED_LINES), 20.01);
    const END_S = 1002;
    expect(
      twice()
        .see(Observed.expired, 2, 0, 2 * S, 0, '', END_S)
        .violated(),
    ).toEqual(['I8']);
    expect(
      twice()
        .see(Observed.expired, 2, 0, 2 * S, 0, '', END_S - 0.001)
        .violated(),
    ).toEqual(['I8', 'I9b']);
  });

  test('what was never stored is not pushed', () => {
    expect(new Bench().see(Observed.pushSent, 2, 5, 0, -1).violated()).toEqual(['I9b']);
  });
});
