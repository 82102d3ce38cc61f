/** The command line as a test calls it: in this process, with what it writes kept apart. */
import { main } from '../../bin/main.js';

export interface Called {
  readonly code: number;
  /** What went to stdout, and to stderr. */
  readonly out: string;
  readonly err: string;
}

/** Runs `restante` with `args`. */
export async function called(...args: string[]): Promise<Called> {
  let out = '';
  let err = '';
  const streams = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    interactive: false,
  };
  return { code: await main(args, streams), out, err };
}
