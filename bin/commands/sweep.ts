/** `restante sweep`: a grid of cells, one row each, as CSV and as a table. */
import { parquetFile, studyColumns } from '../../results/artefacts/parquet.js';
import type { Summary } from '../../results/cell-result.js';
import { type ExitCode, UsageError, worstOf } from '../../results/exit-codes.js';
import { headed } from '../../results/text/format.js';
import { sortedJson } from '../../results/folder/json.js';
import { scalarsOf } from '../../results/metrics.js';
import { replicationSeed, scalarsCsv } from '../../results/replications.js';
import { gridOf } from '../../results/search/grid.js';
import { pairedScalars, pairedText } from '../../results/paired-rows.js';
import { estimateOf } from '../../results/statistics/interval.js';
import {
  checkStudyTarget,
  studyTarget,
  writeStudy,
  type StudyQuestion,
} from '../../results/folder/study-folder.js';
import { valueText } from '../../results/thresholds.js';
import { judge } from '../../results/verdict.js';
import { cellOf, type Cell } from '../../workloads/cell.js';
import { serviceTimesOfScenario } from '../../workloads/cost-sources.js';
import { loadProbe } from '../../workloads/scenario/scenario-files.js';
import { factorsOf } from '../../workloads/vary.js';
import { sayNext } from '../terminal/next.js';
import { sameScenario } from '../terminal/same-scenario.js';
import { shellWord } from '../terminal/shell-word.js';
import type { Streams } from '../terminal/streams.js';
import { uslQuestion } from './sweep-usl.js';
import { Study, type StudyOptions } from '../study.js';

export interface SweepOptions extends StudyOptions {
  readonly scenario: string;
  readonly seed: string | undefined;
  readonly set: readonly string[];
  readonly vary: readonly string[];
  readonly replications: number;
  /** Scalar to which the universal scalability law is fitted, over the one factor. */
  readonly usl: string | undefined;
  readonly out: string | undefined;
  readonly json: boolean;
}

/** Scalars of the printed table; the CSV has all. */
const SHOWN = [
  'messages.settled.count',
  'push.dwell.p95',
  'push.drain.p95',
  'ihs.rate',
  'store.peak.messages.max',
];

/** Most cells of a grid: more is a slip of the keyboard. */
const MOST_CELLS = 100_000;

interface Row {
  readonly values: readonly string[];
  readonly summaries: Summary[];
}

/** Runs the command; gives the exit code. */
export async function sweep(options: SweepOptions, streams: Streams): Promise<number> {
  const factors = factorsOf(options.vary);
  if (factors.length === 0) {
    throw new UsageError(
      'sweep needs at least one --vary path=a,b,c, for example --vary network.loss=0%,1%,5%',
    );
  }
  // Each value of a factor would take the place of it, in every cell.
  for (const { path } of factors) {
    const set = options.set.find((override) => override.startsWith(`${path}=`));
    if (set !== undefined) throw new UsageError(`--set ${set} and --vary ${path}: one of them is needed`);
    if (path === 'seed' && options.seed !== undefined)
      throw new UsageError(`--seed ${options.seed} and --vary seed: one of them is needed`);
  }
  const uslOf = options.usl === undefined ? undefined : uslQuestion(options.usl, factors);
  const grid = gridOf(factors);
  if (grid.length * options.replications > MOST_CELLS) {
    throw new UsageError(
      `the grid has ${grid.length * options.replications} cells; at most ${MOST_CELLS} are run`,
    );
  }
  // Every combination is read before the first one runs, so that a fault in the last value costs nothing.
  const cells: Cell[] = grid.flatMap((values) => {
    const overrides = [...options.set, ...factors.map(({ path }, i) => `${path}=${values[i]}`)];
    const scenario = loadProbe(options.scenario, overrides, (i) =>
      i < options.set.length ? '--set' : '--vary',
    );
    const base = options.seed ?? scenario.seed;
    return Array.from({ length: options.replications }, (_, r) =>
      cellOf(scenario, replicationSeed(base, r), overrides),
    );
  });
  const [{ scenario, seed }] = cells;
  const question: StudyQuestion = {
    kind: 'sweep',
    scenario: scenario.name,
    seed,
    details: { factors, replications: options.replications, cells: cells.map((cell) => cell.scenario) },
  };
  const target = studyTarget(question, options.out);
  checkStudyTarget(question, target);

  const study = new Study(options, streams);
  const rows: Row[] = grid.map((values) => ({ values, summaries: [] }));
  const summaries: Summary[] = [];
  try {
    await study.fold(cells, (summary, index) => {
      summaries.push(summary);
      const row = rows[Math.floor(index / options.replications)];
      row.summaries.push(summary);
      const { values } = row;
      const words = factors.map(({ path }, i) => `${path}=${values[i]}`).join(' ');
      study.note(
        `${summaries.length} of ${cells.length}  ${words}, seed ${summary.seed}: ${judge(summary).sentence}`,
      );
    });
  } finally {
    await study.close();
  }

  const partial = summaries.length < cells.length;
  const names = factors.map(({ path }) => path);
  const csv = scalarsCsv(
    [...names, 'seed', 'fingerprint', 'exit'],
    rows.flatMap(({ values, summaries: all }) =>
      all.map((summary) => ({
        head: [...values, summary.seed, summary.fingerprint, String(judge(summary).exitCode)],
        summary,
      })),
    ),
  );
  const tidy = rows.flatMap(({ values, summaries: all }) => {
    const head = Object.fromEntries(names.map((name, i) => [name, values[i]]));
    return all.map((summary) => ({ head, summary }));
  });
  const table = tableOf(
    names,
    rows.filter((row) => row.summaries.length > 0),
    options.replications,
  );
  if (partial)
    table.unshift(
      `${summaries.length} of ${cells.length} cells`,
      study.partialText('sweep'),
      ...(table.length > 0 ? [''] : []),
    );
  const differences = differencesOf(rows, options.replications);
  if (differences.length > 0) {
    table.push(
      '',
      `against ${names.map((name, i) => `${name}=${grid[0][i]}`).join(' ')}, pair by pair under the same seeds`,
      ...pairedText(names, differences, SHOWN),
    );
  }
  const usl = uslOf === undefined || partial ? undefined : uslOf(rows);
  if (usl !== undefined) table.push('', ...usl.text);
  table.push('', ...serviceTimesOfScenario(scenario));
  const answer = {
    partial,
    cells: cells.length,
    finished: summaries.length,
    factors,
    rows: rows.map(exactRow),
    ...(differences.length === 0 ? {} : { differences }),
    ...(usl === undefined ? {} : { usl: usl.fit ?? null }),
  };
  writeStudy(
    question,
    answer,
    new Map<string, string | Uint8Array>([
      ['sweep.csv', csv],
      ['sweep.parquet', await parquetFile(studyColumns(tidy))],
      ['summary.md', `# sweep of ${scenario.name}\n\n\`\`\`text\n${table.join('\n')}\n\`\`\`\n`],
    ]),
    target,
  );

  const codes: ExitCode[] = summaries.map((summary) => judge(summary).exitCode);
  if (partial && study.interrupted !== undefined) codes.push(study.interrupted);
  const code = worstOf(codes);
  if (options.json) streams.out(sortedJson(answer));
  else {
    if (!options.quiet) streams.out(`${table.join('\n')}\n\n`);
    const sentence = partial ? 'INTERRUPTED: partial results' : `${cells.length} cells`;
    streams.out(`${sentence} (exit ${code})  ${study.provenance}\nResults  ${target}\n`);
    if (!options.quiet && !partial)
      sayNext(
        [`restante report ${shellWord(target)}`, `restante sensitivity ${sameScenario(options)}`],
        streams,
      );
  }
  return code;
}

/** Each complete row against the first; empty without replications. */
function differencesOf(rows: readonly Row[], replications: number) {
  const [base, ...others] = rows;
  if (replications < 2 || base.summaries.length < replications) return [];
  return others
    .filter(({ summaries }) => summaries.length === replications)
    .map(({ values, summaries }) => ({ values, differences: pairedScalars(base.summaries, summaries) }));
}

function exactRow({ values, summaries }: Row): object {
  const runs = summaries.map(({ seed, fingerprint }) => ({ seed, fingerprint }));
  return { values, runs };
}

/** Factors and a few scalars; with replications the mean and its half-width. */
function tableOf(names: readonly string[], rows: readonly Row[], replications: number): string[] {
  return headed(
    [...names, ...SHOWN, ''],
    rows.map(({ values, summaries }) => {
      const tables = summaries.map(scalarsOf);
      return [
        ...values,
        ...SHOWN.map((name) => {
          const entries = tables.map((table) => table.find((scalar) => scalar.name === name));
          const measured = entries.map((entry) => entry?.value).filter((value) => value !== undefined);
          const unit = entries[0]?.unit ?? 'count';
          if (measured.length === 0) return '-';
          const { mean, halfWidth } = estimateOf(measured);
          return halfWidth === undefined
            ? valueText(mean, unit)
            : `${valueText(mean, unit)} +- ${valueText(halfWidth, unit)}`;
        }),
        summaries.length < replications ? `${summaries.length} of ${replications} seeds` : '',
      ];
    }),
  );
}
