/** What a recorder listens to. */
import type { ObservationHandler } from '../../sim/host/observations.js';

/** Where observations come from: the hub of a world. */
export interface ObservationSource {
  subscribe(kind: number, handler: ObservationHandler): void;
}

/** The clock of the world that is observed. */
export interface VirtualClock {
  readonly nowNs: number;
}
