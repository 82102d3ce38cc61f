/** The closed forms against the published constants, the laboratory against the closed forms. */
import { describe, expect, it } from 'vitest';
import { erlangB, erlangC, repairUtilisation, waitOfMg1, waitOfMmc } from './queueing.js';
import { openStation, repairStation } from './stations.js';
import { checkSamplers } from './validate.js';

describe('closed forms', () => {
  it.each([
    ['Erlang C, M/M/2 at 0.8', erlangC(2, 0.8), 0.71111],
    ['Wq of M/M/2 at 0.8', waitOfMmc(2, 0.8), 1.77778],
    ['Erlang C, M/M/4 at 0.8', erlangC(4, 0.8), 0.59643],
    ['Wq of M/M/4 at 0.8', waitOfMmc(4, 0.8), 0.74554],
    ['Erlang C, M/M/8 at 0.9', erlangC(8, 0.9), 0.70153],
    ['Wq of M/M/8 at 0.9', waitOfMmc(8, 0.9), 0.87692],
    ['Wq of M/D/1 at 0.8', waitOfMg1(0.8, 0), 2],
    ['Wq of M/H2/1, SCV 4, at 0.8', waitOfMg1(0.8, 4), 10],
    ['Erlang B, 8 erlangs on 10', erlangB(10, 8), 0.12166],
  ])('%s is %d', (_name, value, constant) => {
    expect(value).toBeCloseTo(constant, 5);
  });

  it('machine repair with one machine is busy for 1 / (1 + upTime) of the time', () => {
    expect(repairUtilisation(1, 8)).toBeCloseTo(1 / 9, 12);
  });
});

describe('the CPU station of the laboratory', () => {
  it('M/M/1 at rho 0.8 is within 3 % of W = 5, and obeys Little to the nanosecond', () => {
    const measured = openStation({
      seed: 'proof',
      servers: 1,
      load: 0.8,
      service: 'exponential',
      jobs: 400_000,
    });
    expect(Math.abs(measured.time / 5 - 1)).toBeLessThan(0.03);
    expect(measured.littleResidual).toBe(0);
  });

  it('Erlang B and machine repair are within 3 %', () => {
    const lost = openStation({
      seed: 'proof',
      servers: 10,
      load: 0.8,
      service: 'exponential',
      jobs: 200_000,
      queue: 0,
    });
    expect(Math.abs(lost.blocked / 0.12166 - 1)).toBeLessThan(0.03);
    expect(Math.abs(repairStation('proof', 10, 8, 100_000) / repairUtilisation(10, 8) - 1)).toBeLessThan(
      0.03,
    );
  });
});

it('all samplers pass a Kolmogorov-Smirnov test', () => {
  expect(checkSamplers(5_000).filter(({ held }) => !held)).toEqual([]);
});
