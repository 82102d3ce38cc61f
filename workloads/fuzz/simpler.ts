/**
 * Simpler cells, for shrinking: one thing less at a time. Faults last shorter, hit fewer members and are weaker; there are fewer users and
 * fewer messages; the order of ties is the plain one. A candidate that a scenario could not have is left out.
 */
import type { Cell } from '../cell.js';
import { checkConsistency } from '../scenario/consistency.js';
import type { Fault } from '../faults/faults-schema.js';
import { withFaults } from '../faults/faults.js';
import type { Scenario } from '../scenario/scenario.js';

/** Below this, a shorter fault says nothing new. */
const SHORTEST_NS = 1_000_000;
const LEAST_SHARE = 0.01;
const FEWEST_USERS = 2;
const LEAST_RATE = 0.05;

/** Cells that are simpler than `cell` in one respect, the most drastic first. */
export function* simplerCells(cell: Cell): Generator<Cell> {
  if (cell.tieSeed !== undefined) {
    const { tieSeed: _tieSeed, ...rest } = cell;
    yield rest;
  }
  for (const scenario of simplerScenarios(cell.scenario)) yield* valid({ ...cell, scenario });
  const { faults } = cell.scenario;
  for (const [place, fault] of faults.entries()) {
    for (const weaker of weakerFaults(fault)) yield* valid(withFaults(cell, faults.with(place, weaker)));
  }
}

function* valid(cell: Cell): Generator<Cell> {
  if (checkConsistency(cell.scenario).length === 0) yield cell;
}

function* simplerScenarios(scenario: Scenario): Generator<Scenario> {
  const { population, traffic } = scenario;
  const { subscribers, anonymousShare } = population;
  const { pager } = traffic;
  for (const fewer of [Math.ceil(subscribers / 2), subscribers - 1]) {
    if (fewer < FEWEST_USERS || fewer >= subscribers) continue;
    const faults = scenario.faults.flatMap((fault) => within(fault, fewer));
    yield { ...scenario, faults, population: { ...population, subscribers: fewer } };
  }
  if (pager.rate / 2 >= LEAST_RATE) {
    yield { ...scenario, traffic: { ...traffic, pager: { ...pager, rate: pager.rate / 2 } } };
  }
  if (pager.expires.share > 0) {
    yield {
      ...scenario,
      traffic: { ...traffic, pager: { ...pager, expires: { ...pager.expires, share: 0 } } },
    };
  }
  yield* quieterScenarios(scenario);
  if (anonymousShare > 0) yield { ...scenario, population: { ...population, anonymousShare: 0 } };
}

/** Without notifications or hostile clients, and with fewer Large Messages. */
function* quieterScenarios(scenario: Scenario): Generator<Scenario> {
  const { population, server, traffic } = scenario;
  const { pager, large } = traffic;
  if (pager.notifications + (large?.notifications ?? 0) > 0) {
    yield {
      ...scenario,
      traffic: {
        ...traffic,
        pager: { ...pager, notifications: 0 },
        ...(large === undefined ? {} : { large: { ...large, notifications: 0 } }),
      },
      server: { ...server, failureNotification: false, storedNotification: false },
    };
  }
  if (population.hostile.share > 0)
    yield { ...scenario, population: { ...population, hostile: { ...population.hostile, share: 0 } } };
  if (large !== undefined && large.rate / 2 >= LEAST_RATE)
    yield { ...scenario, traffic: { ...traffic, large: { ...large, rate: large.rate / 2 } } };
}

/** `fault` among so many subscribers; nothing if it hits none of them. */
function within(fault: Fault, subscribers: number): Fault[] {
  if (fault.members === undefined) return [fault];
  const members = fault.members.filter((one) => one < subscribers);
  return members.length === 0 ? [] : [{ ...fault, members }];
}

function* weakerFaults(fault: Fault): Generator<Fault> {
  const { members } = fault;
  if (members !== undefined && members.length > 1) {
    const half = Math.ceil(members.length / 2);
    yield { ...fault, members: members.slice(0, half) };
    yield { ...fault, members: members.slice(half) };
  }
  if (fault.for !== undefined && fault.for / 2 >= SHORTEST_NS)
    yield { ...fault, for: roundedNs(fault.for / 2) };
  yield* weakerParameters(fault);
}

function* weakerParameters(fault: Fault): Generator<Fault> {
  switch (fault.kind) {
    case 'loss':
    case 'duplicate':
    case 'corrupt':
    case 'storage-error': {
      const { percent = 0 } = fault;
      if (percent / 2 >= LEAST_SHARE) yield { ...fault, percent: Math.round(percent * 50) / 100 };
      break;
    }
    case 'delay':
      if (fault.jitter > 0) yield { ...fault, jitter: 0 };
      if (fault.time / 2 >= SHORTEST_NS) yield { ...fault, time: roundedNs(fault.time / 2) };
      break;
    case 'slow-close':
    case 'storage-latency':
      if (fault.delay / 2 >= SHORTEST_NS) yield { ...fault, delay: roundedNs(fault.delay / 2) };
      break;
    case 'slowdown':
      if (fault.factor / 2 >= 1) yield { ...fault, factor: Math.round(fault.factor / 2) };
      break;
    case 'partition':
      if (fault.spread > 0) yield { ...fault, spread: 0 };
      break;
    case 'crash':
      if (fault.what === 'machine') yield { ...fault, what: 'process' };
      break;
    default:
  }
}

/** To whole milliseconds, so that what is left reads well. */
function roundedNs(ns: number): number {
  return Math.max(SHORTEST_NS, Math.round(ns / SHORTEST_NS) * SHORTEST_NS);
}
