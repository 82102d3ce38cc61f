import { describe, expect, test } from 'vitest';
import type { Series } from '../cell-result.js';
import { recoveryOf } from './recovery.js';

/** A series of which only some columns matter. */
function series(columns: Partial<Series> & Pick<Series, 'registersSent'>): Series {
  const none = columns.registersSent.map(() => 0);
  return {
    offered: none,
    deliveredAtOnce: none,
    stored: none,
    settled: none,
    settledOctets: none,
    expired: none,
    registersGranted: none,
    storeRecords: none,
    storeOctets: none,
    ...columns,
  };
}

/** `count` values of `rate`. */
const times = (count: number, rate: number) => Array.from({ length: count }, () => rate);

describe('recovery', () => {
  const outage = { startsAtSecond: 5, endsAtSecond: 10, clients: 1000 };
  // A burst of 1000 in 10 s, of which 20/s are admitted, and two waves of retries.
  const registersSent = [
    ...times(10, 0),
    ...times(10, 100),
    ...times(20, 0),
    ...times(20, 40),
    ...times(30, 1),
    ...times(20, 20),
    ...times(20, 0),
  ];
  const registersGranted = [...times(10, 0), ...times(50, 20), ...times(70, 0)];
  const backlog = [...times(5, 7), ...times(15, 500), ...times(20, 100), ...times(90, 5)];

  test('tells when everybody is registered again, counted from the end of the outage', () => {
    // 990 of 1000 at 20/s.
    expect(recoveryOf(series({ registersSent, registersGranted }), outage)?.secondsToRegister).toBe(50);
  });

  test('tells when the backlog is gone, down to what was there before the outage', () => {
    const figures = recoveryOf(series({ registersSent, storeRecords: backlog }), outage);
    expect(figures).toMatchObject({ peakBacklog: 500, secondsToDrain: 30 });
  });

  test('leaves out what never came', () => {
    const figures = recoveryOf(
      series({
        registersSent,
        registersGranted: times(130, 1),
        storeRecords: times(130, 500).map((n, i) => n + i),
      }),
      outage,
    );
    expect(figures).not.toHaveProperty('secondsToRegister');
    expect(figures).not.toHaveProperty('secondsToDrain');
  });

  test('shows the highest rates offered and carried after the outage, and the waves', () => {
    const figures = recoveryOf(series({ registersSent, registersGranted }), outage);
    expect(figures).toMatchObject({
      peakRegistersOffered: 100,
      peakRegistersOfferedAtSecond: 10,
      peakRegistersCarried: 20,
    });
    expect(figures?.waves.map(({ perSecond }) => perSecond)).toEqual([100, 40, 20]);
    expect(figures?.waves.map(({ atSecond }) => Math.floor(atSecond / 10))).toEqual([1, 4, 9]);
  });

  test('is absent for a run that ended in the outage', () => {
    expect(recoveryOf(series({ registersSent: times(10, 1) }), outage)).toBeUndefined();
  });

  test('without a backlog there is nothing to drain', () => {
    expect(recoveryOf(series({ registersSent }), outage)?.secondsToDrain).toBe(0);
  });
});

describe('back to the objective', () => {
  const outage = { startsAtSecond: 5, endsAtSecond: 10, clients: 10 };
  const flat = series({ registersSent: times(100, 1), registersGranted: times(100, 1) });
  const failed = (...seconds: number[]) => ({
    attempts: times(100, 50),
    failed: times(100, 0).map((_, second) => (seconds.includes(second) ? 5 : 0)),
  });

  test('is counted from the end of the outage to the last ten seconds with too many inadequate attempts', () => {
    expect(recoveryOf(flat, outage, failed(12, 37))?.secondsToAdequate).toBe(28);
    expect(recoveryOf(flat, outage, failed(3, 7))?.secondsToAdequate).toBe(0);
  });

  test('never comes if the last attempts still fail, and is not told where nobody judged', () => {
    expect(recoveryOf(flat, outage, failed(12, 99))?.secondsToAdequate).toBeUndefined();
    expect(recoveryOf(flat, outage)?.secondsToAdequate).toBeUndefined();
  });

  test('one failure among thousands is within the objective', () => {
    const rare = { attempts: times(100, 500), failed: times(100, 0).fill(1, 50, 51) };
    expect(recoveryOf(flat, outage, rare)?.secondsToAdequate).toBe(0);
  });
});
