/**
 * The figures of a run that are compared: all scalars of `metrics.ts`, the counts that have no metric of their own, and what the
 * stations did. Only exact ones: the speed of the simulator is in `timing.json` and is never compared here.
 */
import type { Summary } from '../cell-result.js';
import { scalarsOf, type Unit } from '../metrics.js';

export interface Figure {
  readonly name: string;
  readonly unit: Unit;
  /** In the base unit; undefined if nothing was measured. */
  readonly value: number | undefined;
}

/** Counts that a metric shows already. */
const SHOWN_AS_METRIC: ReadonlySet<string> = new Set([
  'offered',
  'deliveredAtOnce',
  'answeredFailed',
  'stored',
  'settled',
  'expired',
  'rejected',
  'stillWaiting',
  'duplicatesDropped',
  'retransmissions',
  'transactionTimeouts',
  'registerFailures',
  'pushSessionsFailed',
]);

/** All figures of `summary` in a fixed order. */
export function figuresOf(summary: Summary): Figure[] {
  const counts = Object.entries(summary.counts)
    .filter(([name]) => !SHOWN_AS_METRIC.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name: `counts.${name}`, unit: 'count' as const, value }));
  const stations = (summary.stations ?? []).flatMap((station): Figure[] => [
    { name: `station.${station.name}.utilisation`, unit: 'share', value: station.loadUtilisation },
    { name: `station.${station.name}.time.avg`, unit: 'us', value: station.meanTimeUs },
    { name: `station.${station.name}.present.max`, unit: 'count', value: station.maxPresent },
    { name: `station.${station.name}.refused`, unit: 'count', value: station.refused },
  ]);
  return [...scalarsOf(summary), ...counts, ...stations];
}
