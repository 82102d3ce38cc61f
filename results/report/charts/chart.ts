/**
 * What a chart of the report is: a Vega-Lite specification whose datasets are named and kept apart, and beside it what a reader
 * without eyes, script or colour needs: a label, a caption, a legend and a table.
 *
 * Colours are variables of the page, so that one drawing serves light, dark and paper.
 */

/** A stretch of virtual time in which a fault was at work. */
export interface FaultBand {
  readonly label: string;
  readonly fromS: number;
  readonly toS: number;
}

/** The stretch of virtual time that the figures cover, where they leave out the warm-up. */
export interface Covered {
  readonly fromS: number;
  readonly toS: number;
}

/** Several lines over the same places on the x axis; null where there is no value. */
export interface LinesData {
  readonly x: readonly number[];
  readonly lines: readonly { readonly name: string; readonly y: readonly (number | null)[] }[];
}

/** Rows of named columns. */
export interface RowsData {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (number | string)[])[];
}

/** How the numbers of an axis are written. Durations are in milliseconds. */
export type Scale = 'count' | 'octets' | 'share' | 'duration';

export interface LegendEntry {
  readonly name: string;
  readonly colour: string;
  /** Of a line; a filled square without. */
  readonly dash?: string;
  /** False for what cannot be hidden. */
  readonly hides: boolean;
  /** A stretch of the chart behind its lines. */
  readonly band?: true;
}

export interface Chart {
  readonly title: string;
  readonly caption: string;
  /** The chart in words. */
  readonly label: string;
  readonly spec: object;
  readonly data: Readonly<Record<string, LinesData | RowsData>>;
  readonly legend: readonly LegendEntry[];
  /** What is told of the place under the cursor; without it, marks bring their own words. */
  readonly cursor?: { readonly along: 'time' | 'percentile' | 'load'; readonly scale: Scale };
  readonly table: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
  /** Takes the whole width of the page. */
  readonly wide?: boolean;
}

/** Width and height of the drawing in the page as it is written; in a browser it takes the width that there is. */
export const WIDTH = 620;
export const HEIGHT = 210;

/** Okabe and Ito's colours, by the names that the style gives them. */
export const COLOURS = ['--c1', '--c2', '--c3', '--c4', '--c5', '--c6', '--c7', '--c8'].map(
  (name) => `var(${name})`,
);
export const DASHES: readonly (readonly number[])[] = [
  [1, 0],
  [7, 3],
  [2, 2],
  [10, 3, 2, 3],
  [4, 2],
  [12, 3],
  [2, 4],
  [6, 2, 2, 2, 2, 2],
];

/** What all specifications share. */
export const CONFIG = {
  aria: false,
  background: null,
  font: 'system-ui, sans-serif',
  view: { stroke: null },
  axis: {
    labelColor: 'var(--soft)',
    titleColor: 'var(--soft)',
    gridColor: 'var(--grid)',
    domainColor: 'var(--line)',
    tickColor: 'var(--line)',
    labelFontSize: 11.5,
    titleFontSize: 11.5,
    titleFontWeight: 'normal',
    labelPadding: 4,
  },
  axisY: { domain: false, ticks: false, titleAnchor: 'end', titleAngle: 0, titleAlign: 'left', titleY: -10 },
} as const;

/** The frame of every specification. */
export const FRAME = {
  width: WIDTH,
  height: HEIGHT,
  padding: { left: 4, right: 10, top: 6, bottom: 4 },
  autosize: { type: 'fit-x', contains: 'padding' },
  config: CONFIG,
} as const;

/** Vega expression that writes a number of `scale` at an axis. */
export function labelExpr(scale: Scale): string {
  const v = 'datum.value';
  switch (scale) {
    case 'count':
      return `abs(${v})>=1000?format(${v},'~s'):format(${v},',~r')`;
    case 'octets':
      return `${v}>=1000?format(${v},'~s')+'B':format(${v},'~r')+' B'`;
    case 'share':
      return `format(${v},'~%')`;
    case 'duration':
      return `${v}<1?format(${v}*1000,'~r')+' us':${v}<1000?format(${v},'~r')+' ms':${v}<60000?format(${v}/1000,'~r')+' s':${v}<3600000?format(${v}/60000,'~r')+' min':format(${v}/3600000,'~r')+' h'`;
  }
}

/** Milliseconds at which an axis of durations may be marked: decades up to 10 s, then what clocks show. */
const DECADES = [0.001, 0.01, 0.1, 1, 10, 100, 1e3, 1e4, 6e4, 6e5, 36e5, 36e6, 36e7, 36e8, 36e9];
/** The same with steps between, for axes that span little. */
const FINE = DECADES.flatMap((tick, i) => {
  if (tick < 1e4) return [tick, cut(tick * 2), cut(tick * 5)];
  const next = DECADES[i + 1] ?? tick * 10;
  return tick * 3 < next ? [tick, tick * 2, tick * 5].filter((value) => value < next) : [tick, tick * 2];
});

function cut(value: number): number {
  return Number(value.toPrecision(3));
}

/** Marks of a logarithmic axis of durations that holds all of `ms`; the first and the last are its ends. */
export function durationTicks(ms: readonly number[]): number[] {
  if (ms.length === 0) return [1, 10];
  const low = ms.reduce((least, value) => Math.min(least, value), Infinity);
  const high = ms.reduce((most, value) => Math.max(most, value), 0);
  const fine = between(FINE, low, high);
  return fine.length <= 6 ? fine : between(DECADES, low, high);
}

function between(ticks: readonly number[], low: number, high: number): number[] {
  const from = Math.max(
    0,
    ticks.findLastIndex((tick) => tick <= low),
  );
  const to = ticks.findIndex((tick) => tick >= high && tick > low);
  return ticks.slice(from, to < 0 ? undefined : Math.max(to, from + 1) + 1);
}

const TIME_STEPS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800,
  604_800,
];

/** The axis of virtual time from 0 to `lastS` seconds. */
export function timeAxis(lastS: number): object {
  const step = TIME_STEPS.find((seconds) => lastS / seconds <= 8) ?? 604_800;
  const values = Array.from({ length: Math.floor(lastS / step) + 1 }, (_, i) => i * step);
  const two = (n: string) => `(${n}<10?'0':'')+${n}`;
  const v = 'datum.value';
  const [unit, text] =
    lastS >= 172_800
      ? ['days', `floor(${v}/86400)`]
      : lastS >= 7200
        ? ['h:min', `floor(${v}/3600)+':'+${two(`floor(${v}%3600/60)`)}`]
        : ['min:s', `floor(${v}/60)+':'+${two(`floor(${v}%60)`)}`];
  return { values, labelExpr: text, title: `virtual time (${unit})`, grid: false };
}

/** A swatch of the legend for the line number `i`. */
export function lineEntry(name: string, i: number): LegendEntry {
  const dash = DASHES[i % DASHES.length];
  return {
    name,
    colour: COLOURS[i % COLOURS.length],
    dash: dash[1] === 0 ? '' : dash.join(' '),
    hides: true,
  };
}
