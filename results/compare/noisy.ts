/**
 * Noisy figures of two results: what the machine did, from the samples in `timing.json`. A difference counts if it is unlikely by chance
 * (Mann-Whitney, two-sided) and large enough to matter, and then it is told, no more: machines differ, and nobody's gate should hang on it.
 */
import type { Timing, TimingSample } from '../cell/timing.js';
import { mannWhitney } from '../statistics/mann-whitney.js';

/** Level of the test, least effect, and fewest samples on each side. */
export const NOISY_RULE = { alpha: 0.01, leastEffect: 0.1, leastSamples: 5 } as const;

export interface NoisyFigure {
  readonly name: 'speed' | 'cpuMs' | 'maxResidentOctets';
  readonly baseMedian: number;
  readonly nextMedian: number;
  /** Difference of the medians over that of the base. */
  readonly relative: number;
  readonly p: number;
  readonly samples: readonly [base: number, next: number];
  readonly change: 'none' | 'better' | 'worse';
}

const FIGURES = [
  { name: 'speed', better: 1 },
  { name: 'cpuMs', better: -1 },
  { name: 'maxResidentOctets', better: -1 },
] as const;

/** Every timed run of a result: the last one and the repetitions before it. */
export function samplesOf(timing: Timing): readonly TimingSample[] {
  return [...(timing.earlier ?? []), timing];
}

/** The noisy figures of both; undefined if one side has too few samples to tell anything. */
export function compareNoisy(
  base: readonly TimingSample[],
  next: readonly TimingSample[],
): NoisyFigure[] | undefined {
  const { alpha, leastEffect, leastSamples } = NOISY_RULE;
  if (base.length < leastSamples || next.length < leastSamples) return undefined;
  return FIGURES.map(({ name, better }): NoisyFigure => {
    const before = base.map((one) => one[name]);
    const after = next.map((one) => one[name]);
    const baseMedian = median(before);
    const nextMedian = median(after);
    const relative = baseMedian === 0 ? 0 : (nextMedian - baseMedian) / baseMedian;
    const { p } = mannWhitney(before, after);
    const counts = p <= alpha && Math.abs(relative) >= leastEffect;
    const change = !counts ? 'none' : Math.sign(relative) === better ? 'better' : 'worse';
    return { name, baseMedian, nextMedian, relative, p, samples: [base.length, next.length], change };
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
