/**
 * Thresholds in k6's syntax: `p(95)<800ms`, `rate<0.1%`, `avg<=2s`, `max<1000`, `count==0`. An expression belongs to a metric of
 * `metrics.ts`; in one text the two stand as `push.dwell:p(95)<800ms` or `push.dwell.p(95)<800ms`.
 *
 * Other than k6: a duration has a unit, as everywhere in a scenario, and a threshold on a metric in which nothing was measured has
 * not been met (a run that delivered nothing is no success).
 */
import type { Summary } from './cell-result.js';
import { durationOfUs, octetsText, thousands } from './text/format.js';
import {
  AGGREGATES,
  METRICS,
  metricNamed,
  percentileOf,
  unitOf,
  valueOf,
  type Metric,
  type Unit,
} from './metrics.js';

/** What a failed threshold does: `fail` ends in exit 3, `warn` is only told. */
export type Severity = 'fail' | 'warn';

type Operator = '<' | '<=' | '>' | '>=' | '==' | '!=';

export interface Threshold {
  /** The whole of it in one text, `push.dwell:p(95)<800ms`. */
  readonly text: string;
  readonly metric: Metric;
  readonly aggregate: string;
  readonly operator: Operator;
  /** In the base unit of the metric. */
  readonly limit: number;
  readonly severity: Severity;
}

/** What is wrong with a text. `word` is the misspelt part of it and `known` what could stand there. */
export interface ThresholdFault {
  readonly message: string;
  readonly word?: string;
  readonly known?: readonly string[];
  /** Where in the text `word` starts. */
  readonly offset: number;
}

/** A threshold, or what is wrong with its text. */
export type ThresholdResult =
  | { readonly ok: true; readonly threshold: Threshold }
  | { readonly ok: false; readonly fault: ThresholdFault };

const UNITS: Readonly<Record<Unit, readonly (readonly [string, number])[]>> = {
  us: [
    ['ns', 0.001],
    ['us', 1],
    ['ms', 1_000],
    ['s', 1_000_000],
    ['m', 60_000_000],
    ['h', 3_600_000_000],
  ],
  share: [
    ['%', 0.01],
    ['', 1],
  ],
  count: [['', 1]],
  octets: [
    ['B', 1],
    ['KiB', 1_024],
    ['MiB', 1_048_576],
    ['GiB', 1_073_741_824],
    ['kB', 1_000],
    ['MB', 1_000_000],
    ['GB', 1_000_000_000],
  ],
  '/s': [['/s', 1]],
  'octets/s': [
    ['B/s', 1],
    ['KiB/s', 1_024],
    ['MiB/s', 1_048_576],
    ['kB/s', 1_000],
    ['MB/s', 1_000_000],
  ],
};

const EXAMPLES: Readonly<Record<Unit, string>> = {
  us: '800ms',
  share: '0.1%',
  count: '1000',
  octets: '64MiB',
  '/s': '36/s',
  'octets/s': '2MB/s',
};

const EXPRESSION =
  /^(\s*)([a-z]+(?:\([^)]*\))?)\s*(<=|>=|==|!=|<|>)\s*([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z/%]*)\s*$/;

/** Reads an expression on the metric `name`. */
export function parseThreshold(
  name: string,
  expression: string,
  severity: Severity = 'fail',
): ThresholdResult {
  const metric = metricNamed(name);
  if (metric === undefined) {
    const known = METRICS.map((entry) => entry.name);
    return { ok: false, fault: { message: `there is no metric "${name}"`, word: name, known, offset: 0 } };
  }
  const match = EXPRESSION.exec(expression);
  if (match === null) {
    const message = `"${expression}" is no threshold: write it like ${exampleOf(metric)}`;
    return { ok: false, fault: { message, offset: 0 } };
  }
  const [, space, aggregate, operator, amount, unit] = match;
  const known = AGGREGATES[metric.kind];
  if (!known.includes(aggregate) && !(metric.kind === 'trend' && percentileOf(aggregate) !== undefined)) {
    const message = `${metric.name} has no "${aggregate}"`;
    return { ok: false, fault: { message, word: aggregate, known, offset: space.length } };
  }
  const base = unitOf(metric, aggregate);
  const factor = UNITS[base].find(([text]) => text === unit)?.[1];
  if (factor === undefined) {
    const units = UNITS[base].map(([text]) => text).filter((text) => text !== '');
    const message =
      units.length === 0
        ? `${metric.name} ${aggregate} is a number without a unit`
        : `${metric.name} ${aggregate} needs a unit, for example ${EXAMPLES[base]}`;
    return {
      ok: false,
      fault: { message, offset: expression.indexOf(amount, space.length + aggregate.length) },
    };
  }
  const value = Number(amount);
  return {
    ok: true,
    threshold: {
      text: `${metric.name}:${expression.trim()}`,
      metric,
      aggregate,
      operator: operator as Operator,
      // Percent divides, so that 0.1% is the same double as 0.001 in a source text.
      limit: unit === '%' ? value / 100 : value * factor,
      severity,
    },
  };
}

/** An expression that would be right for `metric`. */
function exampleOf(metric: Metric): string {
  const aggregate = { trend: 'p(95)', rate: 'rate', counter: 'count', gauge: 'max', throughput: 'avg' }[
    metric.kind
  ];
  return `${aggregate}${metric.kind === 'throughput' ? '>' : '<'}${EXAMPLES[unitOf(metric, aggregate)]}`;
}

/** Reads metric and expression in one text: `push.dwell:p(95)<800ms`, `push.dwell.p(95)<800ms`, `ihs.rate<0.1%`. */
export function parseObjective(text: string): ThresholdResult {
  const operatorAt = text.search(/[<>=!]/);
  const head = operatorAt < 0 ? text : text.slice(0, operatorAt);
  const colon = head.indexOf(':');
  // Without a colon the name ends at the last dot before any parenthesis.
  const paren = head.indexOf('(');
  const cut = colon >= 0 ? colon : head.lastIndexOf('.', paren < 0 ? undefined : paren);
  if (cut < 1 || operatorAt < 0) {
    const message = `"${text}" is no objective: write it like push.dwell:p(95)<800ms or ihs.rate<0.1%`;
    return { ok: false, fault: { message, offset: 0 } };
  }
  const result = parseThreshold(text.slice(0, cut).trim(), text.slice(cut + 1));
  if (result.ok || result.fault.word === text.slice(0, cut).trim()) return result;
  return { ok: false, fault: { ...result.fault, offset: result.fault.offset + cut + 1 } };
}

/** True if `value`, in the base unit, keeps the threshold. */
export function keeps({ operator, limit }: Threshold, value: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '==':
      return value === limit;
    case '!=':
      return value !== limit;
  }
}

/** How a threshold fared. */
export interface ThresholdVerdict {
  readonly threshold: string;
  readonly severity: Severity;
  readonly met: boolean;
  /** What was measured, in the base unit; absent if nothing was. */
  readonly value?: number;
  /** The same for people. */
  readonly measured: string;
}

/** Judges `summary` by each of `thresholds`, in their order. */
export function judgeThresholds(summary: Summary, thresholds: readonly Threshold[]): ThresholdVerdict[] {
  return thresholds.map((threshold) => {
    const { metric, aggregate, severity, text } = threshold;
    const value = valueOf(summary, metric, aggregate);
    if (value === undefined) {
      return { threshold: text, severity, met: false, measured: 'nothing was measured' };
    }
    const met = keeps(threshold, value);
    return { threshold: text, severity, met, value, measured: valueText(value, unitOf(metric, aggregate)) };
  });
}

/** A value in base units for people. */
export function valueText(value: number, unit: Unit): string {
  switch (unit) {
    case 'us':
      return durationOfUs(Math.round(value));
    case 'share':
      return `${Number((value * 100).toPrecision(3))} %`;
    case 'count':
      return thousands(Number(value.toFixed(value >= 100 ? 0 : 2)));
    case 'octets':
      return octetsText(value);
    case '/s':
      return `${thousands(Number(value.toFixed(value >= 100 ? 0 : 2)))} /s`;
    case 'octets/s':
      return `${octetsText(value)}/s`;
  }
}
