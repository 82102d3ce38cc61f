/**
 * The rules of a comparison: which way each figure should go, and how much it may differ. Exact figures of one cell should not
 * differ at all, so every tolerance is 0 until the user says otherwise.
 */
import { UsageError } from '../exit-codes.js';

/** `none`: neither more nor less is better, so the figure should stay as it is. */
export type Direction = 'lower' | 'higher' | 'none';

const HIGHER = ['push.throughput.', 'push.goodput.'];
const LOWER = [
  'push.dwell.',
  'push.drain.',
  'push.trigger.',
  'store.delay.',
  'answer.delivered.',
  'answer.deferred.',
  'registration.delay.',
  'ihs.',
  'registration.failed.',
  'push.failed.',
  'store.expired.',
  'store.peak.',
  'messages.failed.',
  'messages.expired.',
  'messages.rejected.',
  'messages.waiting.',
  'messages.duplicates.',
  'sip.',
  'station.',
];

/** Which way the figure `name` should go. How often something was measured is no matter of better or worse. */
export function directionOf(name: string): Direction {
  const starts = (prefixes: readonly string[]) => prefixes.some((prefix) => name.startsWith(prefix));
  const counted = name.endsWith('.count') && !/^(?:messages|sip)\./.test(name);
  if (counted && !/^(?:ihs|registration\.failed|push\.failed|store\.expired)\./.test(name)) return 'none';
  if (starts(HIGHER)) return 'higher';
  return starts(LOWER) ? 'lower' : 'none';
}

/** How much a figure may differ, as a share of its value in the base. */
export interface Tolerances {
  readonly all: number;
  /** By figure or metric (`push.dwell.p95` before `push.dwell`). */
  readonly byName: ReadonlyMap<string, number>;
}

export const NO_TOLERANCE: Tolerances = { all: 0, byName: new Map() };

/** Reads `2%` (all figures) and `push.dwell.p95=5%` (one figure, or all of a metric). Throws a `UsageError`. */
export function parseTolerances(texts: readonly string[]): Tolerances {
  let all = 0;
  const byName = new Map<string, number>();
  for (const text of texts) {
    const match = /^(?:([a-z][\w ./-]*)=)?(\d+(?:\.\d+)?)%$/i.exec(text.trim());
    if (match === null) {
      throw new UsageError(`--tolerance ${text} is no tolerance: write it like 2% or push.dwell.p95=5%`);
    }
    const [, name, percent] = match as unknown as [string, string | undefined, string];
    if (name === undefined) all = Number(percent) / 100;
    else byName.set(name, Number(percent) / 100);
  }
  return { all, byName };
}

/** The tolerance of the figure `name`. */
export function toleranceOf(name: string, { all, byName }: Tolerances): number {
  for (let key = name; ; key = key.slice(0, key.lastIndexOf('.'))) {
    const own = byName.get(key);
    if (own !== undefined) return own;
    if (!key.includes('.')) return all;
  }
}
