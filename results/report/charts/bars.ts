/** Charts of points and bars along a list of names: the tornado of a sensitivity study, and what differs between two runs. */
import type { FigureChange } from '../../compare/compare.js';
import type { Unit } from '../../metrics.js';
import { valueText } from '../../thresholds.js';
import { FRAME, type Chart } from './chart.js';

/** Names that one chart shows, at most. */
const MOST_ROWS = 24;
const ROW_HEIGHT = 22;

/** One factor of a sensitivity study, as it stands in `study.json`. */
export interface TornadoFactor {
  readonly path: string;
  readonly low: string;
  readonly high: string;
  readonly atLow?: number | undefined;
  readonly atHigh?: number | undefined;
}

const LOW = 'var(--c1)';
const HIGH = 'var(--c2)';

/** Values of a metric with each factor at its low and high end, the widest first; undefined if none could be measured. */
export function tornado(
  metric: string,
  unit: Unit,
  base: number | undefined,
  factors: readonly TornadoFactor[],
): Chart | undefined {
  const measured = factors.flatMap((factor) => {
    const { atLow, atHigh } = factor;
    return atLow === undefined || atHigh === undefined ? [] : [{ ...factor, atLow, atHigh }];
  });
  if (base === undefined || measured.length === 0) return undefined;
  const shown = measured.slice(0, MOST_ROWS);
  const factor = factorOf(unit, [base, ...shown.flatMap(({ atLow, atHigh }) => [atLow, atHigh])]);
  const text = (value: number) => valueText(value, unit);
  const rows = shown.flatMap(({ path, low, high, atLow, atHigh }) => [
    [path, base * factor.by, atLow * factor.by, 'low', `${path} at ${low}: ${text(atLow)}`],
    [path, base * factor.by, atHigh * factor.by, 'high', `${path} at ${high}: ${text(atHigh)}`],
  ]);
  const names = shown.map(({ path }) => path);
  const [first] = shown;
  const label = `${first.path} matters most: ${text(first.atLow)} at ${first.low}, ${text(first.atHigh)} at ${first.high}; as it is ${text(base)}`;
  return {
    title: `Tornado: ${metric}`,
    caption: `${metric} with one factor at a time at its low and its high value, all else as it is (the line). ${label}.${cut(measured.length)}`,
    label: `Tornado of ${metric}. ${label}`,
    spec: {
      ...FRAME,
      height: heightOf(names.length),
      layer: [
        {
          data: { name: 'bars' },
          mark: { type: 'bar', height: { band: 0.7 } },
          encoding: {
            y: nameAxis(names),
            x: { field: 'base', type: 'quantitative', title: factor.title(metric), scale: { zero: false } },
            x2: { field: 'value' },
            color: {
              field: 'end',
              type: 'nominal',
              legend: null,
              scale: { domain: ['low', 'high'], range: [LOW, HIGH] },
            },
            tooltip: { field: 'words' },
          },
        },
        {
          data: { name: 'base' },
          mark: { type: 'rule', color: 'var(--fg)', strokeWidth: 1.2 },
          encoding: { x: { field: 'base', type: 'quantitative' } },
        },
      ],
    },
    data: {
      bars: { columns: ['name', 'base', 'value', 'end', 'words'], rows },
      base: { columns: ['base'], rows: [[base * factor.by]] },
    },
    legend: [
      { name: 'at the low value', colour: LOW, hides: false },
      { name: 'at the high value', colour: HIGH, hides: false },
    ],
    table: {
      head: ['factor', 'low', 'high', 'at low', 'at high'],
      rows: measured.map(({ path, low, high, atLow, atHigh }) => [
        path,
        low,
        high,
        text(atLow),
        text(atHigh),
      ]),
    },
    wide: true,
  };
}

const CHANGE_COLOURS: Readonly<Record<FigureChange['change'], string>> = {
  regressed: 'var(--bad)',
  improved: 'var(--good)',
  'changed-within-tolerance': 'var(--c5)',
};
const WORDS: Readonly<Record<FigureChange['change'], string>> = {
  regressed: ', regressed',
  improved: ', improved',
  'changed-within-tolerance': '',
};
/** Changes beyond this share end at the edge of the chart. */
const MOST_CHANGE = 1;

/** How far figures moved between two runs, the largest first; undefined if none did. */
export function differenceChart(figures: readonly FigureChange[]): Chart | undefined {
  const moved = figures
    .flatMap((figure) => {
      const { relative, base, next } = figure;
      if (relative === undefined || base === undefined || next === undefined || relative === 0) return [];
      return [{ ...figure, relative, base, next }];
    })
    .toSorted(
      (a, b) =>
        Math.abs(b.relative) - Math.abs(a.relative) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
    );
  if (moved.length === 0) return undefined;
  const shown = moved.slice(0, MOST_ROWS);
  const percent = (share: number) => `${share > 0 ? '+' : ''}${Number((share * 100).toPrecision(3))} %`;
  const words = ({ name, unit, base, next, relative, change }: (typeof shown)[number]) =>
    `${name}: ${valueText(base, unit)} to ${valueText(next, unit)}, ${percent(relative)}${WORDS[change]}`;
  const reach = shown.reduce(
    (most, { relative }) => Math.max(most, Math.min(MOST_CHANGE, Math.abs(relative))),
    0,
  );
  const names = shown.map(({ name }) => name);
  const kinds = Object.keys(CHANGE_COLOURS) as FigureChange['change'][];
  const present = kinds.filter((kind) => shown.some(({ change }) => change === kind));
  const colour = {
    field: 'change',
    type: 'nominal',
    legend: null,
    scale: { domain: present, range: present.map((kind) => CHANGE_COLOURS[kind]) },
  };
  const x = {
    field: 'x',
    type: 'quantitative',
    title: 'change against the base',
    scale: { domain: [-reach, reach] },
    axis: { format: '+~%' },
  };
  return {
    title: 'What moved',
    caption: `Figures of this run against the same figures of the base. Changes of more than ${percent(MOST_CHANGE).slice(1)} end at the edge. Largest: ${words(shown[0])}.${cut(moved.length)}`,
    label: `What moved between the runs. Largest: ${words(shown[0])}`,
    spec: {
      ...FRAME,
      height: heightOf(names.length),
      data: { name: 'moved' },
      encoding: { y: nameAxis(names) },
      layer: [
        {
          mark: { type: 'rule', strokeWidth: 2, opacity: 0.5 },
          encoding: { x: { ...x, field: 'zero' }, x2: { field: 'x' }, color: colour },
        },
        {
          mark: { type: 'point', filled: true, size: 70, opacity: 1 },
          encoding: { x, color: colour, tooltip: { field: 'words' } },
        },
      ],
    },
    data: {
      moved: {
        columns: ['name', 'zero', 'x', 'change', 'words'],
        rows: shown.map((figure) => [
          figure.name,
          0,
          Math.max(-reach, Math.min(reach, figure.relative)),
          figure.change,
          words(figure),
        ]),
      },
    },
    legend: present.map((change) => ({
      name: change === 'changed-within-tolerance' ? 'changed' : change,
      colour: CHANGE_COLOURS[change],
      hides: false,
    })),
    table: {
      head: ['figure', 'base', 'new', 'change'],
      rows: moved.map(({ name, unit, base, next, relative }) => [
        name,
        valueText(base, unit),
        valueText(next, unit),
        percent(relative),
      ]),
    },
    wide: true,
  };
}

function cut(all: number): string {
  return all > MOST_ROWS ? ` The first ${MOST_ROWS} of ${all} are drawn; the table has all.` : '';
}

function heightOf(rows: number): number {
  return Math.max(80, rows * ROW_HEIGHT);
}

function nameAxis(names: readonly string[]): object {
  return {
    field: 'name',
    type: 'nominal',
    title: null,
    sort: names,
    axis: { labelLimit: 220, domain: false, ticks: false, grid: false },
  };
}

/** By what a value in base units is multiplied for an axis, and what its title is then. */
function factorOf(
  unit: Unit,
  values: readonly number[],
): { readonly by: number; readonly title: (metric: string) => string } {
  const most = values.reduce((high, value) => Math.max(high, Math.abs(value)), 0);
  if (unit === 'us') {
    const [by, name] = most >= 1e6 ? [1e-6, 's'] : most >= 1000 ? [1e-3, 'ms'] : [1, 'us'];
    return { by, title: (metric) => `${metric} (${name})` };
  }
  if (unit === 'share') return { by: 100, title: (metric) => `${metric} (%)` };
  const suffix = unit === 'count' ? '' : ` (${unit})`;
  return { by: 1, title: (metric) => `${metric}${suffix}` };
}
