/**
 * Runs a cell for its verdicts: what fuzzing, replaying and shrinking ask. An assertion that fails in the models is a finding like
 * a violated invariant, not the end of the campaign.
 */
import { ASSERTION_ID } from '../results/capsule.js';
import type { InvariantVerdict, Summary } from '../results/cell-result.js';
import { UsageError } from '../results/exit-codes.js';
import type { Cell } from './cell.js';
import { prepare } from './simulate.js';
import { runToEnd } from './simulation.js';
import type { Watcher } from './watch/watcher.js';

/** What is judged of a run. */
export type Judged = Pick<Summary, 'fingerprint' | 'checkpoints' | 'outcome' | 'invariants'>;

/** Runs `cell` to its end with `watchers` looking on. */
export function evaluate(cell: Cell, watchers: readonly Watcher[] = []): Judged {
  try {
    return runToEnd(prepare(cell, undefined, watchers)).summary;
  } catch (error) {
    return brokenOff(error);
  }
}

/** A run that an assertion ended; anything else is thrown again, as is what a watcher could not write. */
export function brokenOff(error: unknown): Judged {
  if (!(error instanceof Error) || error instanceof UsageError) throw error;
  const verdict: InvariantVerdict = {
    id: ASSERTION_ID,
    title: 'no assertion fails',
    clause: 'of the simulator itself',
    held: false,
    checked: 1,
    violations: 1,
    first: error.message,
  };
  return { fingerprint: '0'.repeat(16), checkpoints: [], outcome: 'interrupted', invariants: [verdict] };
}
