/**
 * Expands a fault plan before the run: from "60 per cent of the clients" to the list of them. The choice is addressed by the
 * entry's place in the plan, so that taking one entry away changes no other one's members as long as places are kept.
 */
import { assert } from '../kernel/assert.js';
import { type Chance, unit } from '../kernel/random.js';
import type { ExpandedFault, ExpandedPlan, FaultEntry, FaultPlan, FaultTarget } from './plan.js';

/** A host as a plan may name it. */
export interface TargetHost {
  readonly name: string;
  readonly addresses: number;
}

/** Purposes of addressed chance. */
const PURPOSE_MEMBER = 0x10200;
const PURPOSE_SHARE = 0x10201;

/** The plan with explicit members. A host that is not there, or a range outside of it, is an assertion: check plans first. */
export function expandPlan(plan: FaultPlan, hosts: readonly TargetHost[], chance: Chance): ExpandedPlan {
  return plan.map((entry, place) => expandEntry(entry, place, hosts, chance));
}

/** What is wrong with an entry, in words for its author; undefined if nothing is. */
export function problemOf(entry: FaultEntry, hosts: readonly TargetHost[]): string | undefined {
  const { target, mode, value } = entry;
  const host = hosts.find((candidate) => candidate.name === target.host);
  if (host === undefined) return `no host is named ${target.host}`;
  const first = target.first ?? 0;
  const count = target.count ?? host.addresses - first;
  if (!Number.isInteger(first) || !Number.isInteger(count) || first < 0 || count < 0) {
    return 'first and count are whole numbers from 0 up';
  }
  if (first + count > host.addresses) return `${target.host} has only ${host.addresses} addresses`;
  if (!Number.isInteger(entry.atNs) || entry.atNs < 0) return 'at is an instant from 0 up';
  if (entry.forNs !== undefined && (!Number.isInteger(entry.forNs) || entry.forNs <= 0)) {
    return 'for is longer than 0';
  }
  const { members } = entry;
  if (members !== undefined) {
    const sound = members.every(
      (one, i) =>
        Number.isInteger(one) && one >= 0 && one < host.addresses && (i === 0 || one > members[i - 1]),
    );
    return sound ? undefined : `members are numbers below ${host.addresses}, ascending, each once`;
  }
  if (mode === 'one' || mode === 'all') return undefined;
  if (value === undefined || !(value >= 0)) return `mode ${mode} needs a value from 0 up`;
  if (mode !== 'fixed' && value > 100) return 'a percentage is at most 100';
  return undefined;
}

function expandEntry(
  entry: FaultEntry,
  place: number,
  hosts: readonly TargetHost[],
  chance: Chance,
): ExpandedFault {
  const problem = problemOf(entry, hosts);
  assert(problem === undefined, `fault ${place}: ${problem ?? ''}`);
  const { kind, atNs, forNs, target, direction = 'both', params } = entry;
  const id = entry.id ?? `f${place}`;
  const candidates = candidatesOf(target, hosts);
  const count = countOf(entry, candidates.length, unit(chance.addressed(PURPOSE_SHARE, place, 0)));
  const members = entry.members ?? chosen(candidates, count, place, chance);
  // The union of entries loses the link between kind and params that TypeScript cannot follow through destructuring.
  return { id, kind, atNs, forNs, host: target.host, members, direction, params } as ExpandedFault;
}

function candidatesOf(target: FaultTarget, hosts: readonly TargetHost[]): number[] {
  const host = hosts.find((candidate) => candidate.name === target.host);
  const first = target.first ?? 0;
  const count = target.count ?? (host?.addresses ?? 0) - first;
  return Array.from({ length: count }, (_, i) => first + i);
}

function countOf(entry: FaultEntry, candidates: number, share: number): number {
  const value = entry.value ?? 0;
  switch (entry.mode) {
    case 'one':
      return Math.min(1, candidates);
    case 'all':
      return candidates;
    case 'fixed':
      return Math.min(Math.floor(value), candidates);
    case 'fixed-percent':
      return Math.round((candidates * value) / 100);
    case 'random-max-percent':
      return Math.floor(((candidates * value) / 100) * share + 0.5);
  }
}

/** `count` of the candidates, each subset as likely, in ascending order: those with the least addressed numbers. */
function chosen(candidates: number[], count: number, place: number, chance: Chance): number[] {
  if (count >= candidates.length) return candidates;
  const ranked = candidates.map((local) => ({ local, rank: chance.addressed(PURPOSE_MEMBER, place, local) }));
  ranked.sort((a, b) => a.rank - b.rank || a.local - b.local);
  return ranked
    .slice(0, count)
    .map((one) => one.local)
    .sort((a, b) => a - b);
}
