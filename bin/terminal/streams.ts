/**
 * The streams of a command: results go to stdout, everything else to stderr. Handed to commands rather than taken from the
 * process, so that a test can look.
 */
import { ExitCode } from '../../results/exit-codes.js';
import { whyNotWritten } from '../../results/folder/file-error.js';
import { coloured, wantsColour } from './colour.js';
import { visible } from './visible.js';

export interface Streams {
  out(text: string): void;
  err(text: string): void;
  /** True if stderr is a terminal, on which a line can be redrawn. */
  readonly interactive: boolean;
  /** Columns of that terminal as it is now; undefined or left out if nobody knows. */
  columns?(): number | undefined;
}

/** Writes to `stream`, with colour if that is `wanted`, or else if it is welcome there; to a terminal nothing that it would carry out. */
export function painted(
  stream: Pick<NodeJS.WriteStream, 'isTTY'> & { write(text: string): unknown },
  wanted?: boolean,
): (text: string) => void {
  const colour = wanted ?? wantsColour(stream, process.env);
  return (text) => {
    const shown = stream.isTTY ? visible(text) : text;
    stream.write(colour ? coloured(shown) : shown);
  };
}

/** The streams of this process; `--color` and `--no-color` among `args` decide for both. A reader that has gone away (`| head`) ends the command quietly. */
export function processStreams(args: readonly string[] = []): Streams {
  const last = args.findLast((arg) => arg === '--color' || arg === '--no-color');
  const wanted = last === undefined ? undefined : last === '--color';
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return;
    process.stderr.write(`restante: cannot write to standard output: ${whyNotWritten(error)}\n`);
    process.exit(ExitCode.internalError);
  });
  // Whoever cannot be told of progress has nobody to tell of that.
  process.stderr.on('error', () => {});
  return {
    out: painted(process.stdout, wanted),
    err: painted(process.stderr, wanted),
    columns: () => process.stderr.columns,
    interactive: process.stderr.isTTY && process.env['TERM'] !== 'dumb' && process.env['CI'] === undefined,
  };
}
