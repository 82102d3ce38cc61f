/**
 * The arithmetic of the reconnect storm (a million users at a Core that takes 5,000 REGISTER a second), reproduced at one part in 500:
 * 2,000 users and 10/s. Times and ratios stay the same. At full size it is the scenario
 * `reconnect-avalanche`, which takes minutes and is run by hand.
 */
import { describe, expect, it } from 'vitest';
import { forecastOf } from '../workloads/forecast/forecast.js';
import { cellOf } from '../workloads/cell.js';
import { loadScenario } from '../workloads/scenario/scenario-files.js';
import { prepare } from '../workloads/simulate.js';
import { runToEnd } from '../workloads/simulation.js';

const USERS = 2_000;
const PER_S = 10;
const SMALL = [
  `population.subscribers=${USERS}`,
  `core.registerLimit=${PER_S}/s`,
  'traffic.pager.rate=0.5/s',
  'duration=12m',
];

function storm(...more: string[]) {
  const scenario = loadScenario('reconnect-avalanche', [...SMALL, ...more]);
  const { summary, series } = runToEnd(prepare(cellOf(scenario, '42')));
  const from = summary.recovery?.endsAtSecond ?? 0;
  const sum = (column: readonly number[], first: number, length: number) =>
    column.slice(from + first, from + first + length).reduce((all, one) => all + one, 0);
  return { scenario, summary, series, from, sum };
}

describe('everybody back within 30 s, 10 REGISTER/s admitted', () => {
  const { scenario, summary, series, from, sum } = storm();

  it('first attempts are N / 30 s a second, as the plan says', () => {
    const planned = forecastOf(scenario).peakRegistersPerS;
    expect(planned).toBeCloseTo(USERS / 30, 6);
    expect(sum(series.registersSent, 0, 20) / 20).toBeGreaterThan(planned * 0.9);
    expect(sum(series.registersSent, 0, 20) / 20).toBeLessThan(planned * 1.1);
  });

  it('the Core takes what it admits and no more, so nobody is quicker than N / rate', () => {
    // A burst of one second is let in at the start.
    expect(sum(series.registersGranted, 0, 60)).toBeLessThanOrEqual(PER_S * 61);
    expect(summary.recovery?.secondsToRegister).toBeGreaterThan((USERS / PER_S) * 0.95);
    expect(summary.counts.registered).toBe(USERS);
  });

  it('who is refused comes again in waves, and the backlog curve falls to nothing', () => {
    const waves = summary.recovery?.waves ?? [];
    expect(waves.length).toBeGreaterThanOrEqual(3);
    expect(waves[0].perSecond).toBeGreaterThan(waves[waves.length - 1].perSecond);
    expect(summary.counts.registerFailures).toBe(summary.counts.registersSent - USERS);
    expect(summary.counts.registerFailures).toBeGreaterThan(USERS);
    const { peakBacklog = 0, secondsToDrain = 0 } = summary.recovery ?? {};
    expect(Math.max(...series.storeRecords)).toBe(peakBacklog);
    expect(series.storeRecords[from + secondsToDrain]).toBeLessThanOrEqual(Math.max(1, peakBacklog * 0.01));
    expect(summary.invariants.filter(({ held }) => !held)).toEqual([]);
  });
});

it('by RFC 5626 with a base of 30 s: silence for 15 s, then N / 15 s a second', () => {
  const { series, sum, from } = storm('client.reconnect=rfc5626', 'duration=2m');
  expect(sum(series.registersSent, 0, 15)).toBe(0);
  const rate = sum(series.registersSent, 15, 15) / 15;
  expect(rate).toBeGreaterThan((USERS / 15) * 0.95);
  expect(rate).toBeLessThan((USERS / 15) * 1.15);
  expect(from).toBe(10);
});
