/** The commands that read results instead of making them, as the parser knows them. Their code is loaded when it is needed. */
import type { Argv } from 'yargs';
import { UsageError } from '../../results/exit-codes.js';
import { counted, seedText, several, single } from './flags.js';
import type { Streams } from '../terminal/streams.js';

/** The commands of this file and their flags, for "did you mean". */
export const SHOW_FLAGS: Readonly<Record<string, readonly string[]>> = {
  compare: [
    'json',
    'format',
    'tolerance',
    'quiet',
    'event',
    'no-event',
    'base-program',
    'replications',
    'jobs',
  ],
  events: ['second', 'seed', 'set', 'sabotage', 'json'],
  baseline: ['folder'],
  report: ['baseline', 'ladders'],
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
      'Compare two results of one scenario and seed, exactly; or two studies of replications',
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
          .option('event', {
            type: 'boolean',
            describe: 'Run both again to name the first differing event (left out: if it takes seconds)',
          })
          .option('replications', {
            type: 'string',
            requiresArg: true,
            describe: 'Run both under so many seeds: a shifted random stream, or worse?',
          })
          .option('base-program', {
            type: 'string',
            requiresArg: true,
            describe: 'The restante.js that made the base, if it was another version',
          })
          .option('jobs', { type: 'string', requiresArg: true, describe: 'Runs at a time' })
          .option('quiet', { type: 'boolean', alias: 'q', describe: 'Only the verdict' })
          .example('$0 compare latest other', 'every figure of two runs')
          .example('$0 compare base new --replications 20', 'worse, or other chance?'),
      async (argv) => {
        const { compare } = await import('../commands/compare.js');
        const { base, new: next } = argv;
        const format = argv.json === true ? 'json' : formatOf(argv.format);
        done(
          await compare(
            {
              base,
              next,
              format,
              tolerance: several(argv.tolerance),
              quiet: argv.quiet === true,
              event: argv.event,
              baseProgram: single('base-program', argv['base-program']),
              replications: counted('replications', argv.replications),
              jobs: counted('jobs', argv.jobs),
            },
            streams,
          ),
        );
      },
    )
    .command(
      'events <scenario>',
      'Show everything that happens in one virtual second of a run',
      (command) =>
        command
          .positional('scenario', {
            type: 'string',
            demandOption: true,
            describe: 'Name or path of a scenario, or the plan.yaml of a run',
          })
          .option('second', { type: 'string', requiresArg: true, describe: 'Which second, counted from 0' })
          .option('seed', { type: 'string', requiresArg: true, describe: 'Seed of all chance, any text' })
          .option('set', { type: 'string', requiresArg: true, describe: 'Override: path=value (repeatable)' })
          .option('sabotage', { type: 'string', requiresArg: true, describe: 'With this bug planted' })
          .option('json', { type: 'boolean', describe: 'One JSON document, with a digest of each' }),
      async (argv) => {
        const { events } = await import('../commands/events.js');
        done(
          events(
            {
              scenario: argv.scenario,
              seed: seedText(argv.seed),
              set: several(argv.set),
              sabotage: single('sabotage', argv.sabotage),
              second: single('second', argv.second),
              json: argv.json === true,
            },
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
          .option('folder', {
            type: 'string',
            requiresArg: true,
            describe: 'Where baselines are kept (default results/baselines)',
          }),
      async (argv) => {
        const { accept } = await import('../commands/baseline.js');
        done(accept(argv.run, single('folder', argv.folder), streams));
      },
    )
    .command(
      'report [runs..]',
      'Make report.html of runs and studies (default: the last run)',
      (command) =>
        command
          .positional('runs', {
            type: 'string',
            array: true,
            describe: 'Folders; of several runs of a scenario, the first is the base',
          })
          .option('baseline', {
            type: 'string',
            requiresArg: true,
            describe: 'Show what differs from this result',
          })
          .option('ladders', {
            type: 'boolean',
            describe: 'Run again for the ladders of messages (default: if that is quick)',
          }),
      async (argv) => {
        const { report } = await import('../commands/report.js');
        const { runs = [], ladders } = argv;
        done(await report({ runs, baseline: single('baseline', argv.baseline), ladders }, streams));
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
        const { explain } = await import('../commands/explain.js');
        done(explain(argv.word, streams));
      },
    )
    .command(
      'completion <shell>',
      'Print the script by which a shell completes: eval "$(restante completion bash)"; fish: restante completion fish | source',
      (command) =>
        command.positional('shell', { choices: ['bash', 'zsh', 'fish'] as const, demandOption: true }),
      async (argv) => {
        const { completionScript } = await import('../commands/completion.js');
        streams.out(completionScript(argv.shell, flags));
      },
    );
}

function formatOf(value: unknown): 'text' | 'json' | 'md' {
  if (value === undefined || value === 'text') return 'text';
  if (value === 'json' || value === 'md') return value;
  throw new UsageError('--format is given twice');
}
