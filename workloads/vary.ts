/**
 * Varying a scenario: values at a path as text with their unit, so that a search can write overrides that a reader would have written.
 */
import { UsageError } from '../results/exit-codes.js';
import type { Factor } from '../results/search/grid.js';
import { cellOf } from './cell.js';
import { planOf } from './plan.js';
import type { Scenario } from './scenario/scenario.js';
import { hint } from './scenario/suggest.js';
import { plainNumber } from './scenario/units.js';

/** Characters of a value that are shown. */
const LONGEST_VALUE = 40;

/** A number at a path of a scenario, and how to write another one there. */
export interface Quantity {
  readonly path: string;
  readonly value: number;
  readonly unit: string;
  /** True if the place takes whole numbers without a unit. */
  readonly whole: boolean;
}

function leavesOf(value: unknown, path: string, into: Map<string, unknown>): Map<string, unknown> {
  if (typeof value !== 'object' || value === null) return into.set(path, value);
  for (const [key, inner] of Object.entries(value))
    leavesOf(inner, path === '' ? key : `${path}.${key}`, into);
  return into;
}

/** The values of a scenario by path, as a file would say them. */
export function valuesOf(scenario: Scenario): ReadonlyMap<string, unknown> {
  return leavesOf(planOf(cellOf(scenario)), '', new Map());
}

/** Where two scenarios differ apart from their seeds, in words, the first `most` places of them: `network.loss 0% against 5%`. */
export function changesBetween(base: Scenario, next: Scenario, most: number): string[] {
  const [before, after] = [valuesOf(base), valuesOf(next)];
  const text = (value: unknown) =>
    shortened(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing'));
  const changes = [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => path !== 'seed' && before.get(path) !== after.get(path))
    .map((path) => `${path} ${text(before.get(path))} against ${text(after.get(path))}`);
  const more = changes.length - most;
  return more <= 0 ? changes : [...changes.slice(0, most), `${more} more`];
}

/** Enough of a long value, as a description has it, to see which one it is. */
function shortened(text: string): string {
  return text.length <= LONGEST_VALUE ? text : `${text.slice(0, LONGEST_VALUE - 3)}...`;
}

/** The quantity at `path`; throws a `UsageError` if there is none or if it is no number. `flag` is what the user wrote it behind. */
export function quantityAt(scenario: Scenario, path: string, flag: string): Quantity {
  const values = valuesOf(scenario);
  if (!values.has(path)) {
    const near = hint(path, [...values.keys()]);
    const help = near.includes('did you mean')
      ? near
      : ': --set gives it a value first, or plan.yaml of a run shows all paths';
    throw new UsageError(`${flag} ${path}: the scenario has no such value${help}`);
  }
  const value = values.get(path);
  const match = /^([0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?)([A-Za-z/%]*)$/.exec(String(value));
  if (match === null || typeof value === 'boolean') {
    throw new UsageError(`${flag} ${path}: "${String(value)}" is no quantity that can be varied`);
  }
  return {
    path,
    value: Number(match[1]),
    unit: match[2],
    whole: typeof value === 'number' && Number.isInteger(value),
  };
}

/** `amount` at the place of `quantity`, as an override. */
export function overrideOf(quantity: Quantity, amount: number): string {
  const number = quantity.whole ? Math.round(amount) : Number(amount.toPrecision(12));
  return `${quantity.path}=${plainNumber(number)}${quantity.unit}`;
}

/** The values between commas, less those within brackets or braces: a value may be a list itself. */
export function listed(text: string): string[] {
  const values = [''];
  let depth = 0;
  for (const letter of text) {
    if (letter === '[' || letter === '{') depth++;
    else if (letter === ']' || letter === '}') depth--;
    if (letter === ',' && depth <= 0) values.push('');
    else values[values.length - 1] += letter;
  }
  return values.map((value) => value.trim());
}

/** `path=a,b,c` as a factor, each value once. Throws a `UsageError`. */
function factorOf(text: string): Factor {
  const cut = text.indexOf('=');
  const values = listed(text.slice(cut + 1));
  if (cut < 1 || values.includes('')) {
    throw new UsageError(`--vary ${text}: write it as path=a,b,c, for example --vary network.loss=0%,1%,5%`);
  }
  const twice = values.find((value, i) => values.indexOf(value) < i);
  if (twice !== undefined) throw new UsageError(`--vary ${text}: ${twice} stands there twice`);
  return { path: text.slice(0, cut), values };
}

/** All factors of a study, each path once. Throws a `UsageError`. */
export function factorsOf(texts: readonly string[]): Factor[] {
  const factors = texts.map(factorOf);
  const twice = factors.find(({ path }, i) => factors.findIndex((other) => other.path === path) < i);
  if (twice !== undefined) throw new UsageError(`--vary ${twice.path} is given twice: write path=a,b,c`);
  return factors;
}
