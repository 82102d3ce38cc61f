/** A chart as HTML: heading, legend, drawing, caption, and the table behind it. The drawing is static; the script brings it to life. */
import type { Chart, LegendEntry } from './chart.js';
import { escaped, folded, table } from '../html.js';
import { compiled, svgOf, type VegaSpec } from './render.js';

/** What the script of the page gets of a chart. */
export interface LiveChart {
  readonly spec: VegaSpec;
  readonly data: Chart['data'];
  readonly cursor?: Chart['cursor'];
}

/** A figure, and what makes it live. */
export interface Figure {
  readonly html: string;
  readonly live: LiveChart;
}

/** Where the drawing goes when only the script draws it. */
const UNDRAWN =
  '<noscript><p class="undrawn">Drawn by the script of this page; the numbers are in the table below. <code>restante report</code> and <code>run --drawings</code> draw it without one.</p></noscript>';

/** The chart with the number `n` of the page. With `drawn`, its static drawing is in the page. */
export async function figureOf(chart: Chart, n: number, drawn: boolean): Promise<Figure> {
  const { title, caption, label, legend, data, cursor, wide } = chart;
  const spec = await compiled(chart);
  const svg = drawn ? await svgOf(spec, data) : UNDRAWN;
  const html = [
    `<figure id="chart-${n}" class="chart${wide === true ? ' wide' : ''}${drawn ? ' drawn' : ''}"><h3>${escaped(title)}</h3>`,
    legendHtml(title, legend),
    `<div class="static" role="img" aria-label="${escaped(label)}">${svg}</div>`,
    `<figcaption>${escaped(caption)}</figcaption>`,
    folded('Data', table(`${title}: data`, chart.table.head, chart.table.rows)),
    '</figure>',
  ].join('\n');
  return { html, live: { spec, data, ...(cursor === undefined ? {} : { cursor }) } };
}

function legendHtml(title: string, entries: readonly LegendEntry[]): string {
  if (entries.length === 0) return '';
  const items = entries.map(({ name, colour, dash, hides, band }) => {
    const swatch =
      dash === undefined
        ? `<svg width="14" height="12" aria-hidden="true"><rect width="14" height="12" rx="2" fill="${colour}"/></svg>`
        : `<svg width="24" height="12" aria-hidden="true"><line x1="0" x2="24" y1="6" y2="6" stroke="${colour}" stroke-width="2.5"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}/></svg>`;
    const key = hides ? ` data-name="${escaped(name)}"` : '';
    return `<li${key}${band === true ? ' class="band"' : ''}>${swatch}<span>${escaped(name)}</span></li>`;
  });
  return `<ul class="legend" aria-label="Legend of ${escaped(title)}">${items.join('')}</ul>`;
}
