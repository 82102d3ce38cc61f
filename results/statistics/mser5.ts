/**
 * MSER-5 (White 1997): where the warm-up of a steady-state series ends. The series is averaged in batches of five; the truncation
 * point is the batch from which on the standard error of the rest is least. A result in the second half means that the series never
 * settled, and is refused.
 *
 * For terminating scenarios (an outage, a storm) there is no warm-up to remove: the transient is the answer.
 */
const BATCH = 5;

export interface WarmUp {
  /** Values to leave out, a multiple of five. */
  readonly cut: number;
  /** False if the minimum lies in the second half: the run is too short for a steady state. */
  readonly settled: boolean;
}

/** The warm-up of `series`, which needs at least ten values; undefined if it has fewer. */
export function mser5(series: readonly number[]): WarmUp | undefined {
  const batches = Math.floor(series.length / BATCH);
  if (batches < 2) return undefined;
  const means = Array.from({ length: batches }, (_, b) => {
    let sum = 0;
    for (let i = 0; i < BATCH; i++) sum += series[b * BATCH + i];
    return sum / BATCH;
  });
  // From the end, so that sums of the rest grow by one batch at a time.
  let sum = 0;
  let squares = 0;
  let best = Infinity;
  let at = 0;
  const least = Math.min(batches - 1, 5);
  for (let d = batches - 1; d >= 0; d--) {
    sum += means[d];
    squares += means[d] * means[d];
    const n = batches - d;
    // With very few batches left the error is small by chance.
    if (n < least) continue;
    const error = Math.max(0, squares - (sum * sum) / n) / (n * n);
    if (error <= best) {
      best = error;
      at = d;
    }
  }
  return { cut: at * BATCH, settled: at <= batches / 2 };
}
