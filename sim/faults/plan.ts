/**
 * A fault plan: explicit, typed entries that can be printed, saved, edited and shrunk. Kinds carry the names of tc-netem, Chaos
 * Mesh and toxiproxy (`docs/faults.md`).
 *
 * A plan as written may say *how many* members a fault takes (`mode`, `value`); `expand.ts` turns it before the run into one
 * that says *which*. What runs is always the expanded plan.
 */
import type { GilbertElliott } from '../network/access-profiles.js';

/** Each kind of fault, with its parameters and their units. */
export interface FaultParams {
  /** Adds to the delay. */
  delay: { readonly delayNs: number; readonly jitterNs?: number };
  /** Loses packets with this probability, besides what the link loses anyway; or in bursts (tc-netem `gemodel`). */
  loss: { readonly probability?: number; readonly burst?: GilbertElliott };
  duplicate: { readonly probability: number };
  /** Damages packets. A checksum shows it, so that they are lost, unless `escape`: then altered octets reach the reader. */
  corrupt: { readonly probability: number; readonly escape?: boolean };
  rate: { readonly bitsPerS: number; readonly queueOctets: number };
  /** Cuts the access link. Members come back one by one within `spreadNs` of the healing. */
  partition: { readonly spreadNs?: number };
  /** The link keeps packets and lets them all go at the end. Needs `forNs`. */
  clog: Record<never, never>;
  /** Loses one packet: the one `ordinal` others after `at` on the member's link in this direction. A loss of an earlier run, made explicit. */
  drop: { readonly ordinal: number };
  /** Streams of the member stand still; nothing is lost. */
  stall: Record<never, never>;
  /** All connections of the member are reset; while it lasts, new ones too once they carry data. */
  reset: Record<never, never>;
  /** Each connection is reset after so many octets in this direction. */
  'limit-data': { readonly octets: number };
  /** Segments of at most so many octets. */
  slicer: { readonly maxOctets: number };
  /** FIN is held back for so long. */
  'slow-close': { readonly delayNs: number };
  /** `machine` falls silent; `process` leaves a stack behind that answers RST. Healing is the restart. */
  crash: { readonly what: 'machine' | 'process' };
  pause: Record<never, never>;
  /** Work takes `factor` times as long. */
  slowdown: { readonly factor: number };
  'clock-skew': { readonly offsetMs: number; readonly driftPpm: number };
  'storage-latency': { readonly delayNs: number };
  'storage-full': Record<never, never>;
  'storage-error': { readonly probability: number };
  /** The disk says that it has what the next crash shows it has not. */
  'lying-disk': Record<never, never>;
}
export type FaultKindName = keyof FaultParams;

/** Kinds that decide on single packets, by their numbers. */
export const PACKET_KINDS: readonly FaultKindName[] = ['delay', 'loss', 'duplicate', 'corrupt', 'drop'];

/** Which members of the target are hit; counts come from `value`. */
export type FaultMode = 'one' | 'all' | 'fixed' | 'fixed-percent' | 'random-max-percent';

/** As seen from the target: what it sends, what it receives, or both. */
export type FaultDirection = 'out' | 'in' | 'both';

/** Local addresses [first, first + count) of a host; all of them if left out. */
export interface FaultTarget {
  readonly host: string;
  readonly first?: number;
  readonly count?: number;
}

/** One entry of a plan as written. */
export type FaultEntry = {
  [K in FaultKindName]: {
    readonly kind: K;
    readonly atNs: number;
    /** Names the entry, for reports and for chance; `f<place>` if left out. Unique in its plan. */
    readonly id?: string | undefined;
    /** How long; undefined: to the end of the run. */
    readonly forNs?: number | undefined;
    readonly target: FaultTarget;
    readonly mode: FaultMode;
    /** Members for `fixed`, per cent for the two percentages; ignored otherwise. */
    readonly value?: number | undefined;
    /** Explicit members, ascending: then mode and value say nothing. */
    readonly members?: readonly number[] | undefined;
    /** Default `both`. */
    readonly direction?: FaultDirection | undefined;
    readonly params: FaultParams[K];
  };
}[FaultKindName];

/** One entry after expansion: explicit members, in ascending order. */
export type ExpandedFault = {
  [K in FaultKindName]: {
    readonly id: string;
    readonly kind: K;
    readonly atNs: number;
    readonly forNs?: number | undefined;
    readonly host: string;
    /** Local addresses that are hit. */
    readonly members: readonly number[];
    readonly direction: FaultDirection;
    readonly params: FaultParams[K];
  };
}[FaultKindName];

export type FaultPlan = readonly FaultEntry[];
export type ExpandedPlan = readonly ExpandedFault[];
