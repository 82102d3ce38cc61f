/** Utilisation and times of stations, over exactly the load or the window, by hand and in a run. */
import { describe, expect, it } from 'vitest';
import { stationReport } from '../../results/recording/self-checks.js';
import { StationMeter } from '../../sim/host/station-meter.js';
import type { World } from '../../sim/world.js';
import { cellOf } from '../cell.js';
import { parseScenario } from '../scenario/loader.js';
import { simulate } from '../simulate.js';
import { StationWatch } from './stations.js';

const S = 1e9;
const END_S = 10;

/** A job: when it arrives, when its service begins and when that ends, in seconds. */
type Job = readonly [arrivesS: number, beginsS: number, endsS: number];

/** The report of one station with one server that does `jobs`, load from 2.5 to 4.5 s. */
function reportOf(jobs: readonly Job[], window?: { fromSecond: number; untilSecond: number }) {
  const kernel = { nowNs: 0 };
  const meter = new StationMeter(kernel, 1);
  const idle = new StationMeter(kernel, 1);
  const world = {
    kernel,
    host: (name: string) => ({ cpuMeter: name === 'core' ? meter : idle, storage: { meter: idle } }),
  } as unknown as World;
  const phases = { loadFromNs: 2.5 * S, loadUntilNs: 4.5 * S, healNs: 4.5 * S, endNs: END_S * S };
  const watch = new StationWatch(world, phases, 1, window !== undefined);
  const happens: [number, () => void][] = jobs.flatMap(
    ([arrivesS, beginsS, endsS]): [number, () => void][] => [
      [arrivesS, () => meter.arrive()],
      [beginsS, () => meter.begin((endsS - beginsS) * S)],
      [
        endsS,
        () => {
          meter.end();
          meter.leave(arrivesS * S);
        },
      ],
    ],
  );
  for (const { atNs, look } of watch.looks) happens.push([atNs / S, look]);
  for (let second = 1; second <= END_S; second++) happens.push([second, () => watch.sample(second * S)]);
  // Ends before begins at one instant.
  happens.sort(([a], [b]) => a - b);
  for (const [atS, happen] of happens) {
    kernel.nowNs = Math.round(atS * S);
    happen();
  }
  return stationReport(watch.accounts(window)[0], END_S * S);
}

describe('a station by hand', () => {
  it('is busy under load for the time between its beginning and its end, in the middle of seconds', () => {
    // 0.3 s and 0.1 s of two.
    const report = reportOf([
      [2.6, 2.6, 2.9],
      [4.4, 4.4, 5.4],
    ]);
    expect(report.loadUtilisation).toBeCloseTo(0.2, 9);
    expect(report.utilisation).toBeCloseTo(0.13, 9);
    expect(report.peakUtilisation).toBeCloseTo(0.6, 9);
  });

  it('shows a steady-state run its window, and what was cut in two by its share', () => {
    const jobs: Job[] = [
      [0.5, 0.5, 1.5],
      [0.6, 1.5, 2.4],
      [0.7, 2.4, 2.5],
      [2.5, 2.5, 3.5],
      [3.2, 3.5, 3.9],
      [4.6, 4.6, 5.2],
      [6, 6, 8],
    ];
    const report = reportOf(jobs, { fromSecond: 3, untilSecond: 5 });
    expect(report.loadUtilisation).toBeCloseTo((0.5 + 0.4 + 0.4) / 2, 9);
    expect(report.peakUtilisation).toBeCloseTo(0.9, 9);
    expect(report.maxPresent).toBe(2);
    expect(report.meanPresent).toBeCloseTo((0.5 + 0.7 + 0.4) / 2, 9);
    expect(report.meanTimeUs).toBeCloseTo(1e6 * ((1 + 0.7) / 2), 3);
    expect(report.meanServiceUs).toBeCloseTo(1e6 * ((0.4 + 0.6) / 2), 3);
    // Counts and utilisation of the whole run.
    expect(report).toMatchObject({ arrived: 7, completed: 7 });
    expect(report.utilisation).toBeCloseTo(0.6, 9);
    expect(reportOf(jobs)).toMatchObject({ maxPresent: 3, peakUtilisation: 1 });
  });
});

describe('a run', () => {
  /** Each message costs the Core 4 ms, a request and a response. */
  const load = (...overrides: string[]) =>
    simulate(
      cellOf(
        parseScenario(
          `
version: 1
name: busy
rampUp: 2s
duration: 4s
drain: 10s
population: { subscribers: 50 }
traffic: { pager: { process: constant, rate: 100/s, size: { dist: fixed, value: 100B } } }
network: { delay: 1ms, jitter: 0ms }
client: { keepAlive: false }
core: { cpu: { servers: 1, costs: { request: { base: 2ms }, response: { base: 2ms }, register: { base: 1ms } } } }
`,
          'busy.yaml',
          overrides,
        ),
      ),
    ).summary.stations?.[0].loadUtilisation;

  it('of 100 messages of 4 ms a second keeps the Core busy for 40 % of the load', () => {
    expect(load()).toBeCloseTo(0.4, 2);
    expect(load('rampUp=2500ms', 'duration=2s')).toBeCloseTo(0.4, 2);
    expect(load('duration=500ms', 'traffic.pager.rate=200/s')).toBeCloseTo(0.8, 1);
  });
});
