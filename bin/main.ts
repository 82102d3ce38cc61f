/**
 * The command line: which commands there are, and how every failure ends (`docs/exit-codes.md`). Commands are loaded when they are
 * needed, so that `--help` is quick.
 */
import yargs, { type Argv } from 'yargs';
import { ExitCode, UsageError } from '../results/exit-codes.js';
import { hint, nearest } from '../workloads/scenario/suggest.js';
import { BREAK_FLAGS, breakCommands } from './parser/break-commands.js';
import { counted, seedText, several, single } from './parser/flags.js';
import { sayingNext } from './terminal/next.js';
import { PLANNER_FLAGS, plannerCommands } from './parser/planner-commands.js';
import { plainly, refuseMistaken } from './parser/refused.js';
import { SHOW_FLAGS, showCommands } from './parser/show-commands.js';
import type { Streams } from './terminal/streams.js';
import {
  addStudyCommands,
  POOL_FLAGS,
  STUDY_FLAGS,
  studyOptions,
  withStudyFlags,
} from './parser/study-commands.js';
import { version } from './version.js';

/** The flags of each command, for "did you mean" and completion. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  run: [
    'seed',
    'set',
    'faults',
    'json',
    'verify-determinism',
    'out',
    'sabotage',
    'pcap',
    'ladder',
    'baseline',
    'require-baseline',
    'replications',
    'precision',
    'repeat',
    'quiet',
    'report',
    'no-report',
    'drawings',
    ...POOL_FLAGS,
  ],
  list: [],
  sabotage: ['json'],
  ...BREAK_FLAGS,
  ...PLANNER_FLAGS,
  ...SHOW_FLAGS,
  ...STUDY_FLAGS,
};
const COMMON_FLAGS = ['help', 'version', 'color', 'no-color', 'print-config'];

const ALL_FLAGS = [...new Set(Object.values(FLAGS).flat())];

/** What asks for no settings. */
const TELLING = new Set(['completion', 'explain', 'list', 'schema', '--help', '-h', '--version']);

/** Ends a command that was only to show its settings. */
class Shown extends Error {}

/** Runs the command line `words`; gives the exit code. Never throws. */
export async function main(words: readonly string[], given: Streams): Promise<number> {
  const args = plainly(words);
  const next = sayingNext(args, given);
  const { streams } = next;
  let exitCode: number = ExitCode.pass;
  const done = (code: number) => {
    exitCode = code;
  };
  let restore = () => {};
  /** Before a command runs: what its flags leave open comes from the settings. */
  const settle = async (argv: Record<string, unknown>, flags: readonly string[]) => {
    // What only tells something, or prepares a shell, works whatever is in the way.
    if (
      argv['print-config'] !== true &&
      args.some((arg, i) => TELLING.has(arg) && (i === 0 || arg.startsWith('-')))
    )
      return;
    const settings = await import('./settings/settings.js');
    const { taken, ...filled } = await settings.fillIn(argv, args, flags);
    restore = filled.restore;
    if (argv['quiet'] === true) next.hush();
    if (argv['print-config'] !== true) return;
    const show = argv['json'] === true ? settings.settingsJson : settings.settingsText;
    streams.out(show(argv, args, taken));
    throw new Shown();
  };
  try {
    refuseMistaken(args, Object.keys(FLAGS));
    if (args.includes('--print-config') && !args.some((arg) => !arg.startsWith('-')))
      await settle({ 'print-config': true }, ALL_FLAGS);
    const parser = withoutSpareHelp(commands(args, streams, done, settle));
    let shown = '';
    await parser.parseAsync([...args], {}, (_error, _argv, output) => {
      shown = output;
    });
    if (shown !== '') streams.out(`${shown}\n`);
    else next.finish(exitCode);
    return exitCode;
  } catch (error) {
    if (error instanceof Shown) return ExitCode.pass;
    if (error instanceof UsageError) {
      streams.err(`restante: ${error.message}\n`);
      return ExitCode.usage;
    }
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    streams.err(`restante: internal error, please report it with the command that led to it\n${text}\n`);
    return ExitCode.internalError;
  } finally {
    restore();
  }
}

/** Stops the parser from drawing the help of a command that has begun, for a failure that would want it: ours are told in two lines. */
function withoutSpareHelp(parser: Argv): Argv {
  interface Inner {
    getInternalMethods?(): { getUsageInstance?(): { cacheHelpMessage?: () => void } };
  }
  const usage = (parser as unknown as Inner).getInternalMethods?.().getUsageInstance?.();
  if (usage !== undefined) usage.cacheHelpMessage = () => {};
  return parser;
}

function commands(
  args: readonly string[],
  streams: Streams,
  done: (code: number) => void,
  settle: (argv: Record<string, unknown>, flags: readonly string[]) => Promise<void>,
): Argv {
  const command = args.find((arg) => !arg.startsWith('-')) ?? 'run';
  const flags = [...(FLAGS[command] ?? []), ...COMMON_FLAGS];
  const parser = yargs()
    .scriptName('restante')
    .locale('en')
    .parserConfiguration({ 'camel-case-expansion': false, 'parse-positional-numbers': false })
    .usage('$0 <command>\n\nDeterministic simulation and load testing of OMA SIMPLE IM deferred messaging.')
    .command(
      'run [scenario]',
      'Simulate a scenario and print what happened',
      (command) =>
        withStudyFlags(command)
          .positional('scenario', {
            type: 'string',
            default: 'metro-outage',
            describe: 'A scenario that ships with restante, or the path of a file',
          })
          .option('seed', { type: 'string', requiresArg: true, describe: 'Seed of all chance, any text' })
          .option('set', {
            type: 'string',
            requiresArg: true,
            describe: 'Override a value of the scenario: path=value (repeatable)',
          })
          .option('faults', {
            type: 'string',
            requiresArg: true,
            describe: "File with the fault plan, in the place of the scenario's",
          })
          .option('json', { type: 'boolean', describe: 'Print summary.json and nothing else on stdout' })
          .option('verify-determinism', { type: 'boolean', describe: 'Run twice and compare every event' })
          .option('out', {
            type: 'string',
            requiresArg: true,
            describe: 'Folder for the results of this run',
          })
          .option('sabotage', {
            type: 'string',
            requiresArg: true,
            describe: 'Plant a bug that an invariant must catch',
          })
          .option('pcap', {
            type: 'string',
            requiresArg: true,
            describe: 'Write all packets of the run to this file (pcapng)',
          })
          .option('ladder', {
            type: 'string',
            requiresArg: true,
            describe: 'Draw the life of the message of this number',
          })
          .option('baseline', {
            type: 'string',
            describe: 'Compare with this result; without a value, with the accepted baseline',
          })
          .option('require-baseline', {
            type: 'boolean',
            describe: 'Exit 6 if there is none to compare with',
          })
          .option('replications', {
            type: 'string',
            requiresArg: true,
            describe: 'Run under so many seeds and give means with confidence intervals',
          })
          .option('precision', {
            type: 'string',
            requiresArg: true,
            describe: 'Replicate no longer than this needs, for example push.dwell.p95=5%',
          })
          .option('repeat', {
            type: 'string',
            requiresArg: true,
            describe: 'Run so many times for its speed, which compare then judges',
          })
          .option('quiet', { type: 'boolean', alias: 'q', describe: 'No progress; only the verdict' })
          .option('report', {
            type: 'boolean',
            default: true,
            describe: 'Write report.html (--no-report: restante report can make it later)',
          })
          .option('drawings', {
            type: 'boolean',
            describe: 'Static charts in report.html, for readers without script (a second or two more)',
          })
          .example('$0 run', 'the main job: metro-outage')
          .example('$0 run smoke --seed 7', 'a small one, with another seed')
          .example('$0 run smoke --set network.loss=5%', 'the same on a lossy network'),
      async (argv) => {
        const { run } = await import('./commands/run.js');
        done(
          await run(
            {
              scenario: argv.scenario,
              seed: seedText(argv.seed),
              set: several(argv.set),
              faults: single('faults', argv.faults),
              json: argv.json === true,
              verifyDeterminism: argv['verify-determinism'] === true,
              out: single('out', argv.out),
              sabotage: single('sabotage', argv.sabotage),
              pcap: single('pcap', argv.pcap),
              ladder: single('ladder', argv.ladder),
              baseline: argv.baseline === '' ? '' : single('baseline', argv.baseline),
              requireBaseline: argv['require-baseline'] === true,
              quiet: argv.quiet === true,
              report: argv.report,
              drawings: argv.drawings === true,
              repeat: counted('repeat', argv.repeat),
              replications: counted('replications', argv.replications),
              precision: single('precision', argv.precision),
              study: studyOptions(argv),
            },
            streams,
          ),
        );
      },
    )
    .command(
      'list',
      'List the scenarios that ship with restante',
      (command) => command,
      async () => {
        const { list } = await import('./commands/list.js');
        list(streams);
      },
    )
    .command(
      'sabotage [names..]',
      'Run the planted bugs and show which invariants catch them',
      (command) =>
        command
          .positional('names', {
            type: 'string',
            array: true,
            describe: 'Saboteurs to run; all if none is named',
          })
          .option('json', { type: 'boolean', describe: 'Print the matrix as JSON' }),
      async (argv) => {
        const { sabotage } = await import('./commands/sabotage.js');
        done(await sabotage(argv.names ?? [], argv.json === true, streams));
      },
    );
  const broken = breakCommands(plannerCommands(parser, streams, done), streams, done);
  return addStudyCommands(showCommands(broken, streams, done, FLAGS), streams, done)
    .option('color', {
      type: 'boolean',
      describe: 'Colour, or with --no-color none (default: on a terminal)',
    })
    .option('print-config', {
      type: 'boolean',
      describe: 'Show each setting and where it comes from; run nothing',
    })
    .middleware((argv) => settle(argv, flags))
    .demandCommand(1, 'name a command')
    .strict()
    .version(version())
    .help()
    .alias('help', 'h')
    .exitProcess(false)
    .fail((message, error, parser) => {
      if (error instanceof Error && error.name !== 'YError') throw error;
      void parser;
      throw new UsageError(inOurWords(message ?? error.message, args, flags));
    });
}

/** The parser's complaint, in one or two clear lines. */
function inOurWords(message: string, args: readonly string[], flags: readonly string[]): string {
  const help = 'restante --help shows what there is';
  const unknown = /^Unknown (?:argument|command)s?: (.*)$/.exec(message);
  const missing = /^Not enough arguments following: (.*)$/.exec(message);
  if (missing?.[1] !== undefined) {
    const example = missing[1] === 'seed' ? 'for example --seed 42' : `write it as --${missing[1]} VALUE`;
    return `--${missing[1]} is missing its value: ${example}`;
  }
  if (unknown?.[1] !== undefined) {
    const word = unknown[1].split(', ')[0] ?? '';
    const asFlag = args.find((arg) => arg.startsWith('-') && arg.replace(/^-+/, '').split('=')[0] === word);
    if (asFlag !== undefined) return `unknown flag ${asFlag.split('=')[0]}${hint(word, flags)}\n${help}`;
    const isCommand = args.find((arg) => !arg.startsWith('-')) === word && FLAGS[word] === undefined;
    if (isCommand) return `unknown command "${word}"${hint(word, Object.keys(FLAGS))}\n${help}`;
    return `unexpected argument "${word}"\n${help}`;
  }
  const few = /^Not enough non-option arguments: got (\d+), need at least (\d+)$/.exec(message);
  const [command = ''] = args;
  if (few !== null) {
    const [, got, need] = few;
    return `${command} needs ${need === '1' ? 'an argument' : `${need} arguments, not ${got}`}: restante ${command} --help shows which`;
  }
  const choice = /^Invalid values:\n +Argument: ([^,]+), Given: "([^"]*)", Choices: (.*)$/.exec(message);
  if (choice !== null) {
    const [, name, word, choices] = choice;
    const known = [...choices.matchAll(/"([^"]*)"/g)].map(([, one]) => one);
    return `${flags.includes(name) ? `--${name}` : name} ${word}: it is one of ${known.join(', ')}${nearest(word, known) === undefined ? '' : hint(word, known)}\n${help}`;
  }
  return `${message}\n${help}`;
}
