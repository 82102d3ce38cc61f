/**
 * `restante replay`: a capsule again. It reproduces if its invariant is violated again, and says whether every octet was the same; where one
 * was not, it names what differs between then and now.
 */
import { Observed } from '../../models/observations.js';
import { compareWithCapsule, type Capsule } from '../../results/capsule.js';
import { ExitCode, UsageError } from '../../results/exit-codes.js';
import { checkFileWritable } from '../../results/folder/make-folder.js';
import { ladderSvg } from '../../results/report/ladder/ladder-svg.js';
import { ladderText } from '../../results/report/ladder/ladder-text.js';
import type { Cell } from '../../workloads/cell.js';
import { brokenOff, evaluate, type Judged } from '../../workloads/evaluate.js';
import { printPlan } from '../../workloads/faults/faults-file.js';
import { faultInWords } from '../../workloads/faults/fault-words.js';
import { ladderWatcher, type LadderWatcher } from '../../workloads/watch/ladder.js';
import { isLossy, liftLosses } from '../../workloads/faults/lift.js';
import { placeOf, suspectWatcher } from '../../workloads/fuzz/suspect.js';
import { prepare } from '../../workloads/simulate.js';
import { duration, durationText } from '../../workloads/scenario/units.js';
import type { Watcher } from '../../workloads/watch/watcher.js';
import { anotherRunText, makeCapsule, readCapsule, writeCapsule, writeText } from '../capsule-files.js';
import { messageNumber } from '../parser/flags.js';
import { pcapFile } from '../pcap-file.js';
import { sayNext } from '../terminal/next.js';
import { shellWord } from '../terminal/shell-word.js';
import type { Streams } from '../terminal/streams.js';

export interface ReplayOptions {
  readonly capsule: string;
  readonly pcap: string | undefined;
  /** Number of the message to draw; '' for the first offender's. */
  readonly ladder: string | undefined;
  /** File for the ladder as SVG. */
  readonly svg: string | undefined;
  /** Virtual time at which to stop, as text. */
  readonly until: string | undefined;
  /** File for the same failure with each lost packet as a fault of its own: a capsule, or a fault plan if it ends in .yaml. */
  readonly lift?: string | undefined;
  /** Print every event of the kernel. */
  readonly trace: boolean;
  readonly quiet: boolean;
}

/** What a line of `--trace` is; stdout has the lines alone, so that two of them can be held against each other. */
const TRACE_LEGEND =
  'trace: number of the event, virtual second, handler, kind and the two numbers that it carries; restante events says in words what happens in a second\n';

/** Runs the command; gives the exit code: 4 if the invariant is violated again, 9 if not, 8 if a limit came before. */
export function replay(options: ReplayOptions, streams: Streams): number {
  const { capsule, cell } = readCapsule(options.capsule);
  if (options.lift !== undefined) {
    const { ladder, svg, until, pcap, trace } = options;
    if (trace || [ladder, svg, until, pcap].some((flag) => flag !== undefined))
      throw new UsageError(
        '--lift writes another capsule: ask of that one for --ladder, --pcap and the like',
      );
    checkFileWritable(options.lift);
    return lift(options.lift, capsule, cell, streams);
  }
  if (options.svg !== undefined) checkFileWritable(options.svg);
  const untilNs = options.until === undefined ? undefined : instantOf(options.until);
  if (!options.quiet) streams.err(headText(capsule, cell));
  if (!options.quiet && options.trace) streams.err(TRACE_LEGEND);
  const drawn = ladderOf(options, capsule, cell, streams);
  const watchers: Watcher[] = drawn === undefined ? [] : [drawn];
  if (options.pcap !== undefined) watchers.push(pcapFile(options.pcap));
  const judged = runUntil(cell, watchers, untilNs, options.trace ? streams : undefined);
  const ladder = drawn?.ladder();
  if (ladder !== undefined) {
    streams.out(ladderText(ladder));
    if (options.svg !== undefined) writeText(options.svg, ladderSvg(ladder));
  } else if (drawn !== undefined) streams.err(`${drawn.absence()}\n`);
  // A run that was over before then is judged as a whole.
  if (untilNs !== undefined && judged.outcome === 'interrupted')
    return partOf(judged, capsule, cell, untilNs, streams);
  const { violated, exact, words } = compareWithCapsule(capsule, judged);
  // What the rest of the run would have shown, nobody knows.
  if (!violated && judged.outcome === 'event-limit') {
    const { id } = capsule.violation;
    streams.out(`INCONCLUSIVE: the limit of events was reached (limits.events), and ${id} held until then\n`);
    return ExitCode.inconclusive;
  }
  const verdict = violated ? (exact ? 'REPRODUCED' : 'REPRODUCED IN ANOTHER RUN') : 'NOT REPRODUCED';
  streams.out(`${verdict}: ${words}\n`);
  if (!violated || !exact) streams.out(anotherRunText(capsule, cell));
  if (!options.quiet)
    sayNext(
      violated
        ? [`restante shrink ${shellWord(options.capsule)}`, `restante explain ${capsule.violation.id}`]
        : ['restante explain exit-code 9'],
      streams,
    );
  return violated ? ExitCode.invariantViolated : ExitCode.checkDidNotFail;
}

/** Writes the failure with its losses lifted into the plan, if they give the same violation. */
function lift(file: string, { violation }: Capsule, cell: Cell, streams: Streams): number {
  if (!isLossy(cell))
    throw new UsageError('nothing is lost by chance in this capsule: there is nothing to lift');
  const { cell: lifted, drops, late } = liftLosses(cell);
  const again = evaluate(lifted);
  const capsule = makeCapsule(again, lifted, violation.id);
  const after = late === 0 ? '' : `; ${late} more after the healing cannot be lifted`;
  const what = `${drops} packets that chance took are faults now${after}`;
  if (capsule?.violation.id !== violation.id) {
    streams.out(`NOT REPRODUCED: ${what}, and ${violation.id} held\n`);
    return ExitCode.checkDidNotFail;
  }
  if (/\.ya?ml$/.test(file)) writeText(file, printPlan(lifted));
  else writeCapsule(capsule, file);
  streams.out(`REPRODUCED: ${what}; ${violation.id} violated again: ${capsule.violation.first ?? ''}\n`);
  const seed = `--seed ${cell.seed}`;
  const next = /\.ya?ml$/.test(file)
    ? `restante run SCENARIO ${seed} --faults ${file}`
    : `restante shrink ${file}`;
  streams.out(`  ${next}\n`);
  return ExitCode.invariantViolated;
}

/**
 * The ladder that was asked for: of a message by its number, or of the first offender's. Where the violation names none, it is the last
 * one that had to do with the user whom it names, which another run finds out.
 */
function ladderOf(
  { ladder, svg }: ReplayOptions,
  { violation }: Capsule,
  cell: Cell,
  streams: Streams,
): LadderWatcher | undefined {
  if (ladder === undefined && svg === undefined) return undefined;
  if (ladder !== undefined && ladder !== '') return ladderWatcher(messageNumber(ladder));
  if (violation.message !== null) return ladderWatcher(violation.message);
  const place = placeOf(violation.first ?? '');
  const suspect = place === undefined ? undefined : suspectWatcher(place.user, place.atNs);
  if (suspect !== undefined) evaluate(cell, [suspect]);
  const message = suspect?.message();
  if (place === undefined || message === undefined) {
    return numbersWatcher(`no ladder: ${violation.id} names no message here`);
  }
  streams.err(
    `${violation.id} names no message; message ${message} is the last that had to do with user ${place.user} until then\n`,
  );
  return ladderWatcher(message);
}

/** Draws nothing; says at the end `why`, and which numbers there are to ask for. */
function numbersWatcher(why: string): LadderWatcher {
  const numbers: number[] = [];
  return {
    attach({ observations }) {
      observations.subscribe(Observed.offered, (_kind, _sender, message) => void numbers.push(message));
    },
    finish: () => {},
    ladder: () => undefined,
    absence: () => {
      const some = numbers[numbers.length >> 1];
      if (some === undefined) return `${why}, and none was offered`;
      const [least, most] = [
        numbers.reduce((a, b) => Math.min(a, b)),
        numbers.reduce((a, b) => Math.max(a, b)),
      ];
      return `${why}; ask for one of ${least} to ${most}, as in --ladder ${some}`;
    },
  };
}

function instantOf(text: string): number {
  const parsed = duration().safeParse(text);
  if (!parsed.success)
    throw new UsageError(`--until ${text}: ${parsed.error.issues[0]?.message ?? 'no time'}`);
  return parsed.data;
}

/** Runs `cell` to its end, or to `untilNs`. */
function runUntil(cell: Cell, watchers: readonly Watcher[], untilNs = Infinity, trace?: Streams): Judged {
  const simulation = prepare(cell, undefined, watchers);
  if (trace !== undefined) {
    simulation.trace((index, timeNs, handler, kind, a, b) => {
      trace.out(`${index} ${(timeNs / 1e9).toFixed(9)} ${handler} ${kind} ${a} ${b}\n`);
    });
  }
  try {
    while (simulation.outcome === undefined && simulation.nowNs < untilNs) simulation.step(untilNs);
    return simulation.finish().summary;
  } catch (error) {
    return brokenOff(error);
  }
}

/** What the part up to `untilNs` shows: the same as the capsule so far, and whether it is violated by then. */
function partOf(judged: Judged, capsule: Capsule, cell: Cell, untilNs: number, streams: Streams): number {
  const at = judged.checkpoints.findIndex((mark, i) => capsule.checkpoints[i] !== mark);
  const violated = judged.invariants.find(({ id, held }) => id === capsule.violation.id && !held);
  const so = at < 0 ? 'the same run so far' : `another run from virtual second ${at} on`;
  const what = violated === undefined ? 'holds' : `violated: ${violated.first ?? violated.title}`;
  streams.out(`stopped after ${durationText(untilNs)}: ${so}; ${capsule.violation.id} ${what}\n`);
  if (at >= 0) streams.out(anotherRunText(capsule, cell));
  if (violated !== undefined) return ExitCode.invariantViolated;
  return at >= 0 ? ExitCode.checkDidNotFail : ExitCode.pass;
}

/** What the capsule holds, in words. */
function headText({ violation, versions }: Capsule, cell: Cell): string {
  const { faults, population } = cell.scenario;
  const sabotaged = cell.sabotage === null ? '' : `, saboteur ${cell.sabotage}`;
  const lines = [
    `${cell.scenario.name}, seed ${cell.seed}, ${population.subscribers} users${sabotaged}; by restante ${versions.restante}`,
    `${violation.id} (${violation.title}): ${violation.first ?? ''}`,
    ...faults.map((fault) => `  ${fault.id ?? 'fault'}  ${faultInWords(fault)}`),
  ];
  return `${lines.join('\n')}\n`;
}
