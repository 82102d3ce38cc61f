/**
 * Sequential stopping: how many replications a study needs is decided while it runs, from the replications in their order. The
 * rule looks at prefixes, so that it gives the same answer whoever ran them and however many were under way.
 */
import { CONFIDENCE, estimateOf, relativeHalfWidth } from './interval.js';

export interface StoppingRule {
  /** Stop once the half-width is at most this share of the mean. */
  readonly relativeHalfWidth: number;
  /** Never fewer: a narrow interval over two or three values is luck. */
  readonly least: number;
  readonly most: number;
  readonly confidence?: number;
}

/**
 * How many of `values` the rule takes: the shortest prefix of at least `least` that is precise enough, or `most`; undefined if more
 * replications are needed.
 */
export function stopAfter(values: readonly number[], rule: StoppingRule): number | undefined {
  for (let n = Math.max(2, rule.least); n <= Math.min(values.length, rule.most); n++) {
    const estimate = estimateOf(values.slice(0, n), rule.confidence ?? CONFIDENCE);
    const width = relativeHalfWidth(estimate) ?? (estimate.halfWidth === 0 ? 0 : Infinity);
    if (width <= rule.relativeHalfWidth) return n;
  }
  return values.length >= rule.most ? rule.most : undefined;
}
