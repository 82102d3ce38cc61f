/**
 * The warm-up of a steady-state run: where it ends, and over which seconds the figures are taken. A run begins with an empty store and
 * idle stations; what is measured while they fill says nothing about how things stand later. Rule `mser5` finds the end by MSER-5
 * (`statistics/mser5.ts`) over several series of the run and takes the latest; rule `fixed` is told.
 *
 * A terminating run (an outage, a storm, a busy hour with its beginning and end) has no warm-up: its transient is the answer, and
 * nothing is removed. Counts, invariants and self-checks always cover the whole run.
 */
import { mser5 } from '../statistics/mser5.js';

/** What the scenario asks for. Seconds of virtual time since the start of the run; the load covers [fromSecond, untilSecond). */
export interface WarmUpRule {
  readonly until: 'mser5' | 'fixed';
  readonly fromSecond: number;
  readonly untilSecond: number;
  /** `fixed`: seconds to remove. `mser5`: most seconds that may be removed. */
  readonly seconds: number;
}

/** How one series settled. */
export interface SettledSeries {
  readonly name: string;
  /** Seconds that MSER-5 removes from this series. */
  readonly removedSeconds: number;
  readonly settled: boolean;
}

/** What was removed, and what the figures cover. Part of the summary. */
export interface WarmUp {
  readonly until: 'mser5' | 'fixed';
  /** The figures cover the seconds [fromSecond, untilSecond). */
  readonly fromSecond: number;
  readonly untilSecond: number;
  readonly removedSeconds: number;
  /** False if a series had not come to rest within what may be removed: the figures are not those of a steady state. */
  readonly settled: boolean;
  /** By MSER-5; empty with a fixed warm-up. */
  readonly series: readonly SettledSeries[];
}

/** One value for each slice, from the start of the load. */
export interface SlicedSeries {
  readonly name: string;
  readonly values: readonly number[];
}

/** Slices of the load whose values are looked at; each is a whole number of seconds. */
const MOST_SLICES = 200;
/** MSER-5 needs ten values. */
const FEWEST_SLICES = 10;

/** Length of a slice, in seconds. */
export function sliceSeconds({ fromSecond, untilSecond }: WarmUpRule): number {
  return Math.max(1, Math.ceil((untilSecond - fromSecond) / MOST_SLICES));
}

/** The last second at which the warm-up may end. */
export function latestEnd({ fromSecond, seconds, untilSecond }: WarmUpRule): number {
  return Math.min(fromSecond + seconds, untilSecond);
}

/** Judges the warm-up of a run. `series` are those of its load, each slice `sliceSeconds` long. */
export function warmUpOf(rule: WarmUpRule, series: readonly SlicedSeries[]): WarmUp {
  const { until, fromSecond, untilSecond, seconds } = rule;
  const latest = latestEnd(rule);
  if (until === 'fixed') {
    const removedSeconds = latest - fromSecond;
    return { until, fromSecond: latest, untilSecond, removedSeconds, settled: true, series: [] };
  }
  const slice = sliceSeconds(rule);
  const judged = series.flatMap(({ name, values }): SettledSeries[] => {
    const found = values.length < FEWEST_SLICES ? undefined : mser5(values);
    if (found === undefined) return [];
    const removedSeconds = found.cut * slice;
    return [{ name, removedSeconds, settled: found.settled && removedSeconds <= seconds }];
  });
  const wanted = judged.reduce((most, { removedSeconds }) => Math.max(most, removedSeconds), 0);
  const end = Math.min(fromSecond + wanted, latest);
  return {
    until,
    fromSecond: end,
    untilSecond,
    removedSeconds: end - fromSecond,
    settled: judged.length > 0 && judged.every(({ settled }) => settled),
    series: judged,
  };
}
