/**
 * The CPU station of the laboratory under textbook loads, driven by the kernel: the very code that serves the SIP/IP Core and the IM
 * Server. A service is 1 ms on average; the first tenth of the jobs is warm-up and not counted.
 */
import { CpuStation } from '../../sim/host/cpu.js';
import type { WorkCost } from '../../sim/host/specs.js';
import { exponential } from '../../sim/kernel/distributions.js';
import { Kernel, Phase } from '../../sim/kernel/kernel.js';
import { Chance } from '../../sim/kernel/random.js';
import type { RandomStream } from '../../sim/host/ports.js';
import { NS_PER_MS } from '../../sim/kernel/time.js';

const SERVICE_NS = NS_PER_MS;
const WARM_UP = 0.1;

/** Service with mean 1, drawn outside of the station; 'exponential' and 'constant' are drawn by the station itself. */
export type Service = 'exponential' | 'constant' | ((stream: RandomStream) => number);

export interface OpenLoad {
  readonly seed: string;
  readonly servers: number;
  /** Jobs a service time and server. */
  readonly load: number;
  readonly service: Service;
  readonly jobs: number;
  /** Jobs that may wait; without limit if left out. */
  readonly queue?: number;
}

/** Figures in units of the mean service time. */
export interface Measured {
  readonly wait: number;
  readonly time: number;
  /** Shares of the counted jobs that had to wait, and that were refused. */
  readonly delayed: number;
  readonly blocked: number;
  readonly utilisation: number;
  /** Mean number in the station by the area, against lambda W: the residual of Little's law. */
  readonly littleResidual: number;
}

/** A work cost that takes its time from the octets, so that any service can be asked for. */
const AS_GIVEN: WorkCost = { baseNs: 0, nsPerKiB: 1024, distribution: 'constant' };

/** A station with Poisson arrivals. */
export function openStation({ seed, servers, load, service, jobs, queue }: OpenLoad): Measured {
  const chance = new Chance(seed);
  const kernel = new Kernel();
  const arrivedNs = new Float64Array(jobs);
  const first = Math.floor(jobs * WARM_UP);
  let counted = 0;
  let spentNs = 0;
  let delayed = 0;
  let blocked = 0;
  const drawn = typeof service === 'function';
  const costs: WorkCost[] = drawn ? [AS_GIVEN] : [{ baseNs: SERVICE_NS, nsPerKiB: 0, distribution: service }];
  const spec = { servers, queueLimit: queue ?? 1e9, costs, provenance: 'validation' };
  const sink = {
    onServed(token: number) {
      if (token < first) return;
      counted++;
      spentNs += kernel.nowNs - arrivedNs[token];
    },
  };
  const cpu = new CpuStation(kernel, spec, chance.stream('service', 0, 0), () => sink);
  const gaps = chance.stream('arrivals', 0, 0);
  const times = chance.stream('times', 0, 0);
  const meanGapNs = SERVICE_NS / (load * servers);
  let fromNs = 0;
  let busyFromNs = 0;
  const { meter } = cpu;
  const handler = kernel.register({
    onEvent(_kind, token) {
      if (token === first) {
        fromNs = kernel.nowNs;
        busyFromNs = meter.busyNs;
      }
      arrivedNs[token] = kernel.nowNs;
      const octets = drawn ? service(times) * SERVICE_NS : 0;
      if (token >= first && cpu.inSystem >= servers) delayed++;
      if (!cpu.spend(0, octets, token) && token >= first) blocked++;
      if (token + 1 === jobs) return;
      const gapNs = Math.round(exponential(gaps, meanGapNs));
      kernel.at(kernel.nowNs + gapNs, Phase.workload, handler, 0, token + 1, 0);
    },
  });
  kernel.at(0, Phase.workload, handler, 0, 0, 0);
  kernel.runUntil(Number.MAX_SAFE_INTEGER);
  const asked = jobs - first;
  const time = spentNs / counted / SERVICE_NS;
  return {
    time,
    wait: time - 1,
    delayed: delayed / asked,
    blocked: blocked / asked,
    utilisation: (meter.busyNs - busyFromNs) / servers / (arrivedNs[jobs - 1] - fromNs),
    littleResidual: meter.spentNs === 0 ? 0 : Math.abs(meter.presentNs - meter.spentNs) / meter.spentNs,
  };
}

/** Machine repair: `machines` run for `upTime` service times on average and then wait for the one repairman. Gives his utilisation. */
export function repairStation(seed: string, machines: number, upTime: number, repairs: number): number {
  const chance = new Chance(seed);
  const kernel = new Kernel();
  const running = chance.stream('running', 0, 0);
  const costs: WorkCost[] = [{ baseNs: SERVICE_NS, nsPerKiB: 0, distribution: 'exponential' }];
  const spec = { servers: 1, queueLimit: machines, costs, provenance: 'validation' };
  let done = 0;
  let fromNs = 0;
  let busyFromNs = 0;
  let untilNs = 0;
  let busyUntilNs = 0;
  const sink = {
    onServed(machine: number) {
      done++;
      if (done === Math.floor(repairs * WARM_UP)) {
        fromNs = kernel.nowNs;
        busyFromNs = cpu.meter.busyNs;
      }
      if (done === repairs) {
        untilNs = kernel.nowNs;
        busyUntilNs = cpu.meter.busyNs;
      }
      if (done < repairs) run(machine);
    },
  };
  const cpu = new CpuStation(kernel, spec, chance.stream('repair', 0, 0), () => sink);
  const handler = kernel.register({ onEvent: (_kind, machine) => void cpu.spend(0, 0, machine) });
  const run = (machine: number) => {
    const upNs = Math.round(exponential(running, upTime * SERVICE_NS));
    kernel.at(kernel.nowNs + upNs, Phase.workload, handler, 0, machine, 0);
  };
  for (let machine = 0; machine < machines; machine++) run(machine);
  kernel.runUntil(Number.MAX_SAFE_INTEGER);
  return (busyUntilNs - busyFromNs) / (untilNs - fromNs);
}
