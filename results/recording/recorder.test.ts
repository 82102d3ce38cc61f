import { describe, expect, test } from 'vitest';
import { Observed } from '../../models/observations.js';
import type { ObservationHandler } from '../../sim/host/observations.js';
import { Recorder } from './recorder.js';

const S = 1_000_000_000;

/** A source of observations that a test drives by hand. */
function observed() {
  const handlers = new Map<number, ObservationHandler[]>();
  const clock = { nowNs: 0 };
  const recorder = new Recorder(
    { subscribe: (kind, handler) => void handlers.set(kind, [...(handlers.get(kind) ?? []), handler]) },
    clock,
  );
  const emit = (atNs: number, kind: number, entity: number, message: number, a = 0, b = 0, octets = 0) => {
    clock.nowNs = atNs;
    for (const handler of handlers.get(kind) ?? [])
      handler(kind, entity, message, a, b, Buffer.alloc(octets), 0, octets);
  };
  return { recorder, emit, clock };
}

describe('the recorder', () => {
  test('follows one deferred message from its offer to its settlement', () => {
    const { recorder, emit, clock } = observed();
    emit(1 * S, Observed.offered, 3, 0, 7, 1 * S);
    emit(1 * S, Observed.sent, 3, 0, 7);
    emit(2 * S, Observed.stored, 7, 0, 1.5 * S, 0, 341);
    emit(2 * S, Observed.storeAnswered, 7, 0, 202, 1.5 * S);
    emit(2.5 * S, Observed.answered, 3, 0, 202, 1 * S);
    emit(8 * S, Observed.triggered, 7, 0, 0, 1);
    emit(9 * S, Observed.triggered, 7, 0, 3600, 1);
    emit(9 * S, Observed.pushInvited, 7, 0, 250_000, 1);
    emit(9.5 * S, Observed.pushSent, 7, 0, 0, -1);
    emit(9.6 * S, Observed.presented, 7, 0);
    emit(10 * S, Observed.settled, 7, 0, 1.5 * S, 241);
    emit(10 * S, Observed.drained, 7, 0, 1 * S);
    emit(10 * S, Observed.pushEnded, 7, 0, 200, 1);
    clock.nowNs = 12 * S;

    expect(recorder.counts()).toMatchObject({
      offered: 1,
      sent: 1,
      deliveredAtOnce: 0,
      answeredDeferred: 1,
      unanswered: 0,
      stored: 1,
      pushed: 1,
      presented: 1,
      settled: 1,
      stillWaiting: 0,
      triggers: 1,
      pushSessions: 1,
      pushSessionsFailed: 0,
    });
    const { storeDelay, answerDeferred, dwell, drainTime, triggerLatency, answerDelivered } =
      recorder.distributions();
    expect(storeDelay).toMatchObject({ count: 1, maxUs: 500_000 });
    expect(answerDeferred).toMatchObject({ maxUs: 1_500_000 });
    expect(dwell).toMatchObject({ maxUs: 8_500_000 });
    expect(drainTime).toMatchObject({ maxUs: 1_000_000 });
    expect(triggerLatency).toMatchObject({ maxUs: 250 });
    expect(answerDelivered).toBeUndefined();
    expect(recorder.loads()).toEqual({
      throughput: {
        messages: { total: 1, meanPerActiveSecond: 1, activeSeconds: 1, peakPerSecond: 1, peakAtSecond: 10 },
        octets: {
          total: 241,
          meanPerActiveSecond: 241,
          activeSeconds: 1,
          peakPerSecond: 241,
          peakAtSecond: 10,
        },
      },
      store: { peakRecords: 1, peakRecordsAtSecond: 2, peakOctets: 341, peakOctetsAtSecond: 2 },
    });
    const { storeRecords, settledOctets } = recorder.series();
    expect(storeRecords).toEqual([0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0]);
    expect(settledOctets[10]).toBe(241);
  });

  test('tells the ways of a message apart, and what is left of them', () => {
    const { recorder, emit } = observed();
    for (let m = 0; m < 6; m++) emit(m, Observed.offered, 0, m, 1, m);
    emit(10, Observed.deliveredLive, 1, 0);
    emit(10, Observed.answered, 0, 0, 200, 0);
    emit(10, Observed.answered, 0, 1, 480, 0);
    emit(10, Observed.rejected, 1, -1, 480);
    for (let dm = 0; dm < 4; dm++) emit(20, Observed.stored, 1, dm, 15, 0, 100);
    emit(30, Observed.settled, 1, 0, 15, 50);
    emit(30, Observed.expired, 1, 1, 15, 30);
    emit(30, Observed.deadLettered, 1, 2, 415, 15);
    expect(recorder.counts()).toMatchObject({
      offered: 6,
      deliveredAtOnce: 1,
      answeredDelivered: 1,
      answeredFailed: 1,
      unanswered: 4,
      rejected: 1,
      stored: 4,
      settled: 1,
      expired: 1,
      deadLettered: 1,
      stillWaiting: 1,
    });
    expect(recorder.loads().store).toMatchObject({ peakRecords: 4, peakOctets: 400 });
    // The record that was set aside still takes its room.
    expect(recorder.loads().throughput?.messages.total).toBe(1);
  });

  test('measures from the intended instant, not from the first transmission', () => {
    const { recorder, emit } = observed();
    emit(5 * S, Observed.sent, 0, 0, 1);
    emit(6 * S, Observed.answered, 0, 0, 200, 1 * S);
    expect(recorder.distributions().answerDelivered).toMatchObject({ maxUs: 5_000_000 });
  });

  test('puts what happens at the very end of the run into the last row, so that rows and counts agree', () => {
    const { recorder, emit } = observed();
    emit(1.5 * S, Observed.registerSent, 1, 0, 600);
    emit(2 * S, Observed.registerSent, 2, 0, 600);
    emit(3 * S, Observed.stored, 7, 0, 3 * S, 0, 341);
    emit(3 * S, Observed.registerSent, 3, 0, 600);
    const { registersSent, registersWaiting, storeRecords } = recorder.series();
    expect(registersSent).toEqual([0, 1, 2]);
    expect(registersWaiting).toEqual([0, 1, 3]);
    expect(storeRecords).toEqual([0, 0, 1]);
    expect(recorder.counts().registersSent).toBe(3);
    // A second later they stand where they belong.
    emit(3.5 * S, Observed.registerSent, 4, 0, 600);
    expect(recorder.series().registersSent).toEqual([0, 1, 1, 2]);
    expect(recorder.series().registersWaiting).toEqual([0, 1, 2, 4]);
  });
});
