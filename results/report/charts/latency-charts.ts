/** Charts of latency: percentiles over virtual time, heat maps, and the percentile curve with its objectives. */
import type { Distribution } from '../../cell/figures.js';
import type { Summary } from '../../cell-result.js';
import { percentilesUs } from '../../recording/histogram.js';
import type { IntervalMetric, Intervals } from '../../folder/intervals-file.js';
import { coarser, percentileOfInterval, type MetricIntervals } from '../../recording/intervals.js';
import { percentileOf } from '../../metrics.js';
import { parseObjective } from '../../thresholds.js';
import { COLOURS, FRAME, type Chart, type Covered, type FaultBand, type LinesData } from './chart.js';
import { latencyHeatMap } from './heat-map.js';
import { legendOf, lineLayers, scaled, tableRows, timeChart } from './line-chart.js';

/** Intervals of a chart, at most. */
const MOST_INTERVALS = 160;

/** Names of what is measured, as the page writes them. */
export const LATENCY_NAMES: Readonly<Record<IntervalMetric, string>> = {
  answerDelivered: 'send to 200',
  answerDeferred: 'send to 202',
  storeDelay: 'store delay',
  triggerLatency: 'trigger latency',
  drainTime: 'drain time',
  dwell: 'time in the store',
  registrationDelay: 'registration',
  largeAnswer: 'Large Message confirmed',
  reassemblyLag: 'reassembly lag',
};

const MEANINGS: Readonly<Record<IntervalMetric, string>> = {
  answerDelivered: 'From the intended time of sending to the 200 at the sender',
  answerDeferred: 'From the intended time of sending to the 202 at the sender',
  storeDelay: 'From when the IM Server has read a message to its 202',
  triggerLatency: 'From the third-party REGISTER at the IM Server to the push INVITE',
  drainTime: 'From the 200 to the third-party REGISTER until the queue of that user is empty',
  dwell: 'From the receipt of a message by the IM Server until it is delivered and deleted',
  registrationDelay: 'From the REGISTER that left a client to its 200',
  largeAnswer: 'From the intended time of sending to the last confirmation',
  reassemblyLag: 'From the last octet of a Large Message at the IM Server to its commit',
};

const PERCENTILES: readonly (readonly [string, number])[] = [
  ['p50', 50],
  ['p95', 95],
  ['p99', 99],
  ['max', 100],
];

/** Percentiles of one metric over virtual time; undefined if it has fewer than two intervals. */
export function latencyOverTime(
  metric: IntervalMetric,
  { metrics }: Intervals,
  lastS: number,
  bands: readonly FaultBand[],
  covered: Covered | undefined,
): Chart | undefined {
  const found = metrics[metric];
  if (found === undefined) return undefined;
  const { seconds, rows } = thinned(found, lastS);
  if (rows.length < 2) return undefined;
  const data: LinesData = {
    x: rows.map(({ second }) => second),
    lines: PERCENTILES.map(([name, percentile]) => ({
      name,
      y: rows.map((row) =>
        Number(
          (
            Math.max(1, percentile === 100 ? row.maxUs : percentileOfInterval(row, percentile)) / 1000
          ).toPrecision(3),
        ),
      ),
    })),
  };
  return timeChart({
    title: `Latency over time: ${LATENCY_NAMES[metric]}`,
    caption: `${MEANINGS[metric]}, by the time at which it ended. Each point is of ${seconds} s; percentiles within 3.2 %, max exact. Where nothing was measured the line goes on to the next point.`,
    y: 'latency',
    scale: 'duration',
    data,
    bands,
    covered,
    lastS,
  });
}

function thinned({ seconds, rows }: MetricIntervals, lastS: number): MetricIntervals {
  let width = seconds;
  while (lastS / width > MOST_INTERVALS) width *= 2;
  return { seconds: width, rows: coarser(rows, width) };
}

/** The heat map of one metric, if there is enough of it. */
export function heatMapOf(metric: IntervalMetric, { metrics }: Intervals, lastS: number): Chart | undefined {
  const found = metrics[metric];
  return found === undefined
    ? undefined
    : latencyHeatMap(LATENCY_NAMES[metric], MEANINGS[metric], found, lastS);
}

/** Percentiles of the curve: evenly spaced on its axis 1/(1-q). */
const CURVE = [0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.9, 99.95, 99.99];

/** The percentile of a place on the axis. */
const percentileAt = (x: number) => `p${Number((100 - 100 / x).toFixed(3))}`;

/** Some distributions as a curve over 1/(1-q), with thresholds as marks, and the baseline as pale lines. */
export function percentileCurve(
  title: string,
  measured: readonly (readonly [string, Distribution])[],
  thresholds: Summary['thresholds'] = [],
  base: readonly (readonly [string, Distribution])[] = [],
): Chart | undefined {
  if (measured.length === 0) return undefined;
  const xs = CURVE.map((percentile) => Number((100 / (100 - percentile)).toPrecision(6)));
  const line = ([name, distribution]: readonly [string, Distribution]) => {
    const values = percentilesUs(
      distribution,
      CURVE.map((percentile) => Math.max(percentile, 0.0001)),
    );
    // Beyond the number of values there is nothing to tell.
    const y = values.map((us, i) =>
      xs[i] <= distribution.count ? Number((Math.max(us, 1) / 1000).toPrecision(4)) : null,
    );
    return { name, y };
  };
  const data: LinesData = { x: xs, lines: measured.map(line) };
  const ghost: LinesData = { x: xs, lines: base.map(line) };
  const marks = thresholds.flatMap(({ threshold: text, met }): (string | number)[][] => {
    const read = parseObjective(text);
    if (!read.ok) return [];
    const { metric, aggregate, limit } = read.threshold;
    const percentile = percentileOf(aggregate);
    const name = CURVE_METRICS[metric.name];
    if (percentile === undefined || percentile >= 100 || limit <= 0) return [];
    if (!measured.some(([shown]) => shown === name)) return [];
    return [[100 / (100 - percentile), limit / 1000, `${text}: ${met ? 'met' : 'NOT met'}`, met ? 1 : 0]];
  });
  const reach = data.x.filter((_, i) => data.lines.some(({ y }) => y[i] !== null));
  const { rows } = tableRows(data, 'duration', percentileAt);
  const worst = data.lines.map(
    ({ name, y }) =>
      `${name}: at most ${scaled(
        y.reduce((most: number, v) => Math.max(most, v ?? 0), 0),
        'duration',
      )}`,
  );
  const y = { field: 'y', type: 'quantitative' };
  return {
    title,
    caption: `Latency counts from the intended time of sending, in virtual time, so there is no coordinated omission.${marks.length === 0 ? '' : ' Diamonds are thresholds.'}${base.length === 0 ? '' : ' Pale: the baseline.'}`,
    label: `${title}. ${worst.join('; ')}`,
    spec: {
      ...FRAME,
      ...lineLayers(
        data,
        {
          x: { type: 'log', domain: [1, reach.at(-1) ?? 10], nice: false },
          axisX: {
            values: [1, 2, 4, 10, 20, 100, 1000, 10_000],
            title: 'percentile',
            labelExpr: "'p'+format(100-100/datum.value,'~r')",
            grid: true,
          },
          y: 'latency',
          scale: 'duration',
          shades: [],
          noted: false,
        },
        [
          ...(base.length === 0
            ? []
            : [
                {
                  data: { name: 'ghost' },
                  transform: [{ filter: 'indexof(hidden, datum.name) < 0' }],
                  mark: { type: 'line', strokeWidth: 4, opacity: 0.28 },
                  encoding: {
                    x: { field: 'x', type: 'quantitative' },
                    y,
                    color: {
                      field: 'name',
                      type: 'nominal',
                      legend: null,
                      scale: {
                        domain: measured.map(([name]) => name),
                        range: measured.map((_, i) => COLOURS[i % COLOURS.length]),
                      },
                    },
                  },
                },
              ]),
          ...(marks.length === 0
            ? []
            : [
                {
                  data: { name: 'marks' },
                  mark: { type: 'point', shape: 'diamond', size: 90, strokeWidth: 1.5, filled: true },
                  encoding: {
                    x: { field: 'x', type: 'quantitative' },
                    y,
                    fill: {
                      condition: { test: 'datum.met == 1', value: 'var(--good)' },
                      value: 'var(--bad)',
                    },
                    tooltip: { field: 'words' },
                  },
                },
              ]),
        ],
      ),
    },
    data: {
      points: data,
      ...(base.length === 0 ? {} : { ghost }),
      ...(marks.length === 0 ? {} : { marks: { columns: ['x', 'y', 'words', 'met'], rows: marks } }),
    },
    legend: legendOf(data),
    cursor: { along: 'percentile', scale: 'duration' },
    wide: true,
    table: { head: ['percentile', ...data.lines.map(({ name }) => name)], rows },
  };
}

/** Metrics of thresholds, by the names of their lines. */
const CURVE_METRICS: Readonly<Record<string, string>> = {
  'answer.delivered': LATENCY_NAMES.answerDelivered,
  'answer.deferred': LATENCY_NAMES.answerDeferred,
  'store.delay': LATENCY_NAMES.storeDelay,
  'push.trigger': LATENCY_NAMES.triggerLatency,
  'push.drain': LATENCY_NAMES.drainTime,
  'push.dwell': LATENCY_NAMES.dwell,
  'registration.delay': LATENCY_NAMES.registrationDelay,
};
