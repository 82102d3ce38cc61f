/** Which charts a run has, by section, each of them only if there is something in it. */
import type { Distribution, Distributions } from '../../cell/figures.js';
import type { Series, Summary } from '../../cell-result.js';
import type { Intervals } from '../../folder/intervals-file.js';
import type { Chart, Covered, FaultBand, Scale } from './chart.js';
import { LATENCY_NAMES, heatMapOf, latencyOverTime, percentileCurve } from './latency-charts.js';
import { timeChart } from './line-chart.js';
import { linesOf, stepOf, sumOf, type Column } from './timelines.js';

/** What the charts of a run are made of. */
export interface RunFigures {
  readonly summary: Summary;
  readonly series: Series;
  readonly bands: readonly FaultBand[];
  readonly intervals?: Intervals | undefined;
  /** The run that this one is compared with. */
  readonly base?: Summary | undefined;
}

const NO_INTERVALS: Intervals = { metrics: {}, exemplars: {} };

/** Makes the charts of a run over one time axis. */
export class RunCharts {
  private readonly seconds: number;
  private readonly step: number;
  private readonly covered: Covered | undefined;

  constructor(
    private readonly run: RunFigures,
    mostPoints: number,
  ) {
    this.seconds = run.series.offered.length;
    this.step = stepOf(this.seconds, mostPoints);
    const { warmUp } = run.summary;
    this.covered = warmUp && { fromS: warmUp.fromSecond, toS: warmUp.untilSecond };
  }

  load(): (Chart | undefined)[] {
    const { offered, deliveredAtOnce, settled, stored } = this.run.series;
    return [
      this.over(
        'Offered, carried, goodput',
        'Offered: what the workload asked for. Carried: delivered at once or stored. Goodput: what reached its recipient.',
        'messages a second',
        'count',
        [
          flow('offered', offered),
          flow('carried', sumOf(deliveredAtOnce, stored)),
          flow('goodput', sumOf(deliveredAtOnce, settled)),
        ],
        { wide: true },
      ),
    ];
  }

  latency(): (Chart | undefined)[] {
    const { summary, bands, base, intervals = NO_INTERVALS } = this.run;
    const over = (['answerDelivered', 'answerDeferred', 'drainTime', 'dwell'] as const).map((metric) =>
      latencyOverTime(metric, intervals, this.seconds, bands, this.covered),
    );
    return [
      ...over,
      percentileCurve(
        'Percentile curve',
        distributionsOf(summary),
        summary.thresholds,
        base === undefined ? [] : distributionsOf(base),
      ),
      heatMapOf('answerDelivered', intervals, this.seconds),
      heatMapOf('dwell', intervals, this.seconds),
    ];
  }

  store(): (Chart | undefined)[] {
    const { series, summary } = this.run;
    if (summary.counts.stored === 0) return [];
    return [
      this.over(
        'Messages in the store',
        'Of the IM Server, at the end of each second.',
        'messages',
        'count',
        [level('in the store', series.storeRecords)],
      ),
      this.over(
        'Octets in the store',
        'Octets of the records, without what the device adds.',
        'octets',
        'octets',
        [level('in the store', series.storeOctets)],
      ),
      this.over(
        'Into and out of the store',
        'Stored, delivered and deleted, and those whose lifetime ended first.',
        'messages a second',
        'count',
        [flow('stored', series.stored), flow('delivered', series.settled), flow('expired', series.expired)],
        { wide: true },
      ),
    ];
  }

  stations(): (Chart | undefined)[] {
    const { series } = this.run;
    const { coreCpuUtilisation: core, serverCpuUtilisation: cpu, serverStorageUtilisation: storage } = series;
    const waiting = [series.coreCpuPresent, series.serverCpuPresent, series.serverStoragePresent];
    if (core === undefined || cpu === undefined || storage === undefined) return [];
    const [coreJobs, cpuJobs, storageJobs] = waiting.map((values) => values ?? []);
    const named = (make: typeof flow, a: readonly number[], b: readonly number[], c: readonly number[]) => [
      make('SIP/IP Core CPU', a),
      make('IM Server CPU', b),
      make('IM Server storage', c),
    ];
    return [
      this.over(
        'Utilisation of the stations',
        'Share of the servers of each station at work; of a cluster, the mean.',
        'utilisation',
        'share',
        named(flow, core, cpu, storage),
      ),
      this.over(
        'Queue depth of the stations',
        'Jobs waiting and in service, in the mean over each second; of a cluster, all of them.',
        'jobs',
        'count',
        named(level, coreJobs, cpuJobs, storageJobs),
      ),
    ];
  }

  large(): (Chart | undefined)[] {
    const { series, summary, bands, intervals = NO_INTERVALS } = this.run;
    const { large } = summary;
    if (large === undefined || series.assembledOctets === undefined) return [];
    const measured: [string, Distribution][] = [];
    if (large.answer !== undefined) measured.push([LATENCY_NAMES.largeAnswer, large.answer]);
    if (large.storeDelay !== undefined) measured.push(['first octet to commit', large.storeDelay]);
    if (large.reassemblyLag !== undefined) measured.push([LATENCY_NAMES.reassemblyLag, large.reassemblyLag]);
    return [
      this.over(
        'Reassembly goodput',
        'Octets of Large Messages that became complete at the IM Server.',
        'octets a second',
        'octets',
        [flow('assembled', series.assembledOctets)],
      ),
      this.over(
        'Large Message sessions',
        'Sessions open at the IM Server, and messages that became complete there.',
        'number',
        'count',
        [
          level('open sessions', series.largeSessions ?? []),
          flow('assembled a second', series.assembled ?? []),
        ],
      ),
      latencyOverTime('largeAnswer', intervals, this.seconds, bands, this.covered),
      percentileCurve('Completion of Large Messages', measured),
    ];
  }

  registrations(): (Chart | undefined)[] {
    const { series, summary, bands, intervals = NO_INTERVALS } = this.run;
    const notes = (summary.recovery?.waves ?? [])
      .slice(0, 4)
      .map(({ atSecond, perSecond }, i) => ({ atS: atSecond, text: `wave ${i + 1}: ${perSecond}/s` }));
    const { registersFailed: failed, registersWaiting: waiting } = series;
    return [
      this.over(
        summary.recovery === undefined ? 'Registrations' : 'Reconnect storm',
        'REGISTER requests that left the clients, those granted, and those that failed.',
        'requests a second',
        'count',
        [
          flow('sent', series.registersSent),
          flow('granted', series.registersGranted),
          ...(failed === undefined ? [] : [flow('failed', failed)]),
        ],
        { wide: true, notes },
      ),
      waiting === undefined
        ? undefined
        : this.over(
            'Registrations under way',
            'REGISTER attempts of clients that have no final answer yet.',
            'attempts',
            'count',
            [level('without an answer', waiting)],
          ),
      latencyOverTime('registrationDelay', intervals, this.seconds, bands, this.covered),
    ];
  }

  private over(
    title: string,
    caption: string,
    y: string,
    scale: Scale,
    columns: readonly Column[],
    more: {
      readonly wide?: boolean;
      readonly notes?: readonly { readonly atS: number; readonly text: string }[];
    } = {},
  ): Chart | undefined {
    const { seconds, step } = this;
    if (seconds < 2) return undefined;
    const thinned =
      step === 1 ? '' : ` Each point stands for ${step} s: the mean of flows, the highest of levels.`;
    return timeChart({
      title,
      caption: `${caption}${thinned}`,
      y,
      scale,
      data: linesOf(columns, seconds, step),
      bands: this.run.bands,
      covered: this.covered,
      lastS: seconds,
      ...more,
    });
  }
}

function flow(name: string, values: readonly number[]): Column {
  return { name, values, kind: 'flow' };
}

function level(name: string, values: readonly number[]): Column {
  return { name, values, kind: 'level' };
}

const CURVES: readonly (keyof Distributions & keyof typeof LATENCY_NAMES)[] = [
  'answerDelivered',
  'answerDeferred',
  'storeDelay',
  'triggerLatency',
  'drainTime',
  'dwell',
  'registrationDelay',
];

/** The distributions of a run with their names. */
export function distributionsOf({ distributions }: Summary): [string, Distribution][] {
  return CURVES.flatMap((key): [string, Distribution][] => {
    const distribution = distributions[key];
    return distribution === undefined ? [] : [[LATENCY_NAMES[key], distribution]];
  });
}
