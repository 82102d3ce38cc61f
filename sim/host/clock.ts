/**
 * The wall clock of a host: the scenario's epoch plus virtual time, with an offset and a drift of its own.
 *
 * Not modelled: time synchronisation, leap seconds, a clock that wanders.
 */
import { NS_PER_MS } from '../kernel/time.js';
import type { ClockSpec } from './specs.js';

/** An offset, and a drift that grows from `sinceNs` on. */
export interface ClockSkew {
  readonly offsetMs: number;
  readonly driftPpm: number;
  readonly sinceNs: number;
}

export class HostClock {
  /** What faults add for a while. */
  private readonly skews = new Set<ClockSkew>();

  constructor(
    private readonly epochMs: number,
    private readonly spec: ClockSpec,
  ) {}

  /** Puts a skew in force; the clock jumps by its offset. */
  add(skew: ClockSkew): void {
    this.skews.add(skew);
  }

  /** Takes it back; the clock is right again at once. */
  remove(skew: ClockSkew): void {
    this.skews.delete(skew);
  }

  /** Integer milliseconds since 1970, as this host believes at `nowNs`. */
  wallMs(nowNs: number): number {
    let skewMs = 0;
    for (const { offsetMs, driftPpm, sinceNs } of this.skews) {
      skewMs += offsetMs + ((nowNs - sinceNs) / NS_PER_MS) * (driftPpm / 1e6);
    }
    const elapsedMs = (nowNs / NS_PER_MS) * (1 + this.spec.driftPpm / 1e6);
    return Math.floor(this.epochMs + this.spec.offsetMs + skewMs + elapsedMs);
  }
}
