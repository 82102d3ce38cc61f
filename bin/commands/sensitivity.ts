/** `restante sensitivity`: one factor at a time, at its low and high value; which input matters most for a metric. */
import { ExitCode, UsageError, worstOf } from '../../results/exit-codes.js';
import { headed } from '../../results/text/format.js';
import { sortedJson } from '../../results/folder/json.js';
import { scalarsOf } from '../../results/metrics.js';
import type { Summary } from '../../results/cell-result.js';
import { swingsOf } from '../../results/search/sensitivity.js';
import {
  checkStudyTarget,
  studyTarget,
  writeStudy,
  type StudyQuestion,
} from '../../results/folder/study-folder.js';
import { valueText } from '../../results/thresholds.js';
import { cellOf, type Cell } from '../../workloads/cell.js';
import { serviceTimesOfScenario } from '../../workloads/cost-sources.js';
import { loadProbe, loadScenario } from '../../workloads/scenario/scenario-files.js';
import type { Scenario } from '../../workloads/scenario/scenario.js';
import { hint } from '../../workloads/scenario/suggest.js';
import { listed, overrideOf, quantityAt, valuesOf } from '../../workloads/vary.js';
import { sayNext } from '../terminal/next.js';
import { sameScenario } from '../terminal/same-scenario.js';
import { shellWord } from '../terminal/shell-word.js';
import type { Streams } from '../terminal/streams.js';
import { Study, type StudyOptions } from '../study.js';

export interface SensitivityOptions extends StudyOptions {
  readonly scenario: string;
  readonly seed: string | undefined;
  readonly set: readonly string[];
  /** `path` for +-20 %, or `path=low,high`. */
  readonly vary: readonly string[];
  readonly metric: string;
  readonly out: string | undefined;
  readonly json: boolean;
}

/** What is varied when nobody says: those of these that the scenario has, and that are not 0. */
const USUAL = [
  'population.subscribers',
  'traffic.pager.rate',
  'network.delay',
  'network.loss',
  'core.flowTimeout',
  'core.liveDeliveryLimit',
  'core.cpu.servers',
  'server.cpu.servers',
  'server.cpu.costs.message.base',
  'server.cpu.costs.push.base',
  'server.storage.commitLatency',
  'server.push.maxConcurrent',
  'server.push.window',
  'client.reconnectJitter',
  'client.backoffBase',
];

interface Plan {
  readonly path: string;
  readonly low: string;
  readonly high: string;
}

function plansOf(scenario: Scenario, vary: readonly string[]): Plan[] {
  const values = valuesOf(scenario);
  const texts = vary.length > 0 ? vary : USUAL.filter((path) => values.has(path));
  return texts.flatMap((text) => {
    const cut = text.indexOf('=');
    if (cut >= 0) {
      const ends = listed(text.slice(cut + 1));
      if (cut === 0 || ends.length !== 2 || ends.includes('')) {
        throw new UsageError(`--vary ${text}: write it as path=low,high, or as path alone for +-20 %`);
      }
      return [{ path: text.slice(0, cut), low: ends[0], high: ends[1] }];
    }
    const quantity = quantityAt(scenario, text, '--vary');
    const own = vary.length > 0;
    if (quantity.value === 0) {
      if (own) throw new UsageError(`--vary ${text}: it is 0, and so is 20 % of it: write ${text}=low,high`);
      return [];
    }
    const at = (factor: number) => overrideOf(quantity, quantity.value * factor).slice(text.length + 1);
    const [low, high] = [at(0.8), at(1.2)];
    if (low === high && own)
      throw new UsageError(`--vary ${text}: 20 % of ${low} is too little to vary: write ${text}=low,high`);
    return low === high ? [] : [{ path: text, low, high }];
  });
}

/** Runs the command; gives the exit code. */
export async function sensitivity(options: SensitivityOptions, streams: Streams): Promise<number> {
  const scenario = loadScenario(options.scenario, options.set);
  const known = scalarsOf({ counts: {}, distributions: {} } as Summary);
  const metric = known.find(({ name }) => name === options.metric);
  if (metric === undefined) {
    const names = known.map(({ name }) => name);
    throw new UsageError(`--metric ${options.metric}: there is no such metric${hint(options.metric, names)}`);
  }
  const plans = plansOf(scenario, options.vary);
  const twice = plans.find(({ path }, i) => plans.findIndex((other) => other.path === path) < i);
  if (twice !== undefined) throw new UsageError(`--vary ${twice.path} is given twice`);
  if (plans.length === 0) throw new UsageError('nothing to vary: every factor is 0 or too small for 20 %');
  const seed = options.seed ?? scenario.seed;
  const cellWith = (more: readonly string[]): Cell => {
    const overrides = [...options.set, ...more];
    const flagOf = (i: number) => (i < options.set.length ? '--set' : '--vary');
    return cellOf(loadProbe(options.scenario, overrides, flagOf), seed, overrides);
  };
  const cells = [
    cellWith([]),
    ...plans.flatMap(({ path, low, high }) => [cellWith([`${path}=${low}`]), cellWith([`${path}=${high}`])]),
  ];
  const question: StudyQuestion = {
    kind: 'sensitivity',
    scenario: scenario.name,
    seed,
    details: { plans, metric: metric.name, scenario },
  };
  const target = studyTarget(question, options.out);
  checkStudyTarget(question, target);

  const study = new Study(options, streams);
  const summaries: (Summary | undefined)[] = cells.map(() => undefined);
  let done = 0;
  try {
    await study.fold(cells, (summary, index) => {
      summaries[index] = summary;
      study.note(
        `${++done} of ${cells.length}  ${summary.overrides.slice(options.set.length).join(' ') || 'as it is'}`,
      );
    });
  } finally {
    await study.close();
  }

  const partial = done < cells.length;
  const values = summaries.map(
    (summary) => summary && scalarsOf(summary).find(({ name }) => name === metric.name)?.value,
  );
  const swings = swingsOf(
    values[0],
    plans.flatMap((plan, i) => {
      const [low, high] = [2 * i + 1, 2 * i + 2];
      const finished = summaries[low] !== undefined && summaries[high] !== undefined;
      return finished ? [{ ...plan, atLow: values[low], atHigh: values[high] }] : [];
    }),
  );
  const text = (value: number | undefined) => (value === undefined ? '-' : valueText(value, metric.unit));
  const table = [
    `${metric.name} of ${scenario.name}, seed ${seed}: ${text(values[0])}`,
    ...(partial ? [study.partialText('study')] : []),
    ...(swings.length > 0 ? [''] : []),
    ...headed(
      ['factor', 'low', 'high', 'at low', 'at high', 'swing', ''],
      swings.map(({ path, low, high, atLow, atHigh, swing, relative }) => [
        path,
        low,
        high,
        text(atLow),
        text(atHigh),
        text(swing),
        relative === undefined ? '' : `${(100 * relative).toFixed(1)} %`,
      ]),
    ),
    '',
    ...serviceTimesOfScenario(scenario),
  ];
  const answer = { partial, metric: metric.name, unit: metric.unit, base: values[0], swings };
  writeStudy(
    question,
    answer,
    new Map([
      ['summary.md', `# sensitivity of ${scenario.name}\n\n\`\`\`text\n${table.join('\n')}\n\`\`\`\n`],
    ]),
    target,
  );
  const code = worstOf(partial && study.interrupted !== undefined ? [study.interrupted] : [ExitCode.pass]);
  if (options.json) streams.out(sortedJson(answer));
  else
    streams.out(
      `${options.quiet ? '' : `${table.join('\n')}\n\n`}${partial ? 'INTERRUPTED: partial results' : 'done'} (exit ${code})  ${study.provenance}\nResults  ${target}\n`,
    );
  if (!options.quiet && !options.json && !partial) {
    const { path, low, high } = swings[0] ?? {};
    const set = options.set.filter((text) => !text.startsWith(`${path}=`));
    const grid = `restante sweep ${sameScenario({ ...options, set })} --vary ${shellWord(`${path}=${low},${high}`)}`;
    sayNext([`restante report ${shellWord(target)}`, ...(path === undefined ? [] : [grid])], streams);
  }
  return code;
}
