/**
 * What to do next, after each command: one to three commands on stderr, where they are in nobody's way: stdout holds results alone. Commands
 * that know better say so themselves, there too; this is for the others. `--quiet` and `--json` leave it out, and so does `completion`, which shells run at their start.
 */
import { ExitCode } from '../../results/exit-codes.js';
import type { Streams } from './streams.js';

const NEXT: Readonly<Record<string, readonly string[]>> = {
  sabotage: ['restante run smoke --sabotage NAME', 'restante explain NAME'],
  replay: ['restante shrink CAPSULE', 'restante explain INVARIANT'],
  schema: ['restante init DIR', 'restante validate FILE'],
  compare: ['restante explain METRIC'],
  baseline: ['restante run SCENARIO --baseline'],
  report: ['restante compare BASE NEW'],
  explain: ['restante list'],
  'validate-model': ['restante run smoke', 'restante calibrate FILE.csv'],
  calibrate: ['restante plan SCENARIO', 'restante run SCENARIO'],
};

/** Proposes `commands`; nothing if there are none. */
export function sayNext(commands: readonly string[], streams: Streams): void {
  if (commands.length === 0) return;
  const lines = commands.map((command, i) => `${i === 0 ? 'Next:  ' : '       '}${command}\n`);
  streams.err(`\n${lines.join('')}`);
}

/** After these there is something to mend, or nobody who waits for advice. */
const MENDING: ReadonlySet<number> = new Set([ExitCode.usage, ExitCode.interrupted, ExitCode.terminated]);

/** Wraps `streams`; `finish` says what is next if the command `args` ended without having said so, and not in something to mend;
 * `hush` keeps it from that. */
export function sayingNext(
  args: readonly string[],
  streams: Streams,
): { readonly streams: Streams; readonly hush: () => void; readonly finish: (exitCode: number) => void } {
  let said = args.some((arg) => /^(?:-q|--quiet|--json|--help|-h|--version|--yaml)$/.test(arg));
  // Where nothing came out, what went wrong is the last word.
  let answered = false;
  const look = (text: string): string => {
    if (/^Next: /m.test(text)) said = true;
    return text;
  };
  return {
    streams: {
      ...streams,
      out: (text) => {
        answered = true;
        streams.out(look(text));
      },
      err: (text) => streams.err(look(text)),
    },
    hush: () => void (said = true),
    finish(exitCode) {
      const lines = NEXT[args[0] ?? ''];
      if (said || !answered || lines === undefined || MENDING.has(exitCode)) return;
      sayNext(lines, streams);
    },
  };
}
