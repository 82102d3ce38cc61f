/** What a steady-state run left out of its figures, in words; the text report and the page say the same. */
import { clockOfNs } from './format.js';
import type { WarmUp } from '../recording/warm-up.js';

/** A second of the run as a clock shows it. */
const clock = (second: number) => clockOfNs(second * 1e9);

/** The seconds that the figures cover: `00:30 to 02:00`. */
export function windowText({ fromSecond, untilSecond }: WarmUp): string {
  return `${clock(fromSecond)} to ${clock(untilSecond)}`;
}

/** One sentence on what was removed and what is covered. */
export function warmUpText(found: WarmUp): string {
  const rule = found.until === 'mser5' ? 'by MSER-5' : 'as the scenario says';
  return `steady state: ${clock(found.removedSeconds)} of warm-up removed ${rule}; delays, rates, store and IHSA cover ${windowText(found)}, counts the whole run`;
}

/** What to do if the run did not come to rest; undefined if it did. */
export function unsettledText({ settled, series }: WarmUp): string | undefined {
  if (settled) return undefined;
  if (series.length === 0) return 'NOT SETTLED: the load is too short to tell; make duration longer';
  const restless = series.filter((one) => !one.settled).map(({ name }) => name);
  return `NOT SETTLED: ${restless.join(', ')} did not come to rest; make duration longer, or write analysis: terminating`;
}
