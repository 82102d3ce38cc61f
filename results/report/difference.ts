/**
 * A run against another. Two runs of one cell are judged (`results/compare`); of two different cells the figures stand side by side and
 * nobody judges them, since their difference was asked for.
 */
import type { Summary } from '../cell-result.js';
import type { Comparison, FigureChange } from '../compare/compare.js';
import { figuresOf } from '../compare/figures.js';
import { clockOfNs } from '../text/format.js';
import { valueText } from '../thresholds.js';
import { differenceChart } from './charts/bars.js';
import { escaped, folded, table } from './html.js';
import type { Figures } from './shell.js';

const HEAD = ['figure', 'base', 'new', 'change'];
/** Rows that are shown without being asked for. */
const MOST_OPEN = 12;

/** The section of a comparison. */
export async function comparisonParts(
  comparison: Comparison,
  base: Summary | undefined,
  summary: Summary,
  drawings: Figures,
): Promise<string[]> {
  const { verdicts, firstDifferingSecond: second, reasons } = comparison;
  const judged = comparison.outcome !== 'incomparable';
  const figures = judged || base === undefined ? comparison.figures : sideBySide(base, summary);
  const text = (value: number | undefined, unit: FigureChange['unit']) =>
    value === undefined ? 'none' : valueText(value, unit);
  const last = (relative: number | undefined, change: string) =>
    judged || relative === undefined ? change : `${relative > 0 ? '+' : ''}${(100 * relative).toFixed(1)} %`;
  const rows = [
    ...verdicts.map(({ kind, name, base: was, next, change }) => [`${kind} ${name}`, was, next, change]),
    ...figures.map(({ name, unit, base: was, next, relative, change }) => [
      name,
      text(was, unit),
      text(next, unit),
      last(relative, change),
    ]),
  ];
  const first =
    second === undefined ? '' : `, first differs in virtual second ${second} (${clockOfNs(second * 1e9)})`;
  const other = judged
    ? ''
    : ` It is another cell (${reasons.join('; ')}), so what differs is shown and not judged.`;
  return [
    `<p>Base: ${escaped(comparison.base.scenario)}, seed ${escaped(comparison.base.seed)}, fingerprint <code>${escaped(comparison.base.fingerprint)}</code>${first}.${escaped(other)}</p>`,
    await drawings.of([differenceChart(figures)]),
    rows.length === 0
      ? '<p>No figure differs.</p>'
      : rows.length <= MOST_OPEN
        ? table('What differs', HEAD, rows)
        : folded(`All ${rows.length} differences`, table('What differs', HEAD, rows)),
  ];
}

/** The figures of two runs that differ, without a judgement. */
function sideBySide(base: Summary, next: Summary): FigureChange[] {
  const before = new Map(figuresOf(base).map((figure) => [figure.name, figure.value]));
  return figuresOf(next).flatMap(({ name, unit, value }): FigureChange[] => {
    const was = before.get(name);
    if (was === value) return [];
    return [
      {
        name,
        unit,
        ...(was === undefined ? {} : { base: was }),
        ...(value === undefined ? {} : { next: value }),
        ...(was === undefined || value === undefined || was === 0
          ? {}
          : { relative: (value - was) / Math.abs(was) }),
        better: 'none',
        tolerance: 0,
        change: 'changed-within-tolerance',
      },
    ];
  });
}
