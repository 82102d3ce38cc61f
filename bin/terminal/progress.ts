/**
 * Progress of a run on stderr: the virtual clock, the speed relative to real time, and events a second. One redrawn line on a
 * terminal, otherwise a plain line for each tenth of the run. A line that is wider than the terminal would be broken, and then only its
 * last part drawn again.
 */
import { clockOfNs, thousands } from '../../results/text/format.js';
import type { Simulation } from '../../workloads/simulation.js';
import type { Streams } from './streams.js';
import { CLEAR_LINE } from './visible.js';

const REDRAW_MS = 100;
const BAR_WIDTH = 24;

export class Progress {
  private readonly streams: Streams;
  private readonly quiet: boolean;
  private readonly clock: () => number;
  private readonly startMs: number;
  private drawnMs = -Infinity;
  private tenths = 0;
  private drawn = false;

  /** `clock` gives milliseconds of wall time. */
  constructor(streams: Streams, quiet: boolean, clock: () => number = () => performance.now()) {
    this.streams = streams;
    this.quiet = quiet;
    this.clock = clock;
    this.startMs = clock();
  }

  /** Called after each slice. */
  show(simulation: Pick<Simulation, 'nowNs' | 'endNs' | 'events'>): void {
    if (this.quiet) return;
    const nowMs = this.clock();
    const part = simulation.nowNs / simulation.endNs;
    if (this.streams.interactive) {
      if (nowMs - this.drawnMs < REDRAW_MS && part < 1) return;
      this.drawnMs = nowMs;
      this.drawn = true;
      const full = Math.round(part * BAR_WIDTH);
      const bar = `[${'#'.repeat(full)}${'-'.repeat(BAR_WIDTH - full)}] `;
      this.streams.err(`${CLEAR_LINE}${this.fitting(bar, this.line(simulation, nowMs))}`);
      return;
    }
    const tenths = Math.floor(part * 10);
    if (tenths <= this.tenths) return;
    this.tenths = tenths;
    this.streams.err(`${String(tenths * 10).padStart(3)} %  ${this.line(simulation, nowMs)}\n`);
  }

  /** Takes the redrawn line away. */
  clear(): void {
    if (this.drawn) this.streams.err(CLEAR_LINE);
    this.drawn = false;
  }

  /** The bar and the line, the line alone, or what there is room for of it. */
  private fitting(bar: string, line: string): string {
    // Some terminals go to the next line when the last column is written.
    const columns = this.streams.columns?.() ?? 0;
    const room = columns > 0 ? columns - 1 : Infinity;
    if (bar.length + line.length <= room) return bar + line;
    return line.slice(0, Math.max(0, room));
  }

  private line(simulation: Pick<Simulation, 'nowNs' | 'endNs' | 'events'>, nowMs: number): string {
    const seconds = Math.max(0.001, (nowMs - this.startMs) / 1000);
    const clock = `${clockOfNs(simulation.nowNs)} of ${clockOfNs(simulation.endNs)} virtual`;
    const speed = `${thousands(Math.round(simulation.nowNs / 1e9 / seconds))} times real time`;
    return `${clock}, ${speed}, ${thousands(Math.round(simulation.events / seconds))} events/s`;
  }
}
