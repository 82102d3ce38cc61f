/**
 * Rates over time: a list of stretches, in each of which the rate is a straight line. Instants count from the start of the
 * load. Everything an executor can say is such a curve, so expected counts are exact, and arrivals are found by walking it.
 */
import { assert } from '../../sim/kernel/assert.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { USUAL_DAY, type Load } from './schema.js';

/** From the end of the stretch before to `untilNs`, rates in events a second at both ends. The last ends at Infinity. */
export interface Stretch {
  readonly untilNs: number;
  readonly from: number;
  readonly to: number;
}

export type Curve = readonly Stretch[];

/** The curve of the executor for a load of `lengthNs`. Executors without rates (closed) are an assertion. */
export function curveOf(load: Load, lengthNs: number): Curve {
  const { rate } = load;
  switch (load.executor) {
    case 'constant-arrival-rate':
      return level(rate);
    case 'ramping-arrival-rate': {
      const points: Point[] = [[0, rate]];
      let atNs = 0;
      for (const stage of load.stages ?? []) points.push([(atNs += stage.for), stage.to]);
      return joined(points);
    }
    case 'stairs':
      return stairs(load, lengthNs);
    case 'spike': {
      const { at, for: forNs, to, edge } = load.spike ?? { at: 0, for: 0, to: rate, edge: 0 };
      return joined([
        [0, rate],
        [at - edge, rate],
        [at, to],
        [at + forNs, to],
        [at + forNs + edge, rate],
      ]);
    }
    case 'soak': {
      const ramp = load.soak?.ramp ?? 0;
      return joined([
        [0, ramp > 0 ? 0 : rate],
        [ramp, rate],
        [lengthNs - ramp, rate],
        [lengthNs, ramp > 0 ? 0 : rate],
      ]);
    }
    case 'diurnal':
      return diurnal(load, lengthNs);
    case 'closed':
      assert(false, 'a closed population has no rate');
  }
}

type Point = readonly [atNs: number, rate: number];

function level(rate: number): Curve {
  return [{ untilNs: Infinity, from: rate, to: rate }];
}

/** Straight lines between points; the last rate stays. Two points at one instant are a jump. */
function joined(points: readonly Point[]): Curve {
  const curve: Stretch[] = [];
  for (let i = 1; i < points.length; i++) {
    if (points[i][0] === points[i - 1][0]) continue;
    curve.push({ untilNs: points[i][0], from: points[i - 1][1], to: points[i][1] });
  }
  const last = points[points.length - 1][1];
  return [...curve, ...level(last)];
}

function stairs(load: Load, lengthNs: number): Curve {
  const { step, every, steps } = load.stairs ?? { step: 0, every: lengthNs };
  const most = Math.min(steps ?? Infinity, Math.ceil(lengthNs / every) - 1);
  const curve: Stretch[] = [];
  for (let i = 0; i < most; i++) {
    const rate = load.rate + i * step;
    curve.push({ untilNs: (i + 1) * every, from: rate, to: rate });
  }
  return [...curve, ...level(load.rate + most * step)];
}

function diurnal(load: Load, lengthNs: number): Curve {
  const { day, startsAt, hours } = load.diurnal ?? USUAL_DAY;
  const hourNs = day / 24;
  const mean = hours.reduce((sum, weight) => sum + weight, 0) / 24;
  // Lines between the middles of hours keep the mean of a whole day.
  const weightOf = (hour: number) => hours[((hour % 24) + 24) % 24];
  const rateOf = (hour: number) => (load.rate * weightOf(hour)) / mean;
  const start = (startsAt / (24 * 3600 * NS_PER_S)) * 24;
  const first = Math.floor(start - 0.5);
  const part = start - 0.5 - first;
  const points: Point[] = [[0, rateOf(first) * (1 - part) + rateOf(first + 1) * part]];
  for (let hour = first + 1; ; hour++) {
    const atNs = Math.round((hour + 0.5 - start) * hourNs);
    if (atNs > 0) points.push([atNs, rateOf(hour)]);
    if (atNs >= lengthNs) return joined(points);
  }
}

/** Expected events in [fromNs, untilNs). */
export function expectedCount(curve: Curve, fromNs: number, untilNs: number): number {
  let count = 0;
  eachPart(curve, fromNs, untilNs, (lengthNs, from, to) => {
    count += (((from + to) / 2) * lengthNs) / NS_PER_S;
  });
  return count;
}

/** Highest rate in [fromNs, untilNs). */
export function peakRate(curve: Curve, fromNs: number, untilNs: number): number {
  let peak = 0;
  eachPart(curve, fromNs, untilNs, (_lengthNs, from, to) => {
    peak = Math.max(peak, from, to);
  });
  return peak;
}

function eachPart(
  curve: Curve,
  fromNs: number,
  untilNs: number,
  visit: (lengthNs: number, from: number, to: number) => void,
): void {
  let startNs = 0;
  for (const stretch of curve) {
    const low = Math.max(startNs, fromNs);
    const high = Math.min(stretch.untilNs, untilNs);
    if (high > low) visit(high - low, rateAt(stretch, startNs, low), rateAt(stretch, startNs, high));
    startNs = stretch.untilNs;
  }
}

/** Rate of `stretch`, which began at `startNs`, at `atNs`. */
export function rateAt(stretch: Stretch, startNs: number, atNs: number): number {
  if (stretch.from === stretch.to) return stretch.from;
  return stretch.from + ((stretch.to - stretch.from) * (atNs - startNs)) / (stretch.untilNs - startNs);
}
