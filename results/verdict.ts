/** From a summary to a judgement: one sentence and the exit code. */
import type { Summary } from './cell-result.js';
import { ExitCode, worstOf } from './exit-codes.js';

export interface Judgement {
  readonly exitCode: ExitCode;
  /** One line for the end of the report. */
  readonly sentence: string;
}

/** What `summary` amounts to. An interrupted run exits 130 whatever else it found; what it found is in the sentence. */
export function judge(summary: Summary): Judgement {
  const codes: ExitCode[] = [];
  const parts: string[] = [];
  if (summary.outcome === 'interrupted') {
    codes.push(ExitCode.interrupted);
    parts.push('INTERRUPTED: partial results');
  }
  const violated = summary.invariants.filter((verdict) => !verdict.held);
  if (violated.length > 0) {
    codes.push(ExitCode.invariantViolated);
    parts.push(`FAILED: ${violated.map(({ id }) => id).join(', ')} violated`);
  } else if (summary.sabotage !== null && summary.outcome === 'completed') {
    codes.push(ExitCode.checkDidNotFail);
    parts.push(`FAILED: the saboteur ${summary.sabotage} was not caught`);
  }
  const missed = (summary.thresholds ?? []).filter(({ met, severity }) => !met && severity === 'fail');
  if (missed.length > 0) {
    codes.push(ExitCode.thresholdFailed);
    parts.push(`FAILED: ${missed.map(({ threshold }) => threshold).join(', ')} not met`);
  }
  if (summary.warmUp?.settled === false) {
    codes.push(ExitCode.inconclusive);
    parts.push('INCONCLUSIVE: no steady state was reached');
  }
  if (summary.outcome === 'event-limit') {
    codes.push(ExitCode.inconclusive);
    parts.push('INCONCLUSIVE: the limit of events was reached (limits.events)');
  }
  const exitCode = worstOf(codes);
  const sentence = parts.length === 0 ? 'PASSED' : `${parts.join('; ')} (exit ${exitCode})`;
  return { exitCode, sentence };
}
