import { expect, it } from 'vitest';
import { StationMeter } from '../../sim/host/station-meter.js';
import { selfChecks, stationReport, type StationAccount } from './self-checks.js';

const EMPTY_STORE = { stored: 0, gone: 0, presentNs: 0, spentNs: 0, records: 0, octets: 0 };

/** Two jobs on one server: the first from 0 to 10, the second waits from 5 and is served until 25. */
function account(): StationAccount {
  const clock = { nowNs: 0 };
  const meter = new StationMeter(clock, 1);
  meter.arrive();
  meter.begin(10);
  clock.nowNs = 5;
  meter.arrive();
  clock.nowNs = 10;
  meter.end();
  meter.leave(0);
  meter.begin(15);
  clock.nowNs = 25;
  meter.end();
  meter.leave(5);
  clock.nowNs = 100;
  const { arrived, completed, refused, dropped, present, maxPresent, spentNs, serviceNs, presentNs, busyNs } =
    meter;
  const figures = {
    arrived,
    completed,
    refused,
    dropped,
    present,
    maxPresent,
    spentNs,
    serviceNs,
    presentNs,
    busyNs,
  };
  return { name: 's', servers: 1, ...figures, loadUtilisation: 0, peakUtilisation: 0 };
}

it('a station by hand: 25 of 100 busy, 0.3 present, 15 each in the station', () => {
  expect(stationReport(account(), 100)).toMatchObject({
    utilisation: 0.25,
    meanPresent: 0.3,
    maxPresent: 2,
    meanTimeUs: 0.015,
    meanServiceUs: 0.0125,
  });
  expect(
    selfChecks([account()], EMPTY_STORE, 100).every(({ held, residual }) => held && residual === 0),
  ).toBe(true);
});

it('each law breaks when one side of its account is wrong', () => {
  const broken = (change: Partial<StationAccount>) =>
    selfChecks([{ ...account(), ...change }], EMPTY_STORE, 100)
      .filter(({ held }) => !held)
      .map(({ law }) => law);
  expect(broken({ presentNs: 31 })).toEqual(["Little's law L = lambda W"]);
  expect(broken({ busyNs: 20 })).toEqual(['utilisation law U = X S']);
  expect(broken({ arrived: 3 })).toEqual(['conservation of jobs']);
});

it('a lost message and lost octets show in the store', () => {
  const store = { stored: 9, gone: 4, presentNs: 500, spentNs: 400, records: 5, octets: 50_000 };
  const failing = (change: object) =>
    selfChecks([], { ...store, ...change }, 100)
      .filter(({ held }) => !held)
      .map(({ law }) => law);
  expect(failing({ deviceRecords: 6, deviceOctets: 50_008 })).toEqual([]);
  expect(failing({ records: 4 })).toEqual(['conservation of messages']);
  expect(failing({ deviceOctets: 40_000 })).toEqual(['octets on the device']);
});
