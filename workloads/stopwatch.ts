/** What the machine needs for one run, measured around it: the noisy part of its result (`docs/architecture.md`, "Results"). */
import { TIMING_SCHEMA, type Timing } from '../results/cell/timing.js';
import { NS_PER_S } from '../sim/kernel/time.js';

/** Runs from its making. */
export class Stopwatch {
  private readonly wallStartMs = performance.now();
  private readonly cpuStart = process.cpuUsage();

  /** The time so far, for a run that got to `nowNs` of virtual time in so many events. */
  timing(nowNs: number, events: number): Timing {
    const wallMs = performance.now() - this.wallStartMs;
    const cpu = process.cpuUsage(this.cpuStart);
    const seconds = Math.max(wallMs, 1) / 1000;
    return {
      schema: TIMING_SCHEMA,
      wallMs: Math.round(wallMs),
      cpuMs: Math.round((cpu.user + cpu.system) / 1000),
      speed: Math.round(nowNs / NS_PER_S / seconds),
      eventsPerSecond: Math.round(events / seconds),
      maxResidentOctets: process.resourceUsage().maxRSS * 1024,
      node: process.version,
    };
  }
}
