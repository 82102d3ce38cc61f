/** The static drawing of a chart: one chart, octet by octet, as every machine must draw it. */
import { expect, test } from 'vitest';
import { timeChart } from './line-chart.js';
import { compiled, svgOf } from './render.js';

test('a chart over time is drawn in the same octets everywhere', async () => {
  const chart = timeChart({
    title: 'Load',
    caption: 'What was asked for.',
    y: 'messages a second',
    scale: 'count',
    data: {
      x: [0, 1, 2, 3],
      lines: [
        { name: 'offered', y: [1, 2.5, 20_000, 3] },
        { name: 'carried', y: [1, null, 2, 0] },
      ],
    },
    bands: [{ label: 'loss', fromS: 1, toS: 9 }],
    lastS: 4,
    notes: [{ atS: 2, text: 'wave 1' }],
  });
  expect(chart.label).toBe(
    'Load. offered: at most 20,000 at 00:02; carried: at most 2 at 00:02; a fault is shaded',
  );
  const svg = await svgOf(await compiled(chart), chart.data);
  expect(svg.replaceAll('><', '>\n<')).toMatchSnapshot();
});
