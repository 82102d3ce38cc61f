/** What a load amounts to before anything is simulated: expected arrivals, mean and highest rate. */
import { NS_PER_S } from '../../sim/kernel/time.js';
import { betaCdf, betaDensity } from './burst.js';
import { curveOf, expectedCount, peakRate } from './curve.js';
import type { Load } from './schema.js';

/** Default lengths of 3GPP TR 37.868. */
export const BURST_NS = { 'beta-burst': 10 * NS_PER_S, 'uniform-burst': 60 * NS_PER_S } as const;

export interface LoadFigures {
  /** Expected number of arrivals; of a closed population, the most there can be. */
  readonly expected: number;
  readonly meanPerS: number;
  /** Highest rate, apart from chance. */
  readonly peakPerS: number;
}

/** Where Beta(3, 4) is densest. */
const BETA_PEAK_AT = 2 / 5;

/** Figures of `load` over `lengthNs`. */
export function figuresOf(load: Load, lengthNs: number): LoadFigures {
  const lengthS = lengthNs / NS_PER_S;
  const figures = (expected: number, peakPerS: number) => ({
    expected,
    meanPerS: lengthS > 0 ? expected / lengthS : 0,
    peakPerS,
  });
  if (load.executor === 'closed') {
    const { users, think } = load.closed ?? { users: 0, think: 1 };
    const perS = think > 0 ? users / (think / NS_PER_S) : Infinity;
    return figures(perS * lengthS, perS);
  }
  if (load.process === 'beta-burst' || load.process === 'uniform-burst') {
    const { count, over, at } = load.burst ?? { count: 0, over: 1, at: 0 };
    const overNs = over ?? BURST_NS[load.process];
    if (at >= lengthNs) return figures(0, 0);
    // What the end of the load cuts off is never offered.
    const share = Math.min(1, (lengthNs - at) / overNs);
    const isBeta = load.process === 'beta-burst';
    const densest = isBeta ? betaDensity(Math.min(share, BETA_PEAK_AT)) : 1;
    return figures(count * (isBeta ? betaCdf(share) : share), (count / (overNs / NS_PER_S)) * densest);
  }
  if (load.process === 'trace') return traceFigures(load, lengthNs, figures);
  const curve = curveOf(load, lengthNs);
  return figures(expectedCount(curve, 0, lengthNs), peakRate(curve, 0, lengthNs) * strongestWeight(load));
}

function traceFigures(
  load: Load,
  lengthNs: number,
  figures: (expected: number, peakPerS: number) => LoadFigures,
): LoadFigures {
  const perSecond = new Map<number, number>();
  let count = 0;
  for (const [atNs] of load.trace?.rows ?? []) {
    if (atNs >= lengthNs) continue;
    count++;
    const second = Math.floor(atNs / NS_PER_S);
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  }
  let peak = 0;
  for (const value of perSecond.values()) peak = Math.max(peak, value);
  return figures(count, peak);
}

/** By how much a modulated process exceeds its mean in its busiest state. */
function strongestWeight(load: Load): number {
  if (load.process === 'on-off' && load.onOff !== undefined)
    return (load.onOff.on + load.onOff.off) / load.onOff.on;
  if (load.process !== 'mmpp' || load.mmpp === undefined) return 1;
  const { states } = load.mmpp;
  const timeNs = states.reduce((sum, { mean }) => sum + mean, 0);
  const area = states.reduce((sum, { weight, mean }) => sum + weight * mean, 0);
  return (states.reduce((most, { weight }) => Math.max(most, weight), 0) * timeNs) / area;
}
