/**
 * Charts of the report: one Vega-Lite specification each, rendered to SVG here, so that the page needs no script. Colours are
 * variables of the page, so that the same SVG serves light and dark.
 *
 * The same data give the same octets. Nothing is clipped or given an id, since ids of several charts would clash in one page.
 */
import { parse, View } from 'vega';
import { compile } from 'vega-lite';
import type { TopLevelSpec } from 'vega-lite';

/** A stretch of virtual time in which a fault was at work. */
export interface FaultBand {
  readonly label: string;
  readonly fromS: number;
  readonly toS: number;
}

export interface Line {
  readonly name: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

export interface LineChart {
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
  readonly bands?: readonly FaultBand[];
  readonly logX?: boolean;
  readonly logY?: boolean;
}

const WIDTH = 720;
const HEIGHT = 240;
const COLOURS = ['var(--c1)', 'var(--c2)', 'var(--c3)', 'var(--c4)', 'var(--c5)', 'var(--c6)', 'var(--c7)'];
const DASHES = [
  [1, 0],
  [6, 3],
  [2, 2],
  [10, 3],
  [6, 2, 2, 2],
  [12, 2],
  [3, 5],
];

const CONFIG = {
  background: null,
  font: 'system-ui, sans-serif',
  view: { stroke: 'transparent' },
  axis: {
    labelColor: 'var(--fg)',
    titleColor: 'var(--fg)',
    gridColor: 'var(--line)',
    domainColor: 'var(--soft)',
    tickColor: 'var(--soft)',
    labelFontSize: 12,
    titleFontSize: 12,
  },
  legend: { labelColor: 'var(--fg)', titleColor: 'var(--fg)', labelFontSize: 12, symbolStrokeWidth: 2.5 },
};

/** The chart as an SVG element. */
export async function lineChartSvg(chart: LineChart): Promise<string> {
  // Vega-Lite's type of a specification is far wider than what is written here.
  const { spec } = compile(specificationOf(chart) as unknown as TopLevelSpec);
  const view = new View(parse(spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return svg.trim();
}

function specificationOf({ x, y, lines, bands = [], logX, logY }: LineChart): unknown {
  const values = lines.flatMap(({ name, points }) => points.map(([px, py]) => ({ x: px, y: py, name })));
  const last = values.reduce((most, point) => Math.max(most, point.x), 0);
  const names = lines.map(({ name }) => name);
  const scaleX = logX === true ? { type: 'log', nice: false } : { nice: false, domain: [0, last] };
  const shown = bands
    .filter(({ fromS }) => fromS < last)
    .map(({ label, fromS, toS }) => ({ label, from: fromS, to: Math.min(toS, last) }));
  return {
    width: WIDTH,
    height: HEIGHT,
    config: CONFIG,
    layer: [
      ...(shown.length === 0
        ? []
        : [
            {
              data: { values: shown },
              mark: { type: 'rect', color: 'var(--band)', opacity: 0.18 },
              encoding: { x: { field: 'from', type: 'quantitative' }, x2: { field: 'to' } },
            },
          ]),
      {
        data: { values },
        mark: { type: 'line', strokeWidth: 1.8 },
        encoding: {
          x: { field: 'x', type: 'quantitative', title: x, scale: scaleX },
          y: {
            field: 'y',
            type: 'quantitative',
            title: y,
            scale: logY === true ? { type: 'log' } : { zero: true },
          },
          color: {
            field: 'name',
            type: 'nominal',
            title: null,
            sort: names,
            scale: { domain: names, range: COLOURS.slice(0, names.length) },
            legend: { orient: 'top' },
          },
          strokeDash: {
            field: 'name',
            type: 'nominal',
            title: null,
            sort: names,
            scale: { domain: names, range: DASHES.slice(0, names.length) },
            legend: { orient: 'top' },
          },
        },
      },
    ],
  };
}
