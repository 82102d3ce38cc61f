/**
 * Laws that every run must obey, whatever it simulates, as a check of the instrument itself: Little's law for each station and for the
 * store, the utilisation law, conservation of messages and octets in the store. The two sides of each come from separate accounts.
 *
 * Little's law is exact only over an interval at whose ends nothing is present; what is present at the end is allowed for.
 */
import type { SelfCheck, StationReport } from '../cell/stations.js';

/** What a station counted; a part of `StationMeter` of the laboratory. */
export interface StationAccount {
  readonly name: string;
  readonly servers: number;
  readonly arrived: number;
  readonly completed: number;
  readonly refused: number;
  readonly dropped: number;
  readonly present: number;
  readonly maxPresent: number;
  readonly spentNs: number;
  readonly serviceNs: number;
  readonly presentNs: number;
  readonly busyNs: number;
  /** Mean utilisation over the phase in which load was offered, and of the busiest second. */
  readonly loadUtilisation: number;
  readonly peakUtilisation: number;
  /** What a steady-state run tells of the station; left out: the whole run. */
  readonly window?: StationWindow | undefined;
}

/** What a station did between two instants. */
export interface StationWindow {
  readonly lengthNs: number;
  readonly busyNs: number;
  readonly presentNs: number;
  /** Jobs that left, and the time that they had spent. */
  readonly completed: number;
  readonly spentNs: number;
  /** Services that began, and their time. */
  readonly services: number;
  readonly serviceNs: number;
  readonly maxPresent: number;
  readonly peakUtilisation: number;
}

/** The store as the recorder saw it and as the device holds it. */
export interface StoreAccount {
  readonly stored: number;
  readonly gone: number;
  readonly presentNs: number;
  /** Time in the store over all messages that left it. */
  readonly spentNs: number;
  /** By the recorder's account. */
  readonly records: number;
  readonly octets: number;
  /** On the device; left out if it crashed, for then the two may differ rightly. */
  readonly deviceRecords?: number;
  readonly deviceOctets?: number;
}

/** What a server may keep on the device besides messages. */
const BOOKKEEPING_RECORDS = 16;
const BOOKKEEPING_OCTETS = 4096;

const digits = (value: number): number => Number(value.toPrecision(12));

/** The figures of a station over `virtualNs`; counts and utilisation are those of the whole run even if there is a window. */
export function stationReport(account: StationAccount, virtualNs: number): StationReport {
  const { name, servers, arrived, completed, refused, dropped, window } = account;
  // Over a whole run a job that left was served; a window cuts some in two.
  const over = window ?? { ...account, services: completed, lengthNs: virtualNs };
  const mean = (totalNs: number, jobs: number) => (jobs === 0 ? 0 : digits(totalNs / jobs / 1000));
  return {
    name,
    servers,
    arrived,
    completed,
    refused,
    dropped,
    utilisation: digits(account.busyNs / servers / virtualNs),
    loadUtilisation: digits(
      window === undefined ? account.loadUtilisation : window.busyNs / servers / window.lengthNs,
    ),
    peakUtilisation: digits(over.peakUtilisation),
    meanPresent: digits(over.presentNs / over.lengthNs),
    maxPresent: over.maxPresent,
    meanTimeUs: mean(over.spentNs, over.completed),
    meanServiceUs: mean(over.serviceNs, over.services),
  };
}

function check(law: string, where: string, expected: number, measured: number, allowed: number): SelfCheck {
  const residual = expected === measured ? 0 : Math.abs(measured - expected) / Math.max(expected, measured);
  return {
    law,
    where,
    expected: digits(expected),
    measured: digits(measured),
    residual: digits(residual),
    held: Math.abs(measured - expected) <= allowed,
  };
}

/** Two accounts of the device that may differ by the server's own bookkeeping; within that there is no residual. */
function within(law: string, expected: number, measured: number, slack: number): SelfCheck {
  const compared = check(law, 'store', expected, measured, slack);
  return compared.held ? { ...compared, residual: 0 } : compared;
}

/** The checks of a run of `virtualNs`; stations and stores through which nothing passed are left out. */
export function selfChecks(
  stations: readonly StationAccount[],
  store: StoreAccount,
  virtualNs: number,
): SelfCheck[] {
  const checks: SelfCheck[] = [];
  for (const station of stations) {
    const { name, completed, present, dropped } = station;
    if (completed === 0) continue;
    const still = (present + dropped) * virtualNs;
    checks.push(
      little(name, station.presentNs, station.spentNs, still, virtualNs),
      // A service under way is counted whole on one side and so far on the other.
      check(
        'utilisation law U = X S',
        name,
        station.serviceNs / virtualNs / station.servers,
        station.busyNs / virtualNs / station.servers,
        still === 0 ? 1e-9 : Math.max(0.01, still / virtualNs),
      ),
      check('conservation of jobs', name, station.arrived, completed + present + dropped, 0),
    );
  }
  if (store.stored === 0) return checks;
  checks.push(
    little('store', store.presentNs, store.spentNs, (store.stored - store.gone) * virtualNs, virtualNs),
    check('conservation of messages', 'store', store.stored - store.gone, store.records, 0),
  );
  if (store.deviceRecords !== undefined) {
    checks.push(within('messages on the device', store.records, store.deviceRecords, BOOKKEEPING_RECORDS));
  }
  if (store.deviceOctets !== undefined) {
    checks.push(within('octets on the device', store.octets, store.deviceOctets, BOOKKEEPING_OCTETS));
  }
  return checks;
}

/** L against lambda W: the area under the jobs present, and the time that those spent who left. */
function little(
  where: string,
  presentNs: number,
  spentNs: number,
  stillNs: number,
  virtualNs: number,
): SelfCheck {
  const allowed = stillNs / virtualNs + 1e-9 * Math.max(1, presentNs / virtualNs);
  return check("Little's law L = lambda W", where, spentNs / virtualNs, presentNs / virtualNs, allowed);
}
