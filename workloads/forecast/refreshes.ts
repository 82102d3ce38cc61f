/**
 * How often clients refresh their bindings in a run: from their registration in the ramp-up to the end of the drain, at the times of
 * rules 4.4. A lifetime that nobody lives to refresh makes no request, so refreshes are counted one by one, not by their rate.
 *
 * Not forecast: that a client which comes back begins a lifetime anew; it is counted as one that was never away, for its share of the time.
 */
import { refreshAfterNs } from '../../models/client/registration/registration.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { phasesOf, type Scenario } from '../scenario/scenario.js';

export interface Refreshes {
  /** In the whole run. */
  readonly all: number;
  /** While load is offered. */
  readonly duringLoad: number;
}

/** The refreshes of `clients` of which this share has no network while load is offered. */
export function refreshesOf(scenario: Scenario, clients: number, offlineShare: number): Refreshes {
  const { client, core } = scenario;
  const { loadFromNs, loadUntilNs, endNs } = phasesOf(scenario);
  const lifetimeS = Math.min(client.registerExpires, core.registerExpires) / NS_PER_S;
  const everyS = refreshAfterNs(lifetimeS) / NS_PER_S;
  if (everyS <= 0) return { all: 0, duringLoad: 0 };
  const rampS = loadFromNs / NS_PER_S;
  const until = (atNs: number) => clients * meanRefreshes(atNs / NS_PER_S, rampS, everyS);
  const duringLoad = until(loadUntilNs) - until(loadFromNs);
  const registeredNs = endNs - loadFromNs / 2;
  const offlineNs = offlineShare * (loadUntilNs - loadFromNs);
  return {
    all: registeredNs > 0 ? until(endNs) * (1 - offlineNs / registeredNs) : 0,
    duringLoad: duringLoad * (1 - offlineShare),
  };
}

/** Refreshes before `atS` of a client that registered at any instant of the ramp-up, on average; `atS` is not before its end. */
function meanRefreshes(atS: number, rampS: number, everyS: number): number {
  if (rampS === 0) return Math.floor(atS / everyS);
  return (areaOfWhole(atS, everyS) - areaOfWhole(atS - rampS, everyS)) / rampS;
}

/** The area under floor(x / `everyS`) from 0 to `untilS`. */
function areaOfWhole(untilS: number, everyS: number): number {
  const whole = Math.floor(untilS / everyS);
  return (everyS * whole * (whole - 1)) / 2 + whole * (untilS - whole * everyS);
}
