/**
 * From a specification to what the page carries: the Vega specification that its script runs, and the static SVG. The same chart gives
 * the same octets: text is measured by estimate, never by a canvas, numbers are cut to a tenth of a pixel, and nothing has an id,
 * since ids of several charts would clash in one page.
 *
 * Vega is loaded only when something is drawn; compiling needs Vega-Lite alone.
 */
import type { TopLevelSpec } from 'vega-lite';
import type { Chart, LinesData, RowsData } from './chart.js';

/** Loads what compiles charts, for those who know beforehand that they will need it. */
export async function loadCompiler(): Promise<void> {
  await import('vega-lite');
}

/** Loads what draws them. */
export async function loadDrawing(): Promise<void> {
  await import('vega');
}

/** The Vega specification of `chart`; its named datasets are empty. */
export async function compiled({ spec, data }: Chart): Promise<VegaSpec> {
  const { compile } = await import('vega-lite');
  // Vega-Lite's type of a specification is far wider than what is written here.
  const { spec: vega } = compile({ ...spec, datasets: namesOf(data) } as unknown as TopLevelSpec);
  const { $schema: _, ...rest } = vega as VegaSpec & { $schema?: string };
  return rest;
}

/** As much of a Vega specification as is looked at here. */
export interface VegaSpec {
  data?: readonly { name: string; values?: unknown }[];
}

function namesOf(data: Chart['data']): Record<string, unknown[]> {
  return Object.fromEntries(Object.keys(data).map((name) => [name, []]));
}

/** `spec` with the datasets filled in. */
export function filled(spec: VegaSpec, data: Chart['data']): VegaSpec {
  return {
    ...spec,
    data: (spec.data ?? []).map((set) =>
      set.name in data ? { ...set, values: objectsOf(data[set.name]) } : set,
    ),
  };
}

/** The rows as Vega takes them. The page's script does the same. */
export function objectsOf(data: LinesData | RowsData): Record<string, unknown>[] {
  if ('x' in data) {
    return data.lines.flatMap(({ name, y }) =>
      data.x.flatMap((x, i) => (y[i] === null || y[i] === undefined ? [] : [{ x, y: y[i], name }])),
    );
  }
  return data.rows.map((row) => Object.fromEntries(data.columns.map((column, i) => [column, row[i]])));
}

/** The chart as an SVG element. */
export async function svgOf(spec: VegaSpec, data: Chart['data']): Promise<string> {
  const vega = await import('vega');
  const { parse, View } = vega;
  // Vega's types leave this one out.
  (vega as unknown as { textMetrics: { canvas(use: boolean): void } }).textMetrics.canvas(false);
  const view = new View(parse(filled(spec, data) as Parameters<typeof parse>[0]), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return shortened(svg.trim());
}

/** Leaves out what the page does not need. Texts are not touched. */
function shortened(svg: string): string {
  return svg
    .replace(/ (?:d|transform|x|y|x1|x2|y1|y2|width|height)="[^"]*"/g, (attribute) =>
      attribute.replace(/-?\d+\.\d{2,}(?:e-\d+)?/g, (number) => String(Number(Number(number).toFixed(1)))),
    )
    .replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', '')
    .replaceAll(' pointer-events="none"', '')
    .replaceAll(' stroke-miterlimit="10"', '')
    .replaceAll(' opacity="1"', '')
    .replaceAll(' font-family="system-ui, sans-serif"', '')
    .replaceAll(/<path class="background"[^>]*\/>/g, '')
    .replaceAll('<path d="" display="none"/>', '')
    .replaceAll(/ (?:class|role|aria-[a-z]+)="[^"]*"/g, '');
}
