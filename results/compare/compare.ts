/**
 * Two results of one cell, compared exactly (D-031): in virtual time any difference is a change of behaviour. What
 * changed is judged figure by figure; when it began is read from the checkpoints of the fingerprint.
 *
 * Not done here: comparing two scenarios or two seeds. Their difference says nothing about the models, so they are incomparable.
 */
import type { Summary } from '../cell-result.js';
import { ExitCode } from '../exit-codes.js';
import type { Unit } from '../metrics.js';
import { figuresOf, type Figure } from './figures.js';
import type { NoisyFigure } from './noisy.js';
import { directionOf, NO_TOLERANCE, toleranceOf, type Direction, type Tolerances } from './rules.js';

/** Version of the layout of {@link Comparison}. */
export const COMPARISON_SCHEMA = 'restante-comparison-1';

/** What a comparison or one line of it comes to. */
export type Change = 'identical' | 'changed-within-tolerance' | 'improved' | 'regressed';

/** A figure that differs. */
export interface FigureChange {
  readonly name: string;
  readonly unit: Unit;
  /** Absent if nothing was measured on that side. */
  readonly base?: number;
  readonly next?: number;
  /** Difference over the base; absent where the base is 0 or absent. */
  readonly relative?: number;
  readonly better: Direction;
  readonly tolerance: number;
  readonly change: Exclude<Change, 'identical'>;
}

/** An invariant, threshold, law or outcome that is judged otherwise. */
export interface VerdictChange {
  readonly kind: 'invariant' | 'threshold' | 'self-check' | 'outcome';
  readonly name: string;
  readonly base: string;
  readonly next: string;
  readonly change: 'improved' | 'regressed';
}

export interface Side {
  readonly scenario: string;
  readonly seed: string;
  readonly fingerprint: string;
  readonly sabotage: string | null;
}

/** One side of the first event in which two runs differ; absent on a side where nothing more happens. */
export interface DifferingEvent {
  readonly event: number;
  readonly atNs: number;
  readonly what: string;
}

export interface Comparison {
  readonly schema: typeof COMPARISON_SCHEMA;
  readonly outcome: Change | 'incomparable';
  /** Why the two cannot be compared; empty if they can. */
  readonly reasons: readonly string[];
  readonly base: Side;
  readonly next: Side;
  /** The first virtual second in which the two behave differently; absent if none does. */
  readonly firstDifferingSecond?: number;
  /** The first event within it, if both sides could be run again. */
  readonly firstDifferingEvent?: { readonly base?: DifferingEvent; readonly next?: DifferingEvent };
  /** Why it is not known. */
  readonly noEvent?: string;
  /** Noisy figures, if both sides have enough samples. They warn, and fail nothing. */
  readonly noisy?: readonly NoisyFigure[];
  /** How many figures were compared, and those that differ. */
  readonly compared: number;
  readonly figures: readonly FigureChange[];
  readonly verdicts: readonly VerdictChange[];
}

/** Compares `next` with `base`. Pure. */
export function compareSummaries(
  base: Summary,
  next: Summary,
  tolerances: Tolerances = NO_TOLERANCE,
): Comparison {
  const common = { schema: COMPARISON_SCHEMA, base: sideOf(base), next: sideOf(next) } as const;
  const reasons = whyIncomparable(base, next);
  if (reasons.length > 0) {
    return { ...common, outcome: 'incomparable', reasons, compared: 0, figures: [], verdicts: [] };
  }
  const pairs = paired(figuresOf(base), figuresOf(next));
  const figures = pairs.flatMap(([a, b]) => figureChange(a, b, tolerances));
  const verdicts = verdictChanges(base, next);
  const second = firstDifference(base.checkpoints, next.checkpoints);
  const changes = [...figures, ...verdicts].map(({ change }) => change);
  let outcome: Change = 'identical';
  if (changes.includes('regressed')) outcome = 'regressed';
  else if (changes.includes('improved')) outcome = 'improved';
  else if (changes.length > 0 || base.fingerprint !== next.fingerprint) outcome = 'changed-within-tolerance';
  return {
    ...common,
    outcome,
    reasons,
    ...(second === undefined ? {} : { firstDifferingSecond: second }),
    compared: pairs.length,
    figures,
    verdicts,
  };
}

/** The exit code that a comparison asks for by itself: 5, 6 or 0. */
export function exitCodeOf(comparison: Comparison): ExitCode {
  if (comparison.outcome === 'regressed') return ExitCode.regression;
  return comparison.outcome === 'incomparable' ? ExitCode.baselineMissing : ExitCode.pass;
}

function sideOf({ scenario, seed, fingerprint, sabotage }: Summary): Side {
  return { scenario, seed, fingerprint, sabotage };
}

/** Why two results cannot be compared; empty if they can. */
export function whyIncomparable(base: Summary, next: Summary): string[] {
  const reasons: string[] = [];
  if (base.scenario !== next.scenario) reasons.push(`scenario ${base.scenario} against ${next.scenario}`);
  if (base.seed !== next.seed) reasons.push(`seed ${base.seed} against ${next.seed}`);
  const words = ({ overrides }: Summary) => (overrides.length === 0 ? 'none' : overrides.join(', '));
  const sets = words(base) !== words(next);
  if (sets) reasons.push(`overrides ${words(base)} against ${words(next)}`);
  const known = base.planDigest !== undefined && next.planDigest !== undefined;
  // A new setting with a default changes the plan; while every octet is the same, nobody need care.
  const moved = base.fingerprint !== next.fingerprint;
  if (reasons.length === 0 && known && moved && base.planDigest !== next.planDigest) {
    reasons.push(
      `the scenario ${base.scenario} itself was changed (plan ${base.planDigest} against ${next.planDigest})`,
    );
  }
  if (moved && warmUpOf(base) !== warmUpOf(next)) {
    reasons.push(
      `warm-up ${warmUpOf(base)} against ${warmUpOf(next)}: the figures cover different times; a fixed warm-up keeps them alike`,
    );
  }
  const warmUps = [base, next].map(({ warmUp }) =>
    warmUp === undefined ? 'none' : `${warmUp.fromSecond} s`,
  );
  if (reasons.length === 0 && warmUps[0] !== warmUps[1])
    reasons.push(`warm-up ${warmUps[0]} against ${warmUps[1]}: the figures leave out different parts`);
  if (base.partial) reasons.push('the base was broken off before its end');
  if (next.partial && !base.partial) reasons.push('the new run was broken off before its end');
  return reasons;
}

/** The part of the run that the figures cover, in words. */
function warmUpOf({ warmUp }: Summary): string {
  return warmUp === undefined
    ? 'none'
    : `${warmUp.removedSeconds} s, figures from ${warmUp.fromSecond} s to ${warmUp.untilSecond} s`;
}

/** Figures of both sides by name, in the order of the new side; what only the base has comes last. */
function paired(
  base: readonly Figure[],
  next: readonly Figure[],
): [Figure | undefined, Figure | undefined][] {
  const before = new Map(base.map((figure) => [figure.name, figure]));
  const after = new Set(next.map(({ name }) => name));
  return [
    ...next.map((figure): [Figure | undefined, Figure] => [before.get(figure.name), figure]),
    ...base.filter(({ name }) => !after.has(name)).map((figure): [Figure, undefined] => [figure, undefined]),
  ];
}

function figureChange(
  base: Figure | undefined,
  next: Figure | undefined,
  tolerances: Tolerances,
): FigureChange[] {
  const known = next ?? base;
  if (known === undefined || base?.value === next?.value) return [];
  const { name, unit } = known;
  const a = base?.value;
  const b = next?.value;
  const relative = a === undefined || b === undefined || a === 0 ? undefined : (b - a) / Math.abs(a);
  const better = directionOf(name);
  const tolerance = toleranceOf(name, tolerances);
  let change: FigureChange['change'] = 'regressed';
  if (relative !== undefined && Math.abs(relative) <= tolerance) change = 'changed-within-tolerance';
  else if (a !== undefined && b !== undefined && better === (b > a ? 'higher' : 'lower')) change = 'improved';
  // A figure that one side does not know at all is a question of versions, not of behaviour.
  else if (base === undefined || next === undefined) change = 'changed-within-tolerance';
  // Nothing was measured any more, or for the first time: how many times is judged by the count beside it.
  else if ((a === undefined || b === undefined) && !name.endsWith('.count'))
    change = 'changed-within-tolerance';
  return [
    {
      name,
      unit,
      ...(a === undefined ? {} : { base: a }),
      ...(b === undefined ? {} : { next: b }),
      ...(relative === undefined ? {} : { relative }),
      better,
      tolerance,
      change,
    },
  ];
}

function verdictChanges(base: Summary, next: Summary): VerdictChange[] {
  const changes: VerdictChange[] = [];
  const judged = (
    kind: VerdictChange['kind'],
    before: readonly (readonly [string, boolean])[],
    after: readonly (readonly [string, boolean])[],
    [good, bad]: readonly [string, string],
  ) => {
    const old = new Map(before);
    for (const [name, now] of after) {
      const was = old.get(name) ?? true;
      if (was === now) continue;
      changes.push({
        kind,
        name,
        base: was ? good : bad,
        next: now ? good : bad,
        change: now ? 'improved' : 'regressed',
      });
    }
    const present = new Set(after.map(([name]) => name));
    for (const [name, was] of before) {
      if (present.has(name)) continue;
      changes.push({ kind, name, base: was ? good : bad, next: 'not judged', change: 'regressed' });
    }
  };
  const invariants = (s: Summary) => s.invariants.map(({ id, held }) => [id, held] as const);
  const laws = (s: Summary) =>
    (s.selfChecks ?? []).map(({ law, where, held }) => [`${law}, ${where}`, held] as const);
  const thresholds = (s: Summary) =>
    (s.thresholds ?? [])
      .filter(({ severity }) => severity === 'fail')
      .map(({ threshold, met }) => [threshold, met] as const);
  judged('invariant', invariants(base), invariants(next), ['held', 'violated']);
  judged('threshold', thresholds(base), thresholds(next), ['met', 'not met']);
  judged('self-check', laws(base), laws(next), ['held', 'broken']);
  if (base.outcome !== next.outcome) {
    const change = next.outcome === 'completed' ? 'improved' : 'regressed';
    changes.push({ kind: 'outcome', name: 'outcome', base: base.outcome, next: next.outcome, change });
  }
  return changes;
}

/** The first index at which the two differ, in length or content. Checkpoint n is the state at the end of second n. */
function firstDifference(base: readonly string[], next: readonly string[]): number | undefined {
  const shared = Math.min(base.length, next.length);
  for (let second = 0; second < shared; second++) if (base[second] !== next[second]) return second;
  return base.length === next.length ? undefined : shared;
}
