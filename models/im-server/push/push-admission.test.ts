import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PushConfig } from '../config.js';
import { PushAdmission } from './push-admission.js';

const MS = 1e6;

function admission(maxSessions: number, startsPerSecond: number, subscribers = 200): PushAdmission {
  return new PushAdmission({ maxSessions, startsPerSecond } as PushConfig, subscribers);
}

/** Brings users into the line at time 0, in this order. */
function inLine(admission: PushAdmission, ...users: readonly number[]): void {
  for (const user of users) {
    admission.spread(user, 0);
    admission.enter(user);
  }
}

describe('admission of push sessions (rules 5)', () => {
  it('in the order of the line, not of the triggers', () => {
    const one = admission(10, 0);
    one.spread(1, 5);
    one.spread(2, 7);
    one.enter(2);
    one.enter(1);
    expect([one.admit(9), one.admit(9), one.admit(9)]).toEqual([2, 1, -1]);
    expect([one.triggeredAtNs(1), one.triggeredAtNs(2)]).toEqual([5, 7]);
  });

  it('so many sessions at a time, and one more for each that ends', () => {
    const one = admission(2, 0);
    inLine(one, 1, 2, 3);
    expect([one.admit(0), one.admit(0), one.admit(0)]).toEqual([1, 2, -1]);
    // Not the rate holds the line up, so there is nothing to wait for.
    expect(one.waitNs(0)).toBe(-1);
    one.finished(1);
    expect([one.admit(0), one.admit(0)]).toEqual([3, -1]);
  });

  it('so many starts a second, without saving up in quiet times', () => {
    const one = admission(100, 10);
    inLine(one, 1, 2, 3);
    expect([one.admit(0), one.admit(0)]).toEqual([1, -1]);
    expect(one.waitNs(0)).toBe(100 * MS);
    expect([one.admit(99 * MS), one.waitNs(99 * MS)]).toEqual([-1, 1 * MS]);
    expect(one.admit(100 * MS)).toBe(2);
    expect(one.admit(5000 * MS)).toBe(3);
    inLine(one, 4, 5);
    expect([one.admit(5000 * MS), one.waitNs(5000 * MS)]).toEqual([-1, 100 * MS]);
  });

  it('A23: who spreads, waits or runs is busy; a second trigger, or an end without a session, is a defect', () => {
    const one = admission(1, 0);
    expect(one.isBusy(7)).toBe(false);
    one.spread(7, 0);
    expect([one.isBusy(7), one.isRunning(7)]).toEqual([true, false]);
    expect(() => one.spread(7, 1)).toThrow('a second trigger');
    one.enter(7);
    expect(() => one.enter(7)).toThrow('without a trigger');
    expect([one.isBusy(7), one.isRunning(7)]).toEqual([true, false]);
    expect(() => one.finished(7)).toThrow('does not run');
    expect(one.admit(0)).toBe(7);
    expect(one.isRunning(7)).toBe(true);
    one.finished(7);
    expect(one.isBusy(7)).toBe(false);
  });

  it('the line grows without losing its order, wherever in the ring it begins', () => {
    const one = admission(1000, 0, 400);
    const users = Array.from({ length: 300 }, (_, i) => i);
    inLine(one, ...users.slice(0, 50));
    const out = users.slice(0, 40).map(() => one.admit(0));
    inLine(one, ...users.slice(50));
    for (let i = 0; i < 260; i++) out.push(one.admit(0));
    expect(out).toEqual(users);
  });

  it('any program of triggers, starts and ends: first in, first out, never above the limit, nobody lost', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.oneof(fc.constant('admit'), fc.constant('finish'), fc.nat(149)), { maxLength: 600 }),
        (most, program) => {
          const one = admission(most, 0);
          const line: number[] = [];
          const running: number[] = [];
          for (const step of program) {
            if (step === 'admit') {
              const expected = running.length < most ? (line.shift() ?? -1) : -1;
              expect(one.admit(0)).toBe(expected);
              if (expected >= 0) running.push(expected);
            } else if (step === 'finish') {
              const user = running.shift();
              if (user !== undefined) one.finished(user);
            } else if (typeof step === 'number' && !one.isBusy(step)) {
              inLine(one, step);
              line.push(step);
            }
            for (const user of [...line, ...running]) expect(one.isBusy(user)).toBe(true);
          }
        },
      ),
      { seed: 42, numRuns: 60 },
    );
  });
});
