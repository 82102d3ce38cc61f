/** The universal scalability law over the points of a sweep: contention, coherence, where the peak lies. */
import type { Summary } from '../../results/cell-result.js';
import { UsageError } from '../../results/exit-codes.js';
import { columns } from '../../results/text/format.js';
import { scalarsOf } from '../../results/metrics.js';
import type { Factor } from '../../results/search/grid.js';
import { fitUsl, LEAST_POINTS, uslAt, type UslFit } from '../../results/statistics/usl.js';
import { valueText } from '../../results/thresholds.js';
import { hint } from '../../workloads/scenario/suggest.js';

interface Row {
  readonly values: readonly string[];
  readonly summaries: readonly Summary[];
}

export interface UslAnswer {
  /** Undefined if the points allow none. */
  readonly fit: UslFit | undefined;
  readonly text: readonly string[];
}

/** The question `--usl metric` over `factors`; what it gives answers it from the rows. Throws a `UsageError`. */
export function uslQuestion(metric: string, factors: readonly Factor[]): (rows: readonly Row[]) => UslAnswer {
  const known = scalarsOf({ counts: {}, distributions: {} } as Summary);
  const scalar = known.find(({ name }) => name === metric);
  if (scalar === undefined) {
    const names = known.map(({ name }) => name);
    throw new UsageError(`--usl ${metric}: there is no such metric${hint(metric, names)}`);
  }
  const [factor, ...others] = factors;
  const sizes = factor.values.map((value) => Number.parseFloat(value));
  if (others.length > 0) throw new UsageError('--usl needs one factor: what is it that grows?');
  if (sizes.some((size) => !(size >= 1)) || new Set(sizes).size < LEAST_POINTS) {
    throw new UsageError(
      `--usl needs ${LEAST_POINTS} or more values from 1 up, for example --vary server.cpu.servers=1,2,4,8`,
    );
  }
  return (rows) => {
    const points = rows.flatMap(({ summaries }, i) =>
      summaries.flatMap((summary) => {
        const value = scalarsOf(summary).find(({ name }) => name === metric)?.value;
        return value === undefined ? [] : [{ n: sizes[i], throughput: value }];
      }),
    );
    const fit = fitUsl(points);
    const title = `universal scalability law of ${metric} over ${factor.path}`;
    if (fit === undefined) return { fit, text: [`${title}: no fit, too little was carried`] };
    const digits = (value: number) => Number(value.toPrecision(3));
    const { contention, coherence, r2, peakAt, peak } = fit;
    const end =
      peakAt === undefined
        ? 'no peak: it grows as long as there is more'
        : peak === undefined
          ? 'a peak beyond twice the last point: too far to be foretold'
          : `peak ${valueText(peak, scalar.unit)} at ${digits(peakAt)}`;
    return {
      fit,
      text: [
        `${title}: contention ${digits(contention)}, coherence ${digits(coherence)}, R^2 ${r2.toFixed(4)}; ${end}`,
        ...columns([
          ['', ...sizes.map(String)],
          ['  measured', ...sizes.map((_, i) => valueText(meanAt(points, sizes[i]), scalar.unit))],
          ['  by the law', ...sizes.map((size) => valueText(uslAt(fit, size), scalar.unit))],
        ]),
      ],
    };
  };
}

function meanAt(points: readonly { readonly n: number; readonly throughput: number }[], n: number): number {
  const found = points.filter((point) => point.n === n);
  return found.reduce((sum, { throughput }) => sum + throughput, 0) / Math.max(1, found.length);
}
