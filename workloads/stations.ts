/**
 * The stations of a world under observation: CPU of the SIP/IP Core, CPU and storage of the IM Server. Sampled after each slice, so that
 * utilisation is known for the phase of load and for the busiest second.
 */
import type { StationAccount } from '../results/self-checks.js';
import type { StationMeter } from '../sim/host/station-meter.js';
import { NS_PER_S } from '../sim/kernel/time.js';
import type { World } from '../sim/world.js';
import type { Phases } from './scenario.js';
import { Host } from './topology.js';

interface Watched {
  readonly name: string;
  readonly meter: StationMeter;
  lastBusyNs: number;
  loadBusyNs: number;
  peak: number;
}

export class StationWatch {
  private readonly stations: readonly Watched[];
  private lastNs = 0;
  private loadNs = 0;

  constructor(
    world: World,
    private readonly phases: Phases,
  ) {
    const meters: [string, StationMeter][] = [
      ['SIP/IP Core CPU', world.host(Host.core).cpuMeter],
      ['IM Server CPU', world.host(Host.im).cpuMeter],
      ['IM Server storage', world.host(Host.im).storage.meter],
    ];
    this.stations = meters.map(([name, meter]) => ({ name, meter, lastBusyNs: 0, loadBusyNs: 0, peak: 0 }));
  }

  /** Takes note at the end of a slice, at the instant `nowNs`. */
  sample(nowNs: number): void {
    const sinceNs = nowNs - this.lastNs;
    if (sinceNs <= 0) return;
    const { loadFromNs, loadUntilNs } = this.phases;
    const underLoad = this.lastNs >= loadFromNs && nowNs <= loadUntilNs + NS_PER_S;
    if (underLoad) this.loadNs += sinceNs;
    for (const station of this.stations) {
      const { busyNs, servers } = station.meter;
      const byNs = busyNs - station.lastBusyNs;
      station.lastBusyNs = busyNs;
      station.peak = Math.max(station.peak, byNs / servers / sinceNs);
      if (underLoad) station.loadBusyNs += byNs;
    }
    this.lastNs = nowNs;
  }

  /** The accounts so far. */
  accounts(): StationAccount[] {
    return this.stations.map(({ name, meter, loadBusyNs, peak }) => ({
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
      loadUtilisation: this.loadNs === 0 ? 0 : loadBusyNs / meter.servers / this.loadNs,
      peakUtilisation: peak,
    }));
  }
}
