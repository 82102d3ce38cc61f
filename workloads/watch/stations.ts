/**
 * The stations of a world under observation: CPU of the SIP/IP Core, CPU and storage of the IM Server. Sampled after each slice, so that
 * utilisation is known for the phase of load and for the busiest second.
 */
import type { Series } from '../../results/cell-result.js';
import type { StationAccount } from '../../results/recording/self-checks.js';
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
  loadBusyNs: number;
  peak: number;
}

export class StationWatch {
  private readonly stations: readonly Watched[];
  private lastNs = 0;
  private loadNs = 0;
  /** Of each whole second, if they are kept: busy time of each station so far. */
  private readonly busyAt: number[][] = [];

  /** With `keepSeconds` the utilisation of any stretch of whole seconds can be told afterwards. */
  constructor(
    world: World,
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
      loadBusyNs: 0,
      peak: 0,
    }));
  }

  /** Takes note at the end of a slice, at the instant `nowNs`. */
  sample(nowNs: number): void {
    const sinceNs = nowNs - this.lastNs;
    if (sinceNs <= 0) return;
    const { loadFromNs, loadUntilNs } = this.phases;
    const underLoad = this.lastNs >= loadFromNs && nowNs <= loadUntilNs + NS_PER_S;
    if (underLoad) this.loadNs += sinceNs;
    for (const station of this.stations) {
      const { busyNs, presentNs, servers } = station.meter;
      station.present.push(rounded((presentNs - station.lastPresentNs) / sinceNs));
      station.lastPresentNs = presentNs;
      const byNs = busyNs - station.lastBusyNs;
      station.lastBusyNs = busyNs;
      station.utilisation.push(rounded(byNs / servers / sinceNs));
      station.peak = Math.max(station.peak, byNs / servers / sinceNs);
      if (underLoad) station.loadBusyNs += byNs;
    }
    this.lastNs = nowNs;
    if (this.keepSeconds) {
      this.busyAt[Math.floor(nowNs / NS_PER_S)] = this.stations.map(({ meter }) => meter.busyNs);
    }
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

  /** The accounts so far; their utilisation under load is that of `window`, if seconds were kept. */
  accounts(window?: { readonly fromSecond: number; readonly untilSecond: number }): StationAccount[] {
    const within = (station: number): number | undefined => {
      if (window === undefined) return undefined;
      const from = this.busyAt.at(window.fromSecond)?.at(station);
      const until = this.busyAt.at(window.untilSecond)?.at(station);
      if (from === undefined || until === undefined) return undefined;
      const lengthNs = (window.untilSecond - window.fromSecond) * NS_PER_S;
      return lengthNs <= 0 ? undefined : (until - from) / this.stations[station].meter.servers / lengthNs;
    };
    return this.stations.map(({ name, meter, loadBusyNs, peak }, i) => ({
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
      loadUtilisation: within(i) ?? (this.loadNs === 0 ? 0 : loadBusyNs / meter.servers / this.loadNs),
      peakUtilisation: peak,
    }));
  }
}

/** The sum of columns of one length. */
function together([first, ...others]: readonly (readonly number[])[]): number[] {
  return first.map((value, i) => others.reduce((sum, column) => sum + column[i], value));
}

/** Four digits behind the point: enough for a chart, and short in a table. */
function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
