/** The command line of what breaks the system and looks at the pieces: fuzz, replay, shrink. */
import { availableParallelism } from 'node:os';
import type { Argv } from 'yargs';
import { counted, several, single } from './flags.js';
import type { Streams } from '../terminal/streams.js';

/** The flags of each of these commands, besides the common ones. */
export const BREAK_FLAGS: Readonly<Record<string, readonly string[]>> = {
  fuzz: ['seeds', 'jobs', 'set', 'sabotage', 'stop-on-violation', 'out', 'quiet'],
  replay: ['pcap', 'ladder', 'svg', 'until', 'trace', 'lift', 'quiet'],
  shrink: ['out', 'runs', 'quiet'],
};

const text = (describe: string) => ({ type: 'string', requiresArg: true, describe }) as const;
const quiet = { type: 'boolean', alias: 'q', describe: 'Only the verdict' } as const;

/** Adds the commands to `parser`. */
export function breakCommands(parser: Argv, streams: Streams, done: (code: number) => void): Argv {
  return parser
    .command(
      'fuzz [scenario]',
      'Run many seeds, each with random faults, and keep what fails',
      (command) =>
        command
          .positional('scenario', { type: 'string', default: 'fuzz', describe: 'A scenario, as for run' })
          .option('seeds', text('Seeds, as 1..500 or as a number of them (default 1..100)'))
          .option('jobs', text('Worker threads (default: one for each processor)'))
          .option('set', text('Override a value of the scenario: path=value (repeatable)'))
          .option('sabotage', text('Plant a bug that the campaign must find'))
          .option('stop-on-violation', { type: 'boolean', describe: 'End with the first failure' })
          .option('out', text('Folder for capsules (default results/capsules)'))
          .option('quiet', quiet)
          .example('$0 fuzz --seeds 1..500', 'five hundred small worlds under fire'),
      async (argv) => {
        const { fuzz } = await import('../commands/fuzz.js');
        const options = {
          scenario: argv.scenario,
          set: several(argv.set),
          seeds: single('seeds', argv.seeds) ?? '1..100',
          jobs: counted('jobs', argv.jobs) ?? availableParallelism(),
          sabotage: single('sabotage', argv.sabotage),
          stopOnViolation: argv['stop-on-violation'] === true,
          out: single('out', argv.out),
          quiet: argv.quiet === true,
        };
        done(await fuzz(options, streams));
      },
    )
    .command(
      'replay <capsule>',
      'Run a capsule again: exit 4 if its invariant is violated again, 9 if not',
      (command) =>
        command
          .positional('capsule', {
            type: 'string',
            demandOption: true,
            describe: 'File of the capsule, or the folder of a run',
          })
          .option('pcap', text('Write all packets to this file (pcapng)'))
          .option('ladder', {
            type: 'string',
            describe: "Draw the life of a message: its number, or none for the first offender's",
          })
          .option('svg', text('Write the ladder to this file too (SVG)'))
          .option('until', text('Stop at this virtual time, such as 12s'))
          .option(
            'lift',
            text(
              'Write the failure with each lost packet as a fault of its own: a capsule, or a plan (.yaml)',
            ),
          )
          .option('trace', { type: 'boolean', describe: 'Print every event of the kernel' })
          .option('quiet', quiet),
      async (argv) => {
        const { replay } = await import('../commands/replay.js');
        const options = {
          capsule: argv.capsule,
          pcap: single('pcap', argv.pcap),
          ladder: argv.ladder === '' ? '' : single('ladder', argv.ladder),
          svg: single('svg', argv.svg),
          until: single('until', argv.until),
          lift: single('lift', argv.lift),
          trace: argv.trace === true,
          quiet: argv.quiet === true,
        };
        done(replay(options, streams));
      },
    )
    .command(
      'shrink <capsule>',
      'Find the fewest and weakest faults that fail in the same way',
      (command) =>
        command
          .positional('capsule', {
            type: 'string',
            demandOption: true,
            describe: 'File of the capsule, or the folder of a run',
          })
          .option('out', text('File of the smaller capsule (default: beside the first, .min.json)'))
          .option('runs', text('Most runs for weaker faults and a smaller world (default 200)'))
          .option('quiet', quiet),
      async (argv) => {
        const { shrink } = await import('../commands/shrink.js');
        const options = {
          capsule: argv.capsule,
          out: single('out', argv.out),
          runs: counted('runs', argv.runs) ?? 200,
          quiet: argv.quiet === true,
        };
        done(await shrink(options, streams));
      },
    );
}
