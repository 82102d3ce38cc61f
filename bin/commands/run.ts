/** `restante run`: one cell, simulated, reported, and kept in a run folder. */
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { stringify } from 'yaml';
import { timelineParquet } from '../../results/artefacts/parquet.js';
import type { CellResult, Outcome, TimingSample } from '../../results/cell-result.js';
import { ExitCode, UsageError, worstOf } from '../../results/exit-codes.js';
import { sortedJson } from '../../results/folder/json.js';
import { checkTarget, runFiles, writeRunFolder } from '../../results/folder/run-folder.js';
import { reportText } from '../../results/text/text.js';
import { judge } from '../../results/verdict.js';
import { cellOf, type Cell } from '../../workloads/cell.js';
import { planDigest, planOf } from '../../workloads/plan.js';
import { loadFaults, loadScenario } from '../../workloads/scenario/scenario-files.js';
import { hint } from '../../workloads/scenario/suggest.js';
import type { Simulation } from '../../workloads/simulation.js';
import type { Files } from '../failure-files.js';
import { watchForInterruption } from '../terminal/interruption.js';
import { messageNumber } from '../parser/flags.js';
import { Progress } from '../terminal/progress.js';
import { ladderPictures, reportData } from '../report/report-file.js';
import { ReportThread } from '../report/report-thread.js';
import type { Watcher } from '../../workloads/watch/watcher.js';
import { shellWord } from '../terminal/shell-word.js';
import type { Streams } from '../terminal/streams.js';
import type { StudyOptions } from '../study.js';

export interface RunOptions {
  readonly scenario: string;
  readonly seed: string | undefined;
  readonly set: readonly string[];
  /** A file with the fault plan, in the place of the scenario's. */
  readonly faults?: string | undefined;
  readonly json: boolean;
  readonly verifyDeterminism: boolean;
  readonly out: string | undefined;
  readonly sabotage: string | undefined;
  readonly pcap: string | undefined;
  /** Number of a message whose life to draw. */
  readonly ladder?: string | undefined;
  /** A result to compare with; empty for the accepted baseline of this scenario and seed. */
  readonly baseline?: string | undefined;
  readonly requireBaseline?: boolean;
  readonly quiet: boolean;
  /** False to leave out `report.html`, which `restante report` can make later. */
  readonly report?: boolean;
  /** Static drawings are in `report.html` too. */
  readonly drawings?: boolean;
  /** How many times, for the timing; once if undefined. */
  readonly repeat?: number | undefined;
  /** How many seeds; one run if undefined. */
  readonly replications: number | undefined;
  readonly precision: string | undefined;
  readonly study: StudyOptions;
}

const NO_PAGE =
  '--drawings goes neither with --no-report nor with --replications: restante report DIR draws later';

/** What is about one run says nothing of many; above all a gate that is asked for must not be passed by in silence. */
function refuseForMany(options: RunOptions): void {
  const given = [
    options.verifyDeterminism && '--verify-determinism',
    options.pcap !== undefined && '--pcap',
    options.ladder !== undefined && '--ladder',
    options.repeat !== undefined && '--repeat',
    options.baseline !== undefined && '--baseline',
    options.requireBaseline === true && '--require-baseline',
  ].filter((flag) => flag !== false);
  if (given.length === 0) return;
  const compared = given.some((flag) => flag.endsWith('baseline'));
  const instead = compared ? '\nrestante compare BASE NEW compares two studies of replications' : '';
  throw new UsageError(`--replications does not go with ${given.join(', ')}${instead}`);
}

/** Runs the command; gives the exit code. Throws a `UsageError` before anything is written. */
export async function run(options: RunOptions, streams: Streams): Promise<number> {
  const written = loadScenario(options.scenario, options.set, (text) => {
    if (!options.quiet) streams.err(`${text}\n`);
  });
  const scenario = options.faults === undefined ? written : loadFaults(options.faults, written);
  // What is for many seeds draws no page. The thread loads while this one does.
  const alone = options.replications === undefined && options.report !== false;
  const drawings = options.drawings === true;
  if (drawings && !alone) throw new UsageError(NO_PAGE);
  const reporter = alone ? new ReportThread({ drawn: drawings }) : undefined;
  const { prepare } = await import('../../workloads/simulate.js');
  const { saboteurNames } = await import('../../workloads/fuzz/sabotage.js');
  const sabotage = options.sabotage ?? null;
  if (sabotage !== null && !saboteurNames().includes(sabotage)) {
    throw new UsageError(`unknown saboteur "${sabotage}"${hint(sabotage, saboteurNames())}`);
  }
  const cell = cellOf(scenario, options.seed, options.set, sabotage);
  if (options.replications !== undefined) {
    const { replications, precision, out, json, study } = options;
    refuseForMany(options);
    const { replicate } = await import('./replicate.js');
    return replicate({ ...study, cell, replications, precision, out, json }, streams);
  }
  if (options.repeat !== undefined && options.verifyDeterminism)
    throw new UsageError('--repeat compares the fingerprints already: leave out --verify-determinism');
  if (options.precision !== undefined) {
    throw new UsageError('--precision needs --replications, the most seeds to try');
  }
  const { name } = cell.scenario;
  checkTarget({ scenario: name, seed: cell.seed, sabotage, planDigest: planDigest(cell) }, options.out);
  // Who names a file means that file: a slip in its name must not look like a run that was compared.
  const required = options.requireBaseline === true || (options.baseline ?? '') !== '';
  const wanted = options.baseline ?? (required ? '' : undefined);
  const baselines = wanted === undefined ? undefined : await import('./baseline.js');
  const baseline = wanted === undefined ? undefined : baselines?.findBaseline(wanted, name, cell.seed);

  const drawn =
    options.ladder === undefined
      ? undefined
      : (await import('../../workloads/watch/ladder.js')).ladderWatcher(messageNumber(options.ladder));
  const watchers: Watcher[] = drawn === undefined ? [] : [drawn];
  if (options.pcap !== undefined) {
    const { pcapFile } = await import('../pcap-file.js');
    watchers.push(pcapFile(options.pcap));
  }
  const interruption = watchForInterruption();
  const progress = new Progress(streams, options.quiet);
  const afterSlice = async (simulation: Simulation): Promise<boolean> => {
    progress.show(simulation);
    await nextTurn();
    return interruption.code() !== undefined;
  };
  let result: CellResult;
  let difference: string | undefined;
  try {
    if (options.verifyDeterminism) {
      const { compareRuns } = await import('../../workloads/watch/determinism.js');
      ({ result, difference } = await compareRuns(
        prepare(cell, undefined, watchers),
        prepare(cell),
        afterSlice,
      ));
    } else {
      result = await runInSlices(prepare(cell, undefined, watchers), afterSlice);
    }
    if (options.repeat !== undefined) {
      const again = () => runInSlices(prepare(cell), afterSlice);
      ({ result, difference } = await repeated(result, options.repeat, again));
    }
  } finally {
    progress.clear();
    interruption.stop();
  }

  const tell = (text: string) => void (options.quiet || streams.err(`${text}\n`));
  const against =
    baseline === undefined
      ? undefined
      : await baselines?.againstBaseline(baseline, result.summary, cell, required, tell);
  // What only a run that failed needs is loaded when one has.
  const failed = result.summary.invariants.some(({ held }) => !held) || drawn !== undefined;
  const failures = failed ? await import('../failure-files.js') : undefined;
  const more: Files = failures?.failureFiles(cell, result.summary) ?? new Map();
  if (against?.comparison !== undefined) {
    const { junitXml } = await import('../../results/artefacts/junit.js');
    const { comparisonMarkdown } = await import('../../results/compare/text.js');
    more.set('junit.xml', junitXml(result.summary, against.comparison));
    more.set('comparison.md', comparisonMarkdown(against.comparison));
  }
  const { GITHUB_ACTIONS, GITHUB_WORKSPACE, GITLAB_CI } = process.env;
  if (GITHUB_ACTIONS === 'true' || GITLAB_CI === 'true') {
    const { annotationsOf, githubCommands, gitlabReport } = await import('../annotations.js');
    const found = { summary: result.summary, comparison: against?.comparison };
    const annotations = annotationsOf(found, scenario, options.scenario, GITHUB_WORKSPACE ?? process.cwd());
    if (GITLAB_CI === 'true') more.set('code-quality.json', gitlabReport(annotations));
    else streams.err(githubCommands(annotations));
  }
  const ladder = drawn?.ladder();
  if (ladder !== undefined) failures?.addLadder(more, ladder, `ladder-${options.ladder}`);
  else if (drawn !== undefined) streams.err(`restante: ${drawn.absence()}\n`);
  const textOf = (file: string) => {
    const content = more.get(file);
    return typeof content === 'string' ? content : undefined;
  };
  const ladders = ladderPictures(
    ['ladder', `ladder-${options.ladder}`],
    (name) => textOf(`${name}.svg`),
    (name) => textOf(`${name}.txt`),
  );
  // The thread draws while this one writes what is left.
  const making = reporter?.make(reportData(cell, result, against?.comparison, ladders));
  const files = runFiles(result, stringify(planOf(cell)));
  const made = await making;
  if (made !== undefined) more.set('report.html', made[0]);
  more.set('timeline.parquet', made?.[1] ?? (await timelineParquet(result)));
  const folder = writeRunFolder(result.summary, files, options.out, more);
  const verdict = judge(result.summary);
  const codes: ExitCode[] = [verdict.exitCode];
  if (against !== undefined) codes.push(against.code);
  const signal = interruption.code();
  if (signal !== undefined && result.summary.partial) codes.push(signal);
  if (difference !== undefined) {
    codes.push(ExitCode.notDeterministic);
    streams.err(`restante: not deterministic: ${difference}\n`);
  } else if (options.verifyDeterminism && !result.summary.partial && !options.quiet) {
    streams.err(`deterministic: two runs, ${result.summary.events} equal events, one fingerprint\n`);
  }

  if (options.json) streams.out(sortedJson(result.summary));
  else if (options.quiet) streams.out(`${verdict.sentence}  ${result.summary.fingerprint}  ${folder}\n`);
  else {
    const page = made === undefined ? undefined : join(folder, 'report.html');
    streams.out(reportText(result, folder, nextCommands(cell, options, result.summary.outcome), page));
  }
  const survivor = failures?.survivorText(result.summary);
  if (survivor !== undefined) tell(survivor);
  const told = ladder === undefined ? undefined : more.get(`ladder-${options.ladder}.txt`);
  if (typeof told === 'string' && !options.json) streams.out(`\n${told}`);
  const code = worstOf(codes);
  if (against !== undefined) {
    // A reader of the JSON on stdout gets one document; the comparison goes where the warnings are.
    if (options.json) streams.err(against.text);
    else streams.out(options.quiet ? `${against.text.trimEnd().split('\n').at(-1)}\n` : `\n${against.text}`);
    if (code !== verdict.exitCode) streams.err(`exit ${code}\n`);
  }
  return code;
}

async function runInSlices(
  simulation: Simulation,
  afterSlice: (simulation: Simulation) => Promise<boolean>,
): Promise<CellResult> {
  let stop = false;
  while (simulation.outcome === undefined && !stop) {
    simulation.step();
    stop = await afterSlice(simulation);
  }
  return simulation.finish();
}

/** Runs the cell again until it ran `times` times; the result is the first one with all timings. */
async function repeated(
  first: CellResult,
  times: number,
  again: () => Promise<CellResult>,
): Promise<{ readonly result: CellResult; readonly difference: string | undefined }> {
  const earlier: TimingSample[] = [];
  let { timing } = first;
  for (let i = 1; i < times && !first.summary.partial; i++) {
    const { summary, timing: next } = await again();
    if (summary.partial) break;
    if (summary.fingerprint !== first.summary.fingerprint)
      return {
        result: first,
        difference: `run ${i + 1} of ${times} has the fingerprint ${summary.fingerprint}`,
      };
    const { wallMs, cpuMs, speed, eventsPerSecond, maxResidentOctets } = timing;
    earlier.push({ wallMs, cpuMs, speed, eventsPerSecond, maxResidentOctets });
    timing = next;
  }
  return { result: { ...first, timing: { ...timing, earlier } }, difference: undefined };
}

/** Two or three commands that a reader of this report may want next. */
function nextCommands(cell: Cell, options: RunOptions, outcome: Outcome): string[] {
  const scenario = shellWord(options.scenario);
  // Who pressed Ctrl-C knows what comes next.
  if (outcome === 'interrupted') return [];
  if (outcome === 'event-limit')
    return [`restante run ${scenario} --set limits.events=${cell.scenario.limits.events * 10}`];
  const next = [`restante run ${scenario} --seed ${cell.seed === '7' ? '8' : '7'}`];
  if (!options.set.some((override) => override.startsWith('network.loss'))) {
    next.push(`restante run ${scenario} --set network.loss=5%`);
  }
  if (!options.verifyDeterminism) next.push(`restante run ${scenario} --verify-determinism`);
  return next;
}
