/** The parts of a run's page that are text and tables: verdict strip, faults, delays, stations, recovery, verdicts, counts. */
import type { Comparison } from '../compare/compare.js';
import { comparisonSentence } from '../compare/text.js';
import type { LargeFigures } from '../cell/figures.js';
import type { Summary } from '../cell-result.js';
import { clockOfNs, durationOfUs, octetsText, thousands } from '../text/format.js';
import { stationRows } from '../text/station-rows.js';
import { valueText } from '../thresholds.js';
import { judge } from '../verdict.js';
import { unsettledText, warmUpText, windowText } from '../text/warm-up-text.js';
import type { FaultBand } from './charts/chart.js';
import { escaped, folded, table } from './html.js';
import { distributionsOf } from './charts/run-charts.js';

type Tone = 'good' | 'bad' | 'plain';

const BASELINE_TONES: Readonly<Record<Comparison['outcome'], Tone>> = {
  identical: 'good',
  'changed-within-tolerance': 'good',
  improved: 'good',
  regressed: 'bad',
  incomparable: 'plain',
};

function tile(tone: Tone, title: string, text: string, detail = ''): string {
  const more = detail === '' ? '' : `<small>${escaped(detail)}</small>`;
  return `<li class="${tone}"><b>${escaped(title)}</b><span>${escaped(text)}</span>${more}</li>`;
}

/** Name of the run, its verdict, and the figures that a reader wants first. */
export function header(summary: Summary, comparison: Comparison | undefined): string {
  const {
    scenario,
    seed,
    subscribers,
    virtualNs,
    serviceTimes,
    costSources = {},
    distributions,
    store,
    throughput,
    ihs,
    warmUp,
  } = summary;
  const { sentence, exitCode } = judge(summary);
  const good = exitCode === 0;
  const held = summary.invariants.filter((verdict) => verdict.held).length;
  const all = summary.invariants.length;
  const thresholds = summary.thresholds ?? [];
  const met = thresholds.filter((verdict) => verdict.met).length;
  const failed = thresholds.some((verdict) => !verdict.met && verdict.severity === 'fail');
  const sources = Object.entries(costSources)
    .map(([host, source]) => `${host}: ${source}`)
    .join('; ');
  const { dwell, answerDelivered } = distributions;
  const tiles = [
    tile(held === all ? 'good' : 'bad', 'Invariants', `${held} of ${all} held`),
    ...(thresholds.length === 0
      ? []
      : [tile(failed ? 'bad' : 'good', 'Thresholds', `${met} of ${thresholds.length} met`)]),
    ...(warmUp === undefined
      ? []
      : [
          tile(
            warmUp.settled ? 'good' : 'bad',
            'Steady state',
            warmUp.settled ? windowText(warmUp) : 'not settled',
            `${clockOfNs(warmUp.removedSeconds * 1e9)} of warm-up left out`,
          ),
        ]),
    ...(comparison === undefined
      ? []
      : [
          tile(
            BASELINE_TONES[comparison.outcome],
            'Baseline',
            comparison.outcome === 'incomparable' ? 'another cell' : comparisonSentence(comparison),
          ),
        ]),
    ...(ihs === undefined
      ? []
      : [
          tile(
            'plain',
            'Inadequately handled',
            valueText(ihs.attempts === 0 ? 0 : ihs.inadequate / ihs.attempts, 'share'),
            `${thousands(ihs.inadequate)} of ${thousands(ihs.attempts)} attempts`,
          ),
        ]),
    ...(answerDelivered === undefined
      ? []
      : [
          tile(
            'plain',
            'Send to 200, p95',
            durationOfUs(answerDelivered.p95Us),
            `${thousands(answerDelivered.count)} messages`,
          ),
        ]),
    ...(dwell === undefined
      ? []
      : [
          tile(
            'plain',
            'In the store, p95',
            durationOfUs(dwell.p95Us),
            `${thousands(dwell.count)} delivered`,
          ),
        ]),
    ...(throughput === undefined
      ? []
      : [
          tile(
            'plain',
            'Push, at most',
            `${thousands(throughput.messages.peakPerSecond)}/s`,
            `at ${clockOfNs(throughput.messages.peakAtSecond * 1e9)}`,
          ),
        ]),
    ...(store === undefined
      ? []
      : [
          tile(
            'plain',
            'Store, at most',
            `${thousands(store.peakRecords)} messages`,
            octetsText(store.peakOctets),
          ),
        ]),
  ];
  return [
    '<p class="mark">restante</p>',
    `<h1>${escaped(scenario)}</h1>`,
    `<p class="about">seed ${escaped(seed)}, ${thousands(subscribers)} subscribers, ${clockOfNs(virtualNs)} of virtual time, fingerprint <code>${escaped(summary.fingerprint)}</code></p>`,
    `<p class="verdict ${good ? 'good' : 'bad'}"><span aria-hidden="true">${good ? '\u2713' : '\u2717'}</span> ${escaped(sentence)}</p>`,
    `<ul class="strip" aria-label="Verdict and main figures">${tiles.join('\n')}</ul>`,
    `<p class="banner${serviceTimes === 'calibrated' ? '' : ' assumed'}">service times: <strong>${escaped(serviceTimes)}</strong>${sources === '' ? '' : ` <small>${escaped(sources)}</small>`}</p>`,
  ].join('\n');
}

export function faultList(bands: readonly FaultBand[]): string {
  if (bands.length === 0) return '<p>No faults were planned.</p>';
  const rows = bands.map(({ label, fromS, toS }) => [label, clockOfNs(fromS * 1e9), clockOfNs(toS * 1e9)]);
  const list = table('Faults, shaded in the charts over time', ['fault', 'from', 'to'], rows);
  return bands.length <= 8 ? list : folded(`${bands.length} faults, shaded in the charts over time`, list);
}

/** What a steady-state run leaves out of its figures; nothing for a terminating one. */
export function warmUpPart({ warmUp }: Summary): string {
  if (warmUp === undefined) return '';
  const unsettled = unsettledText(warmUp);
  const rows = warmUp.series.map(({ name, removedSeconds, settled }) => [
    name,
    clockOfNs(removedSeconds * 1e9),
    settled ? 'settled' : 'NOT SETTLED',
  ]);
  return [
    `<p>${escaped(sentenceCase(warmUpText(warmUp)))}. Left out of the figures is shaded grey in the charts over time.</p>`,
    unsettled === undefined ? '' : `<p><strong>${escaped(unsettled)}</strong></p>`,
    rows.length === 0
      ? ''
      : folded('How each series settled', table('Warm-up by MSER-5', ['series', 'removed', 'verdict'], rows)),
  ].join('\n');
}

function sentenceCase(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

/** What figures without the warm-up are over. */
function coverage({ warmUp }: Summary): string {
  return warmUp === undefined ? 'over the whole run' : `from ${windowText(warmUp)}`;
}

/** The percentiles of each delay. */
export function delayTable(summary: Summary): string {
  const rows = distributionsOf(summary).map(([name, d]) => [
    name,
    ...[d.p50Us, d.p95Us, d.p99Us, d.maxUs].map(durationOfUs),
    thousands(d.count),
  ]);
  return rows.length === 0
    ? ''
    : table(`Delays ${coverage(summary)}`, ['delay', 'p50', 'p95', 'p99', 'max', 'count'], rows);
}

/** The highest point of the store, in words. */
export function storeSentence({ store, counts, byUsers }: Summary): string {
  if (store === undefined) return '<p>Nothing was stored.</p>';
  const { peakRecords, peakRecordsAtSecond, peakOctets } = store;
  const unread =
    byUsers === undefined ? '' : ` ${thousands(byUsers.discarded)} were deleted unread by their users,`;
  const text = `At most ${thousands(peakRecords)} messages (${octetsText(peakOctets)}), at ${clockOfNs(peakRecordsAtSecond * 1e9)}. Of ${thousands(counts.stored)} stored, ${thousands(counts.settled)} were delivered,${unread} ${thousands(counts.expired)} expired, ${thousands(counts.deadLettered)} are kept and no longer pushed, ${thousands(counts.stillWaiting)} still wait.`;
  return `<p>${escaped(text)}</p>`;
}

export function stationTable(summary: Summary): string {
  const rows = stationRows(summary);
  if (rows.length === 0) return '';
  const head = [
    'station',
    'servers',
    'busy under load',
    'busiest second',
    'most jobs',
    'time',
    'service',
    'jobs',
    'refused',
  ];
  return table('Stations over the whole run', head, rows);
}

export function largeTable({ counts, overhead }: LargeFigures): string {
  const rows = Object.entries(counts)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => [name, thousands(value)]);
  const more = overhead === undefined ? [] : [['octets on streams per octet of payload', String(overhead)]];
  return folded('Counts of Large Messages', table('Large Messages', ['count', 'number'], [...rows, ...more]));
}

/** What came after the outage of clients. */
export function recoveryTable({ recovery }: Summary): string {
  if (recovery === undefined) return '';
  const clock = (second: number) => clockOfNs(second * 1e9);
  const after = (seconds: number | undefined) =>
    seconds === undefined ? 'not within the run' : clock(seconds);
  const rows = [
    ['clients that had lost the network', thousands(recovery.clients)],
    ['network back for the last of them', clock(recovery.endsAtSecond)],
    ['until 99 % of them were registered', after(recovery.secondsToRegister)],
    ['until 99 % of the backlog was gone', after(recovery.secondsToDrain)],
    [
      'until attempts were handled adequately again (0.1 % IHSA)',
      recovery.nothingAttempted === true ? 'nothing was sent afterwards' : after(recovery.secondsToAdequate),
    ],
    ['messages waiting, at most', thousands(recovery.peakBacklog)],
    [
      'REGISTER offered, at most',
      `${thousands(recovery.peakRegistersOffered)}/s at ${clock(recovery.peakRegistersOfferedAtSecond)}`,
    ],
    [
      'REGISTER carried, at most',
      `${thousands(recovery.peakRegistersCarried)}/s at ${clock(recovery.peakRegistersCarriedAtSecond)}`,
    ],
    ...recovery.waves.map(({ atSecond, perSecond }, i) => [
      `wave ${i + 1}`,
      `${thousands(perSecond)}/s at ${clock(atSecond)}`,
    ]),
  ];
  return table('Recovery from the outage of clients', ['what', 'when or how many'], rows);
}

export function thresholdTable({ thresholds }: Summary): string {
  if (thresholds === undefined || thresholds.length === 0) return '<p>The scenario has no thresholds.</p>';
  const word = (met: boolean, severity: string) =>
    met ? 'met' : severity === 'fail' ? 'NOT MET' : 'warning';
  const rows = thresholds.map(({ threshold, met, severity, measured }) => [
    threshold,
    word(met, severity),
    measured,
  ]);
  return table('Thresholds', ['threshold', 'verdict', 'measured'], rows);
}

export function invariantTable({ invariants }: Summary): string {
  const rows = invariants.map(({ id, title, clause, held, checked, violations, first }) => [
    `${id} ${title}`,
    held
      ? 'held'
      : `VIOLATED ${violations === 1 ? 'once' : `${thousands(violations)} times`}${first === undefined ? '' : `; first: ${first}`}`,
    thousands(checked),
    clause,
  ]);
  return table('Invariants', ['invariant', 'verdict', 'checks', 'clause'], rows);
}

export function lawTable({ selfChecks }: Summary): string {
  if (selfChecks === undefined || selfChecks.length === 0) return '';
  const rows = selfChecks.map(({ law, where, expected, measured, held }) => [
    `${law}, ${where}`,
    held ? 'holds' : 'BROKEN',
    String(Number(expected.toPrecision(6))),
    String(Number(measured.toPrecision(6))),
  ]);
  return folded(
    'Self-checks of the simulator',
    table('Laws', ['law', 'verdict', 'expected', 'measured'], rows),
  );
}

export function countTable({ counts }: Summary): string {
  return folded(
    'All counts of the run',
    table(
      'Counts over the whole run',
      ['count', 'number'],
      Object.entries(counts)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => [name, thousands(value)]),
    ),
  );
}

export function reproduction({ scenario, seed, overrides, sabotage }: Summary): string {
  const word = (text: string) => (/^[\w.=%/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  const command = [
    `restante run ${word(scenario)} --seed ${word(seed)}`,
    ...overrides.map((override) => `--set ${word(override)}`),
    ...(sabotage === null ? [] : [`--sabotage ${word(sabotage)}`]),
  ].join(' ');
  return `<pre>${escaped(command)}</pre>\n<p>A scenario of your own is run by its path; plan.yaml beside this file runs too.</p>`;
}
