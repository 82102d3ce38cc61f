/** The charts of a report, in their order, each with a caption that says how to read it and the data behind it. */
import type { Distribution, Distributions, Series, Summary } from '../cell-result.js';
import { clockOfNs, durationOfUs, octetsText, thousands } from '../format.js';
import { percentilesUs } from '../histogram.js';
import { lineChartSvg, type FaultBand, type Line, type LineChart } from './charts.js';
import { escaped, folded, table } from './html.js';
import { flowLine, levelLine, stepOf, sumOf } from './timelines.js';

const DELAYS: readonly (readonly [keyof Distributions, string])[] = [
  ['answerDelivered', 'send to 200'],
  ['answerDeferred', 'send to 202'],
  ['storeDelay', 'store delay'],
  ['triggerLatency', 'trigger latency'],
  ['drainTime', 'drain time'],
  ['dwell', 'dwell'],
  ['registrationDelay', 'registration'],
];

/** Percentiles of the curve: evenly spaced on its axis 1/(1-q). */
const PERCENTILES = [0, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.9, 99.95, 99.99];

/** Every `<figure>` of the report. */
export async function figuresOf(
  summary: Summary,
  series: Series,
  bands: readonly FaultBand[],
): Promise<string[]> {
  const seconds = series.offered.length;
  const x = 'virtual time (s)';
  const step = stepOf(seconds);
  const thinned =
    step === 1 ? '' : ` Each point stands for ${step} s: the mean of flows, the highest of levels.`;
  const shaded = bands.length === 0 ? '' : ' Shaded: a fault is at work.';
  const over = async (title: string, caption: string, y: string, lines: readonly Line[]) =>
    figure(title, `${caption}${shaded}${thinned}`, { x, y, lines, bands }, (value) => thousands(value));
  const delivered = sumOf(series.deliveredAtOnce, series.settled);
  const carried = sumOf(series.deliveredAtOnce, series.stored);
  const out: string[] = [];
  if (seconds > 1) {
    out.push(
      await over(
        'Offered, carried, goodput',
        'Offered: what the workload asked for. Carried: what was delivered at once or stored. Goodput: what reached its recipient.',
        'messages a second',
        [flowLine('offered', series.offered), flowLine('carried', carried), flowLine('goodput', delivered)],
      ),
      await over('Store occupancy', 'Messages in the store of the IM Server.', 'messages', [
        levelLine('in the store', series.storeRecords),
      ]),
      await over('Octets in the store', 'Octets of the records in the store.', 'octets', [
        levelLine('in the store', series.storeOctets),
      ]),
      await over('Into and out of the store', 'Messages stored, settled and expired.', 'messages a second', [
        flowLine('stored', series.stored),
        flowLine('settled', series.settled),
        flowLine('expired', series.expired),
      ]),
      await over(
        'Registrations',
        'REGISTER requests that left the clients, and those granted.',
        'requests a second',
        [flowLine('sent', series.registersSent), flowLine('granted', series.registersGranted)],
      ),
    );
  }
  const measured = DELAYS.flatMap(([key, name]): [string, Distribution][] => {
    const distribution = summary.distributions[key];
    return distribution === undefined ? [] : [[name, distribution]];
  });
  if (measured.length > 0) out.push(await percentileCurve(measured));
  return out;
}

async function percentileCurve(measured: readonly (readonly [string, Distribution])[]): Promise<string> {
  const lines = measured.map(([name, distribution]): Line => {
    // Beyond the number of values there is nothing to tell.
    const asked = PERCENTILES.filter((percentile) => 100 / (100 - percentile) <= distribution.count);
    const values = percentilesUs(
      distribution,
      asked.map((percentile) => Math.max(percentile, 0.0001)),
    );
    return {
      name,
      points: asked.map((percentile, i) => [
        Number((100 / (100 - percentile)).toPrecision(6)),
        Math.max(values[i], 1) / 1000,
      ]),
    };
  });
  const chart = { x: '1 / (1 - q): 10 is p90, 100 is p99', y: 'milliseconds', lines, logX: true, logY: true };
  return figure(
    'Percentile curve',
    'Latency counts from the intended time of sending, in virtual time.',
    chart,
    (ms) => durationOfUs(Math.round(ms * 1000)),
  );
}

async function figure(
  title: string,
  caption: string,
  chart: LineChart,
  valueText: (value: number) => string,
): Promise<string> {
  const svg = await lineChartSvg(chart);
  const peaks = chart.lines.map(({ name, points }) => {
    const [at, most] = points.reduce(
      (best, point) => (point[1] > best[1] ? point : best),
      points[0] ?? [0, 0],
    );
    const where = chart.logX === true ? '' : ` at ${clockOfNs(at * 1e9)}`;
    return `${name}: at most ${valueText(most)}${where}`;
  });
  const xs = [...new Set(chart.lines.flatMap(({ points }) => points.map(([px]) => px)))].toSorted(
    (a, b) => a - b,
  );
  const byLine = chart.lines.map(({ points }) => new Map(points));
  const rows = xs.map((px) => [
    chart.logX === true ? `p${Number((100 - 100 / px).toFixed(3))}` : clockOfNs(px * 1e9),
    ...byLine.map((values) => {
      const value = values.get(px);
      return value === undefined ? '' : valueText(value);
    }),
  ]);
  const head = [chart.logX === true ? 'percentile' : 'virtual time', ...chart.lines.map(({ name }) => name)];
  return [
    `<figure><h3>${escaped(title)}</h3>`,
    `<div class="chart" role="img" tabindex="0" aria-label="${escaped(`${title}. ${peaks.join('; ')}`)}">${svg}</div>`,
    `<figcaption>${escaped(caption)} ${escaped(peaks.join('; '))}.</figcaption>`,
    folded('Data', table(`${title}: data`, head, rows)),
    '</figure>',
  ].join('\n');
}

/** The percentiles of each delay. */
export function delayTable({ distributions }: Summary): string {
  const rows = DELAYS.flatMap(([key, name]) => {
    const d = distributions[key];
    return d === undefined
      ? []
      : [[name, ...[d.p50Us, d.p95Us, d.p99Us, d.maxUs].map(durationOfUs), thousands(d.count)]];
  });
  return rows.length === 0 ? '' : table('Delays', ['delay', 'p50', 'p95', 'p99', 'max', 'count'], rows);
}

/** The highest point of the store, in words. */
export function storeSentence({ store }: Summary): string {
  return store === undefined
    ? 'nothing was stored'
    : `${thousands(store.peakRecords)} messages at ${clockOfNs(store.peakRecordsAtSecond * 1e9)}, ${octetsText(store.peakOctets)}`;
}
