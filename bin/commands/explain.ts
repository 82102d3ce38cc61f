/** `restante explain`: what a word of the reports means, from the catalogues that ship with the product. Works offline. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInvariants } from '../../models/invariants/suite.js';
import { saboteurs } from '../../models/saboteurs/catalogue.js';
import { ExitCode, UsageError } from '../../results/exit-codes.js';
import { AGGREGATES, METRICS } from '../../results/metrics.js';
import { directionOf } from '../../results/compare/rules.js';
import type { FaultKindName } from '../../sim/faults/plan.js';
import { descriptionOf } from '../../workloads/scenario/descriptions.js';
import { faultExample } from '../../workloads/faults/fault-titles.js';
import { paramsOfFault, type FaultKind } from '../../workloads/faults/faults-schema.js';
import { LOAD_TITLES } from '../../workloads/load/titles.js';
import { packageFolder } from '../../workloads/package-folder.js';
import { PRESET_TITLES } from '../../workloads/scenario/presets.js';
import { loadScenario, shippedScenarios } from '../../workloads/scenario/scenario-files.js';
import { hint, nearest } from '../../workloads/scenario/suggest.js';
import type { Streams } from '../terminal/streams.js';

const EXIT_CODES: Readonly<Record<ExitCode, string>> = {
  0: 'passed; warnings are allowed',
  1: 'internal error: a defect of restante, please report it',
  2: 'usage error, invalid scenario or damaged file; nothing was written, or (run --out) beside what is kept there',
  3: 'a threshold of severity fail was not met',
  4: 'an invariant or liveness was violated',
  5: 'a regression against the baseline',
  6: 'the baseline is missing or incomparable (of a run: if one was named or --require-baseline asks for it)',
  7: 'not deterministic: two runs of one cell differ',
  8: 'a search was inconclusive, or a limit of the run was reached',
  9: 'a check that should have failed did not: a saboteur survived, or a capsule no longer reproduces',
  130: 'interrupted (Ctrl-C); partial results were kept and marked',
  143: 'terminated; partial results were kept and marked',
};

const FAULTS: Readonly<Record<FaultKindName, string>> = {
  delay: 'adds delay, and jitter if asked, to the links of the target',
  loss: 'loses packets, each by chance or in bursts (Gilbert-Elliott)',
  duplicate: 'duplicates packets',
  corrupt: 'damages packets: lost by their checksum, or altered octets get through with escape',
  rate: 'limits the bandwidth, with a queue',
  partition: 'cuts the target off the network',
  clog: 'keeps all packets back and lets them go together at the end',
  drop: 'loses one packet, named by its number',
  stall: 'TCP streams stand still; nothing is lost',
  reset: 'resets TCP connections',
  'limit-data': 'resets each connection after so many octets, as in the middle of an MSRP chunk',
  slicer: 'cuts streams into small segments',
  'slow-close': 'holds FIN back',
  crash: 'the host or its process dies; what was volatile is lost, the restart is the healing',
  pause: 'the host stands still for a while, as in a long garbage collection',
  slowdown: 'work takes longer by a factor',
  'clock-skew': 'the wall clock is off, or drifts; virtual time is not touched',
  'storage-latency': 'commits take longer',
  'storage-full': 'no space: writes fail',
  'storage-error': 'writes fail by chance',
  'lying-disk': 'the disk says that it has what the next crash shows it has not',
};

/** Runs the command on `words` (`exit-code 4`, `push.dwell I8`, `fault partition`, `S1a`); gives the exit code. */
export function explain(words: readonly string[], streams: Streams): ExitCode {
  const text = words.join(' ');
  const about = KIND.exec(text)?.[1];
  const asked = about === undefined ? words : text.slice(about.length).trim().split(/ +/);
  const found = asked.flatMap((word) => explained(word, about));
  streams.out(`${found.join('\n\n')}\n`);
  return ExitCode.pass;
}

function explained(word: string, about: string | undefined): string[] {
  const looks = [exitCode, metric, invariant, fault, saboteur, rule, choice, term];
  const found = looks.flatMap((look) => look(word, about));
  if (found.length > 0) return found;
  if (about !== undefined && EXIT_CODE.test(about))
    throw new UsageError(`there is no exit code ${word} — known here: ${Object.keys(EXIT_CODES).join(', ')}`);
  throw new UsageError(
    `nothing is known of "${word}"${near(word)}\nAsk for an exit code, a metric, an invariant, a fault, a saboteur, a rule, a scenario, a preset or a kind of load; restante list has their names`,
  );
}

/** First words that say what kind of thing the others are, as the answers write it too. */
const KIND =
  /^(exit(?:[- ]?code)?|metric|invariant|fault|saboteur|rule|scenario|preset|executor|(?:arrival )?process) +[^ ]/i;

const EXIT_CODE = /^exit(?:[- ]?code)?$/i;

/** The word that was meant, if one is near; all of them would be a page. */
function near(word: string): string {
  return nearest(word, known()) === undefined ? '' : hint(word, known());
}

function known(): string[] {
  return [
    ...METRICS.map(({ name }) => name),
    ...Object.keys(FAULTS),
    ...saboteurs.map(({ name }) => name),
    ...CHOICES.flatMap(({ rows }) => rows.map(([name]) => name)),
    ...shippedScenarios(),
  ];
}

function exitCode(word: string, about: string | undefined): string[] {
  if (about === undefined && EXIT_CODE.test(word))
    return [
      Object.entries(EXIT_CODES)
        .map(([code, text]) => `exit code ${code}: ${text}`)
        .join('\n'),
    ];
  if (about !== undefined && !EXIT_CODE.test(about)) return [];
  const text = Object.entries(EXIT_CODES).find(([code]) => code === word)?.[1];
  return text === undefined ? [] : [`exit code ${word}: ${text}`];
}

function metric(word: string): string[] {
  return METRICS.filter(({ name }) => name === word || word.startsWith(`${name}.`)).map(
    ({ name, title, kind, unit }) => {
      const aggregates = AGGREGATES[kind];
      const better = directionOf(`${name}.${aggregates[0] ?? ''}`);
      const words =
        better === 'none' ? 'should not change between two runs of one cell' : `${better} is better`;
      return `${name}: ${title}\n  a ${kind} in ${unit}; aggregates ${aggregates.join(', ')}; ${words}`;
    },
  );
}

function invariant(word: string): string[] {
  // The catalogue is made for a world; none is needed to read its titles.
  const nobody = { t1Ns: 1, t2Ns: 1 };
  const { invariants } = createInvariants({
    subscribers: 1,
    epochMs: 0,
    clientHost: 0,
    coreHost: 1,
    serverHost: 2,
    expiry: undefined,
    clientTimers: nobody,
    serverTimers: nobody,
    liveDeliveryLimitNs: 1,
    sendTimeoutNs: 1,
    now: () => 0,
  });
  return invariants
    .filter(({ id }) => id.toLowerCase() === word.toLowerCase())
    .map(({ id, title, clause }) => {
      const planted = saboteurs.filter(({ caughtBy }) => caughtBy === id).map(({ name }) => name);
      const tried = planted.length === 0 ? '' : `\n  seen to fail with: ${planted.join(', ')}`;
      const page = /\brules \d/.test(clause) ? ' (docs/rules.md has these sections)' : '';
      return `invariant ${id}: ${title}\n  from: ${clause}${page}${tried}`;
    });
}

function fault(word: string): string[] {
  const text = Object.entries(FAULTS).find(([name]) => name === word)?.[1];
  if (text === undefined) return [];
  const kind = word as FaultKind;
  const params = paramsOfFault(kind).map((key) => `\n  ${key}: ${descriptionOf(`faults[].${key}`) ?? ''}`);
  return [
    `fault ${word}: ${text}${params.join('')}\n  in a scenario, or in a file for --faults: faults: [${faultExample(kind)}]`,
  ];
}

function saboteur(word: string): string[] {
  return saboteurs
    .filter(({ name }) => name === word)
    .map(({ name, title, caughtBy }) => `saboteur ${name}: ${title}\n  caught by ${caughtBy}`);
}

function rule(word: string): string[] {
  const cellsOf = (line: string) => line.split('|').map((cell) => cell.trim());
  return (
    readFileSync(join(packageFolder(), 'docs', 'rules.md'), 'utf8')
      .split('\n')
      .map(cellsOf)
      // Another table of that page says which tests prove a rule; its second column is a file.
      .filter(
        (cells) =>
          cells[1]?.toLowerCase() === word.toLowerCase() && cells.length >= 4 && !cells[2].startsWith('`'),
      )
      .map(
        ([, id, level, reading]) =>
          `rule ${id} (${level}): ${reading}\n  where it is kept: docs/conformance.md`,
      )
  );
}

/** What a scenario may choose from by name. */
const CHOICES: readonly { readonly what: string; readonly rows: readonly (readonly [string, string])[] }[] = [
  { what: 'preset', rows: PRESET_TITLES },
  { what: 'executor', rows: LOAD_TITLES.executors },
  { what: 'arrival process', rows: LOAD_TITLES.processes },
];

/** A word that `restante list` has beside the others. */
function choice(word: string): string[] {
  const chosen = CHOICES.flatMap(({ what, rows }) =>
    rows.filter(([name]) => name === word).map(([name, title]) => `${what} ${name}: ${title}`),
  );
  if (!shippedScenarios().includes(word)) return chosen;
  return [...chosen, `scenario ${word}: ${loadScenario(word).description}\n  restante run ${word}`];
}

/** Terms of the reports that are no metrics. */
const TERMS: Readonly<Record<string, string>> = {
  IHSA:
    'inadequately handled scenario attempts (ETSI TS 186 008): not answered, not delivered in time, or delivered altered, twice or leaking; ' +
    'the metric is ihs, its limits are ihs.answerLimit and ihs.deliveryLimit',
  DOC: 'design objective capacity (ETSI TS 186 008): the highest load at which at most 0.1 % of the attempts are inadequately handled',
  SApS: 'scenario attempts per second: what is offered, counted from the intended times',
};

function term(word: string): string[] {
  const text = Object.entries(TERMS).find(([name]) => name.toLowerCase() === word.toLowerCase());
  return text === undefined ? [] : [`${text[0]}: ${text[1]}`];
}
