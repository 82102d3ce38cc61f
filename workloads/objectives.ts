/**
 * The thresholds of a scenario and the objectives of the command line, from text to what `results/thresholds.ts` judges by. Faults
 * get a "did you mean".
 */
import { UsageError } from '../results/exit-codes.js';
import {
  parseObjective,
  parseThreshold,
  type Severity,
  type Threshold,
  type ThresholdFault,
} from '../results/thresholds.js';
import type { Path, Problem } from './scenario/problems.js';
import type { Scenario } from './scenario/scenario.js';
import { hint } from './scenario/suggest.js';

/** One entry of `thresholds:` with its place in the file. */
interface Entry {
  readonly metric: string;
  readonly expression: string;
  readonly severity: Severity;
  readonly path: Path;
}

function entriesOf(scenario: Pick<Scenario, 'thresholds'>): Entry[] {
  return Object.entries(scenario.thresholds).flatMap(([metric, value]) => {
    const list = Array.isArray(value) ? value : [value];
    return list.map((entry, i) => {
      const path: Path = ['thresholds', metric, ...(Array.isArray(value) ? [i] : [])];
      return typeof entry === 'string'
        ? { metric, expression: entry, severity: 'fail' as const, path }
        : { metric, expression: entry.expr, severity: entry.severity, path: [...path, 'expr'] };
    });
  });
}

/** What is wrong with the thresholds of a scenario, each with its place. */
export function thresholdProblems(scenario: Pick<Scenario, 'thresholds'>): Problem[] {
  return entriesOf(scenario).flatMap<Problem>(({ metric, expression, path }) => {
    const result = parseThreshold(metric, expression);
    if (result.ok) return [];
    const { fault } = result;
    return fault.word === metric
      ? [{ path: path.slice(0, 2), message: inWords(fault), key: true }]
      : [{ path, message: inWords(fault) }];
  });
}

/** The thresholds of a scenario that was found valid. */
export function thresholdsOf(scenario: Pick<Scenario, 'thresholds'>): Threshold[] {
  return entriesOf(scenario).flatMap(({ metric, expression, severity }) => {
    const result = parseThreshold(metric, expression, severity);
    return result.ok ? [result.threshold] : [];
  });
}

/** Where each threshold stands in the file, by its text. */
export function thresholdPaths(scenario: Pick<Scenario, 'thresholds'>): ReadonlyMap<string, Path> {
  return new Map(
    entriesOf(scenario).flatMap(({ metric, expression, path }) => {
      const result = parseThreshold(metric, expression);
      return result.ok ? [[result.threshold.text, path] as const] : [];
    }),
  );
}

/** The objectives of `--slo`; throws a `UsageError` that marks the place in the text. */
export function objectivesOf(texts: readonly string[]): Threshold[] {
  return texts.map((text) => {
    const result = parseObjective(text);
    if (result.ok) return result.threshold;
    const mark = `${' '.repeat(result.fault.offset)}^`;
    throw new UsageError(
      `--slo:1:${result.fault.offset + 1}  ${inWords(result.fault)}\n    ${text}\n    ${mark}`,
    );
  });
}

function inWords({ message, word, known }: ThresholdFault): string {
  return word === undefined || known === undefined ? message : `${message}${hint(word, known)}`;
}
