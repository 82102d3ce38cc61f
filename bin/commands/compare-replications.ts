/**
 * `restante compare --replications`, and `compare` of two studies of replications: the same seeds on both sides, so that a random stream
 * that shifted is told from a model that got worse.
 */
import type { Summary } from '../../results/cell-result.js';
import { whyIncomparable } from '../../results/compare/compare.js';
import {
  comparePaired,
  LEAST_PAIRS,
  type PairedComparison,
  type Replication,
} from '../../results/compare/paired.js';
import { pairedMarkdown, pairedSentence, pairedText } from '../../results/compare/paired-text.js';
import { IncomparableError, readSummary } from '../../results/compare/read.js';
import { readReplications, type ReplicationsStudy } from '../../results/compare/read-study.js';
import type { Tolerances } from '../../results/compare/rules.js';
import { ExitCode, UsageError } from '../../results/exit-codes.js';
import { sortedJson } from '../../results/folder/json.js';
import { scalarsOf } from '../../results/metrics.js';
import { replicationSeed } from '../../results/replications.js';
import { judge } from '../../results/verdict.js';
import { cellOf } from '../../workloads/cell.js';
import { planDigest } from '../../workloads/plan.js';
import { loadScenario } from '../../workloads/scenario/scenario-files.js';
import type { Scenario } from '../../workloads/scenario/scenario.js';
import { changesBetween } from '../../workloads/vary.js';
import { cellOfPlan, planFile, replicationsBy } from '../rerun.js';
import { sayNext } from '../terminal/next.js';
import type { Streams } from '../terminal/streams.js';
import { Study } from '../study.js';
import type { CompareOptions } from './compare.js';

/** So many places are named where two scenarios differ. */
const MOST_CHANGES = 3;

/** A signal came before all pairs were there. */
class Interrupted extends Error {
  constructor(
    readonly code: ExitCode,
    text: string,
  ) {
    super(text);
  }
}

/** Runs the command; gives the exit code. */
export async function compareReplications(
  options: CompareOptions,
  tolerances: Tolerances,
  streams: Streams,
): Promise<ExitCode> {
  let comparison: PairedComparison;
  try {
    comparison =
      options.replications === undefined
        ? ofStudies(options, tolerances)
        : await ofRuns(options, options.replications, tolerances, streams);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    // Half of the pairs say nothing of the other half, so there is no table; what was simulated is kept.
    streams.err(`${error.message}\n`);
    return error.code;
  }
  let code: ExitCode = ExitCode.pass;
  if (comparison.outcome === 'regressed') code = ExitCode.regression;
  if (comparison.outcome === 'incomparable') code = ExitCode.baselineMissing;
  if (options.format === 'json') streams.out(sortedJson(comparison));
  else if (options.format === 'md') streams.out(pairedMarkdown(comparison));
  else if (options.quiet) streams.out(`${pairedSentence(comparison)}\n`);
  else {
    streams.out(pairedText(comparison));
    if (code !== ExitCode.pass) streams.out(`exit ${code}\n`);
    sayNext([`restante explain exit-code ${code}`], streams);
  }
  return code;
}

function ofStudies({ base, next }: CompareOptions, tolerances: Tolerances): PairedComparison {
  const a = readReplications(base);
  const b = readReplications(next);
  const reasons: string[] = [];
  if (a.scenario !== b.scenario) reasons.push(`scenario ${a.scenario} against ${b.scenario}`);
  else if (a.seed !== b.seed) reasons.push(`seed ${a.seed} against ${b.seed}`);
  else reasons.push(...changes(scenarioOf(a), scenarioOf(b)));
  return paired(a, b, reasons, tolerances);
}

/** The plan of a study as this version reads it, so that a setting that is new has its default on both sides. */
function scenarioOf({ folder }: ReplicationsStudy): Scenario {
  const plan = planFile(folder);
  if (plan === undefined) throw new UsageError(`${folder} is not a whole study: it has no plan.yaml`);
  return loadScenario(plan);
}

function changes(base: Scenario, next: Scenario): string[] {
  if (planDigest(cellOf(base)) === planDigest(cellOf(next))) return [];
  const where = changesBetween(base, next, MOST_CHANGES).join(', ');
  return [`the scenario ${next.name} itself was changed${where === '' ? '' : `: ${where}`}`];
}

async function ofRuns(
  options: CompareOptions,
  replications: number,
  tolerances: Tolerances,
  streams: Streams,
): Promise<PairedComparison> {
  if (replications < LEAST_PAIRS)
    throw new UsageError(`--replications ${replications}: at least ${LEAST_PAIRS} pairs are needed`);
  const base = readSummary(options.base);
  const next = readSummary(options.next);
  const reasons = whyIncomparable(base, next);
  if (reasons.length > 0) {
    const none = { folder: '', scenario: next.scenario, seed: next.seed, replications: [], units: new Map() };
    return paired(none, none, reasons, tolerances);
  }
  const nextPlan = planFile(options.next) ?? planFile(options.base);
  const basePlan = planFile(options.base) ?? nextPlan;
  if (nextPlan === undefined || basePlan === undefined)
    throw new UsageError('--replications runs both sides again, and neither has a plan.yaml beside it');
  const { baseProgram } = options;
  const a =
    baseProgram === undefined
      ? await replicated(basePlan, base, replications, options, streams, 'base')
      : replicationsBy(baseProgram, basePlan, base, replications);
  const b = await replicated(nextPlan, next, replications, options, streams, 'new');
  return paired(a, b, reasons, tolerances);
}

/** One side under more seeds, by this program. */
async function replicated(
  plan: string,
  summary: Summary,
  replications: number,
  { jobs, quiet }: CompareOptions,
  streams: Streams,
  side: string,
): Promise<ReplicationsStudy> {
  const cell = cellOfPlan(plan, summary);
  const cannot = `the ${side} side cannot be run again: this program does not behave as the one that made it`;
  const hint =
    side === 'base' ? '\n--base-program names that one; or compare two studies of run --replications' : '';
  if (cell === undefined) throw new IncomparableError(`${cannot}${hint}`);
  const cells = Array.from({ length: replications }, (_, i) => ({
    ...cell,
    seed: replicationSeed(cell.seed, i),
  }));
  const study = new Study({ jobs, quiet, cache: true }, streams);
  const found: Replication[] = [];
  let units: ReplicationsStudy['units'] = new Map();
  try {
    await study.fold(cells, (one, index) => {
      if (index === 0 && one.fingerprint !== summary.fingerprint)
        throw new IncomparableError(`${cannot}${hint}`);
      const scalars = scalarsOf(one);
      units = new Map(scalars.map(({ name, unit }) => [name, unit]));
      found.push({
        seed: one.seed,
        fingerprint: one.fingerprint,
        values: new Map(
          scalars.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const])),
        ),
        sound: judge({ ...one, thresholds: [] }).sentence === 'PASSED',
      });
      study.note(`${side}, replication ${index + 1} of ${replications}`);
    });
  } finally {
    await study.close();
  }
  const { interrupted } = study;
  if (interrupted !== undefined && found.length < replications) {
    const done = `${side}, ${found.length} of ${replications} replications`;
    throw new Interrupted(interrupted, `${study.partialText('comparison')} (${done})`);
  }
  return { folder: plan, scenario: summary.scenario, seed: summary.seed, replications: found, units };
}

function paired(
  a: ReplicationsStudy,
  b: ReplicationsStudy,
  reasons: readonly string[],
  tolerances: Tolerances,
): PairedComparison {
  const comparison = comparePaired(b.scenario, a.replications, b.replications, b.units, tolerances);
  return reasons.length === 0 ? comparison : { ...comparison, outcome: 'incomparable', reasons, figures: [] };
}
