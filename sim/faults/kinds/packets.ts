/**
 * Faults of packets, with the words of tc-netem: `delay`, `loss`, `duplicate`, `corrupt`, `rate`, and besides them `clog` (a link
 * keeps everything and then lets it go) and `drop` (one packet, by its number). Each is a change of the access profile, in force on
 * the members' links; several combine in the order in which they came.
 */
import type { AccessProfile, DirectionProfile } from '../../network/access-profiles.js';
import { LinkBits } from '../../network/link.js';
import { assert } from '../../kernel/assert.js';
import type { ExpandedFault } from '../plan.js';
import { bitsOf, type FaultContext, type Heal, type Install } from './kind.js';

/** Puts a change of the access profile in force on the members' links. */
function changing(
  fault: ExpandedFault,
  { links, hostOf }: FaultContext,
  change: (direction: DirectionProfile) => Partial<DirectionProfile>,
): Heal {
  const host = hostOf(fault.host);
  const bits = bitsOf(fault.direction);
  const changed = (direction: DirectionProfile, bit: number): DirectionProfile =>
    (bits & bit) === 0 ? direction : { ...direction, ...change(direction) };
  const number = links.table.addChange((profile: AccessProfile) => ({
    ...profile,
    out: changed(profile.out, LinkBits.out),
    in: changed(profile.in, LinkBits.in),
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

/** A burst model takes the place of one that the link has; single losses add up. */
export const loss: Install<'loss'> = (fault, context) =>
  changing(fault, context, ({ loss: before, gilbertElliott }) => ({
    loss: either(before, fault.params.probability ?? 0),
    gilbertElliott: fault.params.burst ?? gilbertElliott,
  }));

export const duplicate: Install<'duplicate'> = (fault, context) =>
  changing(fault, context, ({ duplicate: before }) => ({
    duplicate: either(before, fault.params.probability),
  }));

export const corrupt: Install<'corrupt'> = (fault, context) =>
  changing(fault, context, ({ corrupt: before, corruptEscapes }) => ({
    corrupt: either(before ?? 0, fault.params.probability),
    corruptEscapes: corruptEscapes === true || fault.params.escape === true,
  }));

export const delay: Install<'delay'> = (fault, context) =>
  changing(fault, context, ({ delayNs, jitterNs }) => ({
    delayNs: delayNs + fault.params.delayNs,
    jitterNs: jitterNs + (fault.params.jitterNs ?? 0),
  }));

export const rate: Install<'rate'> = (fault, context) => {
  const { bitsPerS, queueOctets } = fault.params;
  return changing(fault, context, ({ rateBitsPerS }) => ({
    rateBitsPerS: rateBitsPerS === 0 ? bitsPerS : Math.min(rateBitsPerS, bitsPerS),
    queueOctets,
  }));
};

/** What was sent before the clog still arrives; what is sent during it starts on its way at its end, or when everything heals. */
export const clog: Install<'clog'> = (fault, context) => {
  assert(fault.forNs !== undefined, 'a clog without an end');
  const untilNs = Math.min(fault.atNs + fault.forNs, context.healAtNs);
  return changing(fault, context, ({ clogUntilNs = 0 }) => ({ clogUntilNs: Math.max(clogUntilNs, untilNs) }));
};

/** Counted from the installation, which comes before all packets of its instant. */
export const drop: Install<'drop'> = (fault, { links, hostOf }) => {
  const host = hostOf(fault.host);
  const bits = bitsOf(fault.direction);
  const heals: Heal[] = [];
  for (const local of fault.members) {
    for (const bit of [LinkBits.out, LinkBits.in]) {
      if ((bits & bit) !== 0) heals.push(links.drop(host.id, local, bit, fault.params.ordinal));
    }
  }
  return () => heals.forEach((heal) => heal());
};
