/**
 * What the fault plan of a run excuses. The judges know the plan, never what the models made of it: when a host was away, how
 * wrong the server's clock was, when its disk lied, where octets were altered on the way.
 */
export interface PlannedFaults {
  /** When a host was down or stood still, or these addresses of it. */
  readonly absences: readonly {
    readonly host: number;
    readonly members?: readonly number[] | undefined;
    readonly fromNs: number;
    readonly untilNs: number;
  }[];
  /** Crashes of the IM Server. */
  readonly serverCrashesNs: readonly number[];
  /** Crashes of the SIP/IP Core, after each of which it knows no binding. */
  readonly coreCrashesNs: readonly number[];
  /** What the IM Server's wall clock adds to the true time, by virtual time; of a cluster, that of this user. */
  readonly serverSkewMs: (atNs: number, user: number) => number;
  /** Where altered octets have passed for right ones up to now. */
  readonly altered: Alterations;
  /** The disk lied from `fromNs` on, and lost at `crashNs` what it had said it had. */
  readonly lies: readonly { readonly fromNs: number; readonly crashNs: number }[];
  /** Why liveness is not asked of this run; empty if it is. */
  readonly beyondBudget: string;
}

/** Octets that were altered on their way and read all the same. What they led to is nobody's fault. */
export interface Alterations {
  /** Messages of which a datagram was altered: nothing else of their users is excused by that. */
  readonly messages: ReadonlySet<number>;
  /** The clients that sent or received other ones: what is altered in signalling or in a stream may end in anything of theirs. */
  readonly clients: ReadonlySet<number>;
  /** Users whom other datagrams between two servers name. */
  readonly users: ReadonlySet<number>;
  /** Header lines of datagrams that hold a canary, as they read since octets of their own were altered. */
  readonly lines: ReadonlySet<string>;
  /** Some passed between two servers, and name nobody: they may be of any user. */
  readonly betweenServers: boolean;
}

export const NO_FAULTS: PlannedFaults = {
  absences: [],
  serverCrashesNs: [],
  coreCrashesNs: [],
  serverSkewMs: () => 0,
  altered: {
    messages: new Set(),
    clients: new Set(),
    users: new Set(),
    lines: new Set(),
    betweenServers: false,
  },
  lies: [],
  beyondBudget: '',
};

/** True if `local` of `host` was away at some time in [fromNs, untilNs]. */
export function wasAway(
  faults: PlannedFaults,
  host: number,
  local: number,
  fromNs: number,
  untilNs: number,
): boolean {
  return faults.absences.some(
    ({ host: one, members, fromNs: from, untilNs: until }) =>
      one === host && from <= untilNs && until >= fromNs && (members?.includes(local) ?? true),
  );
}
