/** How full the store was at most: over the run, or over the part of it that the figures of a steady-state run cover. */
import type { StoreOccupancy } from '../cell/figures.js';
import type { Level } from './series.js';
import type { WarmUp } from './warm-up.js';

/** The peaks of both levels. Within a window they are those at the ends of seconds. */
export function occupancyOf(records: Level, octets: Level, window?: WarmUp): StoreOccupancy {
  if (window === undefined) {
    return {
      peakRecords: records.peak,
      peakRecordsAtSecond: records.peakAtSecond,
      peakOctets: octets.peak,
      peakOctetsAtSecond: octets.peakAtSecond,
    };
  }
  const most = records.peakBetween(window.fromSecond, window.untilSecond);
  const largest = octets.peakBetween(window.fromSecond, window.untilSecond);
  return {
    peakRecords: most.peak,
    peakRecordsAtSecond: most.atSecond,
    peakOctets: largest.peak,
    peakOctetsAtSecond: largest.atSecond,
  };
}
