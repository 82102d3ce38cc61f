/**
 * The stations of a world under observation: CPU of the SIP/IP Core, CPU and storage of the IM Server. Sampled after each slice, for the
 * busiest second, and at the very instants at which the load begins and ends (`looks`), for the utilisation under load.
 */
import type { Series } from '../../results/cell-result.js';
import type { StationAccount, StationWindow } from '../../results/recording/self-checks.js';
import type { StationMeter } from '../../sim/host/station-meter.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import type { World } from '../../sim/world.js';
import type { Phases } from '../scenario/scenario.js';
import { Host, imHost, serverName } from '../topology.js';

type Column = Extract<keyof Series, `${string}Utilisation` | `${string}Present`>;

interface Watched {
  readonly name: string;
  /** What its columns of the timeline begin with. */
  readonly column: 'coreCpu' | 'serverCpu' | 'serverStorage';
  readonly meter: StationMeter;
  lastBusyNs: number;
  lastPresentNs: number;
  readonly utilisation: number[];
  readonly present: number[];
  /** Busy time when the load began and ended; -1 before. */
  loadFromNs: number;
  loadUntilNs: number;
  peak: number;
  /** Most jobs present since the last whole second. */
  most: number;
  /** By whole second, if they are kept. */
  readonly seconds: StationSecond[];
}

/** The account of a station at the end of a second, and the most jobs that were present in it. */
type StationSecond = Omit<StationWindow, 'lengthNs' | 'peakUtilisation'>;

const NOTHING: StationSecond = {
  busyNs: 0,
  presentNs: 0,
  completed: 0,
  spentNs: 0,
  services: 0,
  serviceNs: 0,
  maxPresent: 0,
};

export class StationWatch {
  private readonly stations: readonly Watched[];
  private lastNs = 0;

  /** With `keepSeconds` what the stations did in any stretch of whole seconds can be told afterwards. */
  constructor(
    private readonly world: World,
    private readonly phases: Phases,
    instances: number,
    private readonly keepSeconds = false,
  ) {
    const meters: [string, Watched['column'], StationMeter][] = [
      ['SIP/IP Core CPU', 'coreCpu', world.host(Host.core).cpuMeter],
    ];
    for (let instance = 0; instance < instances; instance++) {
      const host = world.host(imHost(instance));
      const name = serverName(instance, instances);
      meters.push(
        [`${name} CPU`, 'serverCpu', host.cpuMeter],
        [`${name} storage`, 'serverStorage', host.storage.meter],
      );
    }
    this.stations = meters.map(([name, column, meter]) => ({
      name,
      column,
      meter,
      lastBusyNs: 0,
      lastPresentNs: 0,
      utilisation: [],
      present: [],
      loadFromNs: -1,
      loadUntilNs: -1,
      peak: 0,
      most: 0,
      seconds: [NOTHING],
    }));
  }

  /** What must be looked at between slices, once all events up to and including `atNs` have happened. */
  get looks(): readonly { readonly atNs: number; readonly look: () => void }[] {
    const { loadFromNs, loadUntilNs } = this.phases;
    return [
      {
        atNs: loadFromNs,
        look: () => {
          for (const station of this.stations) station.loadFromNs = station.meter.busyNs;
        },
      },
      {
        atNs: loadUntilNs,
        look: () => {
          for (const station of this.stations) station.loadUntilNs = station.meter.busyNs;
        },
      },
    ];
  }

  /** Takes note at the end of a slice, at the instant `nowNs`. */
  sample(nowNs: number): void {
    const sinceNs = nowNs - this.lastNs;
    if (sinceNs <= 0) return;
    for (const station of this.stations) {
      const { busyNs, presentNs, servers } = station.meter;
      station.present.push(rounded((presentNs - station.lastPresentNs) / sinceNs));
      station.lastPresentNs = presentNs;
      const byNs = busyNs - station.lastBusyNs;
      station.lastBusyNs = busyNs;
      station.utilisation.push(rounded(byNs / servers / sinceNs));
      station.peak = Math.max(station.peak, byNs / servers / sinceNs);
      if (this.keepSeconds) keep(station, nowNs);
    }
    this.lastNs = nowNs;
  }

  /** Columns of the timeline: one value for each slice, so for each second; of a cluster, mean utilisation and all jobs. */
  series(): Partial<Series> {
    const names = [...new Set(this.stations.map(({ column }) => column))];
    const columns = names.flatMap((name): [Column, number[]][] => {
      const alike = this.stations.filter(({ column }) => column === name);
      return [
        [
          `${name}Utilisation`,
          together(alike.map(({ utilisation }) => utilisation)).map((sum) => rounded(sum / alike.length)),
        ],
        [`${name}Present`, together(alike.map(({ present }) => present)).map(rounded)],
      ];
    });
    return Object.fromEntries(columns);
  }

  /** The accounts so far; with those of `window`, if seconds were kept. */
  accounts(window?: { readonly fromSecond: number; readonly untilSecond: number }): StationAccount[] {
    return this.stations.map((station) => {
      const { name, meter, peak } = station;
      return {
        name,
        servers: meter.servers,
        arrived: meter.arrived,
        completed: meter.completed,
        refused: meter.refused,
        dropped: meter.dropped,
        present: meter.present,
        maxPresent: meter.maxPresent,
        spentNs: meter.spentNs,
        serviceNs: meter.serviceNs,
        presentNs: meter.presentNs,
        busyNs: meter.busyNs,
        loadUtilisation: this.underLoad(station),
        peakUtilisation: peak,
        window: window === undefined ? undefined : within(station, window.fromSecond, window.untilSecond),
      };
    });
  }

  /** Utilisation from the start of the load to its end, or to the end of a run that did not reach that. */
  private underLoad({ meter, loadFromNs, loadUntilNs }: Watched): number {
    if (loadFromNs < 0) return 0;
    const untilNs = Math.min(this.phases.loadUntilNs, this.world.kernel.nowNs);
    const lengthNs = untilNs - this.phases.loadFromNs;
    if (lengthNs <= 0) return 0;
    return ((loadUntilNs < 0 ? meter.busyNs : loadUntilNs) - loadFromNs) / meter.servers / lengthNs;
  }
}

/** Keeps the account of `station` if a whole second is over. */
function keep(station: Watched, nowNs: number): void {
  const { meter, seconds } = station;
  station.most = Math.max(station.most, meter.takeMost());
  if (nowNs % NS_PER_S !== 0) return;
  const { busyNs, presentNs, completed, spentNs, services, serviceNs } = meter;
  const maxPresent = station.most;
  seconds[nowNs / NS_PER_S] = { busyNs, presentNs, completed, spentNs, services, serviceNs, maxPresent };
  station.most = 0;
}

/** What `station` did in the seconds [from, until); undefined if they were not kept, or there are none. */
function within(
  { meter, seconds }: Watched,
  fromSecond: number,
  untilSecond: number,
): StationWindow | undefined {
  const from = seconds.at(fromSecond);
  const until = seconds.at(untilSecond);
  if (from === undefined || until === undefined || untilSecond <= fromSecond) return undefined;
  let maxPresent = 0;
  let busiestNs = 0;
  for (let second = fromSecond; second < untilSecond; second++) {
    const end = seconds[second + 1];
    maxPresent = Math.max(maxPresent, end.maxPresent);
    busiestNs = Math.max(busiestNs, end.busyNs - seconds[second].busyNs);
  }
  return {
    lengthNs: (untilSecond - fromSecond) * NS_PER_S,
    busyNs: until.busyNs - from.busyNs,
    presentNs: until.presentNs - from.presentNs,
    completed: until.completed - from.completed,
    spentNs: until.spentNs - from.spentNs,
    services: until.services - from.services,
    serviceNs: until.serviceNs - from.serviceNs,
    maxPresent,
    peakUtilisation: busiestNs / meter.servers / NS_PER_S,
  };
}

/** The sum of columns of one length. */
function together([first, ...others]: readonly (readonly number[])[]): number[] {
  return first.map((value, i) => others.reduce((sum, column) => sum + column[i], value));
}

/** Four digits behind the point: enough for a chart, and short in a table. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
