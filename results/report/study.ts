/**
 * Studies as sections of a report: the knee of a capacity search, the heat maps of a sweep, the tornado of a sensitivity study. From
 * `study.json`, and for a sweep `sweep.csv`. What a folder holds is checked before it is drawn, since users edit files.
 *
 * Not drawn: replications, whose table says all.
 */
import type { Probe } from '../search/capacity.js';
import type { Unit } from '../metrics.js';
import { valueText } from '../thresholds.js';
import { tornado, type TornadoFactor } from './charts/bars.js';
import { gridHeatMap } from './charts/heat-map.js';
import { escaped } from './html.js';
import { kneeCharts } from './charts/knee.js';
import type { StudyPart } from './page.js';
import { lineOfSweep } from './charts/sweep-line.js';
import type { Chart } from './charts/chart.js';

/** A study as it was read from its folder. */
export interface Study {
  readonly kind: string;
  readonly scenario: string;
  readonly seed: string;
  readonly answer: Readonly<Record<string, unknown>>;
  /** `sweep.csv`, of a sweep. */
  readonly csv?: string | undefined;
  /** What `summary.md` says, without its heading. */
  readonly text?: string | undefined;
}

/** The section of a study; undefined if there is nothing in it that is drawn. */
export function studyPart(study: Study): StudyPart | undefined {
  const charts = chartsOf(study);
  if (charts === undefined || charts.length === 0) return undefined;
  const { kind, scenario, seed, text, answer } = study;
  const partial =
    answer['partial'] === true
      ? '<p class="banner assumed">The study was interrupted: this is a part of it.</p>'
      : '';
  return {
    title: `${TITLES[kind] ?? kind}: ${scenario}, seed ${seed}`,
    before: `${partial}${text === undefined ? '' : `<pre class="scroll study" tabindex="0">${escaped(text.trim())}</pre>`}`,
    charts,
  };
}

const TITLES: Readonly<Record<string, string>> = {
  capacity: 'Capacity',
  sweep: 'Sweep',
  sensitivity: 'Sensitivity',
};

function chartsOf({ kind, answer, csv }: Study): readonly Chart[] | undefined {
  switch (kind) {
    case 'capacity':
      return capacity(answer);
    case 'sensitivity':
      return sensitivity(answer);
    case 'sweep':
      return csv === undefined ? undefined : sweep(answer, csv);
    default:
      return undefined;
  }
}

function capacity(answer: Study['answer']): readonly Chart[] | undefined {
  const { vary, unit, objectives, probes, highestPassing, lowestFailing } = answer;
  if (typeof vary !== 'string' || !isTexts(objectives) || !isList(probes, isProbe)) return undefined;
  return kneeCharts({
    vary,
    unit: typeof unit === 'string' ? unit : '',
    objectives,
    probes,
    highestPassing: typeof highestPassing === 'number' ? highestPassing : undefined,
    lowestFailing: typeof lowestFailing === 'number' ? lowestFailing : undefined,
  });
}

function sensitivity({ metric, unit, base, swings }: Study['answer']): readonly Chart[] | undefined {
  if (typeof metric !== 'string' || !isUnit(unit) || !isList(swings, isFactor)) return undefined;
  const chart = tornado(metric, unit, typeof base === 'number' ? base : undefined, swings);
  return chart === undefined ? [] : [chart];
}

/** Scalars of a sweep that are drawn, if they vary. */
const SHOWN = [
  'messages.settled.count',
  'push.dwell.p95',
  'push.drain.p95',
  'ihs.rate',
  'store.peak.messages.max',
  'answer.delivered.p95',
];
/** Combinations of a third and further factors that get a chart of their own. */
const MOST_SLICES = 3;

function sweep({ factors }: Study['answer'], csv: string): readonly Chart[] | undefined {
  const rows = csvRows(csv);
  const [head, ...body] = rows;
  if (head === undefined || !isList(factors, isPath)) return undefined;
  const paths = factors.map(({ path }) => path);
  const places = paths.map((path) => head.indexOf(path));
  if (places.includes(-1) || body.some((row) => row.length !== head.length)) return undefined;
  return SHOWN.flatMap((name): Chart[] => {
    const column = head.findIndex((text) => text.startsWith(`${name} [`));
    const unit = /\[(.*)\]$/.exec(head[column] ?? '')?.[1];
    if (column < 0 || !isUnit(unit)) return [];
    const cells = meansOf(body, places, column);
    if (new Set(cells.map(({ value }) => value)).size < 2) return [];
    if (paths.length === 1)
      return [
        lineOfSweep(
          name,
          unit,
          paths[0],
          cells.map(({ at, value }) => ({ at: at[0], value })),
        ),
      ];
    const slices = [...new Set(cells.map(({ at }) => JSON.stringify(at.slice(2))))].slice(0, MOST_SLICES);
    return slices.map((slice) => {
      const fixed = JSON.parse(slice) as string[];
      const more = fixed.map((value, i) => `, ${paths[i + 2]} ${value}`).join('');
      return gridHeatMap({
        metric: name,
        factors: [paths[0], paths[1]],
        cells: cells
          .filter(({ at }) => JSON.stringify(at.slice(2)) === slice)
          .map(({ at, value }) => ({ at: [at[0], at[1]], value, text: valueText(value, unit) })),
        more,
      });
    });
  });
}

/** The mean of a column over the replications of each combination, in the order of the file; those without a value are left out. */
function meansOf(
  body: readonly (readonly string[])[],
  places: readonly number[],
  column: number,
): { readonly at: string[]; readonly value: number }[] {
  const found = new Map<string, { at: string[]; values: number[] }>();
  for (const row of body) {
    const at = places.map((place) => row[place]);
    const key = JSON.stringify(at);
    const cell = found.get(key) ?? { at, values: [] };
    found.set(key, cell);
    const value = Number(row[column]);
    if (row[column] !== '' && Number.isFinite(value)) cell.values.push(value);
  }
  return [...found.values()]
    .filter(({ values }) => values.length > 0)
    .map(({ at, values }) => ({ at, value: values.reduce((sum, value) => sum + value, 0) / values.length }));
}

/** Rows of comma-separated values with quotes (RFC 4180). */
export function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (end === '' && row.length === 0 && quoted === undefined && plain === '') break;
    row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    rows.push(row);
    row = [];
    if (end === '') break;
  }
  return rows;
}

const UNITS: readonly Unit[] = ['us', 'share', 'count', 'octets', '/s', 'octets/s'];

function isUnit(value: unknown): value is Unit {
  return UNITS.includes(value as Unit);
}

function isList<T>(value: unknown, is: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(is);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isPath(value: unknown): value is { path: string } {
  return hasFields(value, { path: 'string' });
}

function isProbe(value: unknown): value is Probe {
  return (
    hasFields(value, { load: 'number', passes: 'boolean', station: 'string', utilisation: 'number' }) &&
    Array.isArray((value as { values?: unknown }).values)
  );
}

function isFactor(value: unknown): value is TornadoFactor {
  return hasFields(value, { path: 'string', low: 'string', high: 'string' });
}

function hasFields(value: unknown, fields: Readonly<Record<string, string>>): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const object = value as Record<string, unknown>;
  return Object.entries(fields).every(([name, type]) => typeof object[name] === type);
}
