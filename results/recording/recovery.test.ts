import { describe, expect, test } from 'vitest';
import type { Series } from '../cell-result.js';
import type { PlannedOutage } from './reconnection.js';
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

/** An outage of `clients` clients that all have their network back at once. */
const outageOf = (clients: number, healsFromS = 10): PlannedOutage => ({
  startsAtNs: 5e9,
  healsFromNs: healsFromS * 1e9,
  endsAtNs: 10e9,
  clients,
  healedAtNs: [healsFromS * 1e9],
  healing: new Int32Array(clients).fill(1),
});

/** What the clients that were cut do, if all that happens is theirs. */
const theirs = ({ registersSent, registersGranted }: Series, secondsToRegister?: number) => ({
  registersSent,
  registersGranted,
  secondsToRegister,
});

describe('recovery', () => {
  const outage = outageOf(1000);
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

  const figuresOf = (all: Series, since = outage) => recoveryOf(all, since, theirs(all));

  test('tells when the clients that were cut are registered again, if they are', () => {
    const all = series({ registersSent, registersGranted });
    expect(recoveryOf(all, outage, theirs(all, 50))?.secondsToRegister).toBe(50);
    expect(figuresOf(all)).not.toHaveProperty('secondsToRegister');
  });

  test('tells when the backlog is gone, down to what was there before the outage', () => {
    const figures = figuresOf(series({ registersSent, storeRecords: backlog }));
    expect(figures).toMatchObject({ peakBacklog: 500, secondsToDrain: 30 });
  });

  test('leaves out what never came', () => {
    const figures = figuresOf(series({ registersSent, storeRecords: times(130, 500).map((n, i) => n + i) }));
    expect(figures).not.toHaveProperty('secondsToDrain');
  });

  test('shows the highest rates offered and carried after the outage, and the waves', () => {
    const figures = figuresOf(series({ registersSent, registersGranted }));
    expect(figures).toMatchObject({
      peakRegistersOffered: 100,
      peakRegistersOfferedAtSecond: 10,
      peakRegistersCarried: 20,
    });
    expect(figures?.waves.map(({ perSecond }) => perSecond)).toEqual([100, 40, 20]);
    expect(figures?.waves.map(({ atSecond }) => Math.floor(atSecond / 10))).toEqual([1, 4, 9]);
  });

  test('takes rates and waves from the clients that were cut alone, from the first that has her network back', () => {
    const all = series({ registersSent: times(130, 900), registersGranted: times(130, 800) });
    const back = { registersSent, registersGranted, secondsToRegister: 3 };
    const early = { ...back, registersSent: [...times(7, 0), ...times(3, 300), ...registersSent.slice(10)] };
    expect(recoveryOf(all, outage, back)).toMatchObject({
      peakRegistersOffered: 100,
      peakRegistersCarried: 20,
    });
    expect(recoveryOf(all, outageOf(1000, 7), early)).toMatchObject({
      endsAtSecond: 10,
      peakRegistersOffered: 300,
      peakRegistersOfferedAtSecond: 7,
      waves: [{ atSecond: 7 }, { atSecond: 42 }, { atSecond: 92 }],
    });
  });

  test('sees no wave in a client now and then', () => {
    const rare = series({ registersSent: times(130, 0).map((_, second) => (second % 17 === 0 ? 1 : 0)) });
    expect(figuresOf(rare)?.waves).toEqual([]);
  });

  test('is absent for a run that ended in the outage', () => {
    expect(figuresOf(series({ registersSent: times(10, 1) }))).toBeUndefined();
  });

  test('without a backlog there is nothing to drain', () => {
    expect(figuresOf(series({ registersSent }))?.secondsToDrain).toBe(0);
  });
});

describe('back to the objective', () => {
  const outage = outageOf(10);
  const flat = series({ registersSent: times(100, 1), registersGranted: times(100, 1) });
  const failed = (...seconds: number[]) => ({
    attempts: times(100, 50),
    failed: times(100, 0).map((_, second) => (seconds.includes(second) ? 5 : 0)),
  });

  test('is counted from the end of the outage to the last ten seconds with too many inadequate attempts', () => {
    expect(recoveryOf(flat, outage, theirs(flat), failed(12, 37))?.secondsToAdequate).toBe(28);
    expect(recoveryOf(flat, outage, theirs(flat), failed(3, 7))?.secondsToAdequate).toBe(0);
  });

  test('never comes if the last attempts still fail, and is not told where nobody judged', () => {
    expect(recoveryOf(flat, outage, theirs(flat), failed(12, 99))?.secondsToAdequate).toBeUndefined();
    expect(recoveryOf(flat, outage, theirs(flat))?.secondsToAdequate).toBeUndefined();
  });

  test('an outage that ends with the load: at once if nothing failed, and nothing to say if nothing was sent', () => {
    const late = { ...outageOf(10), endsAtNs: 95e9 };
    expect(recoveryOf(flat, late, theirs(flat), failed())?.secondsToAdequate).toBe(0);
    const silent = { attempts: times(100, 50).fill(0, 95), failed: times(100, 0) };
    const figures = recoveryOf(flat, late, theirs(flat), silent);
    expect([figures?.secondsToAdequate, figures?.nothingAttempted]).toEqual([undefined, true]);
  });

  test('one failure among thousands is within the objective', () => {
    const rare = { attempts: times(100, 500), failed: times(100, 0).fill(1, 50, 51) };
    expect(recoveryOf(flat, outage, theirs(flat), rare)?.secondsToAdequate).toBe(0);
  });
});
