/** Ctrl-C and SIGTERM: the first one ends the work at the next pause, so that results are kept; the second ends the process. */
import { ExitCode } from '../results/exit-codes.js';

export interface Interruption {
  /** The code to exit with, once somebody asked. */
  code(): ExitCode | undefined;
  /** No longer listens. */
  stop(): void;
}

/** Starts to listen. */
export function watchForInterruption(): Interruption {
  let code: ExitCode | undefined;
  const onInterrupt = () =>
    code === undefined ? (code = ExitCode.interrupted) : process.exit(ExitCode.interrupted);
  const onTerminate = () =>
    code === undefined ? (code = ExitCode.terminated) : process.exit(ExitCode.terminated);
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return {
    code: () => code,
    stop: () => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}
