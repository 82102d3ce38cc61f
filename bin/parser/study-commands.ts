/** The commands of the planner: sweep, capacity, sensitivity, validate-model, calibrate; and the flags that studies share. */
import type { Argv } from 'yargs';
import { UsageError } from '../../results/exit-codes.js';
import { counted, seedText, several, single } from './flags.js';
import type { StudyOptions } from '../study.js';
import type { Streams } from '../terminal/streams.js';

/** The flags that every study has. */
export const POOL_FLAGS = ['jobs', 'cache', 'no-cache'];
const SHARED = ['seed', 'set', 'out', 'json', 'quiet', ...POOL_FLAGS];

/** The commands and their flags, for "did you mean" and completion. */
export const STUDY_FLAGS: Readonly<Record<string, readonly string[]>> = {
  sweep: [...SHARED, 'vary', 'replications', 'usl'],
  capacity: [...SHARED, 'vary', 'along', 'slo', 'max', 'precision', 'confirm', 'carried'],
  sensitivity: [...SHARED, 'vary', 'metric'],
  'validate-model': ['json'],
  calibrate: ['json'],
};

const text = (describe: string) => ({ type: 'string', requiresArg: true, describe }) as const;

/** The flags that every study has. */
export function withStudyFlags<T>(command: Argv<T>) {
  return command
    .option(
      'jobs',
      text(
        'Cells at a time; the results are the same for any number (default: one for each processor but one)',
      ),
    )
    .option('cache', {
      type: 'boolean',
      default: true,
      describe: 'Take up what was simulated before (--no-cache: anew)',
    });
}

/** Reads them. */
export function studyOptions(argv: { readonly [name: string]: unknown }): StudyOptions {
  return {
    jobs: counted('jobs', argv['jobs']),
    quiet: argv['quiet'] === true,
    cache: argv['cache'] !== false,
  };
}

function withScenario<T>(command: Argv<T>) {
  return withStudyFlags(
    command
      .positional('scenario', {
        type: 'string',
        demandOption: true,
        describe: 'Name of a scenario, or path of a file',
      })
      .option('seed', text('Seed of all chance, any text'))
      .option('set', text('Override a value of the scenario: path=value (repeatable)'))
      .option('out', text('Folder for the results'))
      .option('json', { type: 'boolean', describe: 'Print study.json and nothing else on stdout' })
      .option('quiet', { type: 'boolean', alias: 'q', describe: 'No progress; only the verdict' }),
  );
}

function common(argv: { readonly [name: string]: unknown }) {
  return {
    ...studyOptions(argv),
    scenario: String(argv['scenario']),
    seed: seedText(argv['seed']),
    set: several(argv['set']),
    out: single('out', argv['out']),
    json: argv['json'] === true,
  };
}

/** Adds the commands to the parser. */
export function addStudyCommands(parser: Argv, streams: Streams, done: (code: number) => void): Argv {
  return parser
    .command(
      'sweep <scenario>',
      'Simulate a grid of values',
      (command) =>
        withScenario(command)
          .option('vary', text('path=a,b,c: a factor of the grid (repeatable)'))
          .option('replications', text('Seeds for each combination'))
          .option('usl', text('Metric to fit the universal scalability law to, over the one factor'))
          .example('$0 sweep smoke --vary network.loss=0%,1%,5%', 'three cells'),
      async (argv) => {
        const { sweep } = await import('../commands/sweep.js');
        const replications = counted('replications', argv.replications) ?? 1;
        const usl = single('usl', argv.usl);
        done(await sweep({ ...common(argv), vary: several(argv.vary), replications, usl }, streams));
      },
    )
    .command(
      'capacity <scenario>',
      'Find the highest load that keeps the objectives',
      (command) =>
        withScenario(command)
          .option('vary', { ...text('Path of the load to vary'), default: 'traffic.pager.rate' })
          .option('along', text('Path that grows in proportion (repeatable)'))
          .option('slo', text('Objective, push.dwell:p(95)<5s (repeatable)'))
          .option('max', text('Highest load to try'))
          .option('precision', { ...text('Stop at this distance of passing and failing'), default: '2%' })
          .option('confirm', { ...text('Fresh seeds of the confirmation; 0 for none'), default: '5' })
          .option('carried', { ...text('Least share of messages answered 200 or 202'), default: '99%' })
          .example("$0 capacity smoke --slo 'push.dwell:p(95)<60s'", 'messages a second that smoke carries'),
      async (argv) => {
        const { capacity } = await import('../commands/capacity.js');
        const confirm = single('confirm', argv.confirm) ?? '5';
        if (!/^\d{1,7}$/.test(confirm))
          throw new UsageError(`--confirm ${confirm}: a whole number is needed, 0 for no confirmation`);
        const own = {
          vary: single('vary', argv.vary) ?? 'traffic.pager.rate',
          along: several(argv.along),
          slo: several(argv.slo),
          max: single('max', argv.max),
          precision: single('precision', argv.precision) ?? '2%',
          confirm: confirm === '0' ? 0 : (counted('confirm', confirm) ?? 5),
          carried: single('carried', argv.carried) ?? '99%',
        };
        done(await capacity({ ...common(argv), ...own }, streams));
      },
    )
    .command(
      'sensitivity <scenario>',
      'Show which input matters most',
      (command) =>
        withScenario(command)
          .option('vary', text('path for +-20 %, or path=low,high (repeatable); the usual ones if left out'))
          .option('metric', { ...text('What to look at'), default: 'push.dwell.p95' })
          .example('$0 sensitivity smoke --metric push.drain.p95', 'what makes draining slow'),
      async (argv) => {
        const { sensitivity } = await import('../commands/sensitivity.js');
        const metric = single('metric', argv.metric) ?? 'push.dwell.p95';
        done(await sensitivity({ ...common(argv), vary: several(argv.vary), metric }, streams));
      },
    )
    .command(
      'validate-model',
      'Hold the laboratory against queueing theory',
      (command) => command.option('json', { type: 'boolean', describe: 'Print the checks as JSON' }),
      async (argv) => {
        const { validateModel } = await import('../commands/validate-model.js');
        done(validateModel(argv.json === true, streams));
      },
    )
    .command(
      'calibrate <file>',
      'Fit a cost table to measured service times (kind, octets, duration)',
      (command) =>
        command
          .positional('file', { type: 'string', demandOption: true, describe: 'A CSV file' })
          .option('json', { type: 'boolean', describe: 'Print the fits as JSON' }),
      async (argv) => {
        const { calibrate } = await import('../commands/calibrate.js');
        calibrate(argv.file, argv.json === true, streams);
      },
    );
}
