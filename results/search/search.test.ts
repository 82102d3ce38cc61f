import { describe, expect, it } from 'vitest';
import { sampleResult } from '../../test/support/sample-result.js';
import type { Summary } from '../cell-result.js';
import { parseObjective } from '../thresholds.js';
import { findCapacity, type CapacityQuestion, type ProbeKind } from './capacity.js';
import { gridOf } from './grid.js';
import { swingsOf } from './sensitivity.js';

const objective = (text: string) => {
  const result = parseObjective(text);
  if (!result.ok) throw new Error(result.fault.message);
  return result.threshold;
};

/** A station that serves 1000 a second: M/M/1, so that the mean dwell is 1/(1000 - load) s. */
function model(load: number, change: { lateFrom?: number; worse?: number } = {}): Summary {
  const { summary } = sampleResult();
  const { lateFrom = 1e9, worse = 1 } = change;
  const seconds = load < 1000 ? worse / (1000 - load) : 1e3;
  const trend = { ...summary.distributions.dwell!, meanUs: seconds * 1e6 };
  const inadequate = load > lateFrom ? Math.ceil((load - lateFrom) * 0.1) : 0;
  const none = { unanswered: 0, undelivered: 0, spoilt: 0, answerLimitNs: 1, deliveryLimitNs: 1 };
  const idle = { servers: 1, arrived: 1, completed: 1, refused: 0, dropped: 0, utilisation: 0 };
  const short = { meanPresent: 1, maxPresent: 1, meanTimeUs: 1, meanServiceUs: 1, peakUtilisation: 1 };
  return {
    ...summary,
    counts: { ...summary.counts, offered: load, answeredDelivered: load, answeredDeferred: 0 },
    distributions: { dwell: trend },
    ihs: { attempts: 10_000, inadequate, ...none },
    stations: [{ name: 'the bottleneck', ...idle, ...short, loadUtilisation: load / 1000 }],
  };
}

const WARM_UP = { until: 'mser5', fromSecond: 0, untilSecond: 10, removedSeconds: 0, series: [] } as const;
const SPACE = { start: 10, least: 1, most: 1e6, precision: 0.02, whole: true };

function question(over: Partial<CapacityQuestion>): CapacityQuestion {
  return {
    space: SPACE,
    objectives: [objective('push.dwell:avg<10ms')],
    carriedAtLeast: 0.99,
    confirmations: 0,
    loadSeconds: 1,
    evaluate: (load) => Promise.resolve(model(load)),
    ...over,
  };
}

describe('capacity', () => {
  it('finds the known answer, 900 a second, within 2 %, from far below and from far above', async () => {
    for (const start of [1, 10, 850, 30_000]) {
      const { verdict, highestPassing, lowestFailing, probes } = await findCapacity(
        question({ space: { ...SPACE, start } }),
      );
      expect(verdict).toBe('found');
      expect(highestPassing).toBeLessThan(900);
      expect(lowestFailing).toBeGreaterThanOrEqual(900);
      expect(highestPassing! / 900).toBeGreaterThan(0.98);
      expect(probes.find(({ load }) => load === lowestFailing)!.station).toBe('the bottleneck');
    }
  });

  it('tries as few loads as the precision asks for: whole ones, and from far below where the busiest station may end', async () => {
    const rough = await findCapacity(question({ space: { ...SPACE, precision: 0.5 } }));
    expect(rough.highestPassing).toBeLessThan(900);
    expect(rough.lowestFailing).toBeGreaterThanOrEqual(900);
    expect(rough.lowestFailing! - rough.highestPassing!).toBeGreaterThan(100);
    const exact = await findCapacity(question({ space: { ...SPACE, precision: 1e-9 } }));
    expect(exact).toMatchObject({ verdict: 'found', highestPassing: 899, lowestFailing: 900 });
    for (const { load } of exact.probes) expect(Number.isInteger(load)).toBe(true);
    // At a load of 1 the station is busy for a thousandth: half of what fills it comes next.
    const asked: number[] = [];
    await findCapacity(
      question({ space: { ...SPACE, start: 1 }, onProbe: ({ load }) => void asked.push(load) }),
    );
    expect(asked.slice(0, 3)).toEqual([1, 500, 1000]);
    // Whole numbers have an end below, whatever the bound.
    const none = question({ space: { ...SPACE, least: 0 }, objectives: [objective('push.dwell:avg<1us')] });
    expect(await findCapacity(none)).toMatchObject({ verdict: 'nothing-passes', lowestFailing: 1 });
  });

  it('never invents a ceiling: bound not found, nothing passes', async () => {
    const easy = question({
      objectives: [objective('push.dwell:avg<1h')],
      evaluate: (load) => Promise.resolve(model(load / 1e6)),
    });
    expect(await findCapacity(easy)).toMatchObject({ verdict: 'bound-not-found', highestPassing: 1e6 });
    const answer = await findCapacity(question({ objectives: [objective('push.dwell:avg<1us')] }));
    expect(answer).toMatchObject({ verdict: 'nothing-passes', lowestFailing: 1 });
    expect(answer.highestPassing).toBeUndefined();
  });

  it('says when a load fails below one that passes', async () => {
    const dented = (load: number) => Promise.resolve(model(load > 600 && load < 700 ? 999 : load));
    const answer = await findCapacity(question({ evaluate: dented, space: { ...SPACE, start: 800 } }));
    expect(answer.verdict).toBe('not-monotone');
    expect(answer.contradiction!.failing).toBeLessThan(answer.contradiction!.passing);
  });

  it('a load that does not carry what is offered does not pass', async () => {
    const lossy = (load: number) => {
      const summary = model(load);
      return Promise.resolve({
        ...summary,
        counts: { ...summary.counts, answeredDelivered: Math.min(load, 400) },
      });
    };
    const { highestPassing } = await findCapacity(question({ evaluate: lossy }));
    expect(highestPassing).toBeLessThanOrEqual(404);
    expect(highestPassing).toBeGreaterThan(390);
  });

  it('confirms under fresh seeds, and lowers a winner that does not hold', async () => {
    let asked = 0;
    const worse = (factor: number) => (load: number, kind: ProbeKind) => {
      if (kind.phase === 'confirm') asked++;
      return Promise.resolve(model(load, kind.phase === 'confirm' ? { worse: factor } : {}));
    };
    const answer = await findCapacity(question({ evaluate: worse(1.2), confirmations: 3 }));
    expect(answer.verdict).toBe('found');
    expect(answer.confirmedLoad).toBeLessThan(880);
    expect(answer.confirmedLoad).toBeGreaterThan(860);
    expect(asked % 3).toBe(0);
    const hopeless = await findCapacity(question({ evaluate: worse(9), confirmations: 2 }));
    expect(hopeless.verdict).toBe('not-confirmed');
  });

  it('a winner that was lowered lies in a bracket of its own: what failed with fresh seeds is above it', async () => {
    const space = { ...SPACE, precision: 1e-9 };
    const asked = (worse: number) =>
      findCapacity(
        question({
          space,
          confirmations: 2,
          evaluate: (load, kind) => Promise.resolve(model(load, kind.phase === 'confirm' ? { worse } : {})),
        }),
      );
    // 899 passes and 900 fails with the common seed. With fresh ones 1.2 / (1000 - load) is 10 ms at 880: of 899, 890, 881 and 872, each 1 %
    // less, 881 is the last to fail.
    expect(await asked(1.2)).toMatchObject({
      verdict: 'found',
      highestPassing: 872,
      confirmedLoad: 872,
      lowestFailing: 881,
      unconfirmed: { load: 881, failed: ['push.dwell:avg<10ms'] },
    });
    const first = await asked(1);
    expect(first).toMatchObject({ highestPassing: 899, confirmedLoad: 899, lowestFailing: 900 });
    expect(first.unconfirmed).toBeUndefined();
    // Nothing held: the bracket is that of the common seed. 899 lowered ten times: 890, 881, 872, 863, 854, 845, 836, 827, 818, 809.
    const none = await asked(9);
    expect(none).toMatchObject({ verdict: 'not-confirmed', highestPassing: 899, lowestFailing: 900 });
    expect(none.unconfirmed?.load).toBe(809);
  });

  it('a winner holds at the far end of its confidence interval, whichever way the objective looks', async () => {
    // Three seeds at 90, 100 and 110 %: the half-width is 24.8 % of the mean.
    const spread = (kind: ProbeKind) => (kind.phase === 'confirm' ? [0.9, 1, 1.1][kind.replication]! : 1);
    const below = await findCapacity(
      question({
        evaluate: (load, kind) => Promise.resolve(model(load, { worse: spread(kind) })),
        confirmations: 3,
      }),
    );
    expect(below).toMatchObject({ verdict: 'found', confirmations: [{ met: true }] });
    expect(below.confirmedLoad).toBeLessThan(876);
    expect(below.confirmedLoad).toBeGreaterThan(860);
    const falling = (load: number, kind: ProbeKind) => {
      const summary = model(load);
      const meanUs = spread(kind) * Math.max(0, 1000 - load) * 1000;
      return Promise.resolve({
        ...summary,
        distributions: { dwell: { ...summary.distributions.dwell!, meanUs } },
      });
    };
    const above = await findCapacity(
      question({ objectives: [objective('push.dwell:avg>100ms')], evaluate: falling, confirmations: 3 }),
    );
    expect(above.verdict).toBe('found');
    expect(above.confirmedLoad).toBeLessThan(868);
    expect(above.confirmedLoad).toBeGreaterThan(850);
  });

  it('what was not measured is not kept, neither in the search nor in a confirmation', async () => {
    const silent = (load: number) => Promise.resolve({ ...model(load), distributions: {} });
    const nothing = await findCapacity(question({ evaluate: silent }));
    expect(nothing).toMatchObject({ verdict: 'nothing-passes' });
    expect(nothing.probes[0]).toMatchObject({ values: [null], failed: ['push.dwell:avg<10ms'] });
    const once = (load: number, kind: ProbeKind) =>
      kind.phase === 'confirm' && kind.replication === 1 ? silent(load) : Promise.resolve(model(load));
    const answer = await findCapacity(question({ evaluate: once, confirmations: 2 }));
    expect(answer.verdict).toBe('not-confirmed');
    expect(answer.confirmations).toEqual([{ objective: 'push.dwell:avg<10ms', met: false }]);
  });

  it('a load under which nothing settles does not pass, however good its figures', async () => {
    const unsettled = (load: number) =>
      Promise.resolve({ ...model(load), warmUp: { ...WARM_UP, settled: load < 500 } });
    const { highestPassing, probes } = await findCapacity(question({ evaluate: unsettled }));
    expect(highestPassing).toBeLessThan(500);
    expect(highestPassing).toBeGreaterThan(485);
    expect(probes.find(({ load }) => load > 500 && load < 900)!.failed).toEqual(['steady state']);
  });

  it.each([
    ['carried load', (load: number) => ({ counts: { answeredDelivered: Math.min(load, 400) } })],
    ['steady state', (load: number) => ({ warmUp: { ...WARM_UP, settled: load < 400 } })],
  ])('a confirming run is judged like a probe: %s', async (what, changeOf) => {
    const evaluate = (load: number, kind: ProbeKind) => {
      const summary = model(load);
      if (kind.phase === 'search' || kind.replication === 0) return Promise.resolve(summary);
      const { counts, ...rest } = { counts: {}, ...changeOf(load) };
      return Promise.resolve({ ...summary, ...rest, counts: { ...summary.counts, ...counts } });
    };
    const answer = await findCapacity(question({ evaluate, confirmations: 2 }));
    expect(answer.verdict).toBe('not-confirmed');
    expect(answer.confirmations).toContainEqual({ objective: what, met: false });
    expect(answer.confirmations).toMatchObject([{ met: true }, { met: false }]);
  });

  it('a load of which nothing was offered is carried, and its attempts are those of a second', async () => {
    const idle = (load: number) => {
      const summary = model(load);
      const counts = { ...summary.counts, offered: 0, answeredDelivered: 0 };
      return Promise.resolve({ ...summary, counts, ihs: { ...summary.ihs!, attempts: 0 } });
    };
    const { probes } = await findCapacity(question({ evaluate: idle }));
    expect(probes[0]).toMatchObject({ carried: 1, attemptsPerS: 0, failed: [] });
    expect('ihs' in probes[0]!).toBe(false);
    const busy = await findCapacity(question({ loadSeconds: 10 }));
    for (const probe of busy.probes) expect(probe.attemptsPerS).toBe(probe.load / 10);
  });

  it('shows the design objective capacity and the zero-failure knee beside it', async () => {
    const evaluate = (load: number) => Promise.resolve(model(load, { lateFrom: 500 }));
    const { doc, zeroFailure } = await findCapacity(question({ evaluate }));
    // 0.1 % of 10,000 attempts are 10, at a load of 600; the first one comes just above 500.
    expect(doc.highestPassing).toBeLessThanOrEqual(600);
    expect(doc.lowestFailing).toBeGreaterThan(600);
    expect(doc.lowestFailing! / doc.highestPassing!).toBeLessThanOrEqual(1.021);
    expect(zeroFailure.highestPassing).toBeLessThanOrEqual(500);
    expect(zeroFailure.lowestFailing).toBeGreaterThan(500);
  });
});

it('a grid has every combination, the last factor fastest', () => {
  const rows = gridOf([
    { path: 'a', values: ['1', '2'] },
    { path: 'b', values: ['x', 'y'] },
  ]);
  expect(rows.map((row) => row.join(''))).toEqual(['1x', '1y', '2x', '2y']);
});

it('swings are sorted, the widest first', () => {
  const factor = (path: string, atLow?: number, atHigh?: number) => ({
    path,
    low: '',
    high: '',
    atLow,
    atHigh,
  });
  const swings = swingsOf(10, [factor('b', 9, 11), factor('c', 20, 5), factor('a', 11, 9), factor('d')]);
  expect(swings.map(({ path }) => path)).toEqual(['c', 'a', 'b', 'd']);
  expect(swings[0].relative).toBe(1.5);
  // Nothing was measured at one end: that is no swing of 0, and the most decisive of all.
  const decisive = swingsOf(10, [factor('c', 20, 5), { ...factor('e'), atHigh: 7 }, factor('d')]);
  expect(decisive.map(({ path, swing }) => [path, swing])).toEqual([
    ['e', undefined],
    ['c', 15],
    ['d', undefined],
  ]);
  expect(swingsOf(-10, [factor('a', 9, 11)])[0].relative).toBe(0.2);
  for (const base of [0, undefined]) expect(swingsOf(base, [factor('a', 9, 11)])[0].relative).toBeUndefined();
  expect(swingsOf(10, [factor('a', undefined, 11), factor('b', 9)]).map(({ swing }) => swing)).toEqual([
    undefined,
    undefined,
  ]);
});
