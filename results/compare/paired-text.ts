/** A comparison of replications in words: for the terminal, and as Markdown for a pull request. What got worse comes first. */
import { columns } from '../text/format.js';
import { valueText } from '../thresholds.js';
import type { PairedComparison, PairedFigure } from './paired.js';

const ORDER = ['regressed', 'improved', 'shifted'] as const;
const WORDS = { regressed: 'REGRESSED', improved: 'improved', shifted: 'no more than chance' } as const;
/** Rows of the table in Markdown; figures that only shifted are many and say nothing. */
const MOST_ROWS = 80;

/** Figures that are named for not being compared. */
const MOST_THIN = 6;

/** One line that says what it came to. */
export function pairedSentence(comparison: PairedComparison): string {
  const { outcome, pairs, differing, figures, broken, reasons } = comparison;
  const some = (change: PairedFigure['change']) =>
    figures.filter((figure) => figure.change === change).length;
  switch (outcome) {
    case 'incomparable':
      return `INCOMPARABLE: ${reasons.join('; ')}`;
    case 'identical':
      return `IDENTICAL: ${pairs} seeds, every octet and every observation`;
    case 'improved':
      return `IMPROVED: ${some('improved')} figures better beyond chance, none worse, over ${pairs} seeds`;
    case 'regressed':
      return `REGRESSED: ${some('regressed')} figures worse beyond chance, ${some('improved')} better, ${broken.length} runs broken, over ${pairs} seeds`;
    default:
      return `SHIFTED: ${differing} of ${pairs} seeds behave otherwise, and no figure is better or worse beyond chance`;
  }
}

/** The whole comparison for the terminal, with a final end of line. */
export function pairedText(comparison: PairedComparison): string {
  const lines = [
    `compare  ${comparison.scenario}  ${comparison.pairs} seeds, paired`,
    ...brokenLine(comparison),
  ];
  const rows = sorted(comparison).map(cells);
  if (rows.length > 0) lines.push(...columns([HEAD, ...rows]).map((line) => `  ${line}`), note(comparison));
  lines.push(...thinLine(comparison));
  return `${[...lines, pairedSentence(comparison)].join('\n')}\n`;
}

/** Markdown for a pull request. */
export function pairedMarkdown(comparison: PairedComparison): string {
  const rows = sorted(comparison).map((figure) => `| ${cells(figure).join(' | ')} |`);
  const out = [
    `### restante: ${comparison.scenario.replaceAll('|', '\\|')}, ${comparison.pairs} seeds, paired`,
    '',
    `**${pairedSentence(comparison)}**`,
    '',
    ...brokenLine(comparison),
  ];
  if (rows.length > 0) {
    out.push(
      '',
      `| ${HEAD.join(' | ')} |`,
      '| --- | ---: | ---: | ---: | --- |',
      ...rows.slice(0, MOST_ROWS),
    );
    if (rows.length > MOST_ROWS)
      out.push('', `${rows.length - MOST_ROWS} more are left out here; the JSON has them all.`);
    out.push('', note(comparison));
  }
  const thin = thinLine(comparison);
  if (thin.length > 0) out.push('', ...thin);
  return `${out.join('\n').trimEnd()}\n`;
}

const HEAD = ['figure', 'base', 'new', 'difference', ''];

function note({ confidence }: PairedComparison): string {
  return `  means over the pairs; all intervals together hold with ${confidence * 100} % confidence`;
}

function brokenLine({ broken }: PairedComparison): string[] {
  return broken.length === 0
    ? []
    : [
        `  passed in the base and not now: seed ${broken.slice(0, 5).join(', seed ')}${broken.length > 5 ? ', ...' : ''}`,
      ];
}

/** What both sides measured is asked for in pairs; a figure that one side no longer has would else vanish. */
function thinLine({ thin }: PairedComparison): string[] {
  if (thin.length === 0) return [];
  const names = thin.slice(0, MOST_THIN).map(({ name, base, next }) => `${name} (base ${base}, new ${next})`);
  const more = thin.length > MOST_THIN ? `, and ${thin.length - MOST_THIN} more` : '';
  return [`  not compared, measured on both sides of too few seeds: ${names.join(', ')}${more}`];
}

function sorted({ figures }: PairedComparison): PairedFigure[] {
  return ORDER.flatMap((change) => figures.filter((figure) => figure.change === change));
}

function cells({ name, unit, baseMean, nextMean, difference, halfWidth, change }: PairedFigure): string[] {
  const nothing = valueText(0, unit);
  const text = (value: number) => {
    const size = valueText(Math.abs(value), unit);
    return value < 0 && size !== nothing ? `-${size}` : size;
  };
  return [
    name,
    text(baseMean),
    text(nextMean),
    `${text(difference).startsWith('-') ? '' : '+'}${text(difference)} +- ${text(halfWidth)}`,
    WORDS[change],
  ];
}
