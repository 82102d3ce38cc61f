/** The knee of a capacity search: what each objective came to at each load that was tried, and which loads passed. */
import type { Probe } from '../../search/capacity.js';
import { thousands } from '../../text/format.js';
import { unitOf } from '../../metrics.js';
import { keeps, parseObjective, valueText } from '../../thresholds.js';
import { FRAME, labelExpr, durationTicks, type Chart, type Scale } from './chart.js';

export interface Knee {
  /** What was varied, and its unit. */
  readonly vary: string;
  readonly unit: string;
  readonly objectives: readonly string[];
  readonly probes: readonly Probe[];
  readonly highestPassing?: number | undefined;
  readonly lowestFailing?: number | undefined;
}

const PASS = 'var(--good)';
const FAIL = 'var(--bad)';

/** A chart for each objective, and one for the busiest station. */
export function kneeCharts(knee: Knee): Chart[] {
  const { probes, objectives } = knee;
  const charts = objectives.flatMap((text, i): Chart[] => {
    const read = parseObjective(text);
    if (!read.ok) return [];
    const { metric, aggregate, limit } = read.threshold;
    const unit = unitOf(metric, aggregate);
    const scale: Scale =
      unit === 'us'
        ? 'duration'
        : unit === 'share'
          ? 'share'
          : unit.startsWith('octets')
            ? 'octets'
            : 'count';
    const by = unit === 'us' ? 0.001 : 1;
    const points = probes.flatMap((probe): Point[] => {
      const value = probe.values[i] ?? null;
      if (value === null) return [];
      const met = keeps(read.threshold, value);
      return [{ load: probe.load, value: value * by, good: met, text: valueText(value, unit) }];
    });
    return points.length === 0
      ? []
      : [kneeChart(knee, `Knee: ${text}`, `${metric.name} ${aggregate}`, scale, points, limit * by)];
  });
  const busy = probes.map(({ load, utilisation, station, passes }): Point => ({
    load,
    value: utilisation,
    good: passes,
    text: `${station} ${valueText(utilisation, 'share')}`,
  }));
  return busy.length === 0
    ? charts
    : [...charts, kneeChart(knee, 'Knee: the busiest station', 'utilisation', 'share', busy, undefined)];
}

interface Point {
  readonly load: number;
  readonly value: number;
  readonly good: boolean;
  readonly text: string;
}

function kneeChart(
  { vary, unit, highestPassing, lowestFailing }: Knee,
  title: string,
  y: string,
  scale: Scale,
  points: readonly Point[],
  limit: number | undefined,
): Chart {
  const amount = (load: number) => `${thousands(Number(load.toPrecision(6)))}${unit}`;
  const ticks = durationTicks([
    ...points.map(({ value }) => Math.max(value, 0.001)),
    ...(limit === undefined ? [] : [limit]),
  ]);
  const logarithmic = scale === 'duration';
  const bound =
    highestPassing === undefined
      ? ''
      : ` Highest load that passes: ${amount(highestPassing)}${lowestFailing === undefined ? '' : `; lowest that fails: ${amount(lowestFailing)}`}.`;
  const encodeX = (field: string) => ({
    field,
    type: 'quantitative',
    title: `${vary}${unit === '' ? '' : ` (${unit})`}`,
    scale: { zero: false },
    axis: { labelExpr: labelExpr('count'), grid: false },
  });
  const encodeY = (field: string) => ({
    field,
    type: 'quantitative',
    title: y,
    scale: logarithmic
      ? { type: 'log', domain: [ticks[0], ticks.at(-1)], nice: false, clamp: true }
      : { zero: true },
    axis: { labelExpr: labelExpr(scale), ...(logarithmic ? { values: ticks } : { tickCount: 5 }) },
  });
  const sorted = points.toSorted((a, b) => a.load - b.load);
  const last = sorted.at(-1);
  return {
    title,
    caption: `Each point is a run at one load under the same seed.${limit === undefined ? '' : ' Dashed: the limit.'}${highestPassing === undefined ? '' : ' Upright: the answer.'}${bound}`,
    label: `${title}.${bound} At the highest load tried, ${amount(last?.load ?? 0)}: ${last?.text ?? ''}`,
    spec: {
      ...FRAME,
      layer: [
        {
          data: { name: 'probes' },
          mark: { type: 'line', color: 'var(--c5)', strokeWidth: 1.2, opacity: 0.7 },
          encoding: { x: encodeX('load'), y: encodeY('value') },
        },
        ...(limit === undefined
          ? []
          : [
              {
                data: { name: 'limit' },
                mark: { type: 'rule', color: 'var(--warn)', strokeDash: [6, 3], strokeWidth: 1.4 },
                encoding: { y: encodeY('limit') },
              },
            ]),
        ...(highestPassing === undefined
          ? []
          : [
              {
                data: { name: 'answer' },
                mark: { type: 'rule', color: 'var(--fg)', strokeWidth: 1.2 },
                encoding: { x: encodeX('at') },
              },
            ]),
        {
          data: { name: 'probes' },
          mark: { type: 'point', filled: true, size: 80, opacity: 1 },
          encoding: {
            x: encodeX('load'),
            y: encodeY('value'),
            shape: {
              field: 'good',
              type: 'nominal',
              legend: null,
              scale: { domain: [1, 0], range: ['circle', 'cross'] },
            },
            color: {
              field: 'good',
              type: 'nominal',
              legend: null,
              scale: { domain: [1, 0], range: [PASS, FAIL] },
            },
            tooltip: { field: 'words' },
          },
        },
      ],
    },
    data: {
      probes: {
        columns: ['load', 'value', 'good', 'words'],
        rows: sorted.map(({ load, value, good, text }) => [
          load,
          logarithmic ? Math.max(value, 0.001) : value,
          good ? 1 : 0,
          `${amount(load)}: ${text}, ${good ? 'passes' : 'fails'}`,
        ]),
      },
      ...(limit === undefined ? {} : { limit: { columns: ['limit'], rows: [[limit]] } }),
      ...(highestPassing === undefined ? {} : { answer: { columns: ['at'], rows: [[highestPassing]] } }),
    },
    legend: [
      { name: 'passes', colour: PASS, hides: false },
      { name: 'fails (cross)', colour: FAIL, hides: false },
    ],
    table: {
      head: [vary, y, 'verdict'],
      rows: sorted.map(({ load, text, good }) => [amount(load), text, good ? 'passes' : 'fails']),
    },
  };
}
