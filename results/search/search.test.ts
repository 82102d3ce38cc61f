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
});
