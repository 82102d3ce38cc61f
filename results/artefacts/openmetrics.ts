/**
 * `metrics.prom`: the run in OpenMetrics text, for dashboards. Timestamps are seconds of *virtual* time since the start of the run
 * (so a backfill puts them into January 1970). Exact figures only.
 *
 * Long runs are thinned: no more than {@link MOST_POINTS} instants of each series, always with the last one.
 */
import type { Distribution, Distributions } from '../cell/figures.js';
import type { Series, Summary } from '../cell-result.js';

export const MOST_POINTS = 600;

/** Columns that every run has. */
type Column = keyof { [K in keyof Series as undefined extends Series[K] ? never : K]: true };

const COUNTERS: readonly (readonly [Column, string, string])[] = [
  ['offered', 'restante_messages_offered', 'messages asked for by the workload'],
  ['deliveredAtOnce', 'restante_messages_delivered_at_once', 'messages that reached a registered recipient'],
  ['stored', 'restante_messages_stored', 'messages committed to the store'],
  ['settled', 'restante_messages_settled', 'messages delivered from the store and deleted'],
  ['settledOctets', 'restante_settled_octets', 'octets of content delivered from the store'],
  ['expired', 'restante_messages_expired', 'messages whose lifetime ended in the store'],
  ['registersSent', 'restante_registers_sent', 'REGISTER requests that left clients'],
  ['registersGranted', 'restante_registers_granted', 'REGISTER requests that were granted'],
];

const LEVELS: readonly (readonly [Column, string, string])[] = [
  ['storeRecords', 'restante_store_messages', 'messages in the store'],
  ['storeOctets', 'restante_store_octets', 'octets in the store'],
];

const SUMMARIES: readonly (readonly [keyof Distributions, string, string])[] = [
  ['answerDelivered', 'restante_answer_delivered_seconds', 'from the intended time of sending to the 200'],
  ['answerDeferred', 'restante_answer_deferred_seconds', 'from the intended time of sending to the 202'],
  [
    'storeDelay',
    'restante_store_delay_seconds',
    'from when the IM Server has read a message to its 202, its wait for the CPU aside',
  ],
  ['triggerLatency', 'restante_push_trigger_seconds', 'from the third-party REGISTER to the push INVITE'],
  ['drainTime', 'restante_push_drain_seconds', 'from the 200 to the third-party REGISTER to the empty queue'],
  ['dwell', 'restante_push_dwell_seconds', 'from the receipt of a message to its settlement'],
  ['registrationDelay', 'restante_registration_delay_seconds', 'from a REGISTER to its 200'],
];

/** The document, ending in `# EOF`. */
export function openMetrics(summary: Summary, series: Series): string {
  const labels = `scenario="${escaped(summary.scenario)}",seed="${escaped(summary.seed)}"`;
  const endS = summary.virtualNs / 1e9;
  const seconds = series.offered.length;
  const step = Math.max(1, Math.ceil(seconds / MOST_POINTS));
  const instants: number[] = [];
  for (let second = step; second < seconds; second += step) instants.push(second);
  if (seconds > 0) instants.push(seconds);
  const lines = [
    ...head(
      'restante_run',
      'info',
      'the run that these figures are of; service times are assumed unless they say calibrated',
    ),
    `restante_run_info{${labels},fingerprint="${summary.fingerprint}",service_times="${summary.serviceTimes}"} 1`,
  ];
  for (const [key, name, help] of COUNTERS) {
    lines.push(...head(name, 'counter', help));
    let total = 0;
    let second = 0;
    for (const until of instants) {
      for (; second < until; second++) total += series[key][second];
      lines.push(`${name}_total{${labels}} ${total} ${until}`);
    }
  }
  for (const [key, name, help] of LEVELS) {
    lines.push(...head(name, 'gauge', help));
    for (const until of instants) lines.push(`${name}{${labels}} ${series[key][until - 1]} ${until}`);
  }
  for (const [key, name, help] of SUMMARIES) {
    const distribution = summary.distributions[key];
    if (distribution === undefined) continue;
    lines.push(...head(name, 'summary', help, 'seconds'), ...quantiles(name, labels, distribution, endS));
  }
  lines.push(...head('restante_invariant_held', 'gauge', '1 if the invariant held'));
  for (const { id, held } of summary.invariants) {
    lines.push(`restante_invariant_held{${labels},id="${escaped(id)}"} ${held ? 1 : 0} ${endS}`);
  }
  return `${[...lines, '# EOF'].join('\n')}\n`;
}

function head(name: string, type: string, help: string, unit?: string): string[] {
  return [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${help}`,
  ];
}

function quantiles(name: string, labels: string, distribution: Distribution, endS: number): string[] {
  const { p50Us, p95Us, p99Us, maxUs, sumUs, count } = distribution;
  const at: [string, number][] = [
    ['0.5', p50Us],
    ['0.95', p95Us],
    ['0.99', p99Us],
    ['1', maxUs],
  ];
  return [
    ...at.map(([quantile, us]) => `${name}{${labels},quantile="${quantile}"} ${us / 1e6} ${endS}`),
    `${name}_count{${labels}} ${count} ${endS}`,
    ...(sumUs === undefined ? [] : [`${name}_sum{${labels}} ${sumUs / 1e6} ${endS}`]),
  ];
}

function escaped(text: string): string {
  return Buffer.from(text).toString().replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
