/**
 * A fault plan: explicit, typed entries that can be printed, saved, edited and shrunk. Kinds carry the names of tc-netem, Chaos
 * Mesh and toxiproxy (DESIGN section 6).
 *
 * A plan as written may say *how many* members a fault takes (`mode`, `value`); `expand.ts` turns it before the run into one
 * that says *which*. What runs is always the expanded plan.
 */

/** Each kind of fault, with its parameters and their units. */
export interface FaultParams {
  /** Adds to the delay. */
  delay: { readonly delayNs: number; readonly jitterNs?: number };
  /** Loses packets with this probability, besides what the link loses anyway. */
  loss: { readonly probability: number };
  duplicate: { readonly probability: number };
  corrupt: { readonly probability: number };
  rate: { readonly bitsPerS: number; readonly queueOctets: number };
  /** Cuts the access link. */
  partition: Record<never, never>;
  stall: Record<never, never>;
  reset: { readonly afterOctets?: number };
  'limit-data': { readonly octets: number };
  slicer: { readonly maxOctets: number };
  /** `machine` falls silent; `process` leaves a stack behind that answers RST. Healing is the restart. */
  crash: { readonly what: 'machine' | 'process' };
  pause: Record<never, never>;
  /** Work takes `factor` times as long. */
  slowdown: { readonly factor: number };
  'clock-skew': { readonly offsetMs: number };
  'storage-latency': { readonly delayNs: number };
  'storage-full': Record<never, never>;
  'storage-error': { readonly probability: number };
}
export type FaultKindName = keyof FaultParams;

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
    /** How long; undefined: to the end of the run. */
    readonly forNs?: number | undefined;
    readonly target: FaultTarget;
    readonly mode: FaultMode;
    /** Members for `fixed`, per cent for the two percentages; ignored otherwise. */
    readonly value?: number | undefined;
    /** Default `both`. */
    readonly direction?: FaultDirection | undefined;
    readonly params: FaultParams[K];
  };
}[FaultKindName];

/** One entry after expansion: explicit members, in ascending order. */
export type ExpandedFault = {
  [K in FaultKindName]: {
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
