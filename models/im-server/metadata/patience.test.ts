import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { Patience } from './patience.js';

/** Patience in seconds after an exchange that took `seconds`. */
function afterExchange(patience: Patience, seconds: number): number {
  patience.asked(100 * NS_PER_S);
  patience.heard((100 + seconds) * NS_PER_S);
  return patience.ns / NS_PER_S;
}

function lostTimes(times: number, mostS = 60): Patience {
  const patience = new Patience(NS_PER_S, mostS * NS_PER_S);
  for (let n = 0; n < times; n++) patience.lost();
  return patience;
}

describe('how long silence is borne', () => {
  test.each([
    [0, 60, 1],
    [1, 60, 2],
    [3, 60, 8],
    [20, 60, 60],
    // A limit below the configured time does not shorten it.
    [20, 0.5, 1],
  ])('after %d silences, with a limit of %d s: %d s', (times, mostS, seconds) => {
    expect(lostTimes(times, mostS).ns).toBe(seconds * NS_PER_S);
  });

  test('eight quick answers in a row halve it, down to where it began', () => {
    const patience = lostTimes(2);
    const quick = (count: number) => {
      for (let n = 0; n < count; n++) afterExchange(patience, 0.1);
      return patience.ns / NS_PER_S;
    };
    expect([quick(7), quick(1), quick(8), quick(8)]).toEqual([4, 2, 1, 1]);
  });

  test('a slow answer or a silence begins the row again', () => {
    const patience = lostTimes(3);
    for (let n = 0; n < 40; n++) afterExchange(patience, n % 8 === 7 ? 2 : 0.1);
    expect(patience.ns).toBe(8 * NS_PER_S);
    for (let n = 0; n < 7; n++) afterExchange(patience, 0.1);
    patience.lost();
    expect(afterExchange(patience, 0.1)).toBe(16);
  });

  test('an answer right behind another one says nothing about the time of an exchange', () => {
    const patience = lostTimes(3);
    afterExchange(patience, 3);
    for (let n = 0; n < 20; n++) patience.heard(103 * NS_PER_S);
    expect(patience.ns).toBe(8 * NS_PER_S);
  });

  test('silence is counted from the last thing that came', () => {
    const patience = lostTimes(0);
    patience.asked(5 * NS_PER_S);
    patience.heard(7 * NS_PER_S);
    expect(patience.silentNs(10 * NS_PER_S)).toBe(3 * NS_PER_S);
  });
});
