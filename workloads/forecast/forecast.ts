/**
 * What a scenario amounts to before it is run: expected arrivals, offered load and utilisation of each station, size of the store,
 * memory. Averages and products only; what queues, retransmissions and refusals add is what the run is for.
 *
 * How much work a message makes is counted from the flows of `docs/architecture.md`: a live MESSAGE costs the Core a request and a
 * response; a deferred one the same, its storing and later its share of a push session: five requests and responses.
 *
 * Not forecast: what `uncounted.ts` names, where the scenario has it; retries, losses, interrupted sessions, several deferred messages in one push (each is counted as one of its own).
 */
import { NS_PER_S } from '../../sim/kernel/time.js';
import { figuresOf, type LoadFigures } from '../load/plan-load.js';
import {
  meanLargeOctets,
  meanPagerOctets,
  sharesOfInstances,
  storageLoad,
  topShare,
} from './forecast-parts.js';
import { refreshesOf } from './refreshes.js';
import { uncountedOf } from './uncounted.js';
import { phasesOf, type Scenario } from '../scenario/scenario.js';
import { devicesOf, serverName } from '../topology.js';

export interface StationForecast {
  readonly name: string;
  readonly servers: number;
  /** Work a second of load, in servers: the mean, and in the busiest stretch that can be foreseen. */
  readonly meanErlang: number;
  readonly peakErlang: number;
  /** What makes the peak. */
  readonly peakCause: string;
}

/** The access links of clients in one direction. */
export interface LinkForecast {
  readonly name: string;
  /** Without a bit rate if undefined: never full. */
  readonly bitsPerS: number | undefined;
  /** Share of the time in use: of a client on average, and of the most popular recipient at the peak of the traffic. */
  readonly meanUse: number;
  readonly topUse: number;
}

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

type CostTable = Readonly<Record<string, { readonly base: number; readonly perKiB: number }>>;

/** Octets of a MESSAGE or REGISTER with all its headers; measured on the shipped scenarios. */
const REQUEST_OCTETS = 900;
/** Memory of the process and of one subscriber, stored message and recorded message; measured, to a factor of two. */
const BASE_OCTETS = 130e6;
export const SUBSCRIBER_OCTETS = 2_000;
const MESSAGE_OCTETS = 1_000;
/** Memory of a virtual second in which nothing happens: its checkpoint, and its row of the timeline until the files are written. Measured on runs of days. */
export const SECOND_OCTETS = 2_800;
/** A deferred message is committed when it is stored and when it has left. */
const COMMITS_OF_A_MESSAGE = 2;
/** Keep-alives leave at 90 % of five sixths of the time-out of a flow, on average. */
const KEEP_ALIVE_SHARE = 0.75;
/** Reconnections that come "at once" still spread over about this long. */
const INSTANT_S = 0.1;
/** The forecast of `scenario`. */
export function forecastOf(scenario: Scenario): Forecast {
  const { population, traffic, core, server, client } = scenario;
  const lengthNs = scenario.duration;
  const lengthS = Math.max(lengthNs / NS_PER_S, 1e-9);
  const pager = figuresOf(traffic.pager, lengthNs);
  const large = traffic.large === undefined ? undefined : figuresOf(traffic.large, lengthNs);
  const users = population.subscribers;
  const { clients } = devicesOf(scenario);

  const cuts = cutsOf(scenario);
  const offlineShare = offlineShareOf(scenario, cuts);
  const offered = pager.expected + (large?.expected ?? 0);
  const deferred = server.push.enabled || offlineShare > 0 ? offered * offlineShare : 0;

  const returning = cuts.reduce((sum, cut) => sum + cut.members, 0) + absencesOf(scenario);
  const refreshes = refreshesOf(scenario, clients, offlineShare);
  // Who is offline from the start registers first when she returns.
  const registers = clients * (1 - scenario.population.offlineShare) + returning + refreshes.all;
  const peakRegistersPerS = cuts.reduce((most, cut) => Math.max(most, cut.perS), 0);

  const coreWork = weigh(core.cpu.costs);
  const serverWork = weigh(server.cpu.costs);
  const keepAlives = client.keepAlive
    ? (clients * (1 - offlineShare)) / ((core.flowTimeout / NS_PER_S) * KEEP_ALIVE_SHARE)
    : 0;
  const largeKiB = meanLargeOctets(scenario) / 1024;
  // Each further device answers too, and only the first answer goes on.
  const perLive = coreWork('request') + (clients / users) * coreWork('response');
  const perDeferredCore = 4 * coreWork('request') + 3 * coreWork('response');
  const perRegister = coreWork('register') + coreWork('response');
  const perDeferredServer = serverWork('message') + serverWork('push') + serverWork('send');
  const perLarge =
    serverWork('session') + serverWork('large', largeKiB) + serverWork('push') + serverWork('send', largeKiB);

  const loadOfCore = (messagesPerS: number, registersPerS: number) =>
    messagesPerS * ((1 - offlineShare) * perLive + offlineShare * perDeferredCore) +
    registersPerS * perRegister +
    keepAlives * coreWork('keepAlive');
  const loadOfServer = (pagerPerS: number, largePerS: number, registersPerS: number) =>
    (pagerPerS * perDeferredServer + largePerS * perLarge) * offlineShare +
    registersPerS * serverWork('register');

  const meanRegisters = (returning + refreshes.duringLoad) / lengthS;
  const peakPager = pager.peakPerS + (large?.peakPerS ?? 0);
  const meanPager = offered / lengthS;
  const rampS = scenario.rampUp / NS_PER_S;
  const rampRegisters = rampS > 0 ? clients / rampS : clients / INSTANT_S;
  const bursts: readonly (readonly [cause: string, messages: number, registers: number])[] = [
    ['traffic at its peak', peakPager, meanRegisters],
    ['reconnection after a planned outage', meanPager, peakRegistersPerS],
    ['registration of everybody in the ramp-up', 0, rampRegisters],
  ];
  const peak = (load: (messages: number, registersPerS: number) => number): [number, string] =>
    bursts.reduce<[number, string]>(
      (most, [cause, messages, registersPerS]) => {
        // What is not admitted costs the Core as much: it is read, judged and answered.
        const erlang = load(messages, registersPerS);
        return erlang > most[0] ? [erlang, cause] : most;
      },
      [0, 'nothing'],
    );
  const largeMean = (large?.expected ?? 0) / lengthS;
  const [corePeak, coreCause] = peak(loadOfCore);
  const shares = sharesOfInstances(scenario);
  const { instances } = server;
  const serverStations = shares.flatMap((share, instance): StationForecast[] => {
    // Registrations fall to the servers by users, messages by how popular these are.
    const [serverPeak, serverCause] = peak((messages, registersPerS) =>
      loadOfServer(
        messages * share,
        (large?.peakPerS ?? 0) * share,
        Math.min(registersPerS, core.registerLimit ?? Infinity) / instances,
      ),
    );
    const name = serverName(instance, instances);
    const commits = (perS: number) => COMMITS_OF_A_MESSAGE * perS * offlineShare * share;
    const written = (pagerPerS: number, largePerS: number) =>
      (pagerPerS * (REQUEST_OCTETS + meanPagerOctets(scenario)) +
        largePerS * (REQUEST_OCTETS + meanLargeOctets(scenario))) *
      offlineShare *
      share;
    return [
      {
        name: `${name} CPU`,
        servers: server.cpu.servers,
        meanErlang: loadOfServer(pager.meanPerS * share, largeMean * share, meanRegisters / instances),
        peakErlang: serverPeak,
        peakCause: serverCause,
      },
      {
        name: `${name} storage`,
        servers: 1,
        meanErlang: storageLoad(server.storage, commits(meanPager), written(pager.meanPerS, largeMean)),
        peakErlang: storageLoad(
          server.storage,
          commits(peakPager),
          written(pager.peakPerS, large?.peakPerS ?? 0),
        ),
        peakCause: peakPager > 0 ? 'traffic at its peak' : 'nothing',
      },
    ];
  });
  const octetsPerS = (pagerPerS: number, largePerS: number) =>
    pagerPerS * (REQUEST_OCTETS + meanPagerOctets(scenario)) +
    largePerS * (REQUEST_OCTETS + meanLargeOctets(scenario));
  const use = (bitsPerS: number | undefined, perS: number) =>
    bitsPerS === undefined ? 0 : (perS * 8) / bitsPerS;
  const meanOctets = octetsPerS(pager.meanPerS, largeMean) / users;
  const topOctets = octetsPerS(pager.peakPerS, large?.peakPerS ?? 0);
  const { up, down } = scenario.network;
  const links: LinkForecast[] = [
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
    stations: [
      {
        name: 'SIP/IP Core CPU',
        servers: core.cpu.servers,
        meanErlang: loadOfCore(meanPager, meanRegisters),
        peakErlang: corePeak,
        peakCause: coreCause,
      },
      ...serverStations,
    ],
    links,
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
        keepAlives * 4 * (phasesOf(scenario).endNs / NS_PER_S) +
        ((large?.expected ?? 0) * meanLargeOctets(scenario)) / 700,
    ),
    uncounted: uncountedOf(scenario),
  };
}

/** Nanoseconds of a piece of work as a fraction of a second. */
function weigh(costs: CostTable): (kind: string, kib?: number) => number {
  return (kind, kib = REQUEST_OCTETS / 1024) => {
    const cost = costs[kind] as CostTable[string] | undefined;
    return cost === undefined ? 0 : (cost.base + cost.perKiB * kib) / NS_PER_S;
  };
}

interface Cut {
  readonly members: number;
  /** Time of the load that it covers. */
  readonly lengthS: number;
  /** REGISTER a second when it ends within the run. */
  readonly perS: number;
}

/** Planned partitions of clients, in both directions. */
function cutsOf(scenario: Scenario): Cut[] {
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

function offlineShareOf(scenario: Scenario, cuts: readonly Cut[]): number {
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
function absencesOf(scenario: Scenario): number {
  const { absence } = scenario.population;
  if (absence === undefined || absence.share === 0) return 0;
  const { clients } = devicesOf(scenario);
  return (clients * absence.share * phasesOf(scenario).loadUntilNs) / absence.mean;
}

/** Little's law: messages for users who are away, for as long as they are away. */
function peakStored(scenario: Scenario, cuts: readonly Cut[], deferred: number, lengthS: number): number {
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
