/** `restante shrink`: the same failure with as few faults, users and messages as can be found; Ctrl-C keeps the fewest so far. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Capsule } from '../../results/capsule.js';
import { ExitCode, UsageError } from '../../results/exit-codes.js';
import { checkFileWritable } from '../../results/folder/make-folder.js';
import type { Cell } from '../../workloads/cell.js';
import { explicitCell } from '../../workloads/fuzz/capsules.js';
import { evaluate } from '../../workloads/evaluate.js';
import { shrinkCell, type Shrunk } from '../../workloads/fuzz/shrink-cell.js';
import { faultInWords } from '../../workloads/faults/fault-words.js';
import { anotherRunText, makeCapsule, readCapsule, writeCapsule } from '../capsule-files.js';
import { watchForInterruption } from '../terminal/interruption.js';
import { sayNext } from '../terminal/next.js';
import { shellWord } from '../terminal/shell-word.js';
import type { Streams } from '../terminal/streams.js';
import { CLEAR_LINE } from '../terminal/visible.js';

export interface ShrinkOptions {
  readonly capsule: string;
  /** File of the smaller capsule; default: beside the first one. */
  readonly out: string | undefined;
  /** Most runs for weaker faults and a smaller world. */
  readonly runs: number;
  readonly quiet: boolean;
}

/** Without a terminal, a line is told after so many runs, and when a fault goes. */
const RUNS_OF_A_LINE = 25;

/** Runs the command; gives the exit code: 4 with a smaller capsule, 9 if the first one does not reproduce, that of the signal if one came. */
export async function shrink(options: ShrinkOptions, streams: Streams): Promise<number> {
  const { capsule, cell, file: from } = readCapsule(options.capsule);
  const { id } = capsule.violation;
  const start = explicitCell(cell);
  const file = options.out ?? from.replace(/(?:\.min)?(?:\.json)?$/, '.min.json');
  checkFileWritable(file);
  if (!evaluate(start).invariants.some((verdict) => verdict.id === id && !verdict.held)) {
    streams.out(
      `NOT REPRODUCED: ${id} held, so there is nothing to shrink\n${anotherRunText(capsule, cell)}`,
    );
    return ExitCode.checkDidNotFail;
  }
  const tell = options.quiet ? () => {} : progress(start.scenario.faults.length, streams);
  const interruption = watchForInterruption();
  try {
    const shrunk = await shrinkCell(start, id, options.runs, async (count, left) => {
      tell(count, left);
      // A signal is heard of between two turns.
      await nextTurn();
      return interruption.code() !== undefined;
    });
    if (!options.quiet && streams.interactive) streams.err(CLEAR_LINE);
    const smaller = makeCapsule(evaluate(shrunk.cell), shrunk.cell, id);
    if (smaller === undefined) throw new UsageError('the smallest cell no longer fails');
    writeCapsule(smaller, file);
    streams.out(resultText(start, shrunk, smaller, file));
    if (!options.quiet && !shrunk.stopped) sayNext([`restante replay ${shellWord(file)} --ladder`], streams);
    return (shrunk.stopped ? interruption.code() : undefined) ?? ExitCode.invariantViolated;
  } finally {
    interruption.stop();
  }
}

/** What was found, in lines. */
function resultText(
  start: Cell,
  { cell: small, runs, stopped }: Shrunk,
  { violation }: Capsule,
  file: string,
): string {
  const { faults, population, traffic } = small.scenario;
  const before = start.scenario.faults.length;
  const was = `${before} ${before === 1 ? 'fault' : 'faults'}, ${start.scenario.population.subscribers} users`;
  const lines = [
    ...(stopped ? [`INTERRUPTED: the smallest so far is kept in ${file}`] : []),
    `${violation.id} is still violated: ${violation.first ?? ''}`,
    `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'} (of ${was}), ${population.subscribers} users, ${traffic.pager.rate} messages a second; ${runs} runs`,
    ...faults.map((fault) => `  ${fault.id ?? 'fault'}  ${faultInWords(fault)}`),
    ...(faults.length === 0 ? ['  no fault is needed'] : []),
    `  restante replay ${shellWord(file)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Says how far it is: a line that is drawn again on a terminal, plain lines elsewhere. */
function progress(faults: number, streams: Streams): (runs: number, left: number) => void {
  let told = faults;
  return (runs, left) => {
    const text = `${runs} ${runs === 1 ? 'run' : 'runs'}, ${left} ${left === 1 ? 'fault' : 'faults'} left`;
    if (streams.interactive) streams.err(`${CLEAR_LINE}${text}`);
    else if (left !== told || runs % RUNS_OF_A_LINE === 0) streams.err(`${text}\n`);
    told = left;
  };
}
