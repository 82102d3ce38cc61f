/** `restante capacity`: the highest load at which all objectives hold, and what gives way first. */
import { ExitCode, UsageError, worstOf } from '../../results/exit-codes.js';
import { sortedJson } from '../../results/folder/json.js';
import {
  findCapacity,
  type CapacityAnswer,
  type Probe,
  type ProbeKind,
} from '../../results/search/capacity.js';
import {
  checkStudyTarget,
  studyTarget,
  writeStudy,
  type StudyQuestion,
} from '../../results/folder/study-folder.js';
import { cellOf, type Cell } from '../../workloads/cell.js';
import { serviceTimesOfScenario } from '../../workloads/cost-sources.js';
import { objectivesOf, thresholdsOf } from '../../workloads/objectives.js';
import { loadProbe, loadScenario } from '../../workloads/scenario/scenario-files.js';
import { durationText } from '../../workloads/scenario/units.js';
import { ScenarioError } from '../../workloads/scenario/problems.js';
import { overrideOf, quantityAt, type Quantity } from '../../workloads/vary.js';
import { sayNext } from '../terminal/next.js';
import { sameScenario } from '../terminal/same-scenario.js';
import { shellWord } from '../terminal/shell-word.js';
import type { Streams } from '../terminal/streams.js';
import { Study, type StudyOptions } from '../study.js';
import { amountText, answerText, tableOf } from './capacity-text.js';

export interface CapacityOptions extends StudyOptions {
  readonly scenario: string;
  readonly seed: string | undefined;
  readonly set: readonly string[];
  readonly vary: string;
  /** Paths that grow in proportion with what is varied. */
  readonly along: readonly string[];
  readonly slo: readonly string[];
  readonly max: string | undefined;
  readonly precision: string;
  readonly confirm: number;
  readonly carried: string;
  readonly out: string | undefined;
  readonly json: boolean;
}

/** How much longer the window of a confirmation is. */
const CONFIRM_WINDOW = 2;
/** The search covers this much below and above the scenario's own value, unless `--max` says otherwise. */
const SPAN = 1024;

function shareOf(text: string, flag: string): number {
  const match = /^([0-9]+(?:\.[0-9]+)?)%$/.exec(text);
  const value = Number(match?.[1]) / 100;
  if (match === null || value > 1)
    throw new UsageError(
      `${flag} ${text}: a share of at most 100% is needed here, for example ${flag} ${flag === '--carried' ? '99%' : '2%'}`,
    );
  return value;
}

/** Finer than this, the search would tell loads apart that no run tells apart. */
const FINEST = 0.0001;

function precisionOf(text: string): number {
  const share = shareOf(text, '--precision');
  if (share >= FINEST) return share;
  throw new UsageError(`--precision ${text}: a search ends at some distance, 0.01% or more`);
}

function mostOf(text: string, quantity: Quantity): number {
  const match = /^([0-9]+(?:\.[0-9]+)?)([A-Za-z/%]*)$/.exec(text);
  const value = Number(match?.[1]);
  if (match === null || (match[2] !== '' && match[2] !== quantity.unit) || !(value > 0)) {
    throw new UsageError(
      `--max ${text}: a number above 0 is needed here${quantity.unit === '' ? '' : `, in ${quantity.unit}`}`,
    );
  }
  return value;
}

/** The highest load, {@link SPAN} times the scenario's own at most, that makes a valid scenario: memory may set an end, or a key. */
function highestValid(own: number, read: (amount: number) => Cell): number {
  for (let span = SPAN; span > 1; span /= 2) {
    try {
      read(own * span);
      return own * span;
    } catch (error) {
      if (!(error instanceof ScenarioError)) throw error;
    }
  }
  return own;
}

/** Runs the command; gives the exit code. */
export async function capacity(options: CapacityOptions, streams: Streams): Promise<number> {
  const scenario = loadScenario(options.scenario, options.set);
  const objectives = [
    ...objectivesOf(options.slo),
    ...thresholdsOf(scenario).filter(({ severity }) => severity === 'fail'),
  ];
  if (objectives.length === 0) {
    throw new UsageError(
      "capacity needs an objective: --slo 'push.dwell:p(95)<5s' --slo 'ihs.rate<0.1%', or thresholds in the scenario",
    );
  }
  const load = quantityAt(scenario, options.vary, '--vary');
  if (load.value === 0)
    throw new UsageError(`--vary ${options.vary}: it is 0, so there is nothing to start from`);
  const along = options.along.map((path) => quantityAt(scenario, path, '--along'));
  const seed = options.seed ?? scenario.seed;
  const loadAt = (amount: number) => [
    overrideOf(load, amount),
    ...along.map((quantity) => overrideOf(quantity, (quantity.value * amount) / load.value)),
  ];
  const cellAt = (amount: number, kind: ProbeKind): Cell => {
    const overrides = [
      ...options.set,
      ...loadAt(amount),
      ...(kind.phase === 'confirm' ? [`duration=${durationText(scenario.duration * CONFIRM_WINDOW)}`] : []),
    ];
    const fresh = kind.phase === 'confirm' ? `${seed}/confirm/${kind.replication + 1}` : seed;
    const own = options.set.length;
    const flagOf = (i: number) =>
      i < own ? '--set' : i === own ? '--vary' : i <= own + along.length ? '--along' : '--confirm';
    return cellOf(loadProbe(options.scenario, overrides, flagOf), fresh, overrides);
  };
  // The upper end is read now, so that a bound that is no valid scenario is refused before the search.
  const most =
    options.max === undefined
      ? highestValid(load.value, (amount) => cellAt(amount, { phase: 'search' }))
      : mostOf(options.max, load);
  cellAt(most, { phase: 'search' });
  const carriedAtLeast = shareOf(options.carried, '--carried');
  const space = {
    start: Math.min(load.value, most),
    least: load.whole ? Math.min(2, load.value) : load.value / SPAN,
    most,
    precision: precisionOf(options.precision),
    whole: load.whole,
  };
  const question: StudyQuestion = {
    kind: 'capacity',
    scenario: scenario.name,
    seed,
    details: {
      scenario,
      vary: load,
      along,
      space,
      objectives: objectives.map(({ text }) => text),
      confirm: options.confirm,
      carried: options.carried,
    },
  };
  const target = studyTarget(question, options.out);
  checkStudyTarget(question, target);

  const study = new Study(options, streams);
  const probes: Probe[] = [];
  let answer: CapacityAnswer | undefined;
  try {
    answer = await study.search(() =>
      findCapacity({
        space,
        objectives,
        carriedAtLeast,
        confirmations: options.confirm,
        loadSeconds: scenario.duration / 1e9,
        evaluate: (amount, kind) => study.evaluate(cellAt(amount, kind)),
        onProbe: (probe) => {
          probes.push(probe);
          const state = probe.passes ? 'passes' : `fails: ${probe.failed.join(', ')}`;
          study.note(`probe ${probes.length}  ${options.vary} ${amountText(probe.load, load)}  ${state}`);
        },
      }),
    );
  } finally {
    await study.close();
  }

  const exact = {
    partial: answer === undefined,
    vary: options.vary,
    unit: load.unit,
    objectives: objectives.map(({ text }) => text),
    ...(answer ?? { probes }),
  };
  const table = tableOf(answer?.probes ?? probes, objectives, load);
  const text = [
    ...table,
    ...(table.length === 0 ? [] : ['']),
    ...(answer === undefined
      ? [study.partialText('search')]
      : answerText(answer, objectives, options.vary, load, space.most)),
    '',
    ...serviceTimesOfScenario(scenario),
  ].join('\n');
  const files = new Map([['summary.md', `# capacity of ${scenario.name}\n\n\`\`\`text\n${text}\n\`\`\`\n`]]);
  writeStudy(question, exact, files, target);
  const codes: ExitCode[] = [];
  if (answer === undefined) codes.push(study.interrupted ?? ExitCode.inconclusive);
  else if (answer.verdict !== 'found') codes.push(ExitCode.inconclusive);
  const code = worstOf(codes);
  if (options.json) streams.out(sortedJson(exact));
  else streams.out(`${text}\n\n(exit ${code})  ${study.provenance}\nResults  ${target}\n`);
  if (!options.quiet && !options.json && answer !== undefined) {
    const { highestPassing } = answer;
    const others = options.set.filter((text) => !text.startsWith(`${options.vary}=`));
    const run = (amount: number) =>
      `restante run ${sameScenario({ ...options, set: [...others, ...loadAt(amount)] })}`;
    sayNext(
      [
        `restante report ${shellWord(target)}`,
        ...(highestPassing === undefined ? [] : [run(highestPassing)]),
      ],
      streams,
    );
  }
  return code;
}
