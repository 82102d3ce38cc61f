/** The noisy part of what a cell gives: it depends on the machine, and is the document `timing.json`. Nothing exact is derived from it. */

/** Version of the layout of {@link Timing}. */
export const TIMING_SCHEMA = 'restante-timing-1';

/** What the machine did in one run. */
export interface TimingSample {
  wallMs: number;
  cpuMs: number;
  /** Virtual seconds for each second of wall time. */
  speed: number;
  eventsPerSecond: number;
  maxResidentOctets: number;
}

/** The noisy part: what the machine did. */
export interface Timing extends TimingSample {
  schema: typeof TIMING_SCHEMA;
  node: string;
  /** The runs before this one, if the cell was run several times for its timing (`--repeat`). */
  earlier?: readonly TimingSample[];
}
