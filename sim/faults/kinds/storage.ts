/** Faults of a host's storage: `storage-latency`, `storage-full`, `storage-error`, `lying-disk`. Several add up. */
import type { StorageFault } from '../../host/storage.js';
import type { ExpandedFault } from '../plan.js';
import type { FaultContext, Heal, Install } from './kind.js';

function device(fault: ExpandedFault, { hostOf }: FaultContext, what: StorageFault): Heal {
  const { storage } = hostOf(fault.host);
  storage.setFault(what, true);
  return () => storage.setFault(what, false);
}

export const storageLatency: Install<'storage-latency'> = (fault, context) =>
  device(fault, context, { extraLatencyNs: fault.params.delayNs });

export const storageFull: Install<'storage-full'> = (fault, context) =>
  device(fault, context, { full: true });

export const storageError: Install<'storage-error'> = (fault, context) =>
  device(fault, context, { errorProbability: fault.params.probability });

export const lyingDisk: Install<'lying-disk'> = (fault, context) => device(fault, context, { lying: true });
