/** `intervals.json`: what a report needs besides summary and timeline. Exact figures only; one interval a line. */
import { isMap } from '../is-map.js';
import type { IntervalCounts, MetricIntervals } from '../recording/intervals.js';

/** Version of the layout. */
export const INTERVALS_SCHEMA = 'restante-intervals-1';

/** Metrics that are known over time. */
export const INTERVAL_METRICS = [
  'answerDelivered',
  'answerDeferred',
  'storeDelay',
  'triggerLatency',
  'drainTime',
  'dwell',
  'registrationDelay',
  'largeAnswer',
  'reassemblyLag',
] as const;
export type IntervalMetric = (typeof INTERVAL_METRICS)[number];

/** Messages, by the number that the workload gave them, whose lives are worth drawing. */
export interface Exemplars {
  /** The one that spent the longest time in the store until it was delivered; if none was stored, the one answered last. */
  readonly slowest?: number;
  /** The one that was stored and delivered in the shortest time; if none was, the one answered first. */
  readonly happy?: number;
}

/** Durations over time, and whose ladders to draw. */
export interface Intervals {
  readonly metrics: Partial<Record<IntervalMetric, MetricIntervals>>;
  readonly exemplars: Exemplars;
}

/** The document. */
export function intervalsJson({ metrics, exemplars }: Intervals): string {
  const parts = INTERVAL_METRICS.flatMap((name) => {
    const found = metrics[name];
    if (found === undefined) return [];
    const rows = found.rows.map(({ second, maxUs, pairs }) => JSON.stringify([second, maxUs, ...pairs]));
    return [`"${name}": {"seconds": ${found.seconds}, "rows": [\n${rows.join(',\n')}\n]}`];
  });
  const { happy, slowest } = exemplars;
  return [
    `{"schema": "${INTERVALS_SCHEMA}",`,
    `"exemplars": ${JSON.stringify({ happy, slowest })},`,
    `"metrics": {\n${parts.join(',\n')}\n}}\n`,
  ].join('\n');
}

/** Reads the document back; undefined if it is none of this schema. */
export function readIntervals(text: string): Intervals | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { schema, exemplars, metrics } = (value ?? {}) as Record<string, unknown>;
  if (schema !== INTERVALS_SCHEMA || !isMap(metrics)) return undefined;
  const read: Partial<Record<IntervalMetric, MetricIntervals>> = {};
  for (const name of INTERVAL_METRICS) {
    const metric = metrics[name];
    if (metric === undefined) continue;
    const found = isMap(metric) ? readMetric(metric) : undefined;
    if (found === undefined) return undefined;
    read[name] = found;
  }
  const { happy, slowest } = isMap(exemplars) ? exemplars : {};
  return {
    metrics: read,
    exemplars: {
      ...(isNumber(happy) ? { happy } : {}),
      ...(isNumber(slowest) ? { slowest } : {}),
    },
  };
}

function readMetric({ seconds, rows }: Record<string, unknown>): MetricIntervals | undefined {
  if (!isNumber(seconds) || seconds < 1 || !Array.isArray(rows)) return undefined;
  const read: IntervalCounts[] = [];
  for (const row of rows as unknown[]) {
    if (!Array.isArray(row) || row.length < 4 || row.length % 2 === 1 || !row.every(isNumber))
      return undefined;
    const [second, maxUs, ...pairs] = row;
    read.push({ second, maxUs, pairs });
  }
  return { seconds, rows: read };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
