/**
 * `report.html`: one file that works offline and can be mailed. There is no script in it, and its Content-Security-Policy lets
 * nothing be loaded. It holds exact figures only, so the same cell gives the same octets.
 *
 * Not shown: latency percentiles over time and the heat map, for which runs record no intervals yet.
 */
import type { Series, Summary } from '../cell-result.js';
import { comparisonSentence } from '../compare/text.js';
import type { Comparison } from '../compare/compare.js';
import { clockOfNs, durationOfUs, thousands } from '../format.js';
import { valueText } from '../thresholds.js';
import { judge } from '../verdict.js';
import type { FaultBand } from './charts.js';
import { delayTable, figuresOf, storeSentence } from './figures.js';
import { escaped, folded, section, table } from './html.js';
import { STYLE } from './style.js';

export interface ReportData {
  readonly summary: Summary;
  readonly series: Series;
  readonly bands: readonly FaultBand[];
  readonly comparison?: Comparison | undefined;
  /** A ladder as an SVG document, if there is one. */
  readonly ladder?: string | undefined;
}

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** The page. */
export async function reportPage(data: ReportData): Promise<string> {
  const { summary, series, bands, comparison, ladder } = data;
  const { scenario, seed, virtualNs, subscribers } = summary;
  const about = `${thousands(subscribers)} subscribers, ${clockOfNs(virtualNs)} of virtual time`;
  const body = [
    `<header><h1>${escaped(scenario)}, seed ${escaped(seed)}</h1><p>${about}</p>`,
    strip(summary, comparison),
    `<p class="banner">service times: <strong>${escaped(summary.serviceTimes)}</strong></p></header>`,
    '<main>',
    section('charts', 'Over virtual time', [faultList(bands), ...(await figuresOf(summary, series, bands))]),
    section('delays', 'Delays', [
      delayTable(summary),
      `<p>Store, at most: ${escaped(storeSentence(summary))}.</p>`,
    ]),
    stationSection(summary),
    section('verdicts', 'Verdicts', [thresholdTable(summary), invariantTable(summary), lawTable(summary)]),
    comparison === undefined ? '' : comparisonSection(comparison),
    ladder === undefined ? '' : ladderSection(ladder),
    section('counts', 'Counts', [countTable(summary)]),
    section('again', 'The same again', [reproduction(summary)]),
    '</main>',
  ];
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(scenario)}, seed ${escaped(seed)}: ${escaped(judge(summary).sentence)}</title>`,
    '<link rel="icon" href="data:,">',
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    ...body.filter((part) => part !== ''),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function strip(summary: Summary, comparison: Comparison | undefined): string {
  const held = summary.invariants.filter((verdict) => verdict.held).length;
  const all = summary.invariants.length;
  const thresholds = summary.thresholds ?? [];
  const met = thresholds.filter((verdict) => verdict.met).length;
  const failed = thresholds.some((verdict) => !verdict.met && verdict.severity === 'fail');
  const { sentence, exitCode } = judge(summary);
  const item = (good: boolean, title: string, text: string) =>
    `<li class="${good ? 'good' : 'bad'}"><b>${escaped(title)}</b>${escaped(text)}</li>`;
  return [
    '<ul class="strip" aria-label="Verdict">',
    item(exitCode === 0, 'Verdict', sentence),
    item(held === all, 'Invariants', `${held} of ${all} held`),
    ...(thresholds.length === 0 ? [] : [item(!failed, 'Thresholds', `${met} of ${thresholds.length} met`)]),
    ...(comparison === undefined
      ? []
      : [
          item(
            !['regressed', 'incomparable'].includes(comparison.outcome),
            'Baseline',
            comparisonSentence(comparison),
          ),
        ]),
    `<li><b>Fingerprint</b><code>${escaped(summary.fingerprint)}</code></li>`,
    '</ul>',
  ].join('\n');
}

function faultList(bands: readonly FaultBand[]): string {
  if (bands.length === 0) return '<p>No faults were planned.</p>';
  const rows = bands.map(({ label, fromS, toS }) => [label, clockOfNs(fromS * 1e9), clockOfNs(toS * 1e9)]);
  return table('Faults (shaded in the charts)', ['fault', 'from', 'to'], rows);
}

function stationSection({ stations }: Summary): string {
  const busy = (stations ?? []).filter(({ completed }) => completed > 0);
  if (busy.length === 0) return '';
  const percent = (share: number) => valueText(share, 'share');
  const rows = busy.map((station) => [
    station.name,
    String(station.servers),
    percent(station.loadUtilisation),
    percent(station.peakUtilisation),
    thousands(station.maxPresent),
    durationOfUs(Math.round(station.meanTimeUs)),
    durationOfUs(Math.round(station.meanServiceUs)),
    thousands(station.refused),
  ]);
  const head = [
    'station',
    'servers',
    'busy under load',
    'busiest second',
    'most jobs',
    'time',
    'service',
    'refused',
  ];
  return section('stations', 'Stations', [table('Stations', head, rows)]);
}

function thresholdTable({ thresholds }: Summary): string {
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

function invariantTable({ invariants }: Summary): string {
  const rows = invariants.map(({ id, title, clause, held, checked, violations, first }) => [
    `${id} ${title}`,
    held
      ? 'held'
      : `VIOLATED ${thousands(violations)} times${first === undefined ? '' : `; first: ${first}`}`,
    thousands(checked),
    clause,
  ]);
  return table('Invariants', ['invariant', 'verdict', 'checks', 'clause'], rows);
}

function lawTable({ selfChecks }: Summary): string {
  if (selfChecks === undefined || selfChecks.length === 0) return '';
  const rows = selfChecks.map(({ law, where, expected, measured, held }) => [
    `${law}, ${where}`,
    held ? 'holds' : 'BROKEN',
    String(Number(expected.toPrecision(6))),
    String(Number(measured.toPrecision(6))),
  ]);
  return folded('Self-checks of the simulator', table('Laws', ['law', '', 'expected', 'measured'], rows));
}

function comparisonSection({ base, figures, verdicts, firstDifferingSecond: second }: Comparison): string {
  const text = (value: number | undefined, unit: (typeof figures)[number]['unit']) =>
    value === undefined ? 'none' : valueText(value, unit);
  const rows = [
    ...verdicts.map(({ kind, name, base: was, next, change }) => [`${kind} ${name}`, was, next, change]),
    ...figures.map(({ name, unit, base: was, next, change }) => [
      name,
      text(was, unit),
      text(next, unit),
      change,
    ]),
  ];
  return section('comparison', 'Against the baseline', [
    `<p>Base <code>${escaped(base.fingerprint)}</code>${second === undefined ? '' : `, first differs in virtual second ${second}`}.</p>`,
    rows.length === 0
      ? '<p>No figure differs.</p>'
      : table('What differs', ['figure', 'base', 'new', ''], rows),
  ]);
}

function ladderSection(svg: string): string {
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  return section('ladder', 'The first offender', [
    `<div class="scroll" role="region" tabindex="0" aria-label="Ladder"><img class="ladder" alt="Ladder of the message; ladder.txt beside this file has it in words" src="${source}"></div>`,
  ]);
}

function countTable({ counts }: Summary): string {
  return table(
    'Counts over the whole run',
    ['count', 'number'],
    Object.entries(counts)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, thousands(value)]),
  );
}

function reproduction({ scenario, seed, overrides, sabotage }: Summary): string {
  const word = (text: string) => (/^[\w.=%/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
  const command = [
    `restante run ${word(scenario)} --seed ${word(seed)}`,
    ...overrides.map((override) => `--set ${word(override)}`),
    ...(sabotage === null ? [] : [`--sabotage ${word(sabotage)}`]),
  ].join(' ');
  return `<pre>${escaped(command)}</pre>\n<p>A scenario of your own is run by its path; plan.yaml beside this file runs too.</p>`;
}
