/** The whole program in one call: what `restante.ts` loads, as modules or from the bundle. */
import { main } from './main.js';
import { processStreams } from './terminal/streams.js';

/** Runs the command line `args` of this process; gives the exit code. */
export function start(args: readonly string[]): Promise<number> {
  return main(args, processStreams(args));
}
