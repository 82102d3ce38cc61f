/** All kinds of fault that can be injected, by the name that plans use. */
import { clockSkew, crash, pause, slowdown } from './kinds/hosts.js';
import type { FaultKinds } from './kinds/kind.js';
import { clog, corrupt, delay, drop, duplicate, loss, rate } from './kinds/packets.js';
import { partition } from './kinds/partition.js';
import { lyingDisk, storageError, storageFull, storageLatency } from './kinds/storage.js';
import { limitData, reset, slicer, slowClose, stall } from './kinds/streams.js';

export const FAULT_KINDS: FaultKinds = {
  partition,
  loss,
  duplicate,
  corrupt,
  delay,
  rate,
  clog,
  drop,
  stall,
  reset,
  'limit-data': limitData,
  slicer,
  'slow-close': slowClose,
  crash,
  pause,
  slowdown,
  'clock-skew': clockSkew,
  'storage-latency': storageLatency,
  'storage-full': storageFull,
  'storage-error': storageError,
  'lying-disk': lyingDisk,
};
