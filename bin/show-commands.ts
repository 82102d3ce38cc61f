/** The commands that read results instead of making them, as the parser knows them. Their code is loaded when it is needed. */
import type { Argv } from 'yargs';
import { UsageError } from '../results/exit-codes.js';
import { several, single } from './flags.js';
import type { Streams } from './streams.js';

/** The commands of this file and their flags, for "did you mean". */
export const SHOW_FLAGS: Readonly<Record<string, readonly string[]>> = {
  compare: ['json', 'format', 'tolerance', 'quiet'],
  baseline: ['folder'],
  report: ['baseline'],
  explain: [],
  completion: [],
};

/** Adds the commands to `parser`; `done` takes their exit codes, `flags` are those of all commands. */
export function showCommands(
  parser: Argv,
  streams: Streams,
  done: (code: number) => void,
  flags: Readonly<Record<string, readonly string[]>>,
): Argv {
  return parser
    .command(
      'compare <base> <new>',
      'Compare two results of one scenario and seed, exactly',
      (command) =>
        command
          .positional('base', {
            type: 'string',
            demandOption: true,
            describe: 'Run folder, summary.json or baseline',
          })
          .positional('new', { type: 'string', demandOption: true, describe: 'The same, newer' })
          .option('format', {
            type: 'string',
            choices: ['text', 'json', 'md'],
            describe: 'md is for a pull request',
          })
          .option('json', { type: 'boolean', describe: 'The same as --format json' })
          .option('tolerance', {
            type: 'string',
            requiresArg: true,
            describe: 'What may differ: 2%, or push.dwell.p95=5% (repeatable)',
          })
          .option('quiet', { type: 'boolean', alias: 'q', describe: 'Only the verdict' }),
      async (argv) => {
        const { compare } = await import('./commands/compare.js');
        const { base, new: next } = argv;
        const format = argv.json === true ? 'json' : formatOf(argv.format);
        done(
          compare(
            { base, next, format, tolerance: several(argv.tolerance), quiet: argv.quiet === true },
            streams,
          ),
        );
      },
    )
    .command(
      'baseline <action> <run>',
      'Keep a run as baseline: restante baseline accept RUN',
      (command) =>
        command
          .positional('action', { type: 'string', demandOption: true, choices: ['accept'] })
          .positional('run', { type: 'string', demandOption: true, describe: 'Run folder or summary.json' })
          .option('folder', { type: 'string', requiresArg: true, describe: 'Where baselines are kept' }),
      async (argv) => {
        const { accept } = await import('./commands/baseline.js');
        done(accept(argv.run, single('folder', argv.folder), streams));
      },
    )
    .command(
      'report [runs..]',
      'Make report.html of runs again (default: the last run)',
      (command) =>
        command
          .positional('runs', { type: 'string', array: true, describe: 'Run folders' })
          .option('baseline', {
            type: 'string',
            requiresArg: true,
            describe: 'Show what differs from this result',
          }),
      async (argv) => {
        const { report } = await import('./commands/report.js');
        done(await report(argv.runs ?? [], single('baseline', argv.baseline), streams));
      },
    )
    .command(
      'explain <word..>',
      'Say what an exit code, metric, invariant, fault, saboteur or rule is',
      (command) =>
        command
          .positional('word', { type: 'string', array: true, demandOption: true })
          .example('$0 explain exit-code 4', 'what CI should make of it')
          .example('$0 explain push.dwell', 'a metric'),
      async (argv) => {
        const { explain } = await import('./commands/explain.js');
        done(explain(argv.word, streams));
      },
    )
    .command(
      'completion <shell>',
      'Print the script by which a shell completes: eval "$(restante completion bash)"',
      (command) => command.positional('shell', { choices: ['bash', 'zsh'] as const, demandOption: true }),
      async (argv) => {
        const { completionScript } = await import('./commands/completion.js');
        streams.out(completionScript(argv.shell, flags));
      },
    );
}

function formatOf(value: unknown): 'text' | 'json' | 'md' {
  if (value === undefined || value === 'text') return 'text';
  if (value === 'json' || value === 'md') return value;
  throw new UsageError('--format is given twice');
}
