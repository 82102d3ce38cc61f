/**
 * What a run or a study found, at the line of the scenario that asked for it, in the form in which a CI shows it beside the code: workflow commands
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
import type { Ci } from './ci.js';
import type { Streams } from './terminal/streams.js';

/** One finding; `line` and `column` count from 1. */
export interface Annotation {
  readonly severity: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** What is wrong, before it has a place: with a threshold of the scenario, or with the whole. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
  readonly threshold?: string;
}

/** The findings of a single run. */
export function findingsOf(summary: Summary, comparison: Comparison | undefined): Finding[] {
  const found: Finding[] = [];
  for (const { threshold, met, severity, measured } of summary.thresholds ?? []) {
    if (met) continue;
    found.push({
      severity: severity === 'fail' ? 'error' : 'warning',
      title: `${threshold} not met`,
      message: `measured ${measured} with seed ${summary.seed}`,
      threshold,
    });
  }
  for (const { id, title, held, violations, first } of summary.invariants) {
    if (held) continue;
    const message = `violated ${violations} times with seed ${summary.seed}${first === undefined ? '' : `: ${first}`}`;
    found.push({ severity: 'error', title: `${id} ${title}`, message });
  }
  if (comparison?.outcome === 'regressed') {
    found.push({
      severity: 'error',
      title: 'worse than the baseline',
      message: comparisonSentence(comparison),
    });
  }
  return found;
}

/**
 * Findings at their places in the file at `path`, which `scenario` was read from; a scenario that ships with the product has no file of
 * the user's to point at. `root` is the folder that the CI names files from.
 */
export function placed(
  findings: readonly Finding[],
  scenario: Scenario,
  path: string,
  root: string,
): Annotation[] {
  if (!existsSync(path))
    return findings.map(({ severity, title, message }) => ({ severity, title, message }));
  const file = relative(root, resolve(path)).replaceAll('\\', '/');
  const { source } = readYaml(readFileSync(path, 'utf8'), path);
  const paths = thresholdPaths(scenario);
  return findings.map(({ threshold, ...said }) => {
    if (threshold === undefined) return { ...said, file, line: 1 };
    const at = paths.get(threshold);
    return { ...said, file, ...(at === undefined ? {} : placeOf(source, at)) };
  });
}

/** Tells the CI in which this runs: GitHub reads the log of a job, GitLab a file beside the results. */
export function tellCi(
  ci: Ci,
  findings: readonly Finding[],
  { scenario, path }: { readonly scenario: Scenario; readonly path: string },
  files: Map<string, string | Uint8Array>,
  streams: Streams,
): void {
  const root = process.env['GITHUB_WORKSPACE'] ?? process.cwd();
  const annotations = placed(findings, scenario, path, root);
  if (ci === 'gitlab') files.set('code-quality.json', gitlabReport(annotations));
  else streams.err(githubCommands(annotations));
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
