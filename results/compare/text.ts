/** A comparison in words: for the terminal, and as Markdown for a pull request. The gravest change comes first. */
import { clockOfNs, columns, thousands } from '../text/format.js';
import { valueText } from '../thresholds.js';
import type { Comparison, DifferingEvent, FigureChange } from './compare.js';

const ORDER = ['regressed', 'improved', 'changed-within-tolerance'] as const;
const WORDS = {
  regressed: 'REGRESSED',
  improved: 'improved',
  'changed-within-tolerance': 'within tolerance',
} as const;
/** Comments on a pull request end at 64 KiB. */
const MOST_OCTETS = 60_000;
const SHORT_TABLE_ROWS = 6;

/** One line that says what it came to. */
export function comparisonSentence(comparison: Comparison): string {
  const { outcome, reasons, figures, verdicts, compared } = comparison;
  const some = (change: (typeof ORDER)[number]) =>
    figures.filter((figure) => figure.change === change).length +
    verdicts.filter((verdict) => verdict.change === change).length;
  switch (outcome) {
    case 'identical':
      return `IDENTICAL: ${compared} figures, every octet and every observation`;
    case 'changed-within-tolerance':
      return figures.length === 0
        ? `CHANGED: other octets or observations, the same ${compared} figures`
        : `CHANGED within tolerance: ${figures.length} of ${compared} figures differ`;
    case 'improved':
      return `IMPROVED: ${some('improved')} better, none worse (${figures.length} of ${compared} figures differ)`;
    case 'regressed':
      return `REGRESSED: ${some('regressed')} worse, ${some('improved')} better (${figures.length} of ${compared} figures differ)`;
    case 'incomparable':
      return `INCOMPARABLE: ${reasons.join('; ')}`;
  }
}

/** The whole comparison for the terminal, with a final end of line. */
export function comparisonText(comparison: Comparison): string {
  const { base, next, verdicts } = comparison;
  const planted =
    next.sabotage === base.sabotage
      ? ''
      : `  sabotage ${base.sabotage ?? 'none'} -> ${next.sabotage ?? 'none'}`;
  const lines = [
    `compare  ${next.scenario}  seed ${next.seed}  base ${base.fingerprint} -> new ${next.fingerprint}${planted}`,
    ...onset(comparison).map((line) => `  ${line}`),
  ];
  for (const { kind, name, base: before, next: after, change } of verdicts) {
    lines.push(`  ${kind} ${name}: ${before} -> ${after}  ${WORDS[change]}`);
  }
  const figures = sorted(comparison);
  if (figures.length > 0) {
    const table = [
      ['figure', 'base', 'new', 'change', ''],
      ...figures.map((figure) => [...cells(figure), verdictOf(figure)]),
    ];
    lines.push(...columns(table).map((line) => `  ${line}`));
  }
  lines.push(...noisyLines(comparison).map((line) => `  ${line}`));
  return `${[...lines, comparisonSentence(comparison)].join('\n')}\n`;
}

/** Markdown for a pull request, at most 60 KB: verdict, the six gravest changes, the whole table folded. */
export function comparisonMarkdown(comparison: Comparison): string {
  const { base, next, verdicts } = comparison;
  const figures = sorted(comparison);
  const head = [
    `### restante: ${next.scenario}, seed ${code(next.seed)}`,
    '',
    `**${comparisonSentence(comparison)}**`,
    '',
    `Fingerprint ${code(base.fingerprint)} → ${code(next.fingerprint)}.`,
    ...onset(comparison).map((line, i) => `${i === 0 ? '\n' : ''}- ${line.replaceAll('|', '\\|')}`),
    '',
    ...verdicts.map(
      ({ kind, name, base: before, next: after, change }) =>
        `- ${kind} ${code(name)}: ${before} → ${after} (${WORDS[change]})`,
    ),
    ...(verdicts.length > 0 ? [''] : []),
  ];
  const rows = figures.map(
    (figure) => `| ${[code(figure.name), ...cells(figure).slice(1), verdictOf(figure)].join(' | ')} |`,
  );
  const header = ['| figure | base | new | change | rule |', '| --- | ---: | ---: | ---: | --- |'];
  const out = [...head];
  if (rows.length > 0) out.push(...header, ...rows.slice(0, SHORT_TABLE_ROWS), '');
  if (rows.length > SHORT_TABLE_ROWS) {
    out.push(`<details><summary>All ${rows.length} figures that differ</summary>`, '', ...header);
    let room = MOST_OCTETS - Buffer.byteLength(out.join('\n')) - 400;
    let shown = 0;
    for (const row of rows) {
      room -= Buffer.byteLength(row) + 1;
      if (room < 0) break;
      out.push(row);
      shown++;
    }
    if (shown < rows.length)
      out.push('', `${rows.length - shown} more are left out here; the JSON has them all.`);
    out.push('', '</details>', '');
  }
  const noisy = noisyLines(comparison);
  if (noisy.length > 0) out.push('', '```text', ...noisy, '```');
  return `${out.join('\n').trimEnd()}\n`;
}

function onset({ firstDifferingSecond: second, firstDifferingEvent: event, noEvent }: Comparison): string[] {
  if (second === undefined) return [];
  const lines = [
    `first differs in virtual second ${second} (${clockOfNs(second * 1e9)} to ${clockOfNs((second + 1) * 1e9)})`,
  ];
  if (event !== undefined) {
    const side = (one: DifferingEvent | undefined) =>
      one === undefined
        ? 'nothing more in this second'
        : `event #${one.event} at ${(one.atNs / 1e9).toFixed(9)} s: ${one.what}`;
    lines.push(`base  ${side(event.base)}`, `new   ${side(event.next)}`);
  }
  if (noEvent !== undefined) lines.push(`the first differing event is not known: ${noEvent}`);
  return lines;
}

/** What the noisy figures say, in a table of their own. */
function noisyLines({ noisy }: Comparison): string[] {
  if (noisy === undefined) return [];
  const number = (value: number) => thousands(Math.round(value));
  const rows = noisy.map(({ name, baseMedian, nextMedian, relative, p, samples, change }) => [
    name,
    number(baseMedian),
    number(nextMedian),
    percentText(relative),
    `p ${p < 0.001 ? '< 0.001' : p.toFixed(3)}, n ${samples.join(' and ')}`,
    change === 'none' ? '' : change === 'worse' ? 'warning: worse' : 'better',
  ]);
  return columns([['of this machine', 'base', 'new', 'change', '', ''], ...rows]);
}

function sorted({ figures }: Comparison): FigureChange[] {
  return ORDER.flatMap((change) => figures.filter((figure) => figure.change === change));
}

function cells({ name, unit, base, next, relative }: FigureChange): string[] {
  const text = (value: number | undefined) => (value === undefined ? 'none' : valueText(value, unit));
  return [name, text(base), text(next), relative === undefined ? '' : percentText(relative)];
}

function verdictOf({ change, better, tolerance }: FigureChange): string {
  if (change !== 'regressed') return WORDS[change];
  const rule = better === 'none' ? 'should not change' : `${better} is better`;
  return `${WORDS.regressed} (${rule}, tolerance ${Number((tolerance * 100).toPrecision(3))} %)`;
}

function percentText(relative: number): string {
  const percent = relative * 100;
  const size = Math.abs(percent);
  const text = size >= 100 ? size.toFixed(0) : size >= 0.1 ? size.toFixed(1) : size.toPrecision(1);
  return `${percent < 0 ? '-' : '+'}${text} %`;
}

/** Text in a code span, whatever is in it. */
function code(text: string): string {
  const safe = text
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll('|', '\\|')
    .replaceAll('`', "'");
  return `\`${safe}\``;
}
