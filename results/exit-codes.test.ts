import { describe, expect, test } from 'vitest';
import { ExitCode, worstOf } from './exit-codes.js';

describe('exit codes', () => {
  test('nothing wrong is 0', () => {
    expect(worstOf([])).toBe(0);
    expect(worstOf([ExitCode.pass])).toBe(0);
  });

  test('7 > 4 > 3 > 5 > 6 > 8 > 9', () => {
    const order = [7, 4, 3, 5, 6, 8, 9] as ExitCode[];
    for (let i = 0; i < order.length; i++) expect(worstOf(order.slice(i).toReversed())).toBe(order[i]);
  });

  test('an interrupted run says so first', () => {
    expect(worstOf([ExitCode.invariantViolated, ExitCode.interrupted])).toBe(130);
    expect(worstOf([ExitCode.invariantViolated, ExitCode.terminated])).toBe(143);
  });
});
