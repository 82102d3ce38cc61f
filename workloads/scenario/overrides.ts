/**
 * The overrides of `--set path=value`: how they are read, how they change what a file says, and which of them is to blame for a fault.
 *
 * A fault that an override brought shows in another place as often as not: more subscribers than memory allows, a lifetime above a
 * maximum that was lowered. So whoever is to blame is found by leaving overrides out, the last one first.
 */
import { parse } from 'yaml';
import {
  pathText,
  renderProblem,
  ScenarioError,
  type Path,
  type Problem,
  type SourceText,
} from './problems.js';
import { scenarioSchema } from './scenario.js';
import { isList, keysAt, wantsText } from './schema-walk.js';
import { hint } from './suggest.js';

/** An override; `text` is what the user wrote, with its flag. */
export interface Override {
  readonly text: string;
  readonly path: Path;
  readonly value: unknown;
}

/** A problem as text, at its place in the file or at the override that is to blame. */
export type Placer = (problem: Problem, severity: 'error' | 'warning') => string;

/** Gives the placer of a text; `faultsWith` are those that it has with some of the `overrides`. */
export function placer(
  source: SourceText,
  overrides: readonly Override[] = [],
  faultsWith: (overrides: readonly Override[]) => readonly Problem[] = () => [],
): Placer {
  const known = new Map<number, ReadonlySet<string>>();
  /** The faults of the text with the first `count` overrides. */
  const faultsOf = (count: number): ReadonlySet<string> => {
    let faults = known.get(count);
    if (faults === undefined) {
      faults = new Set(withoutTrouble(() => faultsWith(overrides.slice(0, count))).map(nameOf));
      known.set(count, faults);
    }
    return faults;
  };
  const culpritOf = (problem: Problem): Override | undefined => {
    const count = overrides.findLastIndex((_override, before) => !faultsOf(before).has(nameOf(problem)));
    // With all of them out the fault is there still: then it is the file's, unless one of them wrote the very value.
    return overrides[count] ?? overrides.findLast(({ path }) => concerns(path, problem.path));
  };
  return (problem, severity) => {
    const culprit = culpritOf(problem);
    return culprit === undefined
      ? renderProblem(source, problem, severity)
      : `${culprit.text}  ${severity}  ${problem.message}`;
  };
}

/** What tells two faults apart, whatever figures they name. */
function nameOf({ path, message, key }: Problem): string {
  return `${pathText(path)} ${key === true} ${message.replaceAll(/[\d.,]+/g, '0')}`;
}

/** The faults that `find` gives; none if the text cannot even be judged with so few overrides. */
function withoutTrouble(find: () => readonly Problem[]): readonly Problem[] {
  try {
    return find();
  } catch (error) {
    if (error instanceof ScenarioError) return [];
    throw error;
  }
}

/** True if an override of `path` can be to blame for a fault at `place`. */
function concerns(path: Path, place: Path): boolean {
  const common = Math.min(path.length, place.length);
  const same = pathText(path.slice(0, common)) === pathText(place.slice(0, common));
  return same && place.length >= path.length;
}

/** Reads `path=value`, which stood behind `flag`. Throws a `ScenarioError`. */
export function readOverride(given: string, flag = '--set'): Override {
  const text = `${flag} ${given}`;
  const cut = given.indexOf('=');
  const words = given.slice(0, Math.max(cut, 0)).split('.');
  // The name of a metric has dots of its own.
  const path = words[0] === 'thresholds' && words.length > 2 ? [words[0], words.slice(1).join('.')] : words;
  if (cut < 1 || path.includes('')) {
    throw new ScenarioError(`${text}  error  write it as path=value, for example ${flag} network.loss=5%`);
  }
  const steps = path.map((key) => (/^\d+$/.test(key) ? Number(key) : key));
  const raw = given.slice(cut + 1);
  if (wantsText(scenarioSchema, steps)) return { text, path: steps, value: raw };
  try {
    return { text, path: steps, value: parse(raw) };
  } catch {
    throw new ScenarioError(`${text}  error  "${raw}" cannot be read as a value`);
  }
}

/** Puts the value of `override` into `content`, making the sets of keys on the way. */
export function applyOverride(content: object, override: Override): void {
  let here = content as Record<string, unknown>;
  const refuse = (message: string): never => {
    throw new ScenarioError(`${override.text}  error  ${message}`);
  };
  override.path.forEach((key, index) => {
    const known = keysAt(scenarioSchema, override.path.slice(0, index));
    const place = pathText(override.path.slice(0, index));
    if (Array.isArray(here) || isList(scenarioSchema, override.path.slice(0, index))) {
      const entries = Array.isArray(here) ? here.length : 0;
      if (typeof key !== 'number' || key >= entries)
        refuse(`"${place}" has ${entries} ${entries === 1 ? 'entry' : 'entries'}, counted from 0`);
    } else if (!known.includes(String(key)) && !(place === 'thresholds' && /^[a-z]/.test(String(key)))) {
      const help = dotted(override.path, known) ?? hint(String(key), known);
      refuse(`unknown key "${key}" in ${index === 0 ? 'a scenario' : place}${help}`);
    }
    if (index === override.path.length - 1) {
      here[key] = override.value;
      return;
    }
    const next = here[key];
    if (typeof next !== 'object' || next === null) here[key] = {};
    here = here[key] as Record<string, unknown>;
  });
}

/** What helps who wrote an entry of a list in brackets, as messages show it (`faults[0]`): an override has dots throughout. */
function dotted(path: Path, known: readonly string[]): string | undefined {
  const bracketed = path.find((key) => /^[^[]+\[\d+\]/.test(String(key)));
  const list = String(bracketed).replace(/\[.*/, '');
  if (bracketed === undefined || !known.includes(list)) return undefined;
  return ` — write "${path.join('.').replaceAll(/\[(\d+)\]/g, '.$1')}"`;
}
