/** `restante shrink`: the same failure with as few faults, users and messages as can be found. */
import { ExitCode, UsageError } from '../../results/exit-codes.js';
import { checkFileWritable } from '../../results/folder/make-folder.js';
import { explicitCell } from '../../workloads/fuzz/capsules.js';
import { evaluate } from '../../workloads/evaluate.js';
import { shrinkCell } from '../../workloads/fuzz/shrink-cell.js';
import { faultInWords } from '../../workloads/faults/fault-words.js';
import { anotherRunText, makeCapsule, readCapsule, writeCapsule } from '../capsule-files.js';
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

/** Runs the command; gives the exit code: 4 with a smaller capsule, 9 if the first one does not reproduce. */
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
  const { cell: small, runs } = await shrinkCell(start, id, options.runs, (count, left) => {
    if (!options.quiet && streams.interactive) streams.err(`${CLEAR_LINE}${count} runs, ${left} faults left`);
  });
  if (!options.quiet && streams.interactive) streams.err(CLEAR_LINE);
  const smaller = makeCapsule(evaluate(small), small, id);
  if (smaller === undefined) throw new UsageError('the smallest cell no longer fails');
  writeCapsule(smaller, file);
  const { faults, population, traffic } = small.scenario;
  const was = `${start.scenario.faults.length} faults, ${start.scenario.population.subscribers} users`;
  const lines = [
    `${id} is still violated: ${smaller.violation.first ?? ''}`,
    `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'} (of ${was}), ${population.subscribers} users, ${traffic.pager.rate} messages a second; ${runs} runs`,
    ...faults.map((fault) => `  ${fault.id ?? 'fault'}  ${faultInWords(fault)}`),
    ...(faults.length === 0 ? ['  no fault is needed'] : []),
    `  restante replay ${file}`,
  ];
  streams.out(`${lines.join('\n')}\n`);
  return ExitCode.invariantViolated;
}
