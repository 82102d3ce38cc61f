/** A metric of a sweep over its one factor. */
import type { Unit } from '../../metrics.js';
import { valueText } from '../../thresholds.js';
import { FRAME, type Chart } from './chart.js';

/** Points in the order of the sweep, whatever the factor's values are. */
export function lineOfSweep(
  metric: string,
  unit: Unit,
  factor: string,
  points: readonly { readonly at: string; readonly value: number }[],
): Chart {
  const text = (value: number) => valueText(value, unit);
  const by = unit === 'us' ? 1e-6 : unit === 'share' ? 100 : 1;
  const title = unit === 'us' ? 's' : unit === 'share' ? '%' : unit === 'count' ? 'number' : unit;
  const lowest = points.reduce((best, point) => (point.value < best.value ? point : best), points[0]);
  const highest = points.reduce((best, point) => (point.value > best.value ? point : best), points[0]);
  const sentence = `lowest ${text(lowest.value)} at ${lowest.at}, highest ${text(highest.value)} at ${highest.at}`;
  const x = {
    field: 'x',
    type: 'ordinal',
    title: factor,
    sort: points.map(({ at }) => at),
    axis: { labelAngle: 0, grid: false },
  };
  const y = { field: 'y', type: 'quantitative', title, axis: { tickCount: 5 } };
  return {
    title: metric,
    caption: `${metric} over ${factor}: ${sentence}.`,
    label: `${metric} over ${factor}: ${sentence}`,
    spec: {
      ...FRAME,
      data: { name: 'points' },
      encoding: { x, y },
      layer: [
        { mark: { type: 'line', color: 'var(--c1)', strokeWidth: 1.75 } },
        {
          mark: { type: 'point', filled: true, size: 60, color: 'var(--c1)', opacity: 1 },
          encoding: { tooltip: { field: 'words' } },
        },
      ],
    },
    data: {
      points: {
        columns: ['x', 'y', 'words'],
        rows: points.map(({ at, value }) => [at, value * by, `${factor} ${at}: ${text(value)}`]),
      },
    },
    legend: [],
    table: { head: [factor, metric], rows: points.map(({ at, value }) => [at, text(value)]) },
  };
}
