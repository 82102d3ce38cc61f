/**
 * Two sets of replications, pair by pair: replication i of both has the same seed (common random numbers). One seed alone cannot tell a
 * model that got worse from a random stream that shifted, as any change in the order of draws makes it; over many seeds the shift averages
 * out and the change stays.
 *
 * A figure is worse if the interval of its mean difference lies on the bad side of what is tolerated. The intervals of all figures hold
 * together with the confidence stated (Bonferroni), so that comparing eighty figures raises no false alarm. A figure that too few
 * pairs measured on both sides is not compared, and is named.
 */
import type { Unit } from '../metrics.js';
import { CONFIDENCE, meanOf, pairedDifference } from '../statistics/interval.js';
import { type Change, COMPARISON_SCHEMA } from './compare.js';
import { directionOf, NO_TOLERANCE, toleranceOf, type Direction, type Tolerances } from './rules.js';

/** Fewest pairs that say anything. */
export const LEAST_PAIRS = 5;

/** What is compared of one replication. */
export interface Replication {
  readonly seed: string;
  readonly fingerprint: string;
  /** Scalars by name; what was not measured is left out. */
  readonly values: ReadonlyMap<string, number>;
  /** True if no invariant was violated and the run came to its end; thresholds apart. */
  readonly sound: boolean;
}

export interface PairedFigure {
  readonly name: string;
  readonly unit: Unit;
  readonly pairs: number;
  readonly baseMean: number;
  readonly nextMean: number;
  readonly difference: number;
  /** Half-width of the interval of the difference. */
  readonly halfWidth: number;
  readonly better: Direction;
  readonly tolerance: number;
  /** `shifted`: other values, and no difference beyond chance or tolerance. */
  readonly change: 'shifted' | 'improved' | 'regressed';
}

/** A figure that was measured, on both sides of fewer than {@link LEAST_PAIRS} pairs. */
export interface ThinFigure {
  readonly name: string;
  /** Pairs in which the base measured it, the new one did, and both did. */
  readonly base: number;
  readonly next: number;
  readonly both: number;
}

export interface PairedComparison {
  readonly schema: typeof COMPARISON_SCHEMA;
  readonly kind: 'replications';
  readonly outcome: Change | 'shifted' | 'incomparable';
  readonly reasons: readonly string[];
  readonly scenario: string;
  readonly pairs: number;
  /** Pairs that do not have the same fingerprint. */
  readonly differing: number;
  /** Confidence with which all intervals hold together. */
  readonly confidence: number;
  /** Figures of which at least one pair differs. */
  readonly figures: readonly PairedFigure[];
  /** Figures that are not compared, since too few pairs have them. */
  readonly thin: readonly ThinFigure[];
  /** Seeds whose run was sound in the base and is not now. */
  readonly broken: readonly string[];
}

/** Compares replications of the same cell; `units` are those of the figures, in the order in which they are shown. */
export function comparePaired(
  scenario: string,
  base: readonly Replication[],
  next: readonly Replication[],
  units: ReadonlyMap<string, Unit>,
  tolerances: Tolerances = NO_TOLERANCE,
): PairedComparison {
  const before = new Map(base.map((one) => [one.seed, one]));
  const pairs = next.flatMap((b) => {
    const a = before.get(b.seed);
    return a === undefined ? [] : [{ a, b }];
  });
  const differing = pairs.filter(({ a, b }) => a.fingerprint !== b.fingerprint).length;
  const broken = pairs.filter(({ a, b }) => a.sound && !b.sound).map(({ b }) => b.seed);
  const common = {
    schema: COMPARISON_SCHEMA,
    kind: 'replications',
    scenario,
    pairs: pairs.length,
    differing,
    confidence: CONFIDENCE,
  } as const;
  if (pairs.length < LEAST_PAIRS) {
    const reasons = [
      `${pairs.length === 1 ? '1 seed' : `${pairs.length} seeds`} in common; at least ${LEAST_PAIRS} are needed`,
    ];
    return { ...common, outcome: 'incomparable', reasons, figures: [], thin: [], broken };
  }
  const thin: ThinFigure[] = [];
  const candidates = [...units].flatMap(([name, unit]) => {
    const both = pairs.flatMap(({ a, b }) => {
      const values = [a.values.get(name), b.values.get(name)];
      return values[0] === undefined || values[1] === undefined ? [] : [[values[0], values[1]] as const];
    });
    if (both.length < LEAST_PAIRS) {
      const base = pairs.filter(({ a }) => a.values.has(name)).length;
      const next = pairs.filter(({ b }) => b.values.has(name)).length;
      if (base + next > 0) thin.push({ name, base, next, both: both.length });
      return [];
    }
    return both.every(([a, b]) => a === b) ? [] : [{ name, unit, both }];
  });
  const each = 1 - (1 - CONFIDENCE) / Math.max(1, candidates.length);
  const figures = candidates.map(({ name, unit, both }): PairedFigure => {
    const before = both.map(([a]) => a);
    const after = both.map(([, b]) => b);
    const { mean, halfWidth = 0 } = pairedDifference(before, after, each);
    const better = directionOf(name);
    const tolerance = toleranceOf(name, tolerances);
    const baseMean = meanOf(before);
    const allowed = tolerance * Math.abs(baseMean);
    let change: PairedFigure['change'] = 'shifted';
    if (Math.abs(mean) - halfWidth > allowed) {
      change = better === (mean > 0 ? 'higher' : 'lower') ? 'improved' : 'regressed';
    }
    return {
      name,
      unit,
      pairs: both.length,
      baseMean,
      nextMean: meanOf(after),
      difference: mean,
      halfWidth,
      better,
      tolerance,
      change,
    };
  });
  const has = (change: PairedFigure['change']) => figures.some((figure) => figure.change === change);
  let outcome: PairedComparison['outcome'] = differing === 0 ? 'identical' : 'shifted';
  if (broken.length > 0 || has('regressed')) outcome = 'regressed';
  else if (has('improved')) outcome = 'improved';
  return { ...common, outcome, reasons: [], figures, thin, broken };
}
