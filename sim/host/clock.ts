/**
 * The wall clock of a host: the scenario's epoch plus virtual time, with an offset and a drift of its own.
 *
 * Not modelled: time synchronisation, leap seconds, a clock that wanders.
 */
import { NS_PER_MS } from '../kernel/time.js';
import type { ClockSpec } from './specs.js';

export class HostClock {
  /** What a fault adds for a while. */
  skewMs = 0;

  constructor(
    private readonly epochMs: number,
    private readonly spec: ClockSpec,
  ) {}

  /** Integer milliseconds since 1970, as this host believes at `nowNs`. */
  wallMs(nowNs: number): number {
    const elapsedMs = (nowNs / NS_PER_MS) * (1 + this.spec.driftPpm / 1e6);
    return Math.floor(this.epochMs + this.spec.offsetMs + this.skewMs + elapsedMs);
  }
}
