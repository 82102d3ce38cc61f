/** Charts of lines: over virtual time with the faults behind them, or along another axis that they share. */
import { clockOfNs, durationOfUs, octetsText, thousands } from '../../text/format.js';
import {
  COLOURS,
  DASHES,
  durationTicks,
  FRAME,
  labelExpr,
  lineEntry,
  timeAxis,
  type Chart,
  type Covered,
  type FaultBand,
  type LegendEntry,
  type LinesData,
  type Scale,
} from './chart.js';

export interface LineChart {
  readonly title: string;
  readonly caption: string;
  /** Title of the y axis. */
  readonly y: string;
  readonly scale: Scale;
  readonly data: LinesData;
  readonly bands?: readonly FaultBand[];
  /** What the figures cover, if that is not everything; the rest is shaded. */
  readonly covered?: Covered | undefined;
  /** The end of the time axis in seconds. */
  readonly lastS: number;
  /** Instants to point at, with a word each. */
  readonly notes?: readonly { readonly atS: number; readonly text: string }[];
  readonly wide?: boolean;
}

/** Rows of a table, at most: more is thinned, and `timeline.csv` has every second. */
const MOST_ROWS = 50;

/** `value` in words. */
export function scaled(value: number, scale: Scale): string {
  switch (scale) {
    case 'count':
      return thousands(value);
    case 'octets':
      return octetsText(value);
    case 'share':
      return `${Number((value * 100).toPrecision(3))} %`;
    case 'duration':
      return durationOfUs(Math.round(value * 1000));
  }
}

/** A chart over virtual time. Durations go on a logarithmic axis. */
export function timeChart(chart: LineChart): Chart {
  const { title, caption, y, scale, data, bands = [], covered, lastS, notes = [] } = chart;
  const shown = bands
    .filter(({ fromS }) => fromS < lastS)
    .map(({ label, fromS, toS }) => [fromS, Math.min(toS, lastS), label]);
  const left = covered === undefined ? [] : leftOut(covered, lastS);
  const peaks = data.lines.flatMap(({ name, y: values }) => {
    const most = values.reduce((best: number, value) => Math.max(best, value ?? 0), 0);
    const at = data.x[values.indexOf(most)] ?? 0;
    return [`${name}: at most ${scaled(most, scale)}${most > 0 ? ` at ${clockOfNs(at * 1e9)}` : ''}`];
  });
  const rows = tableRows(data, scale, (x) => clockOfNs(x * 1e9));
  return {
    title,
    caption: `${caption}${rows.note}`,
    label: `${title}. ${peaks.join('; ')}${shown.length === 0 ? '' : `; ${shown.length === 1 ? 'a fault is' : `${shown.length} faults are`} shaded`}${left.length === 0 ? '' : `; left out of the figures: ${left.map(([, , words]) => words).join(', ')}`}`,
    spec: {
      ...FRAME,
      ...lineLayers(data, {
        x: { type: 'linear', domain: [0, lastS], nice: false },
        axisX: timeAxis(lastS),
        y,
        scale,
        shades: [...(left.length > 0 ? [LEFT_SHADE] : []), ...(shown.length > 0 ? [FAULT_SHADE] : [])],
        noted: notes.length > 0,
      }),
    },
    data: {
      points: data,
      ...(shown.length === 0 ? {} : { bands: { columns: ['from', 'to', 'words'], rows: shown } }),
      ...(left.length === 0 ? {} : { left: { columns: ['from', 'to', 'words'], rows: left } }),
      ...(notes.length === 0
        ? {}
        : { notes: { columns: ['at', 'words'], rows: notes.map(({ atS, text }) => [atS, text]) } }),
    },
    legend: [
      ...legendOf(data),
      ...(shown.length === 0 ? [] : [FAULT_ENTRY]),
      ...(left.length === 0 ? [] : [LEFT_ENTRY]),
    ],
    cursor: { along: 'time', scale },
    table: { head: ['virtual time', ...data.lines.map(({ name }) => name)], rows: rows.rows },
    ...(chart.wide === true ? { wide: true } : {}),
  };
}

const FAULT_ENTRY = { name: 'a fault is at work', colour: 'var(--band)', hides: false, band: true } as const;
const LEFT_ENTRY = {
  name: 'left out of the figures',
  colour: 'var(--soft)',
  hides: false,
  band: true,
} as const;

/** Stretches of time, dataset by dataset, in the order in which they are drawn. */
interface Shade {
  readonly dataset: string;
  readonly colour: string;
  readonly opacity: number;
}
const FAULT_SHADE: Shade = { dataset: 'bands', colour: 'var(--band)', opacity: 0.16 };
const LEFT_SHADE: Shade = { dataset: 'left', colour: 'var(--soft)', opacity: 0.12 };

/** Rows of what the figures leave out: before `covered`, and after it. */
function leftOut({ fromS, toS }: Covered, lastS: number): (number | string)[][] {
  const clock = (second: number) => clockOfNs(second * 1e9);
  return [
    ...(fromS > 0 ? [[0, Math.min(fromS, lastS), `until ${clock(fromS)}`]] : []),
    ...(toS < lastS ? [[toS, lastS, `from ${clock(toS)}`]] : []),
  ];
}

/** One entry for each line; none if the title of the axis says it all. */
export function legendOf({ lines }: LinesData): LegendEntry[] {
  return lines.length < 2 ? [] : lines.map(({ name }, i) => lineEntry(name, i));
}

interface Axes {
  readonly x: object;
  readonly axisX: object;
  readonly y: string;
  readonly scale: Scale;
  readonly shades: readonly Shade[];
  readonly noted: boolean;
}

/** Layers of a chart of lines over the dataset `points`, which has `x`, `y` and `name`. */
export function lineLayers(data: LinesData, axes: Axes, more: readonly object[] = []): object {
  const names = data.lines.map(({ name }) => name);
  const values = data.lines.flatMap(({ y }) => y.filter((value) => value !== null));
  const logarithmic = axes.scale === 'duration';
  const ticks = durationTicks(values);
  const scaleY = logarithmic
    ? { type: 'log', domain: [ticks[0], ticks.at(-1)], nice: false, clamp: true }
    : { zero: true, nice: true, ...(values.some((value) => value > 0) ? {} : { domain: [0, 1] }) };
  const encodeX = (field: string) => ({ field, type: 'quantitative', scale: axes.x, axis: axes.axisX });
  return {
    params: [{ name: 'hidden', value: [] }],
    layer: [
      ...axes.shades.map(({ dataset, colour, opacity }) => ({
        data: { name: dataset },
        mark: { type: 'rect', color: colour, opacity },
        encoding: { x: encodeX('from'), x2: { field: 'to' } },
      })),
      {
        data: { name: 'points' },
        transform: [{ filter: 'indexof(hidden, datum.name) < 0' }],
        mark: { type: 'line', strokeWidth: 1.75, strokeJoin: 'round' },
        encoding: {
          x: encodeX('x'),
          y: {
            field: 'y',
            type: 'quantitative',
            title: axes.y,
            scale: scaleY,
            axis: {
              labelExpr: labelExpr(axes.scale),
              ...(logarithmic ? { values: ticks } : { tickCount: 5 }),
            },
          },
          color: {
            field: 'name',
            type: 'nominal',
            legend: null,
            scale: { domain: names, range: names.map((_, i) => COLOURS[i % COLOURS.length]) },
          },
          strokeDash: {
            field: 'name',
            type: 'nominal',
            legend: null,
            scale: { domain: names, range: names.map((_, i) => DASHES[i % DASHES.length]) },
          },
        },
      },
      ...(axes.noted
        ? [
            {
              data: { name: 'notes' },
              mark: { type: 'rule', color: 'var(--soft)', strokeDash: [2, 2] },
              encoding: { x: encodeX('at') },
            },
            {
              data: { name: 'notes' },
              mark: {
                type: 'text',
                align: 'left',
                dx: 3,
                baseline: 'top',
                fontSize: 10.5,
                color: 'var(--soft)',
              },
              encoding: { x: encodeX('at'), y: { value: 0 }, text: { field: 'words' } },
            },
          ]
        : []),
      ...more,
    ],
  };
}

/** Rows of the table behind a chart; if they were thinned, the note says how. */
export function tableRows(
  { x, lines }: LinesData,
  scale: Scale,
  nameOf: (x: number) => string,
): { readonly rows: string[][]; readonly note: string } {
  const every = Math.max(1, Math.ceil(x.length / MOST_ROWS));
  const rows: string[][] = [];
  for (let i = 0; i < x.length; i += every) {
    rows.push([
      nameOf(x[i]),
      ...lines.map(({ y }) => {
        const value = y[i] ?? null;
        return value === null ? '' : scaled(value, scale);
      }),
    ]);
  }
  return { rows, note: every === 1 ? '' : ` The table has every ${ordinal(every)} point.` };
}

function ordinal(n: number): string {
  const teens = n % 100 >= 11 && n % 100 <= 13;
  const ending = teens ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${ending}`;
}
