/** `restante explain`: what a word of the reports means, from the catalogues that ship with the product. Works offline. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInvariants } from '../../models/invariants/suite.js';
import { saboteurs } from '../../models/saboteurs/catalogue.js';
import { ExitCode, UsageError } from '../../results/exit-codes.js';
import { AGGREGATES, METRICS, type Unit } from '../../results/metrics.js';
import { directionOf } from '../../results/compare/rules.js';
import { TERMS, TERMS_OF_FIGURES, termOf } from '../../results/text/glossary.js';
import { descriptionOf } from '../../workloads/scenario/descriptions.js';
import { FAULT_TITLES, faultExample } from '../../workloads/faults/fault-titles.js';
import { KEYS_OF_EVERY_FAULT, paramsOfFault, type FaultKind } from '../../workloads/faults/faults-schema.js';
import { LOAD_TITLES } from '../../workloads/load/titles.js';
import { packageFolder } from '../../workloads/package-folder.js';
import { PRESET_TITLES } from '../../workloads/scenario/presets.js';
import { loadScenario, shippedScenarios } from '../../workloads/scenario/scenario-files.js';
import { hint, nearest } from '../../workloads/scenario/suggest.js';
import type { Streams } from '../terminal/streams.js';

const EXIT_CODES: Readonly<Record<ExitCode, string>> = {
  0: 'passed; warnings are allowed',
  1: 'internal error: a defect of restante, please report it; or standard output could not be written',
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

/** Runs the command on `words` (`exit-code 4`, `push.dwell I8`, `fault partition`, `S1a`); gives the exit code. */
export function explain(words: readonly string[], streams: Streams): ExitCode {
  const text = words.join(' ');
  // A term of two words is one question.
  const about = termOf(text) === undefined ? KIND.exec(text)?.[1] : undefined;
  const asked = termOf(text) === undefined ? wordsOf(words, about) : [text];
  const found = asked.flatMap((word) => explained(word, about));
  streams.out(`${found.join('\n\n')}\n`);
  return ExitCode.pass;
}

function wordsOf(words: readonly string[], about: string | undefined): readonly string[] {
  return about === undefined ? words : words.join(' ').slice(about.length).trim().split(/ +/);
}

function explained(word: string, about: string | undefined): string[] {
  const looks = [exitCode, metric, invariant, fault, saboteur, rule, choice, term];
  const found = looks.flatMap((look) => look(word, about));
  if (found.length > 0) return found;
  if (about !== undefined && EXIT_CODE.test(about))
    throw new UsageError(`there is no exit code ${word} — known here: ${Object.keys(EXIT_CODES).join(', ')}`);
  throw new UsageError(
    `nothing is known of "${word}"${near(word)}\nrestante list has most names, restante explain exit-code the codes, docs/rules.md the rules, docs/start.md and docs/metrics.md the words of reports`,
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
    ...Object.keys(FAULT_TITLES),
    ...Object.keys(TERMS_OF_FIGURES),
    ...Object.keys(TERMS),
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

/** What a number of a metric is, as `docs/metrics.md` says it. */
const AMOUNTS: Readonly<Record<Unit, string>> = {
  us: 'a time',
  share: 'a share',
  count: 'a number',
  octets: 'octets',
  '/s': 'a number a second',
  'octets/s': 'octets a second',
};

function metric(word: string): string[] {
  return METRICS.filter(({ name }) => name === word || word.startsWith(`${name}.`)).map(
    ({ name, title, kind, unit }) => {
      const aggregates = AGGREGATES[kind];
      const better = directionOf(`${name}.${aggregates[0] ?? ''}`);
      const words =
        better === 'none' ? 'should not change between two runs of one cell' : `${better} is better`;
      return `${name}: ${title}\n  ${AMOUNTS[unit]}; aggregates ${aggregates.join(', ')}; ${words}`;
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
  const text = Object.entries(FAULT_TITLES).find(([name]) => name === word)?.[1];
  if (text === undefined) return [];
  const kind = word as FaultKind;
  const told = (keys: readonly string[]) =>
    keys.map((key) => `\n  ${key}: ${descriptionOf(`faults[].${key}`) ?? ''}`).join('');
  const example = `in a scenario, or in a file for --faults: faults: [${faultExample(kind)}]`;
  return [
    `fault ${word}: ${text}${told(paramsOfFault(kind))}\n  ${example}\nevery fault may have${told(KEYS_OF_EVERY_FAULT)}`,
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

function term(word: string): string[] {
  const found = termOf(word);
  return found === undefined ? [] : [`${found[0]}: ${found[1]}`];
}
