/** Scenario attempts by rules 6.4: each way to be handled inadequately, and what is not one. */
import { expect, it } from 'vitest';
import { BODY_MARK, mark } from '../../models/marks.js';
import { Observed } from '../../models/observations.js';
import type { ObservationHandler } from '../../sim/host/observations.js';
import { AttemptJudge } from './attempts.js';

const S = 1e9;
const USER = 7;

function judged() {
  const handlers = new Map<number, ObservationHandler[]>();
  const clock = { nowNs: 0 };
  const judge = new AttemptJudge(
    { subscribe: (kind, handler) => void handlers.set(kind, [...(handlers.get(kind) ?? []), handler]) },
    clock,
    { answerLimitNs: 10 * S, deliveryLimitNs: 60 * S },
  );
  const emit = (at: number, kind: number, entity: number, message: number, a = 0, b = 0, text = '') => {
    clock.nowNs = at * S;
    const buf = Buffer.from(text);
    for (const handler of handlers.get(kind) ?? []) handler(kind, entity, message, a, b, buf, 0, buf.length);
  };
  return {
    offer: (at: number, m: number) => emit(at, Observed.offered, 1, m, USER, at * S),
    answer: (at: number, m: number, status: number, intended: number) =>
      emit(at, Observed.answered, 1, m, status, intended * S),
    store: (at: number, dm: number, m: number) =>
      emit(at, Observed.stored, USER, dm, 0, 0, `x${mark(BODY_MARK, m)}y`),
    trigger: (at: number, expires: number) => emit(at, Observed.triggered, USER, 0, expires),
    settle: (at: number, dm: number) => emit(at, Observed.settled, USER, dm),
    giveUp: (at: number, dm: number) => emit(at, Observed.deadLettered, USER, dm),
    expire: (at: number, dm: number) => emit(at, Observed.expired, USER, dm),
    violate: (at: number, id: string, message: number) => {
      clock.nowNs = at * S;
      judge.violated(id, message);
    },
    countsAt: (at: number, fromS = 0, untilS = Infinity) => {
      clock.nowNs = at * S;
      return judge.counts(fromS * S, untilS * S);
    },
    failedAt: (second: number) => judge.bySecond().failed[second],
  };
}

it('answered in time, late, badly, never, and not yet', () => {
  const j = judged();
  for (let m = 0; m < 4; m++) j.offer(0, m);
  j.offer(95, 4);
  j.answer(10, 0, 200, 0);
  j.answer(10.1, 1, 200, 0);
  j.answer(1, 2, 503, 0);
  expect(j.countsAt(100)).toEqual({ attempts: 4, failed: 3, unanswered: 3, undelivered: 0, spoilt: 0 });
});

it('the delivery limit counts from the REGISTER, not from storing', () => {
  const j = judged();
  for (const m of [0, 1]) {
    j.offer(0, m);
    j.store(1, m, m);
    j.answer(1, m, 202, 0);
  }
  expect(j.countsAt(900)).toMatchObject({ attempts: 0 });
  j.trigger(1000, 3600);
  j.settle(1060, 0);
  j.settle(1061, 1);
  expect(j.countsAt(1100)).toEqual({ attempts: 2, failed: 1, unanswered: 0, undelivered: 1, spoilt: 0 });
});

it('and from storing if the recipient was there; a departure stops the clock', () => {
  const j = judged();
  j.trigger(0, 3600);
  for (const m of [0, 1]) {
    j.offer(5, m);
    j.store(6, m, m);
    j.answer(6, m, 202, 5);
  }
  j.trigger(30, 0);
  j.trigger(500, 3600);
  j.settle(510, 1);
  expect(j.countsAt(520)).toEqual({ attempts: 1, failed: 0, unanswered: 0, undelivered: 0, spoilt: 0 });
  expect(j.countsAt(561)).toEqual({ attempts: 2, failed: 1, unanswered: 0, undelivered: 1, spoilt: 0 });
});

it('to expire while the recipient is away is no failure; late twice over is one failure', () => {
  const j = judged();
  j.offer(0, 0);
  j.store(1, 0, 0);
  j.answer(1, 0, 202, 0);
  j.expire(3600, 0);
  j.offer(0, 1);
  j.store(1, 1, 1);
  j.answer(20, 1, 202, 0);
  j.trigger(3600, 600);
  j.settle(3700, 1);
  expect(j.countsAt(4000)).toEqual({ attempts: 2, failed: 1, unanswered: 1, undelivered: 1, spoilt: 0 });
});

it('numbers of deferred messages may have gaps: one that was not given out blames nobody', () => {
  const j = judged();
  j.trigger(0, 3600);
  for (const [m, dm] of [
    [0, 3],
    [1, 4096],
  ]) {
    j.offer(5, m);
    j.store(6, dm, m);
    j.answer(6, m, 202, 5);
    j.settle(10, dm);
  }
  expect(j.countsAt(5000)).toMatchObject({ attempts: 2, failed: 0, undelivered: 0 });
});

it('what was given up has failed, and is over once: it takes nothing of its user with it when she deletes it later', () => {
  const j = judged();
  j.trigger(0, 3600);
  for (const m of [0, 1, 2]) {
    j.offer(5, m);
    j.store(6, m, m);
    j.answer(6, m, 202, 5);
  }
  j.giveUp(10, 1);
  j.settle(11, 2);
  j.settle(12, 1);
  j.settle(13, 0);
  j.trigger(20, 0);
  j.trigger(500, 3600);
  expect(j.countsAt(1000)).toMatchObject({ attempts: 3, failed: 1, undelivered: 1 });
});

it('a message is handled inadequately once, however many violations it has and however late it is besides', () => {
  const j = judged();
  for (const m of [0, 1, 2, 3]) {
    j.offer(5, m);
    j.answer(m === 1 ? 20 : 6, m, 200, 5);
  }
  // Message 0 is altered in the store, on its way and twice over; message 1 was answered too late, too.
  for (const id of ['I4', 'I4', 'I5', 'I8']) j.violate(7, id, 0);
  j.violate(7, 'I1', 1);
  // These say nothing of how a message was handled.
  j.violate(7, 'I11', 2);
  j.violate(7, 'I14', -1);
  expect(j.countsAt(30)).toEqual({ attempts: 4, failed: 2, unanswered: 1, undelivered: 0, spoilt: 2 });
  expect(j.failedAt(5)).toBe(2);
});

it('a spoilt message is decided at once; a violation of no known message is one more, when it was seen', () => {
  const j = judged();
  for (const at of [5, 15, 25]) {
    const m = (at - 5) / 10;
    j.offer(at, m);
    j.store(at, m, m);
    j.answer(at, m, 202, at);
  }
  j.violate(26, 'I4', 0);
  j.violate(26, 'I2', 2);
  j.violate(27, 'I2', -1);
  j.violate(28, 'I2', 77);
  expect(j.countsAt(30)).toMatchObject({ attempts: 2, failed: 2, spoilt: 4 });
  expect(j.countsAt(30, 0, 20)).toMatchObject({ attempts: 1, failed: 1, spoilt: 1 });
  expect(j.countsAt(30, 20, 28)).toMatchObject({ attempts: 1, failed: 1, spoilt: 2 });
});
