/** The cell of one seed of a fuzz campaign: the scenario with sizes, timers, faults and order of ties that the seed chose. */
import { Chance } from '../../sim/kernel/random.js';
import { UsageError } from '../../results/exit-codes.js';
import type { RandomStream } from '../../sim/host/ports.js';
import { cellOf, type Cell } from '../cell.js';
import { withFaults } from '../faults/faults.js';
import { randomFaults } from './fuzz-faults.js';
import { checkConsistency } from '../scenario/consistency.js';
import type { Scenario } from '../scenario/scenario.js';
import { loadScenario } from '../scenario/scenario-files.js';

/** What may be varied besides faults: paths of the scenario, and the values to choose from for all of them together. */
const VARIED: readonly (readonly [string, readonly string[]])[] = [
  ['client.timers', ['internet', 'internet', 'ims']],
  ['server.timers', ['internet', 'internet', 'ims']],
  ['server.push.window', ['1', '2', '8', '32']],
  ['server.push.chunk', ['2KiB', '4KiB', '64KiB']],
  ['server.push.wrapper', ['sipfrag', 'sip']],
  ['server.push.retry', ['1s', '5s', '20s']],
  ['server.storage.commitLatency', ['0ms', '2ms', '20ms', '150ms']],
  ['server.storage.groupCommit', ['true', 'false']],
  ['core.liveDeliveryLimit', ['1s', '4s', '8s']],
  ['network.delay network.jitter', ['1ms 0ms', '40ms 0ms', '40ms 40ms', '150ms 30ms']],
  ['network.mtu', ['1500B', '576B']],
];
/** The same for scenarios with Large Messages: how they are cut, given up, confirmed, and how long a partial is kept. */
const VARIED_LARGE: typeof VARIED = [
  ['traffic.large.chunk traffic.large.interruptible', ['300B false', '16KiB true', '64KiB true']],
  ['traffic.large.interleave', ['true']],
  ['traffic.large.abortShare', ['5%', '40%']],
  ['traffic.large.resume', ['false']],
  [
    'traffic.large.reports',
    ['responses-and-report', 'failures-only', 'failures-and-report', 'nothing', 'report-only'],
  ],
  ['network.up', ['256kbit/s', '2Mbit/s']],
  ['network.down', ['256kbit/s', '2Mbit/s']],
  ['server.large.partialLimit', ['5s', '2m']],
];
/** Each of them is varied with this probability. */
const VARY = 0.3;

/** Share of the seeds with limits so tight that what is rare elsewhere is daily business: given up, discarded, refused, looked up again. */
const TIGHT = 0.25;
const VARIED_TIGHT: typeof VARIED = [
  ['server.push.sendTimeout server.push.grace', ['2s 1s', '10s 0s']],
  ['server.push.bindLimit', ['2s']],
  ['server.expiry.default server.expiry.max', ['8s 20s', '20s 60s']],
  ['server.quota.messagesPerUser', ['3']],
  ['server.metadata.timeout server.metadata.queue', ['2s 3', '1s 10']],
  ['server.metadata.connections server.metadata.pipelining', ['1 1', '1 2']],
  ['server.settings.manual server.settings.notify', ['50% 0%', '20% 20%']],
  ['population.devicesPerUser', ['[50%,30%,20%]']],
  ['client.setup', ['passive']],
  ['client.shareConnections', ['true']],
  ['network.loss network.duplicate', ['5% 5%', '10% 0%']],
];
const VARIED_TIGHT_LARGE: typeof VARIED = [
  ['server.large.partialLimit', ['1s', '3s']],
  ['server.large.sessionLimit', ['8s']],
  ['server.large.maxSize server.large.reassembly', ['20KiB 64KiB']],
];

/**
 * Which part of the scenario's users a seed has, and which part of its messages. A small world is quickly run, and its few users meet
 * each other's faults more often.
 */
const SIZES = [1, 0.5, 0.25] as const;
/** A world that would have fewer users than this at its smallest is small enough as it is. */
const FEWEST_USERS = 25;
/** Messages a second below which less would be next to none. */
const LEAST_RATE = 0.01;

/** Share of the seeds with hostile clients, and how many of the clients these are. */
const HOSTILE = 0.15;
const HOSTILE_SHARE = '25%';

/** Share of the seeds with two or three IM Servers. */
const CLUSTERS = 0.1;

/** Share of the seeds in which senders ask to be told what becomes of their messages (RFC 5438), and how many messages ask. */
const NOTIFYING = 0.2;
const ASKING_SHARES = ['10%', '50%', '100%'] as const;
/** What may vary in these besides. */
const VARIED_NOTIFYING: typeof VARIED = [
  ['server.failureNotification', ['true']],
  ['server.storedNotification', ['true']],
  ['client.displayDelay', ['0s', '3s', '20s']],
];

/** Which campaign a seed belongs to. */
export interface Campaign {
  /** Name or path of the scenario. */
  readonly scenario: string;
  /** Overrides of the user; they are applied last. */
  readonly set: readonly string[];
  readonly sabotage: string | null;
}

/** The scenario of a campaign as its user wrote it, read once. */
const OWN = new WeakMap<Campaign, Scenario>();

function ownScenario(campaign: Campaign): Scenario {
  const scenario = OWN.get(campaign) ?? loadScenario(campaign.scenario, campaign.set);
  OWN.set(campaign, scenario);
  return scenario;
}

/** The cell of `seed`; the same for ever. Throws a `UsageError` if the scenario is not there or not valid. */
export function fuzzCell(campaign: Campaign, seed: number): Cell {
  const { scenario: name, set, sabotage } = campaign;
  const stream = new Chance(String(seed)).stream('fuzz', 0, 0);
  const own = ownScenario(campaign);
  const { traffic, server } = own;
  const { large } = traffic;
  const varied = large === undefined ? VARIED : [...VARIED, ...VARIED_LARGE];
  const drawn = [
    ...variations(varied, stream),
    ...harm(seed),
    ...(server.instances === 1 ? cluster(seed) : []),
    ...notifying(seed, own),
    ...sizes(seed, own),
  ];
  const overrides = fitting(name, drawn, tight(seed, large !== undefined), set);
  const scenario = loadScenario(name, overrides);
  const tied = stream.uniform() < 0.5;
  const tieSeed = stream.int32();
  const cell = cellOf(scenario, String(seed), overrides, sabotage);
  const later = new Chance(String(seed)).stream('fuzz/later', 0, 0);
  const faults = [...scenario.faults, ...randomFaults(scenario, stream, later)];
  return { ...withFaults(cell, faults), ...(tied ? { tieSeed } : {}) };
}

/** In some seeds there are clients that do harm. Drawn apart, so that the other seeds are as they would be without. */
function harm(seed: number): string[] {
  const hostile = new Chance(String(seed)).stream('fuzz/hostile', 0, 0).uniform() < HOSTILE;
  return hostile ? [`population.hostile.share=${HOSTILE_SHARE}`] : [];
}

/**
 * Fewer users and fewer messages, where there are many; drawn apart as well. A load of another shape keeps its rate, and a scenario whose
 * faults or trace name more users than that keeps all of them.
 */
function sizes(seed: number, scenario: Scenario): string[] {
  const { population, traffic } = scenario;
  if (population.subscribers * Math.min(...SIZES) < FEWEST_USERS) return [];
  const stream = new Chance(String(seed)).stream('fuzz/sizes', 0, 0);
  const subscribers = Math.ceil(population.subscribers * anyOf(SIZES, stream));
  const ofMessages = anyOf(SIZES, stream);
  const smaller = { ...scenario, population: { ...population, subscribers } };
  const chosen = checkConsistency(smaller).length > 0 ? [] : [`population.subscribers=${subscribers}`];
  for (const mode of ['pager', 'large'] as const) {
    const load = traffic[mode];
    const rate = Number(((load?.rate ?? 0) * ofMessages).toPrecision(4));
    if (load?.executor === 'constant-arrival-rate' && rate >= LEAST_RATE)
      chosen.push(`traffic.${mode}.rate=${rate}/s`);
  }
  return chosen;
}

/** In some, limits are tight; drawn apart as well. */
function tight(seed: number, withLarge: boolean): string[] {
  const stream = new Chance(String(seed)).stream('fuzz/tight', 0, 0);
  if (stream.uniform() >= TIGHT) return [];
  return variations(withLarge ? [...VARIED_TIGHT, ...VARIED_TIGHT_LARGE] : VARIED_TIGHT, stream);
}

/** All overrides, but those of `more` that the scenario cannot have: its shares may be full, or its messages too large for a limit. */
function fitting(
  name: string,
  drawn: readonly string[],
  more: readonly string[],
  set: readonly string[],
): string[] {
  const overridesOf = (these: readonly string[]): string[] => [...drawn, ...these, ...set];
  if (more.length === 0 || isValid(name, overridesOf(more))) return overridesOf(more);
  const kept: string[] = [];
  for (const one of more) if (isValid(name, overridesOf([...kept, one]))) kept.push(one);
  return overridesOf(kept);
}

function isValid(name: string, overrides: readonly string[]): boolean {
  try {
    loadScenario(name, overrides);
    return true;
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}

/** In some there is a cluster; drawn apart as well. */
function cluster(seed: number): string[] {
  const stream = new Chance(String(seed)).stream('fuzz/cluster', 0, 0);
  return stream.uniform() < CLUSTERS ? [`server.instances=${2 + stream.below(2)}`] : [];
}

/** In some, senders ask for notifications, unless the scenario says how many do, or has no room for what they ask with; drawn apart. */
function notifying(seed: number, scenario: Scenario): string[] {
  const { pager, large } = scenario.traffic;
  if (pager.notifications > 0 || (large?.notifications ?? 0) > 0) return [];
  const asking = {
    pager: { ...pager, notifications: 1 },
    ...(large === undefined ? {} : { large: { ...large, notifications: 1 } }),
  };
  if (checkConsistency({ ...scenario, traffic: { ...scenario.traffic, ...asking } }).length > 0) return [];
  const stream = new Chance(String(seed)).stream('fuzz/notifying', 0, 0);
  if (stream.uniform() >= NOTIFYING) return [];
  const share = anyOf(ASKING_SHARES, stream);
  const modes = large === undefined ? ['pager'] : ['pager', 'large'];
  return [
    ...modes.map((mode) => `traffic.${mode}.notifications=${share}`),
    ...variations(VARIED_NOTIFYING, stream, 0.5),
  ];
}

function variations(varied: typeof VARIED, stream: RandomStream, vary = VARY): string[] {
  const chosen: string[] = [];
  for (const [paths, values] of varied) {
    const value = anyOf(values, stream);
    const parts = value.split(' ');
    if (stream.uniform() < vary) chosen.push(...paths.split(' ').map((one, i) => `${one}=${parts[i] ?? ''}`));
  }
  return chosen;
}

function anyOf<T>(choices: readonly T[], stream: RandomStream): T {
  return choices[stream.below(choices.length)] as T;
}
