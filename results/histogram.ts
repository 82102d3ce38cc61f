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
  type Histogram,
} from 'hdr-histogram-js';
import { assert } from '../sim/kernel/assert.js';
import { NS_PER_US } from '../sim/kernel/time.js';
import type { Distribution } from './cell-result.js';
import { IntervalRecorder, type MetricIntervals } from './intervals.js';
import type { VirtualClock } from './observation-source.js';

/** Largest value, about 31 years in microseconds; more is a defect. */
const LARGEST_US = 1e15;

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
    const at = (percentile: number) => Math.min(this.maxUs, this.histogram.getValueAtPercentile(percentile));
    return {
      count: this.count,
      meanUs: Math.round(this.sumUs / this.count),
      p50Us: at(50),
      p95Us: at(95),
      p99Us: at(99),
      maxUs: this.maxUs,
      hdr: encodeIntoCompressedBase64(this.histogram),
    };
  }
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
  return histogram.outputPercentileDistribution(5, 1000);
}
