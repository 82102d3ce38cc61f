/** `restante replay`: a capsule again. The same fingerprint and the same violation, or it no longer reproduces. */
import { compareWithCapsule, type Capsule } from '../../results/capsule.js';
import { ExitCode, UsageError } from '../../results/exit-codes.js';
import { ladderSvg } from '../../results/report/ladder-svg.js';
import { ladderText } from '../../results/report/ladder-text.js';
import type { Cell } from '../../workloads/cell.js';
import { brokenOff, type Judged } from '../../workloads/evaluate.js';
import { faultInWords } from '../../workloads/simpler.js';
import { ladderWatcher, type LadderWatcher } from '../../workloads/ladder.js';
import { prepare } from '../../workloads/simulate.js';
import { duration, durationText } from '../../workloads/units.js';
import type { Watcher } from '../../workloads/watcher.js';
import { readCapsule, writeText } from '../capsule-files.js';
import { messageNumber } from '../flags.js';
import { pcapFile } from '../pcap-file.js';
import type { Streams } from '../streams.js';
import { version } from '../version.js';

export interface ReplayOptions {
  readonly capsule: string;
  readonly pcap: string | undefined;
  /** Number of the message to draw; '' for the first offender's. */
  readonly ladder: string | undefined;
  /** File for the ladder as SVG. */
  readonly svg: string | undefined;
  /** Virtual time at which to stop, as text. */
  readonly until: string | undefined;
  /** Print every event of the kernel. */
  readonly trace: boolean;
  readonly quiet: boolean;
}

/** Runs the command; gives the exit code: 4 if it happens again, 9 if not. */
export function replay(options: ReplayOptions, streams: Streams): number {
  const { capsule, cell } = readCapsule(options.capsule);
  const untilNs = options.until === undefined ? undefined : instantOf(options.until);
  if (!options.quiet) streams.err(headText(capsule, cell));
  const drawn = ladderOf(options, capsule);
  const watchers: Watcher[] = drawn === undefined ? [] : [drawn];
  if (options.pcap !== undefined) watchers.push(pcapFile(options.pcap));
  const judged = runUntil(cell, watchers, untilNs, options.trace ? streams : undefined);
  const ladder = drawn?.ladder();
  if (ladder !== undefined) {
    streams.out(ladderText(ladder));
    if (options.svg !== undefined) writeText(options.svg, ladderSvg(ladder));
  }
  if (untilNs !== undefined) return partOf(judged, capsule, untilNs, streams);
  const { same, words } = compareWithCapsule(capsule, judged);
  streams.out(`${same ? 'REPRODUCED' : 'NOT REPRODUCED'}: ${words}\n`);
  if (!same && capsule.versions.restante !== version()) {
    streams.out(`the capsule is of restante ${capsule.versions.restante}, this is ${version()}\n`);
  }
  return same ? ExitCode.invariantViolated : ExitCode.checkDidNotFail;
}

/** The ladder that was asked for: of a message by its number, or of the first offender's. */
function ladderOf({ ladder, svg }: ReplayOptions, { violation }: Capsule): LadderWatcher | undefined {
  if (ladder === undefined && svg === undefined) return undefined;
  if (ladder !== undefined && ladder !== '') return ladderWatcher(messageNumber(ladder));
  if (violation.message === null) {
    throw new UsageError('the first offender is no message: name one, as in --ladder 17');
  }
  return ladderWatcher(violation.message);
}

function instantOf(text: string): number {
  const parsed = duration().safeParse(text);
  if (!parsed.success)
    throw new UsageError(`--until ${text}: ${parsed.error.issues[0]?.message ?? 'no time'}`);
  return parsed.data;
}

/** Runs `cell` to its end, or to the end of the virtual second of `untilNs`. */
function runUntil(cell: Cell, watchers: readonly Watcher[], untilNs = Infinity, trace?: Streams): Judged {
  const simulation = prepare(cell, undefined, watchers);
  if (trace !== undefined) {
    simulation.trace((index, timeNs, handler, kind, a, b) => {
      if (timeNs <= untilNs)
        trace.out(`${index} ${(timeNs / 1e9).toFixed(9)} ${handler} ${kind} ${a} ${b}\n`);
    });
  }
  try {
    while (simulation.outcome === undefined && simulation.nowNs < untilNs) simulation.step();
    return simulation.finish().summary;
  } catch (error) {
    return brokenOff(error);
  }
}

/** What the part up to `untilNs` shows: the same as the capsule so far, and whether it is violated by then. */
function partOf(judged: Judged, capsule: Capsule, untilNs: number, streams: Streams): number {
  const at = judged.checkpoints.findIndex((mark, i) => capsule.checkpoints[i] !== mark);
  const violated = judged.invariants.find(({ id, held }) => id === capsule.violation.id && !held);
  const so = at < 0 ? 'the same run so far' : `another run from virtual second ${at} on`;
  const what = violated === undefined ? 'holds' : `violated: ${violated.first ?? violated.title}`;
  streams.out(`stopped after ${durationText(untilNs)}: ${so}; ${capsule.violation.id} ${what}\n`);
  if (at >= 0) return ExitCode.checkDidNotFail;
  return violated === undefined ? ExitCode.pass : ExitCode.invariantViolated;
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
