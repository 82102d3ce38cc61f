/**
 * What a scenario amounts to before it is run: expected arrivals, offered load and utilisation of each station, size of the store,
 * memory. Averages and products only; what queues, retransmissions and refusals add is what the run is for.
 *
 * Not forecast: what `uncounted.ts` names, where the scenario has it; retries, losses, interrupted sessions.
 */
import { NS_PER_S } from '../../sim/kernel/time.js';
import { figuresOf, type LoadFigures } from '../load/plan-load.js';
import { phasesOf, type Scenario } from '../scenario/scenario.js';
import { devicesOf } from '../topology.js';
import { cutsOf, offlineShareOf, peakStored, returnsOf } from './away.js';
import { meanLargeOctets } from './forecast-parts.js';
import { linksOf, type LinkForecast } from './links.js';
import { refreshesOf } from './refreshes.js';
import { stationsOf, type StationForecast } from './stations.js';
import { uncountedOf } from './uncounted.js';

export interface Forecast {
  readonly pager: LoadFigures;
  readonly large: LoadFigures | undefined;
  /** Mean share of users without network during the load. */
  readonly offlineShare: number;
  readonly deferred: number;
  /** REGISTER requests of the whole run: ramp-up, refreshes, reconnections. */
  readonly registers: number;
  /** The most REGISTER a second that a planned reconnection brings; 0 if none is planned. */
  readonly peakRegistersPerS: number;
  readonly stations: readonly StationForecast[];
  readonly links: readonly LinkForecast[];
  readonly peakStoredMessages: number;
  readonly memoryOctets: number;
  readonly events: number;
  /** What the scenario asks for and none of these figures counts. */
  readonly uncounted: readonly string[];
}

/** Memory of the process and of one subscriber, stored message and recorded message; measured, to a factor of two. */
const BASE_OCTETS = 130e6;
export const SUBSCRIBER_OCTETS = 2_000;
const MESSAGE_OCTETS = 1_000;
/** Memory of a virtual second in which nothing happens: its checkpoint, and its row of the timeline until the files are written. Measured on runs of days. */
export const SECOND_OCTETS = 2_800;
/** Keep-alives leave at 90 % of five sixths of the time-out of a flow, on average. */
const KEEP_ALIVE_SHARE = 0.75;

/** The forecast of `scenario`. */
export function forecastOf(scenario: Scenario): Forecast {
  const { traffic, core, server, client } = scenario;
  const lengthNs = scenario.duration;
  const lengthS = Math.max(lengthNs / NS_PER_S, 1e-9);
  const pager = figuresOf(traffic.pager, lengthNs);
  const large = traffic.large === undefined ? undefined : figuresOf(traffic.large, lengthNs);
  const { clients } = devicesOf(scenario);

  const cuts = cutsOf(scenario);
  const offlineShare = offlineShareOf(scenario, cuts);
  const offered = pager.expected + (large?.expected ?? 0);
  const deferred = server.push.enabled || offlineShare > 0 ? offered * offlineShare : 0;

  const returning = cuts.reduce((sum, cut) => sum + cut.members, 0) + returnsOf(scenario);
  const refreshes = refreshesOf(scenario, clients, offlineShare);
  // Who is offline from the start registers first when she returns.
  const registers = clients * (1 - scenario.population.offlineShare) + returning + refreshes.all;
  const peakRegistersPerS = cuts.reduce((most, cut) => Math.max(most, cut.perS), 0);

  const keepAlivesPerS = client.keepAlive
    ? (clients * (1 - offlineShare)) / ((core.flowTimeout / NS_PER_S) * KEEP_ALIVE_SHARE)
    : 0;
  const registersPerS = (returning + refreshes.duringLoad) / lengthS;
  const arrivals = {
    lengthS,
    pager,
    large,
    offlineShare,
    registersPerS,
    peakRegistersPerS,
    keepAlivesPerS,
  };
  const peakStoredMessages = peakStored(scenario, cuts, deferred, lengthS);
  const storedOctets =
    offered > 0
      ? peakStoredMessages * (MESSAGE_OCTETS + ((large?.expected ?? 0) / offered) * meanLargeOctets(scenario))
      : 0;
  return {
    pager,
    large,
    offlineShare,
    deferred,
    registers,
    peakRegistersPerS,
    stations: stationsOf(scenario, arrivals),
    links: linksOf(scenario, pager, large, (large?.expected ?? 0) / lengthS),
    peakStoredMessages,
    memoryOctets:
      BASE_OCTETS +
      clients * SUBSCRIBER_OCTETS +
      (phasesOf(scenario).endNs / NS_PER_S) * SECOND_OCTETS +
      offered * 100 +
      storedOctets,
    events: Math.round(
      offered * 12 +
        deferred * 30 +
        registers * 10 +
        keepAlivesPerS * 4 * (phasesOf(scenario).endNs / NS_PER_S) +
        ((large?.expected ?? 0) * meanLargeOctets(scenario)) / 700,
    ),
    uncounted: uncountedOf(scenario),
  };
}
