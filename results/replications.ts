/**
 * One cell under many seeds: every scalar of the summaries with its mean and confidence interval. Which seed does what is fixed, so the
 * same study gives the same numbers anywhere.
 */
import type { Summary } from './cell-result.js';
import { headed } from './text/format.js';
import { scalarsOf, unitOf, valueOf, type Unit } from './metrics.js';
import { quantileInterval, type QuantileInterval } from './statistics/order-statistics.js';
import { estimateOf, relativeHalfWidth, replicationsNeeded, type Estimate } from './statistics/interval.js';
import { keeps, valueText, type Threshold } from './thresholds.js';

/**
 * The seed of replication `index` (from 0): the base seed itself, then `<base>/2`, `<base>/3`, ... So the first replication is the run
 * that `--seed <base>` gives, and any other can be repeated alone by its own seed.
 */
export function replicationSeed(base: string, index: number): string {
  return index === 0 ? base : `${base}/${index + 1}`;
}

/** A scalar over replications. */
export interface ReplicatedScalar extends Estimate {
  readonly name: string;
  readonly unit: Unit;
  /** Replications needed for a half-width of 5 % of the mean, judged by these. */
  readonly neededFor5Percent?: number;
  /** The median over the replications, its interval by order statistics; absent with fewer than six. */
  readonly median?: QuantileInterval;
}

/** The scalars that at least one replication has, in the order of the table of metrics; absent values are left out of the means. */
export function replicatedScalars(summaries: readonly Summary[]): ReplicatedScalar[] {
  const tables = summaries.map(scalarsOf);
  return (tables[0] ?? []).flatMap(({ name, unit }, row) => {
    const values = tables.map((table) => table[row].value).filter((value) => value !== undefined);
    if (values.length === 0) return [];
    const estimate = estimateOf(values);
    const needed = replicationsNeeded(estimate, 0.05);
    const median = quantileInterval(values, 0.5);
    return [
      {
        name,
        unit,
        ...estimate,
        ...(needed === undefined ? {} : { neededFor5Percent: needed }),
        ...(median === undefined ? {} : { median }),
      },
    ];
  });
}

/** How a threshold fared over replications. */
export interface ReplicatedThreshold {
  readonly threshold: string;
  readonly severity: 'fail' | 'warn';
  /** Judged by the mean of the replications. */
  readonly met: boolean;
  readonly metIn: number;
  readonly n: number;
  /** The mean for people, or why there is none. */
  readonly measured: string;
  readonly mean?: number;
  readonly halfWidth?: number;
}

/** Each threshold over all replications. A replication in which nothing was measured has not met it. */
export function replicatedThresholds(
  summaries: readonly Summary[],
  thresholds: readonly Threshold[],
): ReplicatedThreshold[] {
  return thresholds.map((threshold) => {
    const all = summaries.map((summary) => valueOf(summary, threshold.metric, threshold.aggregate));
    const values = all.filter((value) => value !== undefined);
    const metIn = values.filter((value) => keeps(threshold, value)).length;
    const head = { threshold: threshold.text, severity: threshold.severity, metIn, n: summaries.length };
    if (values.length === 0) return { ...head, met: false, measured: 'nothing was measured' };
    const { mean, halfWidth } = estimateOf(values);
    const some = values.length === all.length ? '' : `, in ${values.length} of ${all.length}`;
    const measured = `${valueText(mean, unitOf(threshold.metric, threshold.aggregate))}${some}`;
    const met = values.length === all.length && keeps(threshold, mean);
    return { ...head, met, measured, mean, ...(halfWidth === undefined ? {} : { halfWidth }) };
  });
}

/** The table for people: mean, half-width, how many replications 5 % would need, and the median with its interval. Scalars that are 0 throughout are left out. */
export function replicationsText(scalars: readonly ReplicatedScalar[]): string[] {
  const shown = scalars.filter(({ mean, deviation }) => mean !== 0 || (deviation ?? 0) !== 0);
  return headed(
    ['metric', 'mean', 'half-width, 95 %', '', 'n for 5 %', 'median', '95 %: low', 'high'],
    shown.map((scalar) => {
      const relative = relativeHalfWidth(scalar);
      return [
        scalar.name,
        valueText(scalar.mean, scalar.unit),
        scalar.halfWidth === undefined ? '-' : valueText(scalar.halfWidth, scalar.unit),
        relative === undefined ? '' : `${(100 * relative).toFixed(1)} %`,
        scalar.neededFor5Percent === undefined ? '-' : String(scalar.neededFor5Percent),
        ...(scalar.median === undefined
          ? ['-', '-', '-']
          : [scalar.median.value, scalar.median.low, scalar.median.high].map((value) =>
              valueText(value, scalar.unit),
            )),
      ];
    }),
  );
}

/** Each replication a row: seed, fingerprint, all scalars in base units. */
export function replicationsCsv(summaries: readonly Summary[]): string {
  return scalarsCsv(
    ['seed', 'fingerprint'],
    summaries.map((summary) => ({ head: [summary.seed, summary.fingerprint], summary })),
  );
}

/** Tidy rows: own columns first, then every scalar with its unit in the name; an absent value is empty. */
export function scalarsCsv(
  headNames: readonly string[],
  rows: readonly { readonly head: readonly string[]; readonly summary: Summary }[],
): string {
  const [first] = rows;
  const names =
    first === undefined ? [] : scalarsOf(first.summary).map(({ name, unit }) => `${name} [${unit}]`);
  const lines = [[...headNames, ...names].map(csvCell).join(',')];
  for (const { head, summary } of rows) {
    const values = scalarsOf(summary).map(({ value }) => (value === undefined ? '' : String(value)));
    lines.push([...head.map(csvCell), ...values].join(','));
  }
  return `${lines.join('\n')}\n`;
}

function csvCell(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
