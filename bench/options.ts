/** The options of the benchmark: read, or refused in one line, before anything is measured. */
import { parseArgs } from 'node:util';
import { UsageError } from '../results/exit-codes.js';
import { readBench, type BenchResult } from './compare.js';

export interface BenchOptions {
  readonly json: boolean;
  readonly short: boolean;
  /** Part of the name of the groups that are wanted; all if left out. */
  readonly only?: string;
  readonly rounds?: number;
  readonly compare?: { readonly file: string; readonly before: BenchResult };
}

/** By name: the value that it takes, if it takes one, and what it does. */
const OPTIONS: Readonly<Record<string, { readonly value?: string; readonly words: string }>> = {
  json: { words: 'One JSON document on stdout instead of tables' },
  only: { value: 'TEXT', words: 'Only groups whose name has TEXT in it' },
  rounds: { value: 'N', words: 'Rounds of each group' },
  short: { words: 'Few rounds: about a minute' },
  compare: { value: 'FILE', words: 'Ratios to an earlier --json' },
};
/** Runs only when it is asked for by name. */
const FOOTPRINT = 'footprint';
const HELP = 'npm run bench -- --help shows what there is';

/** What `--help` prints. */
export function benchHelp(groups: readonly string[]): string {
  const row = (name: string, words: string) => `  --${name.padEnd(16)}${words}`;
  return [
    'npm run bench -- [options]',
    '',
    ...Object.entries(OPTIONS).map(([name, { value, words }]) =>
      row(value === undefined ? name : `${name} ${value}`, words),
    ),
    row('help, -h', 'This'),
    '',
    `Groups: ${groups.join(', ')}; and ${FOOTPRINT}, by its name only: its processes take minutes.`,
    'Medians and ratios of one run; see docs/performance.md.',
    '',
  ].join('\n');
}

/** Reads `args`. Throws a `UsageError` of one line. */
export function benchOptions(args: readonly string[], groups: readonly string[]): BenchOptions | 'help' {
  const { tokens } = parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(OPTIONS).map(([name, { value }]) => [
        name,
        { type: value === undefined ? ('boolean' as const) : ('string' as const) },
      ]),
    ),
  });
  const given = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'positional')
      throw new UsageError(
        `unexpected argument "${token.value}": a group is chosen by --only ${token.value}`,
      );
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    if (rawName === '--help' || rawName === '-h') return 'help';
    const option = OPTIONS[name];
    if (option === undefined || !rawName.startsWith('--'))
      throw new UsageError(`unknown option ${rawName}: ${HELP}`);
    if (option.value === undefined && value !== undefined) throw new UsageError(`${rawName} takes no value`);
    // What looks like the next option is no value, unless it was glued on.
    if (option.value !== undefined && (!value || (!token.inlineValue && value.startsWith('-'))))
      throw new UsageError(`${rawName} is missing its value: ${rawName} ${option.value}`);
    given.set(name, value ?? '');
  }
  const [only, rounds, file] = ['only', 'rounds', 'compare'].map((name) => given.get(name));
  if (rounds !== undefined && !/^[1-9]\d{0,5}$/.test(rounds))
    throw new UsageError(`--rounds ${rounds}: a whole number from 1 up is needed`);
  if (only !== undefined && only !== FOOTPRINT && !groups.some((name) => name.includes(only)))
    throw new UsageError(
      `--only ${only}: no group has that in its name: ${[...groups, FOOTPRINT].join(', ')}`,
    );
  return {
    json: given.has('json'),
    short: given.has('short'),
    ...(only === undefined ? {} : { only }),
    ...(rounds === undefined ? {} : { rounds: Number(rounds) }),
    ...(file === undefined ? {} : { compare: { file, before: readBench(file) } }),
  };
}
