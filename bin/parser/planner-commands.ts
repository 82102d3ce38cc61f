/** The verbs that look at scenarios without running them. Added to the command line by `main.ts`. */
import type { Argv } from 'yargs';
import { seedText, several, single } from './flags.js';
import type { Streams } from '../terminal/streams.js';

/** The verbs, and the flags of each besides the common ones. */
export const PLANNER_FLAGS: Readonly<Record<string, readonly string[]>> = {
  validate: ['set'],
  plan: ['seed', 'set', 'faults', 'yaml', 'json'],
  init: ['ci'],
  schema: [],
};

const SET = {
  type: 'string',
  requiresArg: true,
  describe: 'Override a value of the scenario: path=value (repeatable)',
} as const;

/** Adds the verbs to `parser`. */
export function plannerCommands(parser: Argv, streams: Streams, done: (code: number) => void): Argv {
  return parser
    .command(
      'validate <file..>',
      'Check scenario files; faults are shown with their places',
      (command) =>
        command
          .positional('file', {
            type: 'string',
            array: true,
            demandOption: true,
            describe: 'Scenario files, or names of scenarios that ship with restante',
          })
          .option('set', SET),
      async (argv) => {
        const { validate } = await import('../commands/validate.js');
        done(validate(argv.file, several(argv.set), streams));
      },
    )
    .command(
      'plan [scenario]',
      'Show what a scenario amounts to, without running it',
      (command) =>
        command
          .positional('scenario', {
            type: 'string',
            default: 'metro-outage',
            describe: 'A scenario that ships with restante, or the path of a file',
          })
          .option('seed', { type: 'string', requiresArg: true, describe: 'Seed of all chance, any text' })
          .option('set', SET)
          .option('faults', {
            type: 'string',
            requiresArg: true,
            describe: "File with the fault plan, in the place of the scenario's",
          })
          .option('yaml', { type: 'boolean', describe: 'Print the scenario with everything expanded' })
          .option('json', { type: 'boolean', describe: 'Print the figures as JSON' })
          .example('$0 plan busy-hour', 'arrivals, load of each station, memory')
          .example('$0 plan smoke --yaml > plan.yaml', 'everything that is left to default, written out'),
      async (argv) => {
        const { plan } = await import('../commands/plan.js');
        plan(
          {
            scenario: argv.scenario,
            seed: seedText(argv.seed),
            set: several(argv.set),
            faults: single('faults', argv.faults),
            yaml: argv.yaml === true,
            json: argv.json === true,
          },
          streams,
        );
      },
    )
    .command(
      'init [dir]',
      'Write a folder to begin with: scenario, fault plan, CI workflow',
      (command) =>
        command
          .positional('dir', { type: 'string', default: 'restante-demo', describe: 'Folder to write' })
          .option('ci', {
            choices: ['github', 'gitlab'] as const,
            default: 'github' as const,
            describe: 'Whose workflow',
          }),
      async (argv) => {
        const { init } = await import('../commands/init.js');
        init(argv.dir, streams, argv.ci);
      },
    )
    .command(
      'schema',
      'Print the JSON Schema of scenario files',
      (command) => command,
      async () => {
        const { schema } = await import('../commands/schema.js');
        schema(streams);
      },
    );
}
