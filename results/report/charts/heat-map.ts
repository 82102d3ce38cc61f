/** Heat maps: how many fell into each cell of time and latency, and a metric over two factors of a sweep. */
import { clockOfNs, durationOfUs, thousands } from '../../text/format.js';
import { bucketFromUs, coarser, type MetricIntervals } from '../../recording/intervals.js';
import { durationTicks, FRAME, labelExpr, timeAxis, type Chart, type LegendEntry } from './chart.js';

const MOST_COLUMNS = 60;
/** Buckets of the recording that one row holds: three rows an octave of 16 would be uneven, so two. */
const BUCKETS_A_ROW = 8;
export const SHADES = ['--h1', '--h2', '--h3', '--h4', '--h5', '--h6'].map((name) => `var(${name})`);

/** The colour of a cell by its field `shade`. */
const SHADED = {
  field: 'shade',
  type: 'ordinal',
  legend: null,
  scale: { domain: SHADES.map((_, i) => i), range: SHADES },
} as const;

interface Cell {
  readonly second: number;
  readonly row: number;
  readonly count: number;
}

/** Virtual time against latency on a logarithmic axis; undefined if there is too little of it to draw. */
export function latencyHeatMap(
  name: string,
  meaning: string,
  { seconds, rows }: MetricIntervals,
  lastS: number,
): Chart | undefined {
  let width = seconds;
  while (lastS / width > MOST_COLUMNS) width *= 2;
  const cells: Cell[] = [];
  for (const { second, pairs } of coarser(rows, width)) {
    const counts = new Map<number, number>();
    for (let i = 0; i < pairs.length; i += 2) {
      const row = Math.floor(pairs[i] / BUCKETS_A_ROW);
      counts.set(row, (counts.get(row) ?? 0) + pairs[i + 1]);
    }
    for (const [row, count] of [...counts].toSorted(([a], [b]) => a - b)) cells.push({ second, row, count });
  }
  const most = cells.reduce((high, { count }) => Math.max(high, count), 0);
  if (cells.length < 2 || lastS <= width) return undefined;
  const bounds = classBounds(most);
  const edgeUs = (row: number) => Math.max(1, bucketFromUs(row * BUCKETS_A_ROW));
  const lowest = cells.reduce((low, { row }) => Math.min(low, row), Infinity);
  const highest = cells.reduce((high, { row }) => Math.max(high, row), 0);
  const ticks = durationTicks([edgeUs(lowest) / 1000, edgeUs(highest + 1) / 1000]);
  const text = ({ second, row, count }: Cell) =>
    `${clockOfNs(second * 1e9)} to ${clockOfNs(Math.min(lastS, second + width) * 1e9)}, ${durationOfUs(edgeUs(row))} to ${durationOfUs(edgeUs(row + 1))}: ${thousands(count)}`;
  const busiest = cells.reduce((best, cell) => (cell.count > best.count ? cell : best), cells[0]);
  return {
    title: `Heat map: ${name}`,
    caption: `${meaning}: how many took how long, when. Each column is ${width} s of virtual time; the stronger the colour, the more. Most in one cell: ${text(busiest)}. The table has the columns added up.`,
    label: `Heat map of ${name} over virtual time. Most in one cell: ${text(busiest)}`,
    spec: {
      ...FRAME,
      data: { name: 'cells' },
      mark: { type: 'rect' },
      encoding: {
        x: {
          field: 'x',
          type: 'quantitative',
          scale: { domain: [0, lastS], nice: false },
          axis: timeAxis(lastS),
        },
        x2: { field: 'x2' },
        y: {
          field: 'y',
          type: 'quantitative',
          title: 'latency',
          scale: { type: 'log', domain: [ticks[0], ticks.at(-1)], nice: false, clamp: true },
          axis: { labelExpr: labelExpr('duration'), values: ticks },
        },
        y2: { field: 'y2' },
        color: SHADED,
        tooltip: { field: 'words' },
      },
    },
    data: {
      cells: {
        columns: ['x', 'x2', 'y', 'y2', 'shade', 'words'],
        rows: cells.map((cell) => [
          cell.second,
          Math.min(lastS, cell.second + width),
          edgeUs(cell.row) / 1000,
          edgeUs(cell.row + 1) / 1000,
          classOf(cell.count, bounds),
          text(cell),
        ]),
      },
    },
    legend: shadeLegend(bounds),
    table: {
      head: ['latency', 'count'],
      rows: [...sumByRow(cells)].map(([row, count]) => [
        `${durationOfUs(edgeUs(row))} to ${durationOfUs(edgeUs(row + 1))}`,
        thousands(count),
      ]),
    },
  };
}

function sumByRow(cells: readonly Cell[]): [number, number][] {
  const sums = new Map<number, number>();
  for (const { row, count } of cells) sums.set(row, (sums.get(row) ?? 0) + count);
  return [...sums].toSorted(([a], [b]) => a - b);
}

/** Lower ends of the classes: 1 and then steps that grow by one factor, so that rare and frequent are both seen. */
function classBounds(most: number): number[] {
  const bounds = [1];
  for (let i = 1; i < SHADES.length; i++) {
    const share = i / SHADES.length;
    // Whole numbers on the way from 1 to `most`, squared steps: no logarithm, whose last digit may differ between machines.
    const bound = Math.max(bounds[i - 1] + 1, Math.floor(1 + (most - 1) * share * share * share));
    bounds.push(bound);
  }
  return bounds.filter((bound) => bound <= most);
}

function classOf(count: number, bounds: readonly number[]): number {
  return Math.max(
    0,
    bounds.findLastIndex((bound) => count >= bound),
  );
}

function shadeLegend(bounds: readonly number[]): LegendEntry[] {
  return bounds.map((bound, i) => {
    const next = bounds.at(i + 1);
    const name =
      next === undefined
        ? `${thousands(bound)} and more`
        : next - 1 === bound
          ? thousands(bound)
          : `${thousands(bound)} to ${thousands(next - 1)}`;
    return { name, colour: SHADES[i], hides: false };
  });
}

/** A metric at each pair of values of two factors. */
export interface Grid {
  readonly metric: string;
  readonly factors: readonly [string, string];
  /** Values of the factors, and of the metric; its text as people read it. */
  readonly cells: readonly {
    readonly at: readonly [string, string];
    readonly value: number;
    readonly text: string;
  }[];
  readonly more: string;
}

/** Two factors of a sweep against each other. */
export function gridHeatMap({ metric, factors, cells, more }: Grid): Chart {
  const values = cells.map(({ value }) => value);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const shade = (value: number) =>
    high === low
      ? 0
      : Math.min(SHADES.length - 1, Math.floor(((value - low) / (high - low)) * SHADES.length));
  const inOrder = (i: 0 | 1) => [...new Set(cells.map(({ at }) => at[i]))];
  const [columns, rows] = [inOrder(0), inOrder(1)];
  const at = (text: string) => cells.find((cell) => cell.text === text)?.at.join(', ') ?? '';
  const lowest = cells.find(({ value }) => value === low)?.text ?? '';
  const highest = cells.find(({ value }) => value === high)?.text ?? '';
  const sentence = `lowest ${lowest} at ${at(lowest)}, highest ${highest} at ${at(highest)}`;
  const place = (field: string, title: string, domain: readonly string[], angle?: number) => ({
    field,
    type: 'ordinal',
    title,
    sort: domain,
    axis: { grid: false, ...(angle === undefined ? {} : { labelAngle: angle }) },
  });
  return {
    title: metric,
    caption: `${metric} over ${factors[0]} and ${factors[1]}${more}; the stronger the colour, the higher: ${sentence}.`,
    label: `${metric} over ${factors[0]} and ${factors[1]}: ${sentence}`,
    spec: {
      ...FRAME,
      height: Math.max(120, Math.min(320, rows.length * 44)),
      data: { name: 'cells' },
      encoding: { x: place('x', factors[0], columns, 0), y: place('y', factors[1], rows) },
      layer: [
        {
          mark: { type: 'rect', stroke: 'var(--card)', strokeWidth: 2 },
          encoding: {
            color: SHADED,
            tooltip: { field: 'words' },
          },
        },
        {
          mark: { type: 'text', fontSize: 11.5 },
          encoding: {
            text: { field: 'text' },
            color: {
              condition: { test: 'datum.shade >= 3', value: 'var(--on-dark)' },
              value: 'var(--on-light)',
            },
          },
        },
      ],
    },
    data: {
      cells: {
        columns: ['x', 'y', 'shade', 'text', 'words'],
        rows: cells.map(({ at: [x, y], value, text }) => [
          x,
          y,
          shade(value),
          text,
          `${factors[0]} ${x}, ${factors[1]} ${y}: ${text}`,
        ]),
      },
    },
    legend: [],
    table: {
      head: [`${factors[1]} \\ ${factors[0]}`, ...columns],
      rows: rows.map((y) => [
        y,
        ...columns.map((x) => cells.find((cell) => cell.at[0] === x && cell.at[1] === y)?.text ?? ''),
      ]),
    },
  };
}
