/**
 * The streams of a command: results go to stdout, everything else to stderr. Handed to commands rather than taken from the
 * process, so that a test can look.
 */

export interface Streams {
  out(text: string): void;
  err(text: string): void;
  /** True if stderr is a terminal, on which a line can be redrawn. */
  readonly interactive: boolean;
}

/** The streams of this process. A reader that has gone away (`| head`) ends the command quietly. */
export function processStreams(): Streams {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    interactive: process.stderr.isTTY && process.env['TERM'] !== 'dumb' && process.env['CI'] === undefined,
  };
}
