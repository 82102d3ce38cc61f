/**
 * The exit codes of the command line, and which of them wins when several hold (`docs/exit-codes.md`). Usage errors and internal
 * errors end at once and compete with nothing.
 */

export const ExitCode = {
  pass: 0,
  internalError: 1,
  usage: 2,
  thresholdFailed: 3,
  invariantViolated: 4,
  regression: 5,
  baselineMissing: 6,
  notDeterministic: 7,
  inconclusive: 8,
  checkDidNotFail: 9,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** The most fundamental first. An interruption says that the rest was never finished, so it comes before all of them. */
const PRECEDENCE: readonly ExitCode[] = [
  ExitCode.internalError,
  ExitCode.usage,
  ExitCode.terminated,
  ExitCode.interrupted,
  ExitCode.notDeterministic,
  ExitCode.invariantViolated,
  ExitCode.thresholdFailed,
  ExitCode.regression,
  ExitCode.baselineMissing,
  ExitCode.inconclusive,
  ExitCode.checkDidNotFail,
];

/** The code to exit with when all of `codes` hold; 0 if there is none. */
export function worstOf(codes: readonly ExitCode[]): ExitCode {
  return PRECEDENCE.find((code) => codes.includes(code)) ?? ExitCode.pass;
}

/**
 * The user asked for something that cannot be done: an unknown flag, a scenario that is not valid, a folder that cannot be
 * written. The message is the one or two lines to show; exit code 2.
 */
export class UsageError extends Error {
  override name = 'UsageError';
}
