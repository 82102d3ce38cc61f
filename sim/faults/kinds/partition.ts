/**
 * `partition`: access links are cut, in both directions or in one. A device sees its radio go when both directions are gone, and
 * come back with the first of them; a cut of one direction is a black hole that no radio shows.
 *
 * With `spreadNs` the members come back one by one, each after a time of its own uniform in [0, spreadNs].
 */
import { LinkBits } from '../../network/link.js';
import { unit } from '../../kernel/random.js';
import { bitsOf, type Install } from './kind.js';

export const partition: Install<'partition'> = (fault, context) => {
  const { links, hostOf } = context;
  const host = hostOf(fault.host);
  const bits = bitsOf(fault.direction);
  const sees = (local: number): boolean =>
    links.isUp(host.id, local, LinkBits.out) || links.isUp(host.id, local, LinkBits.in);
  const set = (members: readonly number[], down: boolean): void => {
    // All links change before the first actor hears of it, so that no reaction meets half of the fault.
    const seen = members.map(sees);
    for (const local of members) links.hold(host.id, local, bits, down);
    members.forEach((local, i) => {
      if (sees(local) !== seen[i]) host.receiver.onLink(local, !down);
    });
  };
  set(fault.members, true);
  const { spreadNs = 0 } = fault.params;
  if (spreadNs === 0) return () => set(fault.members, false);
  return () => {
    for (const member of fault.members) {
      const waitNs = Math.floor(unit(context.chance(fault, member)) * (spreadNs + 1));
      context.later(waitNs, () => set([member], false));
    }
  };
};
