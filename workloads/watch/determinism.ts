/**
 * `--verify-determinism`: two runs of one cell, side by side, slice by slice. Every event of the kernel is compared, so the first
 * that differs is known with its number and instant. Because the two take turns in one process, state that leaks between worlds
 * shows as well.
 */
import { widened } from '../../sim/kernel/columns.js';
import type { CellResult } from '../../results/cell-result.js';
import type { Simulation } from '../simulation.js';

/** Numbers kept of an event: index, instant, handler, kind, a, b. */
const WIDTH = 6;

/** The events of one slice. */
class SliceLog {
  private values = new Float64Array(WIDTH * 4096);
  length = 0;

  readonly push = (
    index: number,
    timeNs: number,
    handler: number,
    kind: number,
    a: number,
    b: number,
  ): void => {
    if (this.length + WIDTH > this.values.length) {
      this.values = widened(this.values, new Float64Array(this.values.length * 2));
    }
    const { values, length } = this;
    values[length] = index;
    values[length + 1] = timeNs;
    values[length + 2] = handler;
    values[length + 3] = kind;
    values[length + 4] = a;
    values[length + 5] = b;
    this.length = length + WIDTH;
  };

  /** The event at `at` in words. */
  describe(at: number): string {
    if (at >= this.length) return 'no event';
    const [index, timeNs, handler, kind, a, b] = this.values.subarray(at, at + WIDTH);
    return `event ${index} at ${(timeNs / 1e9).toFixed(9)} s (handler ${handler}, kind ${kind}, ${a}, ${b})`;
  }

  /** Position of the first event that differs from `other`, or -1. */
  firstDifference(other: SliceLog): number {
    const common = Math.min(this.length, other.length);
    for (let i = 0; i < common; i++) {
      if (!Object.is(this.values[i], other.values[i])) return i - (i % WIDTH);
    }
    return this.length === other.length ? -1 : common;
  }
}

export interface DeterminismReport {
  /** The result of the first run. */
  readonly result: CellResult;
  /** Where the two part, in words; undefined if they are the same. */
  readonly difference: string | undefined;
}

/**
 * Drives two simulations of one cell to their end, or to their first difference. `afterSlice` is awaited after each slice; it
 * may show progress, and says true to stop early.
 */
export async function compareRuns(
  first: Simulation,
  second: Simulation,
  afterSlice: (simulation: Simulation) => Promise<boolean>,
): Promise<DeterminismReport> {
  const a = new SliceLog();
  const b = new SliceLog();
  first.trace(a.push);
  second.trace(b.push);
  let difference: string | undefined;
  let stop = false;
  while (first.outcome === undefined && difference === undefined && !stop) {
    a.length = 0;
    b.length = 0;
    first.step();
    second.step();
    const at = a.firstDifference(b);
    if (at >= 0) difference = `first run: ${a.describe(at)}; second run: ${b.describe(at)}`;
    stop = await afterSlice(first);
  }
  const result = first.finish();
  const again = second.finish();
  difference ??= differenceOfResults(result, again);
  return { result, difference };
}

/** The same events can still carry different octets. */
function differenceOfResults(first: CellResult, second: CellResult): string | undefined {
  if (first.summary.fingerprint === second.summary.fingerprint) {
    const same = JSON.stringify(first.summary) === JSON.stringify(second.summary);
    return same ? undefined : 'equal fingerprints, but the summaries differ';
  }
  const { checkpoints } = second.summary;
  const at = first.summary.checkpoints.findIndex((checkpoint, i) => checkpoint !== checkpoints[i]);
  const where = at < 0 ? 'after the last whole second' : `in virtual second ${at}`;
  return `equal events, but different octets or observations ${where}`;
}
