import { describe, expect, it } from 'vitest';
import { exponential } from '../kernel/distributions.js';
import { Kernel, Phase } from '../kernel/kernel.js';
import { Chance } from '../kernel/random.js';
import { CpuStation } from './cpu.js';
import type { CpuSpec, WorkCost } from './specs.js';

const US = 1000;

function station(spec: Partial<CpuSpec>, onServed: (token: number, nowNs: number) => void) {
  const kernel = new Kernel();
  const full: CpuSpec = { servers: 1, queueLimit: 1e9, costs: [], provenance: 'test', ...spec };
  const sink = { onServed: (token: number) => onServed(token, kernel.nowNs) };
  const stream = new Chance('cpu').stream('cpu', 0, 0);
  return { kernel, cpu: new CpuStation(kernel, full, stream, () => sink) };
}

const constant = (baseNs: number, nsPerKiB = 0): WorkCost => ({ baseNs, nsPerKiB, distribution: 'constant' });

describe('CPU station', () => {
  it('serves in order, by base cost and cost for each KiB', () => {
    const done: string[] = [];
    const { kernel, cpu } = station(
      { costs: [constant(10 * US), constant(5 * US, 2 * US)] },
      (token, nowNs) => done.push(`${token} at ${nowNs / US}`),
    );
    cpu.spend(0, 0, 1);
    cpu.spend(1, 2048, 2);
    cpu.spend(0, 0, 3);
    expect(cpu.inSystem).toBe(3);
    kernel.runUntil(1e9);
    expect(done).toEqual(['1 at 10', '2 at 19', '3 at 29']);
    expect(cpu.inSystem).toBe(0);
  });

  it('serves free work in the same call while idle, and in its turn while busy', () => {
    const done: string[] = [];
    const { kernel, cpu } = station({ costs: [constant(10 * US)] }, (token, nowNs) =>
      done.push(`${token} at ${nowNs / US}`),
    );
    cpu.spend(5, 0, 1);
    expect(done).toEqual(['1 at 0']);
    cpu.spend(0, 0, 2);
    cpu.spend(5, 0, 3);
    expect(done.length).toBe(1);
    kernel.runUntil(1e9);
    expect(done).toEqual(['1 at 0', '2 at 10', '3 at 10']);
  });

  it('uses its servers side by side and refuses beyond the queue', () => {
    const done: string[] = [];
    const { kernel, cpu } = station(
      { servers: 2, queueLimit: 1, costs: [constant(10 * US)] },
      (token, nowNs) => done.push(`${token} at ${nowNs / US}`),
    );
    expect([1, 2, 3, 4].map((token) => cpu.spend(0, 0, token))).toEqual([true, true, true, false]);
    expect(cpu.refused).toBe(1);
    kernel.runUntil(1e9);
    expect(done).toEqual(['1 at 10', '2 at 10', '3 at 20']);
  });

  /** Mean number of nanoseconds in the system for Poisson arrivals at `load` of the capacity. */
  function meanTime(servers: number, load: number, distribution: 'constant' | 'exponential'): number {
    const serviceNs = 100 * US;
    const arrivedNs = new Float64Array(200_000);
    let total = 0;
    let served = 0;
    const { kernel, cpu } = station(
      { servers, costs: [{ baseNs: serviceNs, nsPerKiB: 0, distribution }] },
      (token, nowNs) => {
        total += nowNs - arrivedNs[token];
        served++;
      },
    );
    const stream = new Chance('arrivals').stream('arrivals', 0, 0);
    const handler = kernel.register({
      onEvent(_kind, token) {
        arrivedNs[token] = kernel.nowNs;
        cpu.spend(0, 0, token);
        if (token + 1 === arrivedNs.length) return;
        const gapNs = Math.round(exponential(stream, serviceNs / (load * servers)));
        kernel.at(kernel.nowNs + gapNs, Phase.workload, handler, 0, token + 1, 0);
      },
    });
    kernel.at(0, Phase.workload, handler, 0, 0, 0);
    kernel.runUntil(1e12);
    expect(served).toBe(arrivedNs.length);
    return total / served / serviceNs;
  }

  it('agrees with queueing theory: M/M/1, M/M/2 and M/D/1 at 70 % load', () => {
    const rho = 0.7;
    expect(meanTime(1, rho, 'exponential') / (1 / (1 - rho))).toBeCloseTo(1, 1);
    expect(meanTime(2, rho, 'exponential') / (1 / (1 - rho * rho))).toBeCloseTo(1, 1);
    expect(meanTime(1, rho, 'constant') / (1 + rho / (2 * (1 - rho)))).toBeCloseTo(1, 1);
  });
});
