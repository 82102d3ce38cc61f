/** `restante compare`: two results of one cell, figure by figure; or two sets of replications, seed by seed. */
import type { Timing } from '../../results/cell/timing.js';
import type { Summary } from '../../results/cell-result.js';
import { unsoundBasis } from '../../results/baseline.js';
import { compareSummaries, exitCodeOf, type Comparison } from '../../results/compare/compare.js';
import { figuresOf } from '../../results/compare/figures.js';
import { compareNoisy, NOISY_RULE, samplesOf } from '../../results/compare/noisy.js';
import { IncomparableError, readSummary, readTiming } from '../../results/compare/read.js';
import { isStudy } from '../../results/compare/read-study.js';
import { parseTolerances, type Tolerances } from '../../results/compare/rules.js';
import { comparisonMarkdown, comparisonText } from '../../results/compare/text.js';
import { ExitCode, UsageError } from '../../results/exit-codes.js';
import { sortedJson } from '../../results/folder/json.js';
import { METRICS } from '../../results/metrics.js';
import { hint } from '../../workloads/scenario/suggest.js';
import { firstDifferingEvent } from '../first-event.js';
import { sayNext } from '../terminal/next.js';
import { shellWord } from '../terminal/shell-word.js';
import type { Streams } from '../terminal/streams.js';

export interface CompareOptions {
  readonly base: string;
  readonly next: string;
  readonly format: 'text' | 'json' | 'md';
  readonly tolerance: readonly string[];
  readonly quiet: boolean;
  /** Look for the first differing event: `false` never, `true` however long it takes; undefined if it takes seconds. */
  readonly event?: boolean | undefined;
  /** Another build of restante, that made the base. */
  readonly baseProgram?: string | undefined;
  /** Run both sides under so many seeds. */
  readonly replications?: number | undefined;
  readonly jobs?: number | undefined;
}

/** Runs the command; gives the exit code: 5 for a regression, 6 for what cannot be compared, else 0. */
export async function compare(options: CompareOptions, streams: Streams): Promise<ExitCode> {
  const tolerances = parseTolerances(options.tolerance);
  try {
    const studies = [options.base, options.next].filter(isStudy).length;
    if (studies === 1)
      throw new UsageError(
        'one side is a study and the other is none: compare two runs, or two studies of replications',
      );
    if (studies === 2 || options.replications !== undefined) {
      const { compareReplications } = await import('./compare-replications.js');
      return await compareReplications(options, tolerances, streams);
    }
    return compareTwo(options, tolerances, streams);
  } catch (error) {
    if (!(error instanceof IncomparableError)) throw error;
    streams.err(`restante: incomparable: ${error.message}\n`);
    return error.exitCode;
  }
}

function compareTwo(options: CompareOptions, tolerances: Tolerances, streams: Streams): ExitCode {
  const base = readSummary(options.base);
  const next = readSummary(options.next);
  checkNames(tolerances, [base, next]);
  let comparison: Comparison = compareSummaries(base, next, tolerances);
  if (options.event !== false) {
    const tell = (text: string) => void (options.quiet || streams.err(`${text}\n`));
    comparison = { ...comparison, ...firstDifferingEvent(comparison, base, next, options, tell) };
  }
  const samples = [options.base, options.next].map((side) => timed(readTiming(side)));
  const noisy = comparison.outcome === 'incomparable' ? undefined : compareNoisy(samples[0], samples[1]);
  if (noisy !== undefined) comparison = { ...comparison, noisy };

  const code = exitCodeOf(comparison);
  if (options.format === 'json') streams.out(sortedJson(comparison));
  else if (options.format === 'md') streams.out(comparisonMarkdown(comparison));
  else {
    const text = comparisonText(comparison);
    streams.out(options.quiet ? `${text.trimEnd().split('\n').at(-1)}\n` : text);
    if (code !== ExitCode.pass) streams.out(`exit ${code}\n`);
    if (!options.quiet) sayNext(nextCommands(options, next, comparison), streams);
  }
  return code;
}

/** A tolerance for a figure that nobody knows would never apply, and its user would not learn why. */
function checkNames({ byName }: Tolerances, sides: readonly Summary[]): void {
  const known = [...sides.flatMap(figuresOf), ...METRICS].map(({ name }) => name);
  for (const wanted of byName.keys()) {
    if (known.some((name) => name === wanted || name.startsWith(`${wanted}.`))) continue;
    throw new UsageError(`--tolerance ${wanted}: there is no figure of that name${hint(wanted, known)}`);
  }
}

function timed(timing: Timing | undefined) {
  return timing === undefined ? [] : samplesOf(timing);
}

function nextCommands(options: CompareOptions, summary: Summary, { outcome, noisy }: Comparison): string[] {
  const [base, next] = [options.base, options.next].map(shellWord);
  if (outcome === 'incomparable') return ['restante explain exit-code 6'];
  const lines =
    outcome === 'identical'
      ? []
      : [
          `restante compare ${base} ${next} --replications 10   # worse, or another random stream?`,
          ...(unsoundBasis(summary) === undefined
            ? [`restante baseline accept ${next}   # if this is what was meant`]
            : []),
        ];
  if (outcome === 'identical' && noisy === undefined)
    lines.push(
      `restante run SCENARIO --repeat ${2 * NOISY_RULE.leastSamples} --out DIR   # on both sides, to compare their speed`,
    );
  return lines;
}
