/**
 * Faults of TCP streams, with the words of toxiproxy: `reset`, `limit-data`, `slicer`, `stall`, `slow-close`. They lie on the
 * members' links, in the direction that the fault says. A half-open connection is made by `crash` of a machine.
 */
import { LinkBits } from '../../network/link.js';
import type { Toxic } from '../../network/tcp-toxics.js';
import type { ExpandedFault } from '../plan.js';
import { bitsOf, type FaultContext, type Heal, type Install } from './kind.js';

function toxic(fault: ExpandedFault, { tcp, hostOf }: FaultContext, what: Toxic): Heal {
  const { id } = hostOf(fault.host);
  const bits = bitsOf(fault.direction);
  const out = (bits & LinkBits.out) !== 0;
  const into = (bits & LinkBits.in) !== 0;
  tcp.addToxic(id, fault.members, out, into, what);
  return () => tcp.removeToxic(id, fault.members, out, into, what);
}

export const reset: Install<'reset'> = (fault, context) => {
  const heal = fault.forNs === undefined ? () => {} : toxic(fault, context, { limitOctets: 0 });
  context.tcp.cut(context.hostOf(fault.host).id, fault.members);
  return heal;
};

export const limitData: Install<'limit-data'> = (fault, context) =>
  toxic(fault, context, { limitOctets: fault.params.octets });

export const slicer: Install<'slicer'> = (fault, context) =>
  toxic(fault, context, { sliceOctets: fault.params.maxOctets });

export const stall: Install<'stall'> = (fault, context) => toxic(fault, context, { stall: true });

export const slowClose: Install<'slow-close'> = (fault, context) =>
  toxic(fault, context, { slowCloseNs: fault.params.delayNs });
