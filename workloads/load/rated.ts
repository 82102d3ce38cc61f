/**
 * Arrivals under a rate that changes: the next one comes when the area under the rate curve since the last has grown by one
 * (process constant; by a half for the first), or by an exponential amount with mean one (Poisson). A modulated process multiplies the curve with the
 * weight of a state that jumps by itself.
 *
 * The walk is exact: in each stretch the rate is a straight line and its area a square function, which is solved.
 */
import type { RandomStream } from '../../sim/host/ports.js';
import { exponential } from '../../sim/kernel/distributions.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import type { NextArrival } from '../traffic/arrivals.js';
import { rateAt, type Curve } from './curve.js';
import type { Modulation } from './modulation.js';

/**
 * The arrivals of `curve`, which starts at `originNs`, within `lengthNs` of it. `area` draws how much area lies between two of
 * them. Instants are rounded to nanoseconds one by one, so that no error adds up. Infinity, or an instant after the end, once no
 * more come: states that change the rate go on for ever, so that only the end can stop who looks for a next one.
 */
export function rated(
  curve: Curve,
  originNs: number,
  lengthNs: number,
  area: () => number,
  modulation?: Modulation,
): NextArrival {
  let atNs = 0;
  let index = 0;
  let startNs = 0;
  return () => {
    let left = area();
    while (atNs < lengthNs) {
      while (atNs >= curve[index].untilNs) startNs = curve[index++].untilNs;
      const stretch = curve[index];
      const factor = modulation === undefined ? 1 : modulation.factorAt(atNs);
      const endNs = Math.min(stretch.untilNs, modulation?.untilNs ?? Infinity);
      const rate = rateAt(stretch, startNs, atNs) * factor;
      // States go on for ever, and so would the search for one in which something comes.
      if (stretch.untilNs === Infinity && stretch.to === 0) return Infinity;
      if (endNs === Infinity) {
        atNs += (left / rate) * NS_PER_S;
        return originNs + Math.round(atNs);
      }
      const endRate = rateAt(stretch, startNs, endNs) * factor;
      const lengthS = (endNs - atNs) / NS_PER_S;
      const available = ((rate + endRate) / 2) * lengthS;
      if (available >= left && available > 0) {
        const slope = (endRate - rate) / lengthS;
        const root = Math.sqrt(Math.max(0, rate * rate + 2 * slope * left));
        atNs = Math.min(endNs, atNs + ((2 * left) / (rate + root)) * NS_PER_S);
        return originNs + Math.round(atNs);
      }
      left -= available;
      atNs = endNs;
    }
    return Infinity;
  };
}

/** The area between two arrivals of a Poisson process. One uniform each. */
export function poissonArea(stream: RandomStream): () => number {
  return () => exponential(stream, 1);
}

/**
 * The area between two arrivals that are evenly spaced. Each has the middle of its share of the load, so the first comes after half a
 * gap, and of an area that is a whole number exactly as many come before its end.
 */
export function evenArea(): () => number {
  let next = 0.5;
  return () => {
    const area = next;
    next = 1;
    return area;
  };
}
