/** A closed population: who asks next, and when (executor `closed`). */
import { Subject } from 'rxjs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { Kernel } from '../../sim/kernel/kernel.js';
import { Chance } from '../../sim/kernel/random.js';
import { VirtualScheduler } from '../../sim/rx.js';
import { closedTurns, type Turn } from './closed.js';
import { loadShape, type Load } from './schema.js';

const S = 1e9;

/** All turns in [5 s, untilS), each answered a second later. */
function turnsOf(closed: NonNullable<Load['closed']>, untilS: number) {
  const kernel = new Kernel();
  const scheduler = new VirtualScheduler(kernel);
  const answers = new Subject<number>();
  const seen: Turn[] = [];
  let complete = false;
  const stream = new Chance('42').stream('think', 0, 0);
  closedTurns(closed, stream, scheduler, answers, 5 * S, untilS * S).subscribe({
    next: (turn) => {
      expect(turn.atNs).toBe(kernel.nowNs);
      seen.push(turn);
      scheduler.timer(1000).subscribe(() => answers.next(turn.user));
    },
    complete: () => (complete = true),
  });
  // An answer to somebody who is not one of them brings no turn.
  scheduler.timer(6000).subscribe(() => answers.next(closed.users));
  kernel.runUntil((untilS + 100) * S);
  return { seen, complete };
}

test('each user thinks, asks, waits for the answer, and thinks again, until the load is over', () => {
  const { seen, complete } = turnsOf({ users: 3, think: 2 * S, distribution: 'constant' }, 19);
  const expected = [7, 10, 13, 16].flatMap((at) => [0, 1, 2].map((user) => ({ user, atNs: at * S })));
  expect(seen).toEqual(expected);
  expect(complete).toBe(true);
});

test('a thought takes the time it was given on average, exponentially, and the first one too', () => {
  const { seen } = turnsOf({ users: 50, think: 4 * S, distribution: 'exponential' }, 2005);
  const last = new Map<number, number>();
  const thoughts = seen.map(({ user, atNs }) => {
    const from = last.has(user) ? last.get(user)! + S : 5 * S;
    last.set(user, atNs);
    return (atNs - from) / S;
  });
  // 50 users, a turn each five seconds, for 2000 s.
  expect(Math.abs(thoughts.length - 20_000)).toBeLessThan(500);
  const mean = thoughts.reduce((sum, x) => sum + x, 0) / thoughts.length;
  expect(mean).toBeCloseTo(4, 0);
  const shorter = thoughts.filter((x) => x < mean).length / thoughts.length;
  expect(shorter).toBeCloseTo(1 - Math.exp(-1), 1);
  const firsts = thoughts.slice(0, 20);
  expect(Math.max(...firsts)).toBeGreaterThan(1);
  expect(new Set(firsts).size).toBe(20);
});

test('thoughts are exponential where nothing else is said', () => {
  const { closed } = z
    .strictObject(loadShape)
    .parse({ executor: 'closed', closed: { users: 2, think: '1s' } });
  expect(closed).toEqual({ users: 2, think: S, distribution: 'exponential' });
});
