/**
 * From a text to a {@link Scenario}: YAML (JSON is a part of it), the overrides of `--set`, the schema, and what only the
 * whole can show (`consistency.ts`). All faults are reported together, each with its place.
 */
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { isMap } from '../../results/is-map.js';
import { checkConsistency } from './consistency.js';
import { feasibilityOf } from '../forecast/feasibility.js';
import { applyOverride, placer, readOverride, type Override, type Placer } from './overrides.js';
import { pathText, ScenarioError, type Path, type Problem, type SourceText } from './problems.js';
import { scenarioSchema, type Scenario } from './scenario.js';
import { keysOfFault } from '../faults/faults-schema.js';
import { keysAt, valuesAt } from './schema-walk.js';
import { applyPreset } from './presets.js';
import { applyProfileDefaults } from './profile-defaults.js';
import { readTrace } from '../load/trace.js';
import { hint } from './suggest.js';
import { MOST_LEVELS, tooDeep } from './depth.js';
import { NEEDS_WHOLE } from './units.js';

/** What is read once is not worth a parser of its own, which the library would otherwise write and compile for each object. */
const READ_ONCE = { reportInput: true, jitless: true } as const;

/** What a reader of scenarios may use besides the text. */
export interface Surroundings {
  /** Reads a file that the scenario names, relative to it. */
  readonly beside?: (path: string) => string;
  /** Hears of what is allowed and should not come as a surprise: text like that of an error, one warning a call. */
  readonly warn?: ((text: string) => void) | undefined;
  /** The flag behind which override `index` stood; `--set` if left out. */
  readonly flagOf?: (index: number) => string;
  /** The scenario is one of a study's, which may look for the load at which it gives way. */
  readonly isProbe?: boolean;
}

/**
 * Reads a scenario. `file` is how errors call the text; `overrides` are texts `path=value`, applied in order. Throws a
 * `ScenarioError` with all faults.
 */
export function parseScenario(
  text: string,
  file: string,
  overrides: readonly string[] = [],
  surroundings: Surroundings = {},
): Scenario {
  const { source, content } = readYaml(text, file);
  if (!isMap(content)) {
    fail(
      [{ path: [], message: 'a scenario is a set of keys: version, name, duration, ...' }],
      placer(source),
    );
  }

  const read = overrides.map((override, i) => readOverride(override, surroundings.flagOf?.(i)));
  const reading = (these: readonly Override[]): Judged =>
    judge(source.document.toJS() as Record<string, unknown>, these, file, surroundings);
  const { scenario, problems, warnings } = reading(read);
  const place = placer(source, read, (these) => {
    const { problems: wrong, warnings: odd } = reading(these);
    return [...wrong, ...odd];
  });
  if (scenario === undefined || problems.length > 0) fail(problems, place);
  if (surroundings.warn !== undefined)
    for (const warning of warnings) surroundings.warn(place(warning, 'warning'));
  return scenario;
}

/** What was found out about a text with overrides. Without a scenario there are problems. */
interface Judged {
  readonly scenario: Scenario | undefined;
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Reads `fields`, which it changes, with `overrides` in order. */
function judge(
  fields: Record<string, unknown>,
  overrides: readonly Override[],
  file: string,
  surroundings: Surroundings,
): Judged {
  // A preset of the command line comes before its other values, one of the file behind the values of the file.
  const chosen = overrides.filter(({ path }) => path.length === 1 && path[0] === 'preset');
  for (const override of chosen) applyOverride(fields, override);
  const { population } = fields as { population?: Record<string, unknown> };
  const resized = overrides.findLast(({ path }) => pathText(path) === 'population.subscribers');
  if (resized !== undefined && typeof population === 'object') population['subscribers'] = resized.value;
  applyPreset(fields, chosen.length > 0);
  for (const override of overrides) applyOverride(fields, override);
  applyProfileDefaults(fields);
  const result = scenarioSchema.safeParse(fields, READ_ONCE);
  if (!result.success) return { scenario: undefined, problems: problemsOf(result.error), warnings: [] };
  const scenario = withTrace(result.data, file, surroundings);
  const problems = checkConsistency(scenario);
  if (problems.length > 0) return { scenario, problems, warnings: [] };
  const { errors: impossible, overloads, warnings } = feasibilityOf(scenario);
  const errors = surroundings.isProbe === true ? impossible : [...impossible, ...overloads];
  return { scenario, problems: errors, warnings };
}

/** The scenario with the rows of its trace, if it names one and has not got them yet. Its faults are shown in the trace itself. */
function withTrace(scenario: Scenario, named: string, { beside }: Surroundings): Scenario {
  const { pager } = scenario.traffic;
  if (pager.trace === undefined || pager.trace.rows !== undefined) return scenario;
  const { file } = pager.trace;
  if (beside === undefined)
    throw new ScenarioError(
      `${named}  error  it names the file ${file}, which is looked for beside the scenario, and this one has no folder of yours: restante plan NAME --yaml > mine.yaml makes it a file`,
    );
  const rows = readTrace(beside(file));
  if ('message' in rows)
    throw new ScenarioError(`${file}:${rows.line}:${rows.column}  error  ${rows.message}`);
  return { ...scenario, traffic: { ...scenario.traffic, pager: { ...pager, trace: { file, rows } } } };
}

/** The content of a YAML text. Throws a `ScenarioError` if it cannot be read, or is empty. */
export function readYaml(
  text: string,
  file: string,
): { readonly source: SourceText; readonly content: unknown } {
  const deep = tooDeep(text);
  if (deep !== undefined) {
    const before = text.slice(0, deep).split('\n');
    const place = `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    throw new ScenarioError(
      `${place}  error  more than ${MOST_LEVELS} levels within each other: this is no scenario`,
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const source: SourceText = { file, text, lines, document };
  const syntax = document.errors.map<Problem>((error) => ({
    path: [],
    message:
      error.code === 'MULTIPLE_DOCS'
        ? 'a second document begins here: a file has one'
        : (error.message.split(/ at line |\n/)[0] ?? error.message),
    range: [error.pos[0], error.pos[1]],
  }));
  const place = placer(source);
  if (syntax.length > 0) fail(syntax, place);

  let content: unknown;
  try {
    content = document.toJS();
  } catch (error) {
    fail([{ path: [], message: error instanceof Error ? error.message : String(error) }], place);
  }
  if (content === null || content === undefined) fail([{ path: [], message: 'the file is empty' }], place);
  return { source, content };
}

/** Faults of a text against the schema of a scenario, or of a part of it at the same paths: a `whole` that has those keys. */
export function problemsOf(error: z.core.$ZodError, whole = WHOLE): Problem[] {
  // An unknown key often is the missing one in disguise, so it is named first.
  const problems = error.issues.flatMap((issue) => toProblems(issue, whole));
  return [...problems.filter(({ key }) => key), ...problems.filter(({ key }) => !key)];
}

function fail(problems: readonly Problem[], place: Placer): never {
  const texts = problems.map((problem) => place(problem, 'error'));
  throw new ScenarioError([...new Set(texts)].join('\n'));
}

type Issue = z.core.$ZodIssue;

/** What the text as a whole is called, and the keys that it may have. */
const WHOLE = { name: 'a scenario', keys: keysAt(scenarioSchema, []) };

/** Faults as zod finds them, in our words. */
function toProblems(issue: Issue, whole = WHOLE): Problem[] {
  const path = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  if (issue.code === 'unrecognized_keys') {
    const all = path.length === 0 ? whole.keys : keysAt(scenarioSchema, path);
    // A fault takes what its kind takes.
    const own = path[0] === 'faults' ? keysOfFault(kindOf(issue.input)) : [];
    const known = own.length > 0 ? own : all;
    const place = path.length === 0 ? whole.name : `"${pathText(path)}"`;
    return issue.keys.map((key) => ({
      path: [...path, key],
      key: true,
      message: `unknown key "${key}" in ${place}${hint(key, known)}`,
    }));
  }
  const name = String(path.at(-1));
  if (issue.input === undefined && issue.code !== 'custom') {
    return [{ path, message: `"${name}" is missing${exampleFor(path)}` }];
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    if (values.length === 1) return [{ path, message: `${describe(issue.input)}: ${issue.message}` }];
    const given = describe(issue.input);
    const word = typeof issue.input === 'string' ? issue.input : '';
    return [{ path, message: `unknown ${name} ${given}${hint(word, values)}` }];
  }
  if (issue.code === 'invalid_union') {
    const given: unknown = issue.input;
    const dist =
      typeof given === 'object' && given !== null ? (given as Record<string, unknown>)[name] : given;
    const known = valuesAt(scenarioSchema, path);
    const inside = known.length === 0 ? problemsInside(issue, path) : [];
    if (inside.length > 0) return inside;
    if (path[0] === 'thresholds')
      return [{ path, message: `${describe(given)} is no threshold: write it like p(95)<800ms` }];
    if (dist === undefined) return [{ path, message: `"${name}" is missing${hint('', known)}` }];
    return [
      {
        path,
        message: `unknown ${name} ${describe(dist)}${hint(typeof dist === 'string' ? dist : '', known)}`,
      },
    ];
  }
  return [{ path, message: `"${name}": ${rangeOf(issue) ?? lowerFirst(issue.message)}` }];
}

/** What is wrong within the one shape of several that `issue` has the form of; nothing if it has the form of none. */
function problemsInside(issue: z.core.$ZodIssueInvalidUnion, path: Path): Problem[] {
  const fitting = issue.errors.filter(
    (branch) =>
      branch.length > 0 && branch.every((inner) => inner.code !== 'invalid_type' || inner.path.length > 0),
  );
  if (fitting.length !== 1) return [];
  return fitting[0].flatMap((inner) => toProblems({ ...inner, path: [...path, ...inner.path] }));
}

/** What the library calls a kind of value, in words. */
const KINDS: Readonly<Record<string, string>> = {
  array: 'a list, like [one, two],',
  boolean: 'true or false',
  number: 'a number',
  object: 'a set of keys',
  record: 'a set of keys',
  string: 'a text',
};

/** Another kind of value than is wanted, a number out of its range, a list or text of the wrong length: in words that say what may be. */
function rangeOf(issue: Issue): string | undefined {
  // Where the schema has words of its own, they are better.
  if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input'))
    return `${KINDS[issue.expected] ?? issue.expected} is needed here`;
  if (issue.code === 'too_small' && issue.message.startsWith('Too small'))
    return `at least ${issue.minimum}${unitOf(issue.origin, Number(issue.minimum))} is needed here`;
  if (issue.code === 'too_big' && issue.message.startsWith('Too big'))
    return `at most ${issue.maximum}${unitOf(issue.origin, Number(issue.maximum))} is possible here`;
  if (issue.message !== NEEDS_WHOLE) return undefined;
  if (issue.code === 'too_small') return `a whole number from ${issue.minimum} up is needed here`;
  return issue.code === 'too_big' ? `a whole number up to ${issue.maximum} is needed here` : undefined;
}

function unitOf(origin: string, amount: number): string {
  const unit = origin === 'array' ? ' entry' : origin === 'string' ? ' character' : '';
  return unit === '' || amount === 1 ? unit : unit.replace(/y$/, 'ie') + 's';
}

function kindOf(fault: unknown): string {
  return typeof fault === 'object' && fault !== null && 'kind' in fault ? String(fault.kind) : '';
}

function exampleFor(path: Path): string {
  const known = keysAt(scenarioSchema, path);
  return known.length > 0 ? `: a set of keys ${known.join(', ')}` : '';
}

function describe(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : JSON.stringify(value);
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
