/**
 * Histograms of durations: the only file that imports hdr-histogram-js. Values are whole microseconds with three significant
 * digits; count, sum and maximum are kept exactly beside it.
 *
 * No correction for coordinated omission is applied: in virtual time the intended instant is known, and latency counts from it.
 */
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  JsHistogram,
  type Histogram,
} from 'hdr-histogram-js';
import { assert } from '../../sim/kernel/assert.js';
import { NS_PER_US } from '../../sim/kernel/time.js';
import type { Distribution } from '../cell/figures.js';
import { IntervalRecorder, type MetricIntervals } from './intervals.js';
import type { VirtualClock } from './observation-source.js';
import { percentileLines } from './percentile-lines.js';

/** Largest value, about 31 years in microseconds; more is a defect. */
const LARGEST_US = 1e15;

/** The state of a histogram at one instant. */
export interface HistogramMark {
  readonly count: number;
  readonly sumUs: number;
  /** The histogram itself, encoded; empty while nothing was recorded. */
  readonly hdr: string;
}

export class DurationHistogram {
  private readonly histogram: Histogram = build({
    bitBucketSize: 32,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  });
  private count = 0;
  private sumUs = 0;
  private maxUs = 0;

  /** Records a duration of integer nanoseconds, not negative; rounded down to microseconds. */
  record(durationNs: number): void {
    // The library takes NaN and fractions without a word, so the check is here.
    assert(
      Number.isInteger(durationNs) && durationNs >= 0,
      'a duration is a non-negative integer of nanoseconds',
    );
    const us = Math.floor(durationNs / NS_PER_US);
    assert(us <= LARGEST_US, 'a duration past the range of histograms');
    this.histogram.recordValue(us);
    this.count++;
    this.sumUs += us;
    if (us > this.maxUs) this.maxUs = us;
  }

  /** What was recorded, or undefined if there was nothing: an empty metric is absent, not zero. */
  distribution(): Distribution | undefined {
    if (this.count === 0) return undefined;
    return distributionOf(this.histogram, this.count, this.sumUs, this.maxUs);
  }

  /** The state now. `previous` is given back if nothing was recorded since. */
  mark(previous?: HistogramMark): HistogramMark {
    const { count, sumUs } = this;
    if (previous?.count === count) return previous;
    return { count, sumUs, hdr: count === 0 ? '' : encodeIntoCompressedBase64(this.histogram) };
  }
}

/** What was recorded between two marks of one histogram; undefined if that is nothing. Its maximum has three digits, like the rest. */
export function distributionBetween(from: HistogramMark, until: HistogramMark): Distribution | undefined {
  const count = until.count - from.count;
  if (count === 0) return undefined;
  const histogram = decodeFromCompressedBase64(until.hdr, 32, false);
  if (from.count > 0) histogram.subtract(decodeFromCompressedBase64(from.hdr, 32, false));
  return distributionOf(histogram, count, until.sumUs - from.sumUs, histogram.getValueAtPercentile(100));
}

function distributionOf(histogram: Histogram, count: number, sumUs: number, maxUs: number): Distribution {
  const at = (percentile: number) => Math.min(maxUs, histogram.getValueAtPercentile(percentile));
  return {
    count,
    sumUs,
    meanUs: Math.round(sumUs / count),
    p50Us: at(50),
    p95Us: at(95),
    p99Us: at(99),
    maxUs,
    hdr: encodeIntoCompressedBase64(histogram),
  };
}

/** A histogram that also counts its durations over virtual time, at the instants that `clock` shows. */
export class TimedHistogram extends DurationHistogram {
  private readonly overTime = new IntervalRecorder();

  constructor(private readonly clock: VirtualClock) {
    super();
  }

  override record(durationNs: number): void {
    super.record(durationNs);
    this.overTime.record(this.clock.nowNs, durationNs);
  }

  /** What was recorded, by intervals; undefined if that is nothing. */
  intervals(): MetricIntervals | undefined {
    return this.overTime.intervals();
  }
}

/** Any percentile (0 < `percentile` <= 100) of a distribution, from the histogram that it carries. */
export function percentileUs(distribution: Distribution, percentile: number): number {
  const histogram = decodeFromCompressedBase64(distribution.hdr, 32, false);
  return Math.min(distribution.maxUs, histogram.getValueAtPercentile(percentile));
}

/** Several percentiles of a distribution at once. */
export function percentilesUs(distribution: Distribution, percentiles: readonly number[]): number[] {
  const histogram = decodeFromCompressedBase64(distribution.hdr, 32, false);
  return percentiles.map((percentile) =>
    Math.min(distribution.maxUs, histogram.getValueAtPercentile(percentile)),
  );
}

/** The distribution in the text form of HdrHistogram (`.hgrm`), values in milliseconds, for its plotter. */
export function percentileDistribution(distribution: Distribution): string {
  const histogram = decodeFromCompressedBase64(distribution.hdr, 32, false);
  assert(histogram instanceof JsHistogram, 'a histogram in this language, not in WebAssembly');
  return percentileLines(histogram, 5, 1000);
}
