/**
 * Time series: one row for each second of virtual time, in columns that grow. Flows count what happened in a second, levels say
 * how things stood at its end.
 */
import { widened } from '../../sim/kernel/columns.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import type { Throughput } from '../cell/figures.js';
import type { Series } from '../cell-result.js';

/** Number of the second that `atNs` lies in. */
export function secondOf(atNs: number): number {
  return Math.floor(atNs / NS_PER_S);
}

/** Counts in each second. */
export class Flow {
  private counts = new Float64Array(256);
  private length = 0;

  add(second: number, amount: number): void {
    if (second >= this.counts.length) this.counts = grown(this.counts, second);
    this.counts[second] += amount;
    if (second >= this.length) this.length = second + 1;
  }

  /** The first `seconds` rows; the second that begins as they end is in the last. Of a run that is over it has but that one instant. */
  rows(seconds: number): number[] {
    const { counts, length } = this;
    const rows = Array.from({ length: seconds }, (_, second) => (second < length ? counts[second] : 0));
    if (seconds > 0 && seconds < length) rows[seconds - 1] += counts[seconds];
    return rows;
  }

  /**
   * Total, mean over the seconds with anything in them, and peak, of the seconds [from, until); undefined if nothing was counted.
   */
  throughput(from = 0, until = Infinity): Throughput | undefined {
    let total = 0;
    let activeSeconds = 0;
    let peakPerSecond = 0;
    let peakAtSecond = 0;
    for (let second = from; second < Math.min(until, this.length); second++) {
      const count = this.counts[second];
      if (count === 0) continue;
      total += count;
      activeSeconds++;
      if (count > peakPerSecond) {
        peakPerSecond = count;
        peakAtSecond = second;
      }
    }
    if (activeSeconds === 0) return undefined;
    const meanPerActiveSecond = Math.round((total / activeSeconds) * 1000) / 1000;
    return { total, meanPerActiveSecond, activeSeconds, peakPerSecond, peakAtSecond };
  }
}

/** A quantity that goes up and down, with its value at the end of each second and its peak. */
export class Level {
  value = 0;
  peak = 0;
  peakAtSecond = 0;
  private values = new Float64Array(256);
  private second = 0;

  change(second: number, by: number): void {
    this.closeUntil(second);
    this.value += by;
    if (this.value > this.peak) {
      this.peak = this.value;
      this.peakAtSecond = second;
    }
  }

  /** The value at the end of each of the first `seconds` seconds. */
  rows(seconds: number): number[] {
    this.closeUntil(seconds);
    const rows = Array.from(this.values.subarray(0, seconds));
    // It may have changed at the very instant at which that second ends.
    if (seconds > 0 && this.second === seconds) rows[seconds - 1] = this.value;
    return rows;
  }

  /** The highest value at the end of a second of [from, until), and which second that was. */
  peakBetween(from: number, until: number): { readonly peak: number; readonly atSecond: number } {
    this.closeUntil(until);
    let atSecond = from;
    for (let second = from; second < until; second++) {
      if (this.values[second] > this.values[atSecond]) atSecond = second;
    }
    return { peak: this.values[atSecond], atSecond };
  }

  private closeUntil(second: number): void {
    if (second > this.values.length) this.values = grown(this.values, second);
    for (; this.second < second; this.second++) this.values[this.second] = this.value;
  }
}

/** A longer copy of `values`, in which `index` has a place. */
export function grown(values: Float64Array<ArrayBuffer>, index: number): Float64Array<ArrayBuffer> {
  return widened(values, new Float64Array(Math.max(values.length * 2, index + 1)));
}

/** `series` as CSV with a header line, one row a second. */
export function seriesCsv(series: Series): string {
  const columns = Object.entries(series) as [string, readonly number[]][];
  const seconds = columns.length === 0 ? 0 : columns[0][1].length;
  const lines = [['second', ...columns.map(([name]) => name)].join(',')];
  for (let second = 0; second < seconds; second++) {
    lines.push([second, ...columns.map(([, values]) => values[second])].join(','));
  }
  return `${lines.join('\n')}\n`;
}
