/**
 * How full the access links of clients will be, by the octets of messages alone.
 *
 * Not forecast: responses, registrations, keep-alives, what is sent again.
 */
import type { LoadFigures } from '../load/plan-load.js';
import type { Scenario } from '../scenario/scenario.js';
import { requestOctets, topShare } from './forecast-parts.js';

/** The access links of clients in one direction. */
export interface LinkForecast {
  readonly name: string;
  /** Without a bit rate if undefined: never full. */
  readonly bitsPerS: number | undefined;
  /** Share of the time in use: of a client on average, and of the most popular recipient at the peak of the traffic. */
  readonly meanUse: number;
  readonly topUse: number;
}

/** Both directions, for traffic of both modes; `largePerS` is the mean of Large Messages. */
export function linksOf(
  scenario: Scenario,
  pager: LoadFigures,
  large: LoadFigures | undefined,
  largePerS: number,
): LinkForecast[] {
  const users = scenario.population.subscribers;
  const meanOctets = requestOctets(scenario, pager.meanPerS, largePerS) / users;
  const topOctets = requestOctets(scenario, pager.peakPerS, large?.peakPerS ?? 0);
  const { up, down } = scenario.network;
  return [
    {
      name: 'from a client',
      bitsPerS: up,
      meanUse: use(up, meanOctets),
      topUse: use(up, topOctets / users),
    },
    {
      name: 'to a client',
      bitsPerS: down,
      meanUse: use(down, meanOctets),
      topUse: use(down, topOctets * topShare(scenario)),
    },
  ];
}

function use(bitsPerS: number | undefined, octetsPerS: number): number {
  return bitsPerS === undefined ? 0 : (octetsPerS * 8) / bitsPerS;
}
