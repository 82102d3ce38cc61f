/**
 * Sensitivity, one factor at a time: the metric with each factor at its low and at its high value, everything else as it is, sorted by
 * how far apart the two are. All runs share the base seed. Interactions between factors are not seen this way; a sweep sees them.
 */

export interface Swing {
  readonly path: string;
  readonly low: string;
  readonly high: string;
  readonly atLow?: number | undefined;
  readonly atHigh?: number | undefined;
  /** Distance of the two; absent if one of them could not be measured. */
  readonly swing?: number | undefined;
  /** Distance over the base value; absent if that is 0 or missing. */
  readonly relative?: number | undefined;
}

/** The swings of the factors, the widest first; equals in order of path. First of all those of which one value leaves nothing to measure, last those of which both do. */
export function swingsOf(
  base: number | undefined,
  factors: readonly Pick<Swing, 'path' | 'low' | 'high' | 'atLow' | 'atHigh'>[],
): Swing[] {
  return factors
    .map((factor) => {
      const { atLow, atHigh } = factor;
      const swing = atLow === undefined || atHigh === undefined ? undefined : Math.abs(atHigh - atLow);
      const relative =
        swing === undefined || base === undefined || base === 0 ? undefined : swing / Math.abs(base);
      return { ...factor, swing, relative };
    })
    .toSorted((a, b) => weight(b) - weight(a) || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** What a factor is sorted by. */
function weight({ atLow, atHigh, swing }: Swing): number {
  if (swing !== undefined) return swing;
  return atLow === undefined && atHigh === undefined ? -1 : Number.MAX_VALUE;
}
