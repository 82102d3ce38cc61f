/**
 * Rows of a sweep against its first row, replication by replication: the same index is the same seed, so both saw the same arrivals,
 * sizes and losses (common random numbers), and the difference is known far better than either mean.
 *
 * Not done: a correction for many comparisons. Of twenty rows without any effect one will have p < 0.05.
 */
import type { Summary } from './cell-result.js';
import { columns } from './text/format.js';
import { scalarsOf, type Unit } from './metrics.js';
import { pairedDifference, type PairedDifference } from './statistics/interval.js';
import { valueText } from './thresholds.js';

/** A scalar of one row less that of the base row. */
export interface PairedScalar extends PairedDifference {
  readonly name: string;
  readonly unit: Unit;
  readonly base: number;
}

/** All scalars that every run of both rows has, in the order of the table of metrics. Needs rows of one length. */
export function pairedScalars(base: readonly Summary[], row: readonly Summary[]): PairedScalar[] {
  const before = base.map(scalarsOf);
  const after = row.map(scalarsOf);
  return (before[0] ?? []).flatMap(({ name, unit }, i): PairedScalar[] => {
    const old = before.map((table) => table[i].value).filter((value) => value !== undefined);
    const now = after.map((table) => table[i].value).filter((value) => value !== undefined);
    if (old.length < base.length || now.length < row.length || old.length !== now.length) return [];
    const mean = old.reduce((sum, value) => sum + value, 0) / old.length;
    return [{ name, unit, base: mean, ...pairedDifference(old, now) }];
  });
}

/** A difference with its sign. */
export function signedText(value: number, unit: Unit): string {
  return `${value < 0 ? '-' : '+'}${valueText(Math.abs(value), unit)}`;
}

/** The table for people: mean difference, half-width and p of the scalars `shown`, a line for each row but the first. */
export function pairedText(
  factors: readonly string[],
  rows: readonly { readonly values: readonly string[]; readonly differences: readonly PairedScalar[] }[],
  shown: readonly string[],
): string[] {
  return columns([
    [...factors, 'metric', 'difference', 'half-width, 95 %', 'p'],
    ...rows.flatMap(({ values, differences }) =>
      differences
        .filter(({ name, mean, deviation }) => shown.includes(name) && (mean !== 0 || deviation !== 0))
        .map(({ name, unit, mean, halfWidth, p }) => [
          ...values,
          name,
          signedText(mean, unit),
          halfWidth === undefined ? '-' : valueText(halfWidth, unit),
          p === undefined ? '-' : p < 0.001 ? '<0.001' : p.toFixed(3),
        ]),
    ),
  ]);
}
