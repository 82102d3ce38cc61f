/** From a scenario's load to its arrivals: the one place that knows which process makes them. */
import type { NextArrival } from '../traffic/arrivals.js';
import { poisson } from '../traffic/arrivals.js';
import type { Chance } from '../../sim/kernel/random.js';
import { BETA_3_4, burst, UNIFORM } from './burst.js';
import { curveOf } from './curve.js';
import { modulationOf } from './modulation.js';
import { BURST_NS } from './plan-load.js';
import { evenArea, poissonArea, rated } from './rated.js';
import type { Load } from './schema.js';

/**
 * The arrivals of an open-loop load that runs in [fromNs, untilNs). `name` names its streams of chance: `<name>.arrivals` and
 * `<name>.modulation`.
 */
export function instantsOf(
  load: Load,
  chance: Chance,
  name: string,
  fromNs: number,
  untilNs: number,
): NextArrival {
  const stream = chance.stream(`${name}.arrivals`, 0, 0);
  const lengthNs = untilNs - fromNs;
  const curve = () => curveOf(load, lengthNs);
  switch (load.process) {
    case 'poisson':
      if (load.executor === 'constant-arrival-rate' && load.rate === 0) return () => Infinity;
      return load.executor === 'constant-arrival-rate'
        ? poisson(stream, load.rate)
        : rated(curve(), fromNs, lengthNs, poissonArea(stream));
    case 'constant':
      return rated(curve(), fromNs, lengthNs, evenArea());
    case 'mmpp':
    case 'on-off': {
      const modulation = modulationOf(load, chance.stream(`${name}.modulation`, 0, 0));
      return rated(curve(), fromNs, lengthNs, poissonArea(stream), modulation);
    }
    case 'beta-burst':
    case 'uniform-burst': {
      const { at, over, count } = load.burst ?? { at: 0, over: undefined, count: 0 };
      const shape = load.process === 'beta-burst' ? BETA_3_4 : UNIFORM;
      return burst(stream, shape, fromNs + at, over ?? BURST_NS[load.process], count);
    }
    case 'trace': {
      const rows = load.trace?.rows ?? [];
      let next = 0;
      return () => (next < rows.length ? fromNs + rows[next++][0] : Infinity);
    }
  }
}
