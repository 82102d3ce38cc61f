/** One line for each kind of fault, for `restante list` and `restante explain`, and what an entry of it may look like. */
import type { FaultKind } from './faults-schema.js';

export const FAULT_TITLES: Readonly<Record<FaultKind, string>> = {
  delay: 'packets on the links of the target take longer, by a time and its jitter',
  loss: 'a share of packets is lost, each by chance or in bursts (gemodel)',
  duplicate: 'a share of datagrams arrives twice',
  corrupt: 'a share of packets is altered: lost by their checksum, or read as they are with escape',
  rate: 'the line has a bit rate and a queue',
  partition: 'cuts the target off the network; a device sees its radio go',
  clog: 'all packets wait, and go together when it is over',
  drop: 'one packet is lost, by its number on the link from a given time on',
  stall: 'TCP streams stand still; nothing is lost',
  reset: 'TCP connections are reset',
  'limit-data': 'a TCP connection is reset after so many octets, as in the middle of an MSRP chunk',
  slicer: 'streams are cut into small segments',
  'slow-close': 'FIN is held back',
  crash:
    'a host goes down, the machine silently or the process with notice; what was volatile is lost, the healing is its restart',
  pause: 'a host stands still for a while, as in a long garbage collection',
  slowdown: 'all work takes so many times as long',
  'clock-skew': 'the wall clock of a host jumps or drifts; virtual time is not touched',
  'storage-latency': 'commits take longer',
  'storage-full': 'there is no room: commits fail',
  'storage-error': 'a share of commits fails, by chance',
  'lying-disk': 'the disk says that it has what a crash shows it has not',
};

/** Whom an entry of this kind may name, and its parameters. */
export const FAULT_EXAMPLES: Readonly<Record<FaultKind, string>> = {
  delay: 'target: clients, time: 300ms, jitter: 50ms',
  loss: 'target: clients, percent: 20%',
  duplicate: 'target: clients, percent: 20%',
  corrupt: 'target: core, percent: 5%, escape: true',
  rate: 'target: clients, rate: 64kbit/s',
  partition: 'target: clients, mode: fixed-percent, value: 60',
  clog: 'target: core',
  drop: 'target: clients, members: [3], direction: out, ordinal: 0',
  stall: 'target: im',
  reset: 'target: im',
  'limit-data': 'target: clients, bytes: 900B',
  slicer: 'target: im, size: 50B',
  'slow-close': 'target: im, delay: 3s',
  crash: 'target: im',
  pause: 'target: core',
  slowdown: 'target: im, factor: 50',
  'clock-skew': 'target: im, offset: -90s',
  'storage-latency': 'target: im, delay: 1s',
  'storage-full': 'target: im',
  'storage-error': 'target: im, percent: 50%',
  'lying-disk': 'target: im',
};

/** A whole entry of this kind, as it may stand in a plan. */
export function faultExample(kind: FaultKind): string {
  return `{ at: 40s, for: 40s, kind: ${kind}, ${FAULT_EXAMPLES[kind]} }`;
}
