/** Series of a run as lines of a chart: long runs are thinned to {@link MOST_POINTS} points a line, which the caption says. */
import type { Series } from '../../cell-result.js';
import type { LinesData } from './chart.js';

export const MOST_POINTS = 240;

/** Seconds that one point stands for, if a line may have `most` points. */
export function stepOf(seconds: number, most = MOST_POINTS): number {
  return Math.max(1, Math.ceil(seconds / most));
}

/** A column of the timeline: a flow is thinned to its mean, a level to its highest value, so that no peak is lost. */
export interface Column {
  readonly name: string;
  readonly values: readonly number[];
  readonly kind: 'flow' | 'level';
}

/** `columns` as lines, with `step` seconds to a point. */
export function linesOf(columns: readonly Column[], seconds: number, step: number): LinesData {
  const x = Array.from({ length: Math.ceil(seconds / step) }, (_, i) => i * step);
  return {
    x,
    lines: columns.map(({ name, values, kind }) => ({
      name,
      y: x.map((from) => {
        const part = values.slice(from, from + step);
        if (kind === 'level') return part.reduce((most, value) => Math.max(most, value), 0);
        const mean = part.reduce((sum, value) => sum + value, 0) / Math.max(1, part.length);
        return Math.round(mean * 1000) / 1000;
      }),
    })),
  };
}

/** Two series added up, second by second. */
export function sumOf(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, second) => value + (b[second] ?? 0));
}

/** Columns that every timeline has; a reader takes those that are not there for zeros. */
const ALWAYS = [
  'offered',
  'deliveredAtOnce',
  'stored',
  'settled',
  'settledOctets',
  'expired',
  'registersSent',
  'registersGranted',
  'storeRecords',
  'storeOctets',
] as const;
const SINCE = [
  'registersFailed',
  'registersWaiting',
  'assembled',
  'assembledOctets',
  'largeSessions',
  'coreCpuUtilisation',
  'coreCpuPresent',
  'serverCpuUtilisation',
  'serverCpuPresent',
  'serverStorageUtilisation',
  'serverStoragePresent',
] as const;

/** Reads `timeline.csv` back; undefined if it is no such file. */
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
  const there = [...ALWAYS, ...SINCE.filter((name) => names.includes(name))];
  return Object.fromEntries(there.map((name) => [name, column(name)])) as unknown as Series;
}
