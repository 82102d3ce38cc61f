/**
 * The metrics by name: one table of stable dotted names, from which thresholds, replications, sweeps and searches all read. A
 * metric is read from a summary; one that has nothing in it is absent.
 *
 * Names of scalars are `metric.aggregate`: `push.dwell.p95`, `ihs.rate`, `store.peak.messages.max`.
 */
import type { Counts } from './cell/counts.js';
import type { Distribution, Distributions, Throughput } from './cell/figures.js';
import type { Summary } from './cell-result.js';
import { percentileUs } from './recording/histogram.js';

/** What a number of a metric is counted in. */
export type Unit = 'us' | 'share' | 'count' | 'octets' | '/s' | 'octets/s';

/** What a metric is; it decides which aggregates there are. Words as k6 uses them, where k6 has one. */
export type MetricKind = 'trend' | 'rate' | 'counter' | 'gauge' | 'throughput';

/** A part of a whole; undefined as a rate if the whole is 0 (RFC 6076: not 0 and not 100). */
interface Ratio {
  readonly part: number;
  readonly whole: number;
}

interface Row<Kind extends MetricKind, Value> {
  readonly name: string;
  readonly kind: Kind;
  readonly title: string;
  readonly unit: Unit;
  readonly read: (summary: Summary) => Value | undefined;
}

export type Metric =
  | Row<'trend', Distribution>
  | Row<'rate', Ratio>
  | Row<'counter', number>
  | Row<'gauge', number>
  | Row<'throughput', Throughput>;

const trend = (name: string, key: keyof Distributions, title: string): Metric => ({
  name,
  kind: 'trend',
  title,
  unit: 'us',
  read: ({ distributions }) => distributions[key],
});

const counter = (name: string, key: keyof Counts, title: string): Metric => ({
  name,
  kind: 'counter',
  title,
  unit: 'count',
  read: ({ counts }) => counts[key],
});

const rate = (name: string, title: string, read: (summary: Summary) => Ratio | undefined): Metric => ({
  name,
  kind: 'rate',
  title,
  unit: 'share',
  read,
});

/** All metrics, in the order in which tables show them. */
export const METRICS: readonly Metric[] = [
  trend('push.dwell', 'dwell', 'from the receipt of a message by the IM Server to its settlement'),
  trend('push.drain', 'drainTime', 'from the 200 to the third-party REGISTER to the empty queue'),
  trend('push.trigger', 'triggerLatency', 'from the third-party REGISTER to the push INVITE'),
  trend(
    'store.delay',
    'storeDelay',
    'from when the IM Server has read a message to its 202, its wait for the CPU aside',
  ),
  trend('answer.delivered', 'answerDelivered', 'from the intended time of sending to the 200'),
  trend('answer.deferred', 'answerDeferred', 'from the intended time of sending to the 202'),
  trend('registration.delay', 'registrationDelay', 'from the REGISTER of a client to its 200 (RFC 6076 RRD)'),
  rate('ihs', 'inadequately handled scenario attempts (ETSI TS 186 008)', ({ ihs }) =>
    ihs === undefined ? undefined : { part: ihs.inadequate, whole: ihs.attempts },
  ),
  rate('registration.failed', 'failed registrations (RFC 6076 IRA)', ({ counts }) => ({
    part: counts.registerFailures,
    whole: counts.registersSent,
  })),
  rate('push.failed', 'push sessions that failed', ({ counts }) => ({
    part: counts.pushSessionsFailed,
    whole: counts.pushSessions,
  })),
  rate('store.expired', 'stored messages whose lifetime ended in the store', ({ counts }) => ({
    part: counts.expired,
    whole: counts.stored,
  })),
  {
    name: 'push.throughput',
    kind: 'throughput',
    title: 'messages settled, over the seconds with any',
    unit: '/s',
    read: ({ throughput }) => throughput?.messages,
  },
  {
    name: 'push.goodput',
    kind: 'throughput',
    title: 'octets of content settled, over the seconds with any',
    unit: 'octets/s',
    read: ({ throughput }) => throughput?.octets,
  },
  {
    name: 'store.peak.messages',
    kind: 'gauge',
    title: 'most messages in the store',
    unit: 'count',
    read: ({ store }) => store?.peakRecords,
  },
  {
    name: 'store.peak.octets',
    kind: 'gauge',
    title: 'most octets in the store',
    unit: 'octets',
    read: ({ store }) => store?.peakOctets,
  },
  {
    name: 'station.busiest',
    kind: 'gauge',
    title: 'utilisation of the busiest station under load',
    unit: 'share',
    read: ({ stations }) =>
      stations?.reduce((most, { loadUtilisation }) => Math.max(most, loadUtilisation), 0),
  },
  counter('messages.offered', 'offered', 'asked for by the workload'),
  counter('messages.delivered', 'deliveredAtOnce', 'delivered at once'),
  counter('messages.failed', 'answeredFailed', 'answered neither 200 nor 202'),
  counter('messages.stored', 'stored', 'committed to the store'),
  counter('messages.settled', 'settled', 'delivered from the store'),
  {
    name: 'messages.fetched',
    kind: 'counter',
    title: 'fetched by their users',
    unit: 'count',
    read: ({ byUsers }) => byUsers?.fetched,
  },
  {
    name: 'messages.discarded',
    kind: 'counter',
    title: 'deleted unread by their users',
    unit: 'count',
    read: ({ byUsers }) => byUsers?.discarded,
  },
  counter('messages.expired', 'expired', 'expired in the store'),
  counter('messages.rejected', 'rejected', 'deferral refused'),
  counter('messages.waiting', 'stillWaiting', 'still in the store at the end'),
  counter('messages.duplicates', 'duplicatesDropped', 'arrived again and were not presented'),
  counter('sip.retransmissions', 'retransmissions', 'SIP retransmissions'),
  counter('sip.timeouts', 'transactionTimeouts', 'SIP transactions that timed out'),
];

/** The metric of this name, if there is one. `ihs.rate` is another name of `ihs`. */
export function metricNamed(name: string): Metric | undefined {
  return METRICS.find((metric) => metric.name === (name === 'ihs.rate' ? 'ihs' : name));
}

/** The aggregates of each kind; `p(N)` stands for any percentile. */
export const AGGREGATES: Readonly<Record<MetricKind, readonly string[]>> = {
  trend: ['avg', 'med', 'max', 'count', 'p(N)'],
  rate: ['rate', 'count'],
  counter: ['count'],
  gauge: ['max'],
  throughput: ['avg', 'max', 'count'],
};

/** The percentile that `aggregate` asks for (`p(99.9)`), or undefined if it is no percentile between 0 and 100. */
export function percentileOf(aggregate: string): number | undefined {
  const match = /^p\((\d+(?:\.\d+)?)\)$/.exec(aggregate);
  const percentile = Number(match?.[1]);
  return match !== null && percentile > 0 && percentile <= 100 ? percentile : undefined;
}

/** Unit of an aggregate of `metric`. */
export function unitOf(metric: Metric, aggregate: string): Unit {
  return aggregate === 'count' ? 'count' : metric.unit;
}

/**
 * The value of an aggregate in base units (microseconds, fractions, octets, numbers a second), or undefined if there is nothing to
 * tell it from. A count of nothing is 0.
 */
export function valueOf(summary: Summary, metric: Metric, aggregate: string): number | undefined {
  switch (metric.kind) {
    case 'trend': {
      const trendOf = metric.read(summary);
      return trendOf === undefined ? (aggregate === 'count' ? 0 : undefined) : ofTrend(trendOf, aggregate);
    }
    case 'rate': {
      const ratio = metric.read(summary);
      if (aggregate === 'count') return ratio?.part ?? 0;
      return ratio === undefined || ratio.whole === 0 ? undefined : ratio.part / ratio.whole;
    }
    case 'counter':
      return metric.read(summary) ?? 0;
    case 'gauge':
      return metric.read(summary) ?? 0;
    case 'throughput': {
      const flow = metric.read(summary);
      if (aggregate === 'count') return flow?.total ?? 0;
      return aggregate === 'max' ? flow?.peakPerSecond : flow?.meanPerActiveSecond;
    }
  }
}

function ofTrend(distribution: Distribution, aggregate: string): number | undefined {
  if (aggregate === 'avg') return distribution.meanUs;
  if (aggregate === 'med') return distribution.p50Us;
  if (aggregate === 'max') return distribution.maxUs;
  if (aggregate === 'count') return distribution.count;
  const percentile = percentileOf(aggregate);
  if (percentile === undefined) return undefined;
  if (percentile === 50) return distribution.p50Us;
  if (percentile === 95) return distribution.p95Us;
  if (percentile === 99) return distribution.p99Us;
  return percentileUs(distribution, percentile);
}

/** One number of a run under its stable name. */
export interface Scalar {
  readonly name: string;
  readonly unit: Unit;
  readonly value: number | undefined;
}

const SHOWN: Readonly<Record<MetricKind, readonly string[]>> = {
  trend: ['avg', 'p(50)', 'p(95)', 'p(99)', 'max', 'count'],
  rate: ['rate', 'count'],
  counter: ['count'],
  gauge: ['max'],
  throughput: ['avg', 'max'],
};

/** Name of a scalar: `push.dwell` and `p(95)` are `push.dwell.p95`. */
export function scalarName(metric: Metric, aggregate: string): string {
  return `${metric.name}.${aggregate.replaceAll(/[()]/g, '')}`;
}

/** All scalars of a run, always the same names in the same order; what has nothing in it has no value. */
export function scalarsOf(summary: Summary): Scalar[] {
  return METRICS.flatMap((metric) =>
    SHOWN[metric.kind].map((aggregate) => ({
      name: scalarName(metric, aggregate),
      unit: unitOf(metric, aggregate),
      value: valueOf(summary, metric, aggregate),
    })),
  );
}
