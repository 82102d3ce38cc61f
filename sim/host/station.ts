/** What the stations of all disciplines have in common: the CPU as its host sees it, the cost of work, and which one to build. */
import { exponential } from '../kernel/distributions.js';
import type { Kernel } from '../kernel/kernel.js';
import type { CpuPort, RandomStream } from './ports.js';
import type { CpuSpec } from './specs.js';
import type { StationMeter } from './station-meter.js';

/** Gets the end of each service, unless the incarnation that asked is over. */
export interface ServedSink {
  onServed(token: number): void;
}

/** Says whether the process stands still, and keeps what it must do when it goes on. */
export interface Pausable {
  readonly paused: boolean;
  keep(call: () => void): void;
}

export interface Station extends CpuPort {
  /** What a fault multiplies the time of all service with, from when it is set. */
  slowdown: number;
  readonly meter: StationMeter;
  /** Drops all jobs; nothing more is reported. */
  stop(): void;
}

/** What a station needs. `stream` serves the exponential costs; it belongs to this incarnation of the host. `meter` outlives it. */
export interface StationParts {
  readonly kernel: Kernel;
  readonly spec: CpuSpec;
  readonly stream: RandomStream;
  readonly sink: () => ServedSink;
  readonly pausable?: Pausable | undefined;
  readonly meter: StationMeter;
}

/** Nanoseconds of service that this piece of work takes at full speed; at most one draw of `stream`. */
export function costOf(spec: CpuSpec, kind: number, octets: number, stream: RandomStream): number {
  const cost = spec.costs[kind];
  if (cost === undefined) return 0;
  const meanNs = cost.baseNs + (cost.nsPerKiB * octets) / 1024;
  return Math.round(cost.distribution === 'constant' ? meanNs : exponential(stream, meanNs));
}
