/**
 * `report.html` of a run: one file that works offline and can be mailed. Its Content-Security-Policy lets nothing be loaded and no
 * script run but the ones that are written in it. It holds exact figures only, so the same run gives the same octets.
 */
import type { Series, Summary } from '../cell-result.js';
import type { Comparison } from '../compare/compare.js';
import type { Intervals } from '../folder/intervals-file.js';
import { judge } from '../verdict.js';
import type { Chart, FaultBand } from './charts/chart.js';
import { comparisonParts } from './difference.js';
import { escaped, folded, section } from './html.js';
import {
  countTable,
  delayTable,
  faultList,
  header,
  invariantTable,
  largeTable,
  lawTable,
  recoveryTable,
  reproduction,
  stationTable,
  storeSentence,
  thresholdTable,
  warmUpPart,
} from './parts.js';
import { RunCharts } from './charts/run-charts.js';
import { documentOf, Figures } from './shell.js';
import { MOST_POINTS } from './charts/timelines.js';

/** The life of one message, drawn and in words. */
export interface LadderPicture {
  readonly title: string;
  readonly caption: string;
  /** An SVG document. */
  readonly svg: string;
  readonly text?: string | undefined;
}

export interface ReportData {
  readonly summary: Summary;
  readonly series: Series;
  readonly bands: readonly FaultBand[];
  /** Durations over time; without them there are no charts of latency over time. */
  readonly intervals?: Intervals | undefined;
  readonly comparison?: Comparison | undefined;
  /** The run that this one is compared with. */
  readonly base?: Summary | undefined;
  readonly ladders?: readonly LadderPicture[];
  /** Charts of studies of the same scenario. */
  readonly studies?: readonly StudyPart[];
}

/** A study as a section of a page. */
export interface StudyPart {
  readonly title: string;
  /** HTML before the charts. */
  readonly before: string;
  readonly charts: readonly Chart[];
}

/** How the page is written. */
export interface PageOptions {
  /** Static drawings are in the page; without them, its script draws. Drawing takes a second or two. */
  readonly drawn: boolean;
}

/** Largest page in octets: charts get fewer points until it fits. */
const LARGEST_PAGE = 1_000_000;
const FEWEST_POINTS = 30;

/** The page. */
export async function reportPage(data: ReportData, options: PageOptions): Promise<string> {
  let points = MOST_POINTS;
  for (;;) {
    const page = await pageWith(data, options, points);
    if (points <= FEWEST_POINTS || Buffer.byteLength(page) <= LARGEST_PAGE) return page;
    points = Math.floor(points / 2);
  }
}

interface Part {
  readonly id: string;
  readonly title: string;
  readonly content: readonly string[];
}

async function pageWith(data: ReportData, { drawn }: PageOptions, points: number): Promise<string> {
  const { summary, bands, comparison, base, ladders = [], studies = [] } = data;
  const figures = new Figures(drawn);
  const charts = new RunCharts(data, points);
  const { scenario, seed } = summary;
  const large = await figures.of(charts.large());
  const parts: Part[] = [
    {
      id: 'load',
      title: 'Load and faults',
      content: [warmUpPart(summary), await figures.of(charts.load()), faultList(bands)],
    },
    {
      id: 'latency',
      title: 'Latency',
      content: [await figures.of(charts.latency()), delayTable(summary)],
    },
    { id: 'store', title: 'Store', content: [storeSentence(summary), await figures.of(charts.store())] },
    {
      id: 'stations',
      title: 'Stations',
      content: [await figures.of(charts.stations()), stationTable(summary)],
    },
    {
      id: 'large',
      title: 'Large Messages and reassembly',
      content: summary.large === undefined ? [] : [large, largeTable(summary.large)],
    },
    {
      id: 'registrations',
      title: summary.recovery === undefined ? 'Registrations' : 'Reconnect storm',
      content: [await figures.of(charts.registrations()), recoveryTable(summary)],
    },
    { id: 'ladders', title: 'Ladders', content: ladders.map(ladderHtml) },
    ...(comparison === undefined
      ? []
      : [
          {
            id: 'comparison',
            title: 'Against the baseline',
            content: await comparisonParts(comparison, base, summary, figures),
          },
        ]),
  ];
  for (const [i, { title, before, charts: drawings }] of studies.entries()) {
    parts.push({ id: `study-${i}`, title, content: [before, await figures.of(drawings)] });
  }
  parts.push(
    {
      id: 'verdicts',
      title: 'Verdicts',
      content: [thresholdTable(summary), invariantTable(summary), lawTable(summary), countTable(summary)],
    },
    { id: 'again', title: 'The same again', content: [reproduction(summary)] },
  );
  const written = parts.filter(({ content }) => content.some((text) => text !== ''));
  return documentOf({
    title: `${scenario}, seed ${seed}: ${judge(summary).sentence}`,
    header: header(summary, comparison),
    places: written,
    body: written.map(({ id, title, content }) => section(id, title, content)).join('\n'),
    figures,
  });
}

function ladderHtml({ title, caption, svg, text }: LadderPicture): string {
  const source = `data:image/svg+xml;base64,${Buffer.from(svg).toString('base64')}`;
  return [
    `<figure class="ladder"><h3>${escaped(title)}</h3>`,
    `<div class="scroll" role="region" tabindex="0" aria-label="${escaped(`Ladder: ${title}`)}"><img alt="${escaped(`${title}; its words are below`)}" src="${source}"></div>`,
    `<figcaption>${escaped(caption)}</figcaption>`,
    text === undefined ? '' : folded('In words', `<pre class="scroll" tabindex="0">${escaped(text)}</pre>`),
    '</figure>',
  ].join('\n');
}
