/** One line for each kind of fault, for `restante list`. */
import type { FaultKind } from './faults-schema.js';

export const FAULT_TITLES: Readonly<Record<FaultKind, string>> = {
  delay: 'packets take longer, by a time and its jitter',
  loss: 'a share of packets is lost, alone or in bursts (gemodel)',
  duplicate: 'a share of datagrams arrives twice',
  corrupt: 'a share of packets is altered; a checksum shows it, unless escape',
  rate: 'the line has a bit rate and a queue',
  partition: 'access links are cut; a device sees its radio go',
  clog: 'packets wait until it is over',
  drop: 'one packet is lost, by its number on the link from a given time on',
  stall: 'TCP streams stand still; nothing is lost',
  reset: 'TCP connections are reset',
  'limit-data': 'a TCP connection is reset after so many octets',
  slicer: 'TCP segments are cut to a size',
  'slow-close': 'FIN is held back',
  crash: 'a host goes down: the machine silently, or the process with notice',
  pause: 'a process stands still',
  slowdown: 'work takes so many times as long',
  'clock-skew': 'the clock of a host jumps or drifts',
  'storage-latency': 'commits take longer',
  'storage-full': 'commits end: no room',
  'storage-error': 'a share of commits fails',
  'lying-disk': 'the disk says that it has what a crash shows it has not',
};
