/** Ctrl-C and its kin: what was finished is kept, and a second one ends the process at once. */
import { ExitCode } from '../../results/exit-codes.js';

export interface Interruption {
  /** The exit code of the signal that came, or undefined. */
  code(): ExitCode | undefined;
  /** Listens no more. */
  stop(): void;
}

/** Notes the first SIGINT, SIGTERM or SIGHUP (the terminal is gone, which ends it like SIGTERM), so that the run can end between two slices; the second one ends the process. `onFirst` is
 * called at the first one. */
export function watchForInterruption(onFirst: () => void = () => undefined): Interruption {
  let code: ExitCode | undefined;
  const note = (signal: ExitCode) => {
    if (code !== undefined) process.exit(signal);
    code = signal;
    onFirst();
  };
  const onInterrupt = () => note(ExitCode.interrupted);
  const onTerminate = () => note(ExitCode.terminated);
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  process.on('SIGHUP', onTerminate);
  return {
    code: () => code,
    stop: () => {
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
      process.off('SIGHUP', onTerminate);
    },
  };
}
