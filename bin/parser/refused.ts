/**
 * What the parser would take for something else than was meant, or drop without a word: told before it is asked. A switch with a value
 * other than true or false is off for it, `-` and what follows `--` are nowhere.
 */
import { UsageError } from '../../results/exit-codes.js';

/** The flags that are on or off, of all commands; none of these names takes a value elsewhere. */
const SWITCHES: ReadonlySet<string> = new Set([
  'cache',
  'color',
  'drawings',
  'event',
  'help',
  'h',
  'json',
  'ladders',
  'print-config',
  'quiet',
  'q',
  'report',
  'require-baseline',
  'stop-on-violation',
  'trace',
  'verify-determinism',
  'version',
  'yaml',
]);

/** What may stand before a command, since it is the same for all. */
const BEFORE = /^(?:-h|--(?:help|version|color|no-color|print-config))$/;

/** `help`, `help run` and `version`, as people write them for other programs, in the form that the parser knows. */
export function plainly(args: readonly string[]): readonly string[] {
  if (args[0] === 'version' && args.length === 1) return ['--version'];
  return args[0] === 'help' ? [...args.slice(1), '--help'] : args;
}

/** Throws a `UsageError` for the first of `args` that would not mean what it says; `commands` are their names. */
export function refuseMistaken(args: readonly string[], commands: readonly string[]): void {
  const at = args.findIndex((arg) => commands.includes(arg));
  const early = args.slice(0, Math.max(0, at)).find((arg) => arg.startsWith('-') && !BEFORE.test(arg));
  if (early !== undefined) {
    const [first = ''] = early.split('=');
    throw new UsageError(
      `${first} stands before the command: flags come after it, restante ${args[at]} ... ${first}`,
    );
  }
  for (const [i, arg] of args.entries()) {
    if (arg === '-')
      throw new UsageError(
        '"-" is not read here: give the path of a file\nWhere the system has it, /dev/stdin is what comes through a pipe',
      );
    if (arg === '--') {
      if (i === args.length - 1) return;
      throw new UsageError(`what stands behind -- is not read: leave out -- (before "${args[i + 1]}")`);
    }
    refuseValue(arg);
  }
}

/** `--json=1`, `-q=maybe`: a switch is on by being there. */
function refuseValue(arg: string): void {
  const match = /^(--?)([a-z-]+?)=(.*)$/s.exec(arg);
  if (match === null) return;
  const [, dashes, name, value] = match;
  const plain = name.replace(/^no-/, '');
  if (!SWITCHES.has(plain)) return;
  if (plain === name && (value === 'true' || value === 'false')) return;
  const off = name.length === 1 ? '' : `, ${dashes}no-${plain} turns it off`;
  throw new UsageError(`${arg}: ${dashes}${plain} is a switch and takes no value${off}`);
}
