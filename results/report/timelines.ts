/** Series of a run as lines of a chart: long runs are thinned to {@link MOST_POINTS} points a line, which the caption says. */
import type { Series } from '../cell-result.js';
import type { Line } from './charts.js';

export const MOST_POINTS = 600;

/** Seconds that one point stands for. */
export function stepOf(seconds: number): number {
  return Math.max(1, Math.ceil(seconds / MOST_POINTS));
}

/** A flow: the mean number a second in each step. */
export function flowLine(name: string, values: readonly number[]): Line {
  const step = stepOf(values.length);
  return {
    name,
    points: steps(values.length, step).map((from) => {
      const part = values.slice(from, from + step);
      const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
      return [from, Math.round(mean * 1000) / 1000];
    }),
  };
}

/** A level: the highest value in each step, so that no peak is lost. */
export function levelLine(name: string, values: readonly number[]): Line {
  const step = stepOf(values.length);
  return {
    name,
    points: steps(values.length, step).map((from) => [
      from,
      values.slice(from, from + step).reduce((most, value) => Math.max(most, value), 0),
    ]),
  };
}

function steps(length: number, step: number): number[] {
  return Array.from({ length: Math.ceil(length / step) }, (_, i) => i * step);
}

/** Two series added up, second by second. */
export function sumOf(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, second) => value + (b[second] ?? 0));
}

/** Reads `timeline.csv` back. Columns that are not there are columns of zeros; undefined if it is no such file. */
export function readTimeline(csv: string): Series | undefined {
  const [head = '', ...lines] = csv.trimEnd().split('\n');
  const names = head.split(',');
  if (names[0] !== 'second') return undefined;
  const rows = lines.map((line) => line.split(',').map(Number));
  if (rows.some((row) => row.length !== names.length || row.some((value) => !Number.isFinite(value)))) {
    return undefined;
  }
  const column = (name: string) => {
    const at = names.indexOf(name);
    return rows.map((row) => (at < 0 ? 0 : row[at]));
  };
  return {
    offered: column('offered'),
    deliveredAtOnce: column('deliveredAtOnce'),
    stored: column('stored'),
    settled: column('settled'),
    settledOctets: column('settledOctets'),
    expired: column('expired'),
    registersSent: column('registersSent'),
    registersGranted: column('registersGranted'),
    storeRecords: column('storeRecords'),
    storeOctets: column('storeOctets'),
  };
}
