/**
 * The figures of a steady-state run, without its warm-up and without what follows the load. The state of each histogram is kept at
 * the ends of slices of the load; once the run is over and the end of the warm-up is known (`warm-up.ts`), what lies between two such
 * states is told. Asked once a virtual second, never for a packet.
 *
 * A duration counts in the second in which it ended. Peaks of levels are those at the ends of seconds.
 */
import type { Distribution } from '../cell/figures.js';
import { distributionBetween, type DurationHistogram, type HistogramMark } from './histogram.js';
import { latestEnd, sliceSeconds, warmUpOf, type WarmUp, type WarmUpRule } from './warm-up.js';

/** A level to be judged, looked at every second. */
export interface JudgedLevel {
  readonly name: string;
  readonly now: () => number;
}

export class SteadyWindow {
  private readonly slice: number;
  /** By level: its mean over each slice so far, and its sum over the slice in hand. */
  private readonly values: number[][];
  private readonly sums: number[];
  /** By second: the state of each histogram then. */
  private readonly marks = new Map<number, HistogramMark[]>();
  private last: HistogramMark[] = [];
  private found: WarmUp | undefined;

  constructor(
    private readonly rule: WarmUpRule,
    private readonly histograms: readonly DurationHistogram[],
    private readonly levels: readonly JudgedLevel[],
  ) {
    this.slice = sliceSeconds(rule);
    this.values = levels.map(() => []);
    this.sums = levels.map(() => 0);
  }

  /** The virtual time is `second` whole seconds now. */
  endOfSecond(second: number): void {
    const { fromSecond, untilSecond } = this.rule;
    if (second < fromSecond || second > untilSecond) return;
    const atSlice = (second - fromSecond) % this.slice === 0;
    if (second > fromSecond) this.sample(atSlice);
    const latest = latestEnd(this.rule);
    if ((atSlice && second <= latest) || second === latest || second === untilSecond) {
      this.last = this.histograms.map((histogram, i) => histogram.mark(this.last.at(i)));
      this.marks.set(second, this.last);
    }
  }

  private sample(closes: boolean): void {
    this.levels.forEach(({ now }, i) => {
      this.sums[i] += now();
      if (!closes) return;
      this.values[i].push(this.sums[i] / this.slice);
      this.sums[i] = 0;
    });
  }

  /** The warm-up; undefined if the run did not reach the end of its load. */
  warmUp(): WarmUp | undefined {
    if (!this.marks.has(this.rule.untilSecond)) return undefined;
    this.found ??= warmUpOf(
      this.rule,
      this.levels.map(({ name }, i) => ({ name, values: this.values[i] })),
    );
    return this.found;
  }

  /** What `histogram` recorded in the window; all of it if there is no window. */
  distribution(histogram: DurationHistogram): Distribution | undefined {
    const found = this.warmUp();
    if (found === undefined) return histogram.distribution();
    const index = this.histograms.indexOf(histogram);
    const from = this.marks.get(found.fromSecond)?.at(index);
    const until = this.marks.get(found.untilSecond)?.at(index);
    return from === undefined || until === undefined ? undefined : distributionBetween(from, until);
  }
}
