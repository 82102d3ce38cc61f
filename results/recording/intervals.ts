/**
 * Durations over virtual time: for each interval, how many fell into each bucket, with buckets that grow with the duration. From
 * it come percentiles over time and the heat map.
 *
 * Memory is bounded: there are never more than {@link MOST_INTERVALS} intervals. They begin at one second; when the run outgrows
 * them, neighbours are joined, so that each is twice as long. Counts and the highest duration of an interval are exact, a
 * percentile is that of its bucket: 16 buckets an octave put it within 3.2 % of the truth.
 */
import { NS_PER_S, NS_PER_US } from '../../sim/kernel/time.js';

/** Intervals of a metric, at most. */
export const MOST_INTERVALS = 512;
/** Buckets to each doubling of the duration. */
export const BUCKETS_PER_OCTAVE = 16;
/** Durations from here up (36 minutes) are bucketed by their high part, so that bit operations hold. */
const WIDE_US = 2 ** 31;
const WIDE_BITS = 20;
/** Bucket of the largest duration that a histogram takes, 2^50 microseconds, and one more. */
const BUCKETS = 48 * BUCKETS_PER_OCTAVE;

/** The number of the bucket of `us`, a whole number of microseconds. Below 16 each value has its own. */
export function bucketOf(us: number): number {
  if (us < BUCKETS_PER_OCTAVE) return us;
  if (us >= WIDE_US) return bucketOf(Math.floor(us / 2 ** WIDE_BITS)) + WIDE_BITS * BUCKETS_PER_OCTAVE;
  const octave = 31 - Math.clz32(us);
  return (octave - 3) * BUCKETS_PER_OCTAVE + ((us >> (octave - 4)) & (BUCKETS_PER_OCTAVE - 1));
}

/** The smallest duration of `bucket`, in microseconds. */
export function bucketFromUs(bucket: number): number {
  if (bucket < BUCKETS_PER_OCTAVE) return bucket;
  const octave = Math.floor(bucket / BUCKETS_PER_OCTAVE) - 1;
  return (BUCKETS_PER_OCTAVE + (bucket % BUCKETS_PER_OCTAVE)) * 2 ** octave;
}

/** One interval with something in it. */
export interface IntervalCounts {
  /** First second of it. */
  readonly second: number;
  readonly maxUs: number;
  /** Bucket and count in turn, buckets ascending. */
  readonly pairs: readonly number[];
}

/** The intervals of one metric; those in which nothing was measured are left out. */
export interface MetricIntervals {
  /** Seconds that each interval lasts: a power of two. */
  readonly seconds: number;
  readonly rows: readonly IntervalCounts[];
}

export class IntervalRecorder {
  private seconds = 1;
  private current = 0;
  private maxUs = 0;
  /** The interval that is being filled. */
  private readonly counts = new Uint32Array(BUCKETS);
  private touched: number[] = [];
  private closed: IntervalCounts[] = [];

  /** Counts a duration that was known at the instant `atNs`; instants never go back. */
  record(atNs: number, durationNs: number): void {
    const interval = Math.floor(atNs / NS_PER_S / this.seconds);
    if (interval !== this.current) this.advance(Math.floor(atNs / NS_PER_S));
    const us = Math.floor(durationNs / NS_PER_US);
    const bucket = bucketOf(us);
    if (this.counts[bucket]++ === 0) this.touched.push(bucket);
    if (us > this.maxUs) this.maxUs = us;
  }

  /** What was recorded so far; undefined if that is nothing. */
  intervals(): MetricIntervals | undefined {
    const open = this.open();
    const rows = open === undefined ? this.closed : [...this.closed, open];
    return rows.length === 0 ? undefined : { seconds: this.seconds, rows: [...rows] };
  }

  private open(): IntervalCounts | undefined {
    if (this.touched.length === 0) return undefined;
    const pairs: number[] = [];
    for (const bucket of this.touched.toSorted((a, b) => a - b)) pairs.push(bucket, this.counts[bucket]);
    return { second: this.current * this.seconds, maxUs: this.maxUs, pairs };
  }

  private advance(second: number): void {
    const open = this.open();
    if (open !== undefined) this.closed.push(open);
    for (const bucket of this.touched) this.counts[bucket] = 0;
    this.touched = [];
    this.maxUs = 0;
    while (Math.floor(second / this.seconds) >= MOST_INTERVALS) {
      this.seconds *= 2;
      this.closed = coarser(this.closed, this.seconds);
    }
    this.current = Math.floor(second / this.seconds);
    // The interval that was just closed may be, joined, the one that goes on.
    const last = this.closed.at(-1);
    if (last?.second !== this.current * this.seconds) return;
    this.closed.pop();
    this.maxUs = last.maxUs;
    for (let i = 0; i < last.pairs.length; i += 2) {
      this.touched.push(last.pairs[i]);
      this.counts[last.pairs[i]] = last.pairs[i + 1];
    }
  }
}

/** `rows` joined to intervals of `seconds`. */
export function coarser(rows: readonly IntervalCounts[], seconds: number): IntervalCounts[] {
  const joined: IntervalCounts[] = [];
  for (const row of rows) {
    const second = Math.floor(row.second / seconds) * seconds;
    const last = joined.at(-1);
    if (last?.second === second) {
      const pairs = merged(last.pairs, row.pairs);
      joined[joined.length - 1] = { second, maxUs: Math.max(last.maxUs, row.maxUs), pairs };
    } else joined.push({ ...row, second });
  }
  return joined;
}

function merged(a: readonly number[], b: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const pairs of [a, b]) {
    for (let i = 0; i < pairs.length; i += 2)
      counts.set(pairs[i], (counts.get(pairs[i]) ?? 0) + pairs[i + 1]);
  }
  return [...counts].toSorted(([x], [y]) => x - y).flat();
}

/** How many durations an interval has. */
export function countOf({ pairs }: IntervalCounts): number {
  let count = 0;
  for (let i = 1; i < pairs.length; i += 2) count += pairs[i];
  return count;
}

/** A percentile (0 to 100) of an interval, in microseconds, by nearest rank; the middle of its bucket, at most the highest duration. */
export function percentileOfInterval(row: IntervalCounts, percentile: number): number {
  const rank = Math.max(1, Math.ceil((percentile / 100) * countOf(row)));
  let seen = 0;
  for (let i = 0; i < row.pairs.length; i += 2) {
    seen += row.pairs[i + 1];
    if (seen >= rank) {
      const from = bucketFromUs(row.pairs[i]);
      const to = bucketFromUs(row.pairs[i] + 1);
      return Math.min(row.maxUs, Math.floor((from + to) / 2));
    }
  }
  return row.maxUs;
}
