/** `restante run --replications R`: one cell under R seeds, every metric with its mean and confidence interval. */
import { stringify } from 'yaml';
import { parquetFile, studyColumns } from '../../results/artefacts/parquet.js';
import type { Summary } from '../../results/cell-result.js';
import { ExitCode, UsageError, worstOf } from '../../results/exit-codes.js';
import { sortedJson } from '../../results/folder/json.js';
import {
  failureWords,
  replicationFindings,
  replicationsJunit,
  soundness,
} from '../../results/replication-findings.js';
import {
  replicatedScalars,
  replicatedThresholds,
  replicationsCsv,
  replicationSeed,
  replicationsText,
} from '../../results/replications.js';
import { stopAfter } from '../../results/statistics/stopping.js';
import { scalarsOf } from '../../results/metrics.js';
import {
  checkStudyTarget,
  studyTarget,
  writeStudy,
  type StudyQuestion,
} from '../../results/folder/study-folder.js';
import { judge } from '../../results/verdict.js';
import { cellOf, type Cell } from '../../workloads/cell.js';
import { serviceTimesOfScenario } from '../../workloads/cost-sources.js';
import { thresholdsOf } from '../../workloads/objectives.js';
import { planOf } from '../../workloads/plan.js';
import { hint } from '../../workloads/scenario/suggest.js';
import { ciOf } from '../ci.js';
import { sayNext } from '../terminal/next.js';
import { shellWord } from '../terminal/shell-word.js';
import type { Streams } from '../terminal/streams.js';
import { Study, type StudyOptions } from '../study.js';

export interface ReplicateOptions extends StudyOptions {
  /** The base cell; its seed is that of the first replication. */
  readonly cell: Cell;
  /** The scenario as it was asked for: a file, or a name. */
  readonly path: string;
  readonly replications: number;
  /** `metric=5%`: stop as soon as the half-width is this share of the mean. */
  readonly precision: string | undefined;
  readonly out: string | undefined;
  readonly json: boolean;
}

/** Fewest replications before sequential stopping may stop. */
const LEAST = 5;

/** Runs the command; gives the exit code. */
export async function replicate(options: ReplicateOptions, streams: Streams): Promise<number> {
  const { cell, replications } = options;
  const precision = precisionOf(options.precision);
  const cells = Array.from({ length: replications }, (_, i) => ({
    ...cell,
    seed: replicationSeed(cell.seed, i),
  }));
  const question: StudyQuestion = {
    kind: 'replications',
    scenario: cell.scenario.name,
    seed: cell.seed,
    details: { cell, replications, precision: options.precision },
  };
  const target = studyTarget(question, options.out);
  checkStudyTarget(question, target);

  const study = new Study(options, streams);
  const summaries: Summary[] = [];
  let enough = false;
  try {
    await study.fold(cells, (summary) => {
      summaries.push(summary);
      study.note(
        `replication ${summaries.length} of ${replications}, seed ${summary.seed}: ${judge(summary).sentence}`,
      );
      if (precision === undefined) return false;
      const values = summaries.map(
        (one) => scalarsOf(one).find(({ name }) => name === precision.name)?.value,
      );
      const measured = values.filter((value) => value !== undefined);
      const rule = { relativeHalfWidth: precision.share, least: LEAST, most: replications };
      enough = measured.length === values.length && stopAfter(measured, rule) === measured.length;
      return enough;
    });
  } finally {
    await study.close();
  }

  const partial = summaries.length < replications && !enough;
  const precisionReached = precision === undefined ? undefined : enough;
  const scalars = replicatedScalars(summaries);
  const thresholds = replicatedThresholds(summaries, thresholdsOf(cell.scenario));
  // `sound` leaves thresholds out, which are judged by the means.
  const runs = summaries.map((summary) => ({
    seed: summary.seed,
    fingerprint: summary.fingerprint,
    verdict: judge(summary).sentence,
    sound: soundness(summary).sentence === 'PASSED',
  }));
  const replicated = { scenario: cell.scenario.name, seed: cell.seed, summaries, thresholds, partial };
  const asked = { replications: summaries.length, asked: replications, precisionReached };
  const answer = { partial, ...asked, scalars, thresholds, runs };
  const text = textOf(
    options,
    summaries,
    scalars,
    thresholds,
    partial ? study.partialText('study') : undefined,
  );
  const table = await parquetFile(studyColumns(summaries.map((summary) => ({ head: {}, summary }))));
  const files = new Map<string, string | Uint8Array>([
    ['replications.parquet', table],
    ['replications.csv', replicationsCsv(summaries)],
    ['junit.xml', replicationsJunit(replicated)],
    ['plan.yaml', stringify(planOf(cellOf(cell.scenario, cell.seed)))],
    ['summary.md', `# ${cell.scenario.name}, ${replications} replications\n\n\`\`\`text\n${text}\n\`\`\`\n`],
  ]);
  const ci = ciOf();
  if (ci !== undefined) {
    const { tellCi } = await import('../annotations.js');
    const place = { scenario: cell.scenario, path: options.path };
    tellCi(ci, replicationFindings(replicated), place, files, streams);
  }
  writeStudy(question, answer, files, target);

  // What a single run finds wrong is wrong with the study; thresholds are judged by the means.
  const codes: ExitCode[] = summaries.map((summary) => soundness(summary).exitCode);
  if (thresholds.some(({ met, severity }) => !met && severity === 'fail'))
    codes.push(ExitCode.thresholdFailed);
  if (study.interrupted !== undefined && partial) codes.push(study.interrupted);
  const code = worstOf(codes);
  if (options.json) streams.out(sortedJson(answer));
  else {
    if (!options.quiet) streams.out(`${text}\n\n`);
    if (precisionReached === false && !partial)
      streams.out(`precision of ${options.precision} not reached by ${counted(summaries.length)}\n`);
    const sentence =
      code === ExitCode.pass
        ? 'PASSED'
        : partial
          ? `INTERRUPTED: partial results (exit ${code})`
          : `FAILED: ${failureWords(replicated)} (exit ${code})`;
    streams.out(`${sentence}  ${counted(summaries.length)}, ${study.provenance}\nResults  ${target}\n`);
    if (!options.quiet && !partial)
      sayNext([`restante compare ${shellWord(target)} OTHER   # another such study, seed by seed`], streams);
  }
  return code;
}

function precisionOf(
  text: string | undefined,
): { readonly name: string; readonly share: number } | undefined {
  if (text === undefined) return undefined;
  const match = /^([a-z0-9.]+)=([0-9]+(?:\.[0-9]+)?)%$/.exec(text);
  if (match === null) {
    throw new UsageError(`--precision ${text}: write it as metric=share, for example push.dwell.p95=5%`);
  }
  const known = scalarsOf(NOTHING).map(({ name }) => name);
  if (!known.includes(match[1])) {
    throw new UsageError(`--precision ${text}: there is no metric "${match[1]}"${hint(match[1], known)}`);
  }
  return { name: match[1], share: Number(match[2]) / 100 };
}

/** A summary of nothing, for the names of scalars. */
const NOTHING = { counts: {}, distributions: {} } as Summary;

function counted(replications: number): string {
  return `${replications} replication${replications === 1 ? '' : 's'}`;
}

function textOf(
  { cell }: ReplicateOptions,
  summaries: readonly Summary[],
  scalars: ReturnType<typeof replicatedScalars>,
  thresholds: ReturnType<typeof replicatedThresholds>,
  partial: string | undefined,
): string {
  const lines = [`${cell.scenario.name}, ${counted(summaries.length)} from seed ${cell.seed}`];
  if (partial !== undefined) lines.push(partial);
  if (summaries.length > 0) lines.push('', ...replicationsText(scalars));
  if (thresholds.length > 0) {
    lines.push('', 'thresholds, by the means');
    for (const { threshold, met, metIn, n, severity } of thresholds) {
      const state = met ? 'met' : severity === 'fail' ? 'NOT MET' : 'warning, not met';
      lines.push(`  ${state}  ${threshold}  (met in ${metIn} of ${n})`);
    }
  }
  lines.push('', ...serviceTimesOfScenario(cell.scenario));
  return lines.join('\n');
}
