/**
 * Queueing stations over a whole run, CPU and storage of each host, and the laws of queues and stores that are checked on every
 * run. Exact, and part of `summary.json`.
 */

/** A station over the whole run. Of a steady-state one, what is told of load, busiest second, presence and times is that of its window. */
export interface StationReport {
  name: string;
  servers: number;
  arrived: number;
  completed: number;
  /** Refused because the queue was full. */
  refused: number;
  /** Dropped by crashes. */
  dropped: number;
  /** Share of the servers at work: over the run, over the phase of load, in the busiest second. */
  utilisation: number;
  loadUtilisation: number;
  peakUtilisation: number;
  /** Jobs present on average, and at most. */
  meanPresent: number;
  maxPresent: number;
  /** Time in the station, and time of service, for each job. */
  meanTimeUs: number;
  meanServiceUs: number;
}

/** A law that every run must obey (`self-checks.ts`). */
export interface SelfCheck {
  law: string;
  where: string;
  expected: number;
  measured: number;
  /** Difference over the larger of the two. */
  residual: number;
  held: boolean;
}
