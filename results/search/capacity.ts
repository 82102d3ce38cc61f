/**
 * The capacity of a deployment: the highest load along one parameter at which all objectives hold. Bracket, bisect with the same seed
 * for every load (common random numbers, so that the response is close to monotone), look for contradictions, then confirm the winner
 * with fresh seeds and a longer window; a winner that does not hold is lowered by 1 %, ten times at most, and is "not-confirmed" if
 * none of them holds.
 *
 * Pure: `evaluate` runs a load under a seed number. Never invents a ceiling: "bound-not-found" and "not-monotone" are verdicts of their
 * own.
 */
import type { Summary } from '../cell-result.js';
import { valueOf } from '../metrics.js';
import { DESIGN_OBJECTIVE } from '../objective.js';
import { estimateOf } from '../statistics/interval.js';
import { keeps, type Threshold } from '../thresholds.js';
import {
  bisect,
  bracket,
  findContradiction,
  loadOf,
  type Bracket,
  type Contradiction,
  type SearchSpace,
} from './bracket.js';

/** Which run of a load: the search under the common seed, or a confirmation under fresh seed `replication` (from 0), run longer. */
export type ProbeKind =
  { readonly phase: 'search' } | { readonly phase: 'confirm'; readonly replication: number };

export interface CapacityQuestion {
  readonly space: SearchSpace;
  readonly objectives: readonly Threshold[];
  /** Least share of offered messages that must be answered 200 or 202. */
  readonly carriedAtLeast: number;
  /** Fresh seeds of the confirmation; 0 leaves it out. */
  readonly confirmations: number;
  /** Runs one load. */
  readonly evaluate: (load: number, kind: ProbeKind) => Promise<Summary>;
  /** Seconds in which load is offered, for the rate of scenario attempts. */
  readonly loadSeconds: number;
  /** Told of each new load of the search. */
  readonly onProbe?: (probe: Probe) => void;
}

/** One load that was tried under the common seed. */
export interface Probe {
  readonly load: number;
  readonly passes: boolean;
  /** Value of each objective in base units; null if nothing was measured. */
  readonly values: readonly (number | null)[];
  /** Texts of the objectives that failed. */
  readonly failed: readonly string[];
  /** Scenario attempts started a second (SApS). */
  readonly attemptsPerS: number;
  readonly carried: number;
  readonly ihs?: number;
  readonly inadequate?: number;
  /** The busiest station. */
  readonly station: string;
  readonly utilisation: number;
  readonly fingerprint: string;
}

/** One objective over the confirming runs; or "carried load" or "steady state", if one of them failed it. */
export interface Confirmation {
  readonly objective: string;
  readonly mean?: number;
  readonly halfWidth?: number;
  readonly met: boolean;
}

/** A load that did not hold with fresh seeds, and the texts of what did not hold there. */
export interface Unconfirmed {
  readonly load: number;
  readonly failed: readonly string[];
}

export type CapacityVerdict =
  'found' | 'bound-not-found' | 'nothing-passes' | 'not-monotone' | 'not-confirmed';

export interface CapacityAnswer {
  readonly verdict: CapacityVerdict;
  /** The answer: highest load that passed, after confirmation if there was one. */
  readonly highestPassing?: number;
  /** The lowest load above it that failed: with the common seed, or a confirmation if the winner was lowered. */
  readonly lowestFailing?: number;
  readonly contradiction?: Contradiction;
  readonly confirmedLoad?: number;
  readonly confirmations: readonly Confirmation[];
  /** The lowest load that failed a confirmation, if one did. */
  readonly unconfirmed?: Unconfirmed;
  /** Design objective capacity: highest load with at most 0.1 % IHSA (ETSI TS 186 008), and the lowest above it. */
  readonly doc: Bracket;
  /** Highest load without any inadequate attempt (the zero-failure knee of RFC 7502), and the lowest with one. */
  readonly zeroFailure: Bracket;
  /** In order of load. */
  readonly probes: readonly Probe[];
}

/** How often a winner is lowered before the search gives up. */
const LOWERINGS = 10;

/** Answers the question. Rejects if `evaluate` does. */
export async function findCapacity(question: CapacityQuestion): Promise<CapacityAnswer> {
  const { space, onProbe } = question;
  const probes = new Map<number, Probe>();
  const probe = async (load: number): Promise<Probe> => {
    const known = probes.get(load);
    if (known !== undefined) return known;
    const fresh = probeOf(load, await question.evaluate(load, { phase: 'search' }), question);
    probes.set(load, fresh);
    onProbe?.(fresh);
    return fresh;
  };
  const passes = async (load: number) => (await probe(load)).passes;
  // The bottleneck law: with everything else equal, the busiest station is full at load / utilisation.
  const leap = (load: number) => {
    const utilisation = probes.get(load)?.utilisation ?? 0;
    return utilisation > 0 ? (0.5 * load) / utilisation : undefined;
  };

  const first = await bracket({ ...space, leap }, passes);
  const answer = async (
    verdict: CapacityVerdict,
    found: Bracket,
    more: Partial<CapacityAnswer> = {},
  ): Promise<CapacityAnswer> => {
    const doc = await kneeOf(probes, space, probe, ({ ihs }) => (ihs ?? 0) <= DESIGN_OBJECTIVE);
    const zeroFailure = await kneeOf(probes, space, probe, ({ inadequate }) => (inadequate ?? 0) === 0);
    const table = [...probes.values()].toSorted((a, b) => a.load - b.load);
    return { verdict, ...found, confirmations: [], ...more, doc, zeroFailure, probes: table };
  };
  const { highestPassing, lowestFailing } = first;
  if (highestPassing === undefined) return answer('nothing-passes', first);
  if (lowestFailing === undefined) return answer('bound-not-found', first);
  const found = await bisect({ highestPassing, lowestFailing }, space, passes);
  const contradiction = await findContradiction(found, space, passes);
  if (contradiction !== undefined) return answer('not-monotone', found, { contradiction });
  if (question.confirmations === 0) return answer('found', found);

  let load = found.highestPassing;
  let confirmations: Confirmation[] = [];
  let unconfirmed: Unconfirmed | undefined;
  for (let lowering = 0; lowering <= LOWERINGS; lowering++) {
    confirmations = await confirm(load, question);
    const failed = confirmations.filter(({ met }) => !met).map(({ objective }) => objective);
    if (failed.length === 0) {
      const lowered = unconfirmed === undefined ? {} : { lowestFailing: unconfirmed.load, unconfirmed };
      const held = { ...found, highestPassing: load };
      return answer('found', held, { confirmedLoad: load, confirmations, ...lowered });
    }
    unconfirmed = { load, failed };
    const next = loadOf(space.whole ? Math.min(Math.floor(load * 0.99), load - 1) : load * 0.99, space);
    if (next >= load) break;
    load = next;
  }
  return answer('not-confirmed', found, {
    confirmations,
    ...(unconfirmed === undefined ? {} : { unconfirmed }),
  });
}

function probeOf(load: number, summary: Summary, question: CapacityQuestion): Probe {
  const { objectives, loadSeconds } = question;
  const { counts, ihs, stations = [] } = summary;
  const values = objectives.map(({ metric, aggregate }) => valueOf(summary, metric, aggregate) ?? null);
  const failed = objectives
    .filter((objective, i) => {
      const value = values[i];
      return value === null || !keeps(objective, value);
    })
    .map(({ text }) => text);
  failed.push(...unsound(summary, question));
  let busiest = { name: 'none', loadUtilisation: 0 };
  for (const station of stations) {
    if (station.loadUtilisation > busiest.loadUtilisation) busiest = station;
  }
  return {
    load,
    passes: failed.length === 0,
    values,
    failed,
    attemptsPerS: counts.offered / loadSeconds,
    carried: carriedShare(summary),
    ...(ihs === undefined || ihs.attempts === 0
      ? {}
      : { ihs: ihs.inadequate / ihs.attempts, inadequate: ihs.inadequate }),
    station: busiest.name,
    utilisation: busiest.loadUtilisation,
    fingerprint: summary.fingerprint,
  };
}

/** Share of the offered messages that were answered 200 or 202; all if nothing was offered. */
function carriedShare({ counts }: Summary): number {
  const good = counts.answeredDelivered + counts.answeredDeferred;
  return counts.offered === 0 ? 1 : good / counts.offered;
}

/** What makes a run fail whatever its objectives: figures of a load that is not carried, or does not settle, say nothing. */
function unsound(summary: Summary, { carriedAtLeast }: CapacityQuestion): string[] {
  const failed: string[] = [];
  if (carriedShare(summary) < carriedAtLeast) failed.push('carried load');
  if (summary.warmUp?.settled === false) failed.push('steady state');
  return failed;
}

/** The runs under fresh seeds: all of them sound, and each objective holds at the far end of its confidence interval. */
async function confirm(load: number, question: CapacityQuestion): Promise<Confirmation[]> {
  const runs = await Promise.all(
    Array.from({ length: question.confirmations }, (_, replication) =>
      question.evaluate(load, { phase: 'confirm', replication }),
    ),
  );
  const faults = new Set(runs.flatMap((summary) => unsound(summary, question)));
  const judged = question.objectives.map((objective): Confirmation => {
    const all = runs.map((summary) => valueOf(summary, objective.metric, objective.aggregate));
    const values = all.filter((value) => value !== undefined);
    if (values.length < all.length) return { objective: objective.text, met: false };
    const { mean, halfWidth } = estimateOf(values);
    const away = objective.operator.startsWith('>') ? -(halfWidth ?? 0) : (halfWidth ?? 0);
    const met = keeps(objective, mean + away);
    return { objective: objective.text, mean, ...(halfWidth === undefined ? {} : { halfWidth }), met };
  });
  return [...judged, ...[...faults].map((objective) => ({ objective, met: false }))];
}

/** Where `good` ends among the loads: narrowed between the probes that there are, without going beyond them. */
async function kneeOf(
  probes: ReadonlyMap<number, Probe>,
  space: SearchSpace,
  probe: (load: number) => Promise<Probe>,
  good: (probe: Probe) => boolean,
): Promise<Bracket> {
  const sorted = [...probes.values()].toSorted((a, b) => a.load - b.load);
  const lowestFailing = sorted.find((entry) => !good(entry))?.load;
  const highestPassing = sorted.findLast(
    ({ load }) => lowestFailing === undefined || load < lowestFailing,
  )?.load;
  if (lowestFailing === undefined) return highestPassing === undefined ? {} : { highestPassing };
  if (highestPassing === undefined) return { lowestFailing };
  return bisect({ highestPassing, lowestFailing }, space, async (load) => good(await probe(load)));
}
