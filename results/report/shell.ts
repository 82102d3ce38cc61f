/** The document around the content of a page: head, policy, style, and the scripts that make its charts live. */
import { assets } from './assets.js';
import { figureOf, type LiveChart } from './charts/figure.js';
import type { Chart } from './charts/chart.js';
import { escaped } from './html.js';
import { STYLE } from './style.js';

/** Collects the charts of a page while its sections are written. */
export class Figures {
  readonly live: LiveChart[] = [];

  constructor(private readonly drawn: boolean) {}

  /** The HTML of `charts`, those that are undefined left out, in a grid. */
  async of(charts: readonly (Chart | undefined)[]): Promise<string> {
    const parts: string[] = [];
    for (const chart of charts) {
      if (chart === undefined) continue;
      const { html, live } = await figureOf(chart, this.live.length, this.drawn);
      this.live.push(live);
      parts.push(html);
    }
    return parts.length === 0 ? '' : `<div class="charts">\n${parts.join('\n')}\n</div>`;
  }
}

/** A link of the table of contents. */
export interface Place {
  readonly id: string;
  readonly title: string;
}

export interface Document {
  readonly title: string;
  readonly header: string;
  readonly places: readonly Place[];
  readonly body: string;
  readonly figures: Figures;
}

/** The whole document. */
export function documentOf({ title, header, places, body, figures }: Document): string {
  const { vega, module, policy, notice } = assets();
  const links = places.map(({ id, title: text }) => `<li><a href="#${id}">${escaped(text)}</a></li>`);
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escaped(title)}</title>`,
    '<link rel="icon" href="data:,">',
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<a class="skip" href="#main">To the content</a>',
    `<header class="top">${header}</header>`,
    `<nav aria-label="Contents"><ul>${links.join('')}</ul></nav>`,
    `<main id="main">\n${body}\n</main>`,
    '<footer><p>Made by restante. One file, nothing is loaded: the policy in its head forbids it.</p></footer>',
    `<script type="application/json" id="charts">${inert({ charts: figures.live })}</script>`,
    `<!--\n${notice}\n-->`,
    `<script>${vega}</script>`,
    `<script type="module">${module}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** JSON that no tag can end. */
function inert(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
