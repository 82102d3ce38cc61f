/** `restante compare`: two results of one cell, figure by figure. */
import { compareSummaries, exitCodeOf, type Comparison } from '../../results/compare/compare.js';
import { IncomparableError, readSummary } from '../../results/compare/read.js';
import { parseTolerances } from '../../results/compare/rules.js';
import { comparisonMarkdown, comparisonText } from '../../results/compare/text.js';
import { ExitCode } from '../../results/exit-codes.js';
import { sortedJson } from '../../results/json.js';
import type { Streams } from '../streams.js';

export interface CompareOptions {
  readonly base: string;
  readonly next: string;
  readonly format: 'text' | 'json' | 'md';
  readonly tolerance: readonly string[];
  readonly quiet: boolean;
}

/** Runs the command; gives the exit code: 5 for a regression, 6 for what cannot be compared, else 0. */
export function compare(options: CompareOptions, streams: Streams): ExitCode {
  const tolerances = parseTolerances(options.tolerance);
  let comparison: Comparison;
  try {
    comparison = compareSummaries(readSummary(options.base), readSummary(options.next), tolerances);
  } catch (error) {
    if (!(error instanceof IncomparableError)) throw error;
    streams.err(`restante: incomparable: ${error.message}\n`);
    return error.exitCode;
  }
  const code = exitCodeOf(comparison);
  if (options.format === 'json') streams.out(sortedJson(comparison));
  else if (options.format === 'md') streams.out(comparisonMarkdown(comparison));
  else {
    const text = comparisonText(comparison);
    streams.out(options.quiet ? `${text.trimEnd().split('\n').at(-1)}\n` : text);
    if (code !== ExitCode.pass) streams.out(`exit ${code}\n`);
    if (!options.quiet && comparison.outcome !== 'identical' && comparison.outcome !== 'incomparable') {
      streams.out(`Next:  restante baseline accept ${options.next}   if this is what was meant\n`);
    }
  }
  return code;
}
