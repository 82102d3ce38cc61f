/**
 * Who will be away, how long, and what that keeps in the store: planned partitions of clients, those that are offline from the start, users who come
 * and go. A user is away when all of her devices are.
 *
 * Not forecast: pauses and crashes of clients, and partitions of one direction.
 */
import { NS_PER_S } from '../../sim/kernel/time.js';
import { phasesOf, type Scenario } from '../scenario/scenario.js';
import { devicesOf } from '../topology.js';

/** Reconnections that come "at once" still spread over about this long. */
export const INSTANT_S = 0.1;

/** A planned outage of clients, or their absence from the start. */
export interface Cut {
  readonly members: number;
  /** Time of the load that it covers. */
  readonly lengthS: number;
  /** REGISTER a second when it ends within the run. */
  readonly perS: number;
}

/** Planned partitions of clients, in both directions. */
export function cutsOf(scenario: Scenario): Cut[] {
  const { loadFromNs, loadUntilNs, healNs, endNs } = phasesOf(scenario);
  const { clients } = devicesOf(scenario);
  const cuts = scenario.faults.flatMap((fault): Cut[] => {
    if (fault.kind !== 'partition' || fault.target !== 'clients' || fault.direction !== 'both') return [];
    const members = membersOf(fault, clients);
    // The general healing ends it, if nothing did before.
    const untilNs = Math.min(fault.at + (fault.for ?? Infinity), healNs);
    const coveredNs = Math.max(0, Math.min(untilNs, loadUntilNs) - Math.max(fault.at, loadFromNs));
    const spreadS = Math.max(INSTANT_S, (reconnectSpreadNs(scenario) + fault.spread) / NS_PER_S);
    const heals = untilNs < endNs;
    return [{ members, lengthS: coveredNs / NS_PER_S, perS: heals ? members / spreadS : 0 }];
  });
  const { offlineShare } = scenario.population;
  if (offlineShare === 0) return cuts;
  const members = offlineShare * clients;
  const spreadS = Math.max(INSTANT_S, reconnectSpreadNs(scenario) / NS_PER_S);
  return [...cuts, { members, lengthS: scenario.duration / NS_PER_S, perS: members / spreadS }];
}

/** Time over which clients spread their first attempt after an outage. */
function reconnectSpreadNs({ client }: Scenario): number {
  if (client.reconnect === 'lockstep') return 0;
  return client.reconnect === 'rfc5626' ? client.backoffBase / 2 : client.reconnectJitter;
}

function membersOf(fault: Scenario['faults'][number], clients: number): number {
  if (fault.members !== undefined) return fault.members.length;
  const value = fault.value ?? 0;
  switch (fault.mode) {
    case 'all':
      return clients;
    case 'one':
      return 1;
    case 'fixed':
      return value;
    case 'fixed-percent':
      return (clients * value) / 100;
    case 'random-max-percent':
      return (clients * value) / 200;
  }
}

/** Mean share of users without network during the load. */
export function offlineShareOf(scenario: Scenario, cuts: readonly Cut[]): number {
  const lengthS = scenario.duration / NS_PER_S;
  const { clients } = devicesOf(scenario);
  let online = 1 - (scenario.population.absence?.share ?? 0);
  for (const cut of cuts)
    if (lengthS > 0)
      online *= 1 - Math.min(1, withoutAny(scenario, cut.members / clients) * (cut.lengthS / lengthS));
  return 1 - online;
}

/** Share of the users all of whose devices are among a share of all clients that is cut off. */
function withoutAny({ population }: Scenario, share: number): number {
  let all = 1;
  return population.devicesPerUser.reduce((sum, users) => {
    all *= share;
    return sum + users * all;
  }, 0);
}

/** Returns of users who come and go, while load is offered. */
export function returnsOf(scenario: Scenario): number {
  const { absence } = scenario.population;
  if (absence === undefined || absence.share === 0) return 0;
  const { clients } = devicesOf(scenario);
  return (clients * absence.share * phasesOf(scenario).loadUntilNs) / absence.mean;
}

/** Little's law: messages for users who are away, for as long as they are away. */
export function peakStored(
  scenario: Scenario,
  cuts: readonly Cut[],
  deferred: number,
  lengthS: number,
): number {
  if (deferred === 0) return 0;
  const { clients } = devicesOf(scenario);
  const perS = deferred / lengthS / Math.max(1e-9, offlineShareOf(scenario, cuts));
  const inCuts = cuts.reduce(
    (most, cut) => Math.max(most, withoutAny(scenario, cut.members / clients) * perS * cut.lengthS),
    0,
  );
  const { absence } = scenario.population;
  if (absence === undefined) return inCuts;
  // What was sent during a time that is still going on: its age, not its length; and no longer than the load.
  const sigmaSquare = 2 * Math.log(absence.mean / absence.median);
  const ageS = Math.min(lengthS, ((absence.mean / NS_PER_S) * Math.exp(sigmaSquare)) / 2);
  return inCuts + absence.share * perS * ageS;
}
