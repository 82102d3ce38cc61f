/** `restante fuzz`: many seeds, each with faults of its own; a capsule and a line that replays it for each failure. */
import { join } from 'node:path';
import { ExitCode, UsageError, worstOf } from '../../results/exit-codes.js';
import { capsulesFolder } from '../../results/folder/folders.js';
import { checkWritable } from '../../results/folder/make-folder.js';
import { catchText } from '../../results/text/kill-text.js';
import { evaluate } from '../../workloads/evaluate.js';
import { fuzzCell, type Campaign } from '../../workloads/fuzz/fuzz-cell.js';
import { runCampaign } from '../../workloads/fuzz/fuzz-campaign.js';
import type { SeedReport } from '../../workloads/fuzz/fuzz-seed.js';
import { addProbes, probeIds, PROBES, type ProbeCounts, type ProbeId } from '../../workloads/fuzz/probes.js';
import { namedBy, saboteurNames } from '../../workloads/fuzz/sabotage.js';
import { hint } from '../../workloads/scenario/suggest.js';
import { makeCapsule, writeCapsule } from '../capsule-files.js';
import { watchForInterruption } from '../terminal/interruption.js';
import { sayNext } from '../terminal/next.js';
import { sameScenario } from '../terminal/same-scenario.js';
import { shellWord } from '../terminal/shell-word.js';
import type { Streams } from '../terminal/streams.js';
import { CLEAR_LINE } from '../terminal/visible.js';

export interface FuzzOptions {
  readonly scenario: string;
  readonly set: readonly string[];
  /** `1..500`, or the number of seeds from 1 on. */
  readonly seeds: string;
  readonly jobs: number;
  readonly sabotage: string | undefined;
  readonly stopOnViolation: boolean;
  /** Folder for capsules. */
  readonly out: string | undefined;
  readonly quiet: boolean;
}

/** Capsules kept of one campaign: a bug is seldom told better by the hundredth. */
const MOST_CAPSULES = 20;
/** Probes are expected of a campaign of so many seeds of the scenario `fuzz` as it is; others need not have what they ask for. */
const SEEDS_FOR_PROBES = 200;

/** Runs the command; gives the exit code. */
export async function fuzz(options: FuzzOptions, streams: Streams): Promise<number> {
  const { from, to } = seedRange(options.seeds);
  const sabotage = options.sabotage ?? null;
  if (sabotage !== null && !saboteurNames().includes(sabotage)) {
    throw new UsageError(`unknown saboteur "${sabotage}"${hint(sabotage, saboteurNames())}`);
  }
  checkWritable(options.out ?? capsulesFolder());
  const campaign: Campaign = { scenario: options.scenario, set: options.set, sabotage };
  const interruption = watchForInterruption();
  const failures: SeedReport[] = [];
  const probes: Partial<Record<ProbeId, number>> = {};
  let first: string | undefined;
  let seeds = 0;
  const startMs = performance.now();
  try {
    await runCampaign(campaign, {
      from,
      to,
      jobs: options.jobs,
      interrupted: () => interruption.code() !== undefined,
      onReport: (report) => {
        seeds++;
        addProbes(probes, report.probes);
        if (report.violated.length > 0) {
          failures.push(report);
          const file = keep(campaign, report, failures.length, options);
          first ??= file;
          streams.out(failureText(report, file));
        }
        if (!options.quiet) showProgress(streams, seeds, to - from + 1, failures.length);
        return options.stopOnViolation && failures.length > 0;
      },
    });
  } finally {
    interruption.stop();
    if (streams.interactive && !options.quiet) streams.err(CLEAR_LINE);
  }
  const minutes = (performance.now() - startMs) / 60_000;
  if (!options.quiet) streams.err(`${Math.round(seeds / minutes)} seeds a minute\n`);
  const plain = options.scenario === 'fuzz' && options.set.length === 0;
  const unreached = plain && seeds >= SEEDS_FOR_PROBES ? missing(probes) : [];
  if (!options.quiet) streams.out(probesText(probes));
  const named = namedBy(sabotage);
  const violated = violatedIn(failures);
  const survived = named !== undefined && !violated.includes(named);
  const codes: ExitCode[] = [interruption.code() ?? ExitCode.pass];
  if (failures.length > 0) codes.push(ExitCode.invariantViolated);
  if (survived && interruption.code() === undefined) codes.push(ExitCode.checkDidNotFail);
  if (unreached.length > 0 && sabotage === null) {
    streams.out(`never reached, though expected: ${unreached.join(', ')}\n`);
    codes.push(ExitCode.checkDidNotFail);
  }
  const code = worstOf(codes);
  const found = `${failures.length} of ${seeds} seeds violated an invariant`;
  const whom =
    named === undefined ? '' : `; the saboteur ${sabotage} was ${catchText({ caughtBy: named, violated })}`;
  const interrupted = interruption.code() !== undefined;
  const verdict =
    code === ExitCode.pass ? 'PASSED' : interrupted && failures.length === 0 ? 'INTERRUPTED' : 'FAILED';
  const asked = interrupted ? `; ${to - from + 1} were asked for` : '';
  streams.out(`${verdict}: ${found}${asked}${whom}\n`);
  if (!options.quiet) {
    const more = first === undefined || survived ? [further(options, from + seeds)] : [];
    const file = shellWord(first ?? '');
    const why = first === undefined ? [] : [`restante replay ${file} --ladder`, `restante shrink ${file}`];
    sayNext([...more, ...why], streams);
  }
  return code;
}

/** Ids of all invariants that were violated, each once, in order of their first seeds. */
function violatedIn(failures: readonly SeedReport[]): string[] {
  return [...new Set(failures.flatMap(({ violated }) => violated.map(({ id }) => id)))];
}

/** The command for the seeds from `from` on: where there is nothing to replay, there are more to try. */
function further({ scenario, set, sabotage }: FuzzOptions, from: number): string {
  return `restante fuzz ${sameScenario({ scenario, set, sabotage })} --seeds ${from}..${from + 49}`;
}

/** `a..b`, or `n` for 1..n. Throws a `UsageError`. */
export function seedRange(text: string): { readonly from: number; readonly to: number } {
  const range = /^(\d{1,9})(?:\.\.(\d{1,9}))?$/.exec(text);
  const first = Number(range?.[1]);
  const from = range?.[2] === undefined ? 1 : first;
  const to = range?.[2] === undefined ? first : Number(range[2]);
  if (range !== null && to > 0 && to < from)
    throw new UsageError(
      `--seeds ${text} is not a range: it ends before it begins, write --seeds ${to}..${from}`,
    );
  if (/^\d+(?:\.\.\d+)?$/.test(text) && range === null)
    throw new UsageError(`--seeds ${text}: seeds are numbers up to 999999999`);
  if (range === null || to === 0) {
    throw new UsageError(`--seeds ${text} is not a range: write --seeds 1..500, or --seeds 500`);
  }
  return { from, to };
}

/** Keeps the capsule of a failure, by the invariant that the saboteur names if that was violated; gives its file, or undefined if enough were kept. */
function keep(
  campaign: Campaign,
  report: SeedReport,
  ordinal: number,
  { out }: FuzzOptions,
): string | undefined {
  if (ordinal > MOST_CAPSULES) return undefined;
  const cell = fuzzCell(campaign, report.seed);
  const capsule = makeCapsule(evaluate(cell), cell);
  if (capsule === undefined) throw new Error(`seed ${report.seed} failed once and not again`);
  const who = campaign.sabotage === null ? '' : `-${campaign.sabotage}`;
  const name = `${cell.scenario.name}${who}-${report.seed}-${capsule.violation.id}.json`;
  const file = join(out ?? capsulesFolder(), name);
  writeCapsule(capsule, file);
  return file;
}

function failureText({ seed, violated }: SeedReport, file: string | undefined): string {
  const lines = violated.map(({ id, first }) => `seed ${seed}: ${id} violated: ${first}`);
  if (file !== undefined) lines.push(`  restante replay ${shellWord(file)}`);
  return `${lines.join('\n')}\n`;
}

function showProgress(streams: Streams, done: number, all: number, failures: number): void {
  const line = `${done} of ${all} seeds, ${failures} failed`;
  if (streams.interactive) streams.err(`${CLEAR_LINE}${line}`);
  else if (done % Math.max(1, Math.round(all / 10)) === 0) streams.err(`${line}\n`);
}

/** Expected probes that were not reached. */
function missing(probes: ProbeCounts): ProbeId[] {
  return probeIds().filter((id) => PROBES[id].expected && probes[id] === undefined);
}

function probesText(probes: ProbeCounts): string {
  const rows = probeIds().map((id) => {
    const count = probes[id] ?? 0;
    return `  ${String(count).padStart(7)}  ${id.padEnd(22)} ${PROBES[id].title}`;
  });
  const reached = probeIds().filter((id) => probes[id] !== undefined).length;
  return `rare paths: ${reached} of ${rows.length} reached\n${rows.join('\n')}\n`;
}
