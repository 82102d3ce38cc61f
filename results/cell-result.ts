/**
 * What one cell gives (`docs/architecture.md`, "Results"). The *exact* part depends on the cell alone: same cell, same bytes, and any
 * difference is a change of behaviour. The *noisy* part depends on the machine. They never share a document: `Summary` is
 * `summary.json`, `Timing` is `timing.json`. What the summary is made of is in the folder `cell`.
 *
 * Plain data throughout, so that a worker thread can hand it over. A metric with nothing in it is absent, not zero.
 */
import type { ByUsers, Counts, NotificationCounts } from './cell/counts.js';
import type {
  Distributions,
  InadequateAttempts,
  LargeFigures,
  StoreOccupancy,
  Throughput,
} from './cell/figures.js';
import type { Recovery } from './cell/recovery.js';
import type { SelfCheck, StationReport } from './cell/stations.js';
import type { Timing } from './cell/timing.js';
import type { Intervals } from './folder/intervals-file.js';
import type { CostSources, ServiceTimes } from './service-times.js';
import type { ThresholdVerdict } from './thresholds.js';
import type { WarmUp } from './recording/warm-up.js';

/** Version of the layout of {@link Summary}; a reader refuses another. */
export const SUMMARY_SCHEMA = 'restante-summary-1';

/** Why the run ended. */
export type Outcome =
  /** The load was offered and the drain phase is over. */
  | 'completed'
  /** Somebody pressed Ctrl-C: the figures cover the time until then. */
  | 'interrupted'
  /** More events than `limits.events`. */
  | 'event-limit';

/** What an invariant found. */
export interface InvariantVerdict {
  id: string;
  title: string;
  clause: string;
  held: boolean;
  /** How often it was put to the test; an invariant that was never tested proves nothing. */
  checked: number;
  violations: number;
  /** The first offender in words. */
  first?: string;
  /** What the fault plan, or a user who is not there, explains: reason and number. */
  notes?: Record<string, number>;
}

/** The exact part. */
export interface Summary {
  schema: typeof SUMMARY_SCHEMA;
  scenario: string;
  seed: string;
  overrides: readonly string[];
  sabotage: string | null;
  /** Digest of the expanded scenario, its seed apart: two results can be compared only if they have the same. */
  planDigest?: string;
  outcome: Outcome;
  /** True if the run did not come to its end: the figures cover a part. */
  partial: boolean;
  /** 16 hexadecimal digits over all octets emitted and all observations. */
  fingerprint: string;
  /** The state of the fingerprint at the end of each virtual second, as 16 hexadecimal digits. */
  checkpoints: readonly string[];
  virtualNs: number;
  events: number;
  subscribers: number;
  counts: Counts;
  /** Of a steady-state run: what the figures leave out. Absent for a terminating one: nothing is removed. */
  warmUp?: WarmUp;
  distributions: Distributions;
  throughput?: { messages: Throughput; octets: Throughput };
  store?: StoreOccupancy;
  /** Absent if no Large Message was offered. */
  large?: LargeFigures;
  /** Absent if no message asked for a notification. */
  notifications?: NotificationCounts;
  /** Absent if no user fetched or deleted a message herself. */
  byUsers?: ByUsers;
  ihs?: InadequateAttempts;
  /** The thresholds of the scenario, in its order; absent if it has none. */
  thresholds?: readonly ThresholdVerdict[];
  /** CPU stations and storage, by host. */
  stations?: readonly StationReport[];
  /** Absent if no outage of clients was planned, or the run ended before it. */
  recovery?: Recovery;
  selfChecks?: readonly SelfCheck[];
  invariants: readonly InvariantVerdict[];
  /** Whether the cost tables of the stations were measured. */
  serviceTimes: ServiceTimes;
  /** Where each cost table comes from, by host; absent if all of them are assumed. */
  costSources?: CostSources;
}

/** One row for each virtual second, column-wise; all columns have the same length. */
export interface Series {
  offered: readonly number[];
  deliveredAtOnce: readonly number[];
  stored: readonly number[];
  settled: readonly number[];
  settledOctets: readonly number[];
  expired: readonly number[];
  registersSent: readonly number[];
  registersGranted: readonly number[];
  /** Records and octets in the store at the end of the second. */
  storeRecords: readonly number[];
  storeOctets: readonly number[];
  registersFailed?: readonly number[];
  /** REGISTER attempts without a final answer at the end of the second. */
  registersWaiting?: readonly number[];
  /** Large Messages complete at the IM Server, and their octets; its Large Message sessions at the end of the second. */
  assembled?: readonly number[];
  assembledOctets?: readonly number[];
  largeSessions?: readonly number[];
  /** Share of the servers of a station at work in the second, and jobs present in the mean over it. */
  coreCpuUtilisation?: readonly number[];
  coreCpuPresent?: readonly number[];
  serverCpuUtilisation?: readonly number[];
  serverCpuPresent?: readonly number[];
  serverStorageUtilisation?: readonly number[];
  serverStoragePresent?: readonly number[];
}

export interface CellResult {
  readonly summary: Summary;
  readonly timing: Timing;
  readonly series: Series;
  /** Durations over virtual time, for the report. */
  readonly intervals?: Intervals;
}
