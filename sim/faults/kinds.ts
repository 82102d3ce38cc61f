/**
 * The kinds of fault and what each does to the world when it is installed and when it heals. A kind without an entry here is
 * refused before the run; adding one is adding a function.
 */
import { type Links, LinkBits } from '../network/link.js';
import type { AccessProfile, DirectionProfile } from '../network/access-profiles.js';
import type { Host } from '../host/host.js';
import type { ExpandedFault, FaultDirection, FaultKindName } from './plan.js';

/** What faults work on. */
export interface FaultContext {
  readonly links: Links;
  /** The host of this name; unknown names are assertions. */
  readonly hostOf: (name: string) => Host;
}

/** Puts a fault in force and answers how to take it back. */
export type Install<K extends FaultKindName> = (
  fault: Extract<ExpandedFault, { kind: K }>,
  context: FaultContext,
) => () => void;

export type FaultKinds = { readonly [K in FaultKindName]?: Install<K> };

function bitsOf(direction: FaultDirection): number {
  if (direction === 'both') return LinkBits.both;
  return direction === 'out' ? LinkBits.out : LinkBits.in;
}

/** Cuts access links. A device sees its radio go when both directions are gone, and come back with the first of them. */
const partition: Install<'partition'> = (fault, { links, hostOf }) => {
  const host = hostOf(fault.host);
  const bits = bitsOf(fault.direction);
  const sees = (local: number): boolean =>
    links.isUp(host.id, local, LinkBits.out) || links.isUp(host.id, local, LinkBits.in);
  const set = (down: boolean): void => {
    // All links change before the first actor hears of it, so that no reaction meets half of the fault.
    const seen = fault.members.map(sees);
    for (const local of fault.members) links.hold(host.id, local, bits, down);
    fault.members.forEach((local, i) => {
      if (sees(local) !== seen[i]) host.receiver.onLink(local, !down);
    });
  };
  set(true);
  return () => set(false);
};

/** Puts a change of the access profile in force on the members' links. */
function changing(
  fault: ExpandedFault,
  { links, hostOf }: FaultContext,
  change: (direction: DirectionProfile) => DirectionProfile,
): () => void {
  const host = hostOf(fault.host);
  const bits = bitsOf(fault.direction);
  const number = links.table.addChange((profile: AccessProfile) => ({
    ...profile,
    out: (bits & LinkBits.out) !== 0 ? change(profile.out) : profile.out,
    in: (bits & LinkBits.in) !== 0 ? change(profile.in) : profile.in,
  }));
  const set = (inForce: boolean): void => {
    for (const local of fault.members) links.change(host.id, local, number, inForce);
  };
  set(true);
  return () => set(false);
}

/** Probability that at least one of two independent things happens. */
function either(p: number, q: number): number {
  return 1 - (1 - p) * (1 - q);
}

const loss: Install<'loss'> = (fault, context) =>
  changing(fault, context, (direction) => ({
    ...direction,
    loss: either(direction.loss, fault.params.probability),
  }));

const duplicate: Install<'duplicate'> = (fault, context) =>
  changing(fault, context, (direction) => ({
    ...direction,
    duplicate: either(direction.duplicate, fault.params.probability),
  }));

const delay: Install<'delay'> = (fault, context) =>
  changing(fault, context, (direction) => ({
    ...direction,
    delayNs: direction.delayNs + fault.params.delayNs,
    jitterNs: direction.jitterNs + (fault.params.jitterNs ?? 0),
  }));

const rate: Install<'rate'> = (fault, context) =>
  changing(fault, context, (direction) => ({
    ...direction,
    rateBitsPerS:
      direction.rateBitsPerS === 0
        ? fault.params.bitsPerS
        : Math.min(direction.rateBitsPerS, fault.params.bitsPerS),
    queueOctets: fault.params.queueOctets,
  }));

/** The host goes down, and is started again when the fault heals. A crash of a host that is down already does nothing. */
const crash: Install<'crash'> = (fault, { hostOf }) => {
  const host = hostOf(fault.host);
  if (!host.up) return () => {};
  host.crash(fault.params.what);
  return () => host.start();
};

export const FAULT_KINDS: FaultKinds = { partition, loss, duplicate, delay, rate, crash };
