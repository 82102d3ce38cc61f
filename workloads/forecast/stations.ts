/**
 * How busy each station will be: CPU of the SIP/IP Core, CPU and storage of each IM Server, by the work that a message makes and the bursts that can
 * be foreseen.
 *
 * How much work a message makes is counted from the flows of `docs/architecture.md`: a live MESSAGE costs the Core a request and a
 * response; a deferred one the same, its storing and later its share of a push session: five requests and responses.
 *
 * Not forecast: what queues; several deferred messages in one push (each is counted as one of its own).
 */
import { NS_PER_S } from '../../sim/kernel/time.js';
import type { LoadFigures } from '../load/plan-load.js';
import type { Scenario } from '../scenario/scenario.js';
import { devicesOf, serverName } from '../topology.js';
import { INSTANT_S } from './away.js';
import {
  meanLargeOctets,
  REQUEST_OCTETS,
  requestOctets,
  sharesOfInstances,
  storageLoad,
} from './forecast-parts.js';

export interface StationForecast {
  readonly name: string;
  readonly servers: number;
  /** Work a second of load, in servers: the mean, and in the busiest stretch that can be foreseen. */
  readonly meanErlang: number;
  readonly peakErlang: number;
  /** What makes the peak. */
  readonly peakCause: string;
}

/** What arrives at the stations while load is offered. */
export interface Arrivals {
  readonly lengthS: number;
  readonly pager: LoadFigures;
  readonly large: LoadFigures | undefined;
  readonly offlineShare: number;
  readonly registersPerS: number;
  /** When a planned outage ends; 0 if there is none. */
  readonly peakRegistersPerS: number;
  readonly keepAlivesPerS: number;
}

type CostTable = Readonly<Record<string, { readonly base: number; readonly perKiB: number }>>;

/** A deferred message is committed when it is stored and when it has left. */
const COMMITS_OF_A_MESSAGE = 2;

/** The stations of `scenario`, the Core's first. */
export function stationsOf(scenario: Scenario, arrivals: Arrivals): StationForecast[] {
  const { core, server } = scenario;
  const { lengthS, pager, large, offlineShare, registersPerS } = arrivals;
  const loadOfCore = coreLoad(scenario, arrivals);
  const loadOfServer = serverLoad(scenario, arrivals);
  const peakPager = pager.peakPerS + (large?.peakPerS ?? 0);
  const meanPager = (pager.expected + (large?.expected ?? 0)) / lengthS;
  const largeMean = (large?.expected ?? 0) / lengthS;
  const peak = peakOver(burstsOf(scenario, arrivals, meanPager, peakPager));
  const [corePeak, coreCause] = peak(loadOfCore);
  const { instances } = server;
  const serverStations = sharesOfInstances(scenario).flatMap((share, instance): StationForecast[] => {
    // Registrations fall to the servers by users, messages by how popular these are.
    const [serverPeak, serverCause] = peak((messages, registers) =>
      loadOfServer(
        messages * share,
        (large?.peakPerS ?? 0) * share,
        Math.min(registers, core.registerLimit ?? Infinity) / instances,
      ),
    );
    const name = serverName(instance, instances);
    const commits = (perS: number) => COMMITS_OF_A_MESSAGE * perS * offlineShare * share;
    const written = (pagerPerS: number, largePerS: number) =>
      requestOctets(scenario, pagerPerS, largePerS) * offlineShare * share;
    return [
      {
        name: `${name} CPU`,
        servers: server.cpu.servers,
        meanErlang: loadOfServer(pager.meanPerS * share, largeMean * share, registersPerS / instances),
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
  return [
    {
      name: 'SIP/IP Core CPU',
      servers: core.cpu.servers,
      meanErlang: loadOfCore(meanPager, registersPerS),
      peakErlang: corePeak,
      peakCause: coreCause,
    },
    ...serverStations,
  ];
}

/** Work a second for the Core, by messages and REGISTER a second. */
function coreLoad(scenario: Scenario, { offlineShare, keepAlivesPerS }: Arrivals) {
  const work = weigh(scenario.core.cpu.costs);
  // Each further device answers too, and only the first answer goes on.
  const perUser = devicesOf(scenario).clients / scenario.population.subscribers;
  const perLive = work('request') + perUser * work('response');
  const perDeferred = 4 * work('request') + 3 * work('response');
  const perRegister = work('register') + work('response');
  return (messagesPerS: number, registersPerS: number): number =>
    messagesPerS * ((1 - offlineShare) * perLive + offlineShare * perDeferred) +
    registersPerS * perRegister +
    keepAlivesPerS * work('keepAlive');
}

/** Work a second for the IM Server, by messages of both modes and third-party REGISTER a second. */
function serverLoad(scenario: Scenario, { offlineShare }: Arrivals) {
  const work = weigh(scenario.server.cpu.costs);
  const largeKiB = meanLargeOctets(scenario) / 1024;
  const perPager = work('message') + work('push') + work('send');
  const perLarge = work('session') + work('large', largeKiB) + work('push') + work('send', largeKiB);
  return (pagerPerS: number, largePerS: number, registersPerS: number): number =>
    (pagerPerS * perPager + largePerS * perLarge) * offlineShare + registersPerS * work('register');
}

/** A stretch of the run that can be foreseen to be busy. */
type Burst = readonly [cause: string, messagesPerS: number, registersPerS: number];

function burstsOf(scenario: Scenario, arrivals: Arrivals, meanPager: number, peakPager: number): Burst[] {
  const { clients } = devicesOf(scenario);
  const rampS = scenario.rampUp / NS_PER_S;
  return [
    ['traffic at its peak', peakPager, arrivals.registersPerS],
    ['reconnection after a planned outage', meanPager, arrivals.peakRegistersPerS],
    ['registration of everybody in the ramp-up', 0, rampS > 0 ? clients / rampS : clients / INSTANT_S],
  ];
}

/** Finds the most that any of `bursts` brings, and which one that is. */
function peakOver(bursts: readonly Burst[]) {
  return (load: (messagesPerS: number, registersPerS: number) => number): [number, string] =>
    bursts.reduce<[number, string]>(
      (most, [cause, messagesPerS, registersPerS]) => {
        // What is not admitted costs the Core as much: it is read, judged and answered.
        const erlang = load(messagesPerS, registersPerS);
        return erlang > most[0] ? [erlang, cause] : most;
      },
      [0, 'nothing'],
    );
}

/** Nanoseconds of a piece of work as a fraction of a second. */
function weigh(costs: CostTable): (kind: string, kib?: number) => number {
  return (kind, kib = REQUEST_OCTETS / 1024) => {
    const cost = costs[kind] as CostTable[string] | undefined;
    return cost === undefined ? 0 : (cost.base + cost.perKiB * kib) / NS_PER_S;
  };
}
