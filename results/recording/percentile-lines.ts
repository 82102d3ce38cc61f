/**
 * The text form of HdrHistogram (`.hgrm`), to the octet as `outputPercentileDistribution` of hdr-histogram-js writes it, which walks
 * every slot three times, each step through an iterator, most of them empty. Here the slots are walked once, and only what holds a
 * count is looked at.
 */

/** What the lines are made of: a histogram of the library, as far as they need it. */
export interface CountedSlots {
  readonly totalCount: number;
  readonly maxValue: number;
  readonly bucketCount: number;
  readonly subBucketCount: number;
  getCountAtIndex(index: number): number;
  valueFromIndex(index: number): number;
  highestEquivalentValue(value: number): number;
  medianEquivalentValue(value: number): number;
}

const floats = (fractionDigits: number) =>
  new Intl.NumberFormat('en-US', {
    maximumFractionDigits: fractionDigits,
    minimumFractionDigits: fractionDigits,
    useGrouping: false,
  });
const THREE = floats(3);
const TWELVE = floats(12);
const TWO = floats(2);

/** The slots of `histogram` that hold a count, by value: the largest value that belongs there, and how many were recorded. */
function filledSlots(histogram: CountedSlots): { readonly value: number; readonly count: number }[] {
  const slots: { value: number; count: number }[] = [];
  const { totalCount } = histogram;
  for (let index = 0, found = 0; found < totalCount; index++) {
    const count = histogram.getCountAtIndex(index);
    if (count === 0) continue;
    found += count;
    slots.push({ value: histogram.highestEquivalentValue(histogram.valueFromIndex(index)), count });
  }
  return slots;
}

/** The lines of `histogram` (of three significant digits) with `ticks` for each half of the distance to 100 %, values divided by `scale`. */
export function percentileLines(histogram: CountedSlots, ticks: number, scale: number): string {
  const value = (one: number) => THREE.format(one / scale).padStart(12);
  const whole = (one: number, width: number) => String(one).padStart(width);
  const { totalCount } = histogram;
  const slots = filledSlots(histogram);
  let text = '       Value     Percentile TotalCount 1/(1-Percentile)\n\n';
  let level = 0;
  let reached = 0;
  let sum = 0;
  for (const slot of slots) {
    reached += slot.count;
    sum += histogram.medianEquivalentValue(slot.value) * slot.count;
    // The last slot has one line for its level, if that is not the last, and one for 100 %.
    for (let last = false; !last && (100 * reached) / totalCount >= level;) {
      const line = `${value(slot.value)} ${TWELVE.format(level / 100)} ${whole(reached, 10)}`;
      last = reached === totalCount;
      if (level < 100) text += `${line} ${TWO.format(1 / (1 - level / 100)).padStart(14)}\n`;
      level += 100 / (ticks * 2 ** (Math.floor(Math.log2(100 / (100 - level))) + 1));
    }
  }
  const final = slots.at(-1);
  if (final !== undefined) text += `${value(final.value)} ${TWELVE.format(1)} ${whole(totalCount, 10)}\n`;

  const mean = totalCount === 0 ? 0 : sum / totalCount;
  let squares = 0;
  for (const slot of slots) {
    const deviation = histogram.medianEquivalentValue(slot.value) - mean;
    squares += deviation * deviation * slot.count;
  }
  const deviation = totalCount === 0 ? 0 : Math.sqrt(squares / totalCount);
  return `${text}#[Mean    = ${value(mean)}, StdDeviation   = ${value(deviation)}]
#[Max     = ${value(histogram.maxValue)}, Total count    = ${whole(totalCount, 12)}]
#[Buckets = ${whole(histogram.bucketCount, 12)}, SubBuckets     = ${whole(histogram.subBucketCount, 12)}]
`;
}
