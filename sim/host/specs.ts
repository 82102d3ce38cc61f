/**
 * What a host is made of, as data: the part of a scenario that describes its CPU, its storage and its clock. Every value is
 * explicit here; a table of costs says where its numbers come from.
 */

/** Cost of one kind of work: `baseNs` plus `nsPerKiB` for each KiB (1024 octets) of what it works on. */
export interface WorkCost {
  readonly baseNs: number;
  readonly nsPerKiB: number;
  readonly distribution: 'constant' | 'exponential';
}

export interface CpuSpec {
  /** Servers of the station (cores). */
  readonly servers: number;
  /** Jobs that may wait besides those being served. */
  readonly queueLimit: number;
  /** Which waiting job is served next; first come, first served if left out. */
  readonly discipline?: 'fifo' | 'priority' | 'processor-sharing' | undefined;
  /** For `priority`: class of each kind of work, 0 the most urgent; the last class if left out. */
  readonly priorities?: readonly number[] | undefined;
  /** Indexed by kind of work; a kind without an entry costs nothing. */
  readonly costs: readonly (WorkCost | undefined)[];
  /** One line for the report: assumed, or calibrated how. */
  readonly provenance: string;
}

export interface StorageSpec {
  /** Of each commit (each group of them with `groupCommit`). */
  readonly commitLatencyNs: number;
  /** Octets of put records each second; 0 is without limit. */
  readonly octetsPerS: number;
  /** Octets of all records together; a commit that would exceed it ends `full`. */
  readonly capacityOctets: number;
  /** True: batches that wait for the device are committed together. False: one after the other. */
  readonly groupCommit: boolean;
}

export interface ClockSpec {
  /** The host's clock minus the true time, at the start. */
  readonly offsetMs: number;
  /** How much too fast the clock runs, in parts per million. */
  readonly driftPpm: number;
}

/** Work is free: one server, no costs. */
export const FREE_CPU: CpuSpec = {
  servers: 1,
  queueLimit: 1_000_000,
  costs: [],
  provenance: 'free of cost',
};

/** Commits take 1 ms together, without other limits. Assumed. */
export const PLAIN_STORAGE: StorageSpec = {
  commitLatencyNs: 1_000_000,
  octetsPerS: 0,
  capacityOctets: Number.MAX_SAFE_INTEGER,
  groupCommit: true,
};

export const TRUE_CLOCK: ClockSpec = { offsetMs: 0, driftPpm: 0 };
