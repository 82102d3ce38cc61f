/**
 * What a run found, at the line of the scenario that asked for it, in the form in which a CI shows it beside the code: workflow commands
 * of GitHub on stderr, a code quality report of GitLab in the run folder.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Summary } from '../results/cell-result.js';
import type { Comparison } from '../results/compare/compare.js';
import { comparisonSentence } from '../results/compare/text.js';
import { readYaml } from '../workloads/scenario/loader.js';
import { thresholdPaths } from '../workloads/objectives.js';
import { placeOf } from '../workloads/scenario/problems.js';
import type { Scenario } from '../workloads/scenario/scenario.js';

/** One finding; `line` and `column` count from 1. */
export interface Annotation {
  readonly severity: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/**
 * The findings of a run of `scenario`, which was read from `path`; a scenario that ships with the product has no file of the user's to
 * point at. `root` is the folder that the CI names files from.
 */
export function annotationsOf(
  { summary, comparison }: { readonly summary: Summary; readonly comparison?: Comparison | undefined },
  scenario: Scenario,
  path: string,
  root: string,
): Annotation[] {
  const file = existsSync(path) ? relative(root, resolve(path)).replaceAll('\\', '/') : undefined;
  const source = file === undefined ? undefined : readYaml(readFileSync(path, 'utf8'), path).source;
  const paths = thresholdPaths(scenario);
  const found: Annotation[] = [];
  for (const { threshold, met, severity, measured } of summary.thresholds ?? []) {
    if (met) continue;
    const at = paths.get(threshold);
    found.push({
      severity: severity === 'fail' ? 'error' : 'warning',
      title: `${threshold} not met`,
      message: `measured ${measured} with seed ${summary.seed}`,
      ...(file === undefined ? {} : { file }),
      ...(source === undefined || at === undefined ? {} : placeOf(source, at)),
    });
  }
  const whole = file === undefined ? {} : { file, line: 1 };
  for (const { id, title, held, violations, first } of summary.invariants) {
    if (held) continue;
    const message = `violated ${violations} times with seed ${summary.seed}${first === undefined ? '' : `: ${first}`}`;
    found.push({ severity: 'error', title: `${id} ${title}`, message, ...whole });
  }
  if (comparison?.outcome === 'regressed') {
    const message = comparisonSentence(comparison);
    found.push({ severity: 'error', title: 'worse than the baseline', message, ...whole });
  }
  return found;
}

/** Workflow commands of GitHub Actions, one a line. */
export function githubCommands(annotations: readonly Annotation[]): string {
  const data = (text: string) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return annotations
    .map(({ severity, title, message, file, line, column }) => {
      const place = [
        ...(file === undefined ? [] : [`file=${property(file)}`]),
        ...(line === undefined ? [] : [`line=${line}`]),
        ...(column === undefined ? [] : [`col=${column}`]),
        `title=${property(title)}`,
      ];
      return `::${severity} ${place.join(',')}::${data(message)}\n`;
    })
    .join('');
}

/** A code quality report of GitLab. What has no line in a file is not in it. */
export function gitlabReport(annotations: readonly Annotation[]): string {
  const entries = annotations.flatMap(({ severity, title, message, file, line }) =>
    file === undefined || line === undefined
      ? []
      : [
          {
            description: `${title}: ${message}`,
            check_name: 'restante',
            fingerprint: createHash('sha256').update(`${file}\n${title}`).digest('hex'),
            severity: severity === 'error' ? 'major' : 'minor',
            location: { path: file, lines: { begin: line } },
          },
        ],
  );
  return `${JSON.stringify(entries, null, 2)}\n`;
}
