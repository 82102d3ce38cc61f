import { lastValueFrom, toArray } from 'rxjs';
import { describe, expect, test } from 'vitest';
import { BODY_MARK, mark } from '../../models/marks.js';
import { Kernel } from '../../sim/kernel/kernel.js';
import { Chance } from '../../sim/kernel/random.js';
import { VirtualScheduler } from '../../sim/rx.js';
import type { PagerOffer } from '../../models/client/config.js';
import { Bodies } from './bodies.js';
import { parseScenario } from '../scenario/loader.js';
import { pagerTraffic, sizeSampler } from './pager.js';
import { Outages, Population } from './population.js';
import { arrivals } from './arrivals.js';

const LOAD = `version: 1
name: load
rampUp: 5s
duration: 200s
population: { subscribers: 50, anonymousShare: 20% }
traffic: { pager: { rate: 100/s, expires: { share: 25%, min: 10s, max: 60s } } }
`;

/** All messages of the load under `seed`, run in virtual time, with the kernel's clock at each. */
function offers(seed: string): { offers: PagerOffer[]; clock: number[] } {
  const kernel = new Kernel();
  const chance = new Chance(seed);
  const scenario = parseScenario(LOAD, 'load.yaml');
  const { subscribers, anonymousShare } = scenario.population;
  const seen: { offers: PagerOffer[]; clock: number[] } = { offers: [], clock: [] };
  pagerTraffic(
    scenario,
    chance,
    new VirtualScheduler(kernel),
    new Population(chance, subscribers, anonymousShare),
  ).subscribe((offer) => {
    seen.offers.push(offer);
    seen.clock.push(kernel.nowNs);
  });
  kernel.runUntil(300e9);
  return seen;
}

describe('the Pager Mode workload', () => {
  const { offers: all, clock } = offers('42');

  test('is a Poisson process: right count, exponential gaps, in the load phase only', () => {
    // 20,000 expected; the standard deviation is 141.
    expect(Math.abs(all.length - 20_000)).toBeLessThan(500);
    expect(all[0]!.intendedAtNs).toBeGreaterThan(5e9);
    expect(all.at(-1)!.intendedAtNs).toBeLessThan(205e9);
    const gaps = all.slice(1).map((offer, i) => offer.intendedAtNs - all[i]!.intendedAtNs);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    expect(mean / 1e7).toBeCloseTo(1, 1);
    // Of exponential gaps, a share of 1 - 1/e is below the mean, and of constant or uniform ones it is not.
    expect(gaps.filter((gap) => gap < 1e7).length / gaps.length).toBeCloseTo(1 - Math.exp(-1), 1);
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) * (gap - mean), 0) / gaps.length;
    expect(variance / (mean * mean)).toBeGreaterThan(0.9);
    expect(variance / (mean * mean)).toBeLessThan(1.1);
  });

  test('emits each message at its intended instant, numbered from 0', () => {
    expect(clock).toEqual(all.map((offer) => offer.intendedAtNs));
    expect(all.map((offer) => offer.message)).toEqual(all.map((_, i) => i));
  });

  test('nobody writes to herself, and everybody takes part', () => {
    expect(all.filter((offer) => offer.sender === offer.recipient)).toEqual([]);
    expect(new Set(all.map((offer) => offer.sender)).size).toBe(50);
    expect(new Set(all.map((offer) => offer.recipient)).size).toBe(50);
  });

  test('a user is anonymous always or never', () => {
    const kinds = new Map<number, Set<boolean>>();
    for (const { sender, anonymous } of all)
      kinds.set(sender, (kinds.get(sender) ?? new Set()).add(anonymous));
    expect([...kinds.values()].every((kind) => kind.size === 1)).toBe(true);
    const hidden = [...kinds.values()].filter((kind) => kind.has(true)).length;
    expect(hidden).toBeGreaterThan(3);
    expect(hidden).toBeLessThan(20);
  });

  test('sizes and lifetimes keep to their ranges and shares', () => {
    expect(Math.min(...all.map((offer) => offer.sizeOctets))).toBe(20);
    expect(Math.max(...all.map((offer) => offer.sizeOctets))).toBeLessThanOrEqual(400);
    const limited = all.filter((offer) => offer.expiresS !== -1);
    expect(limited.length / all.length).toBeCloseTo(0.25, 1);
    expect(Math.min(...limited.map((offer) => offer.expiresS))).toBe(10);
    expect(Math.max(...limited.map((offer) => offer.expiresS))).toBe(60);
  });

  test('the same seed gives the same load, another seed another', () => {
    expect(offers('42').offers).toEqual(all);
    expect(offers('042').offers[0]).not.toEqual(all[0]);
  });
});

describe('senders', () => {
  const plan = [
    {
      id: 'a',
      kind: 'partition',
      atNs: 100,
      forNs: 100,
      host: 'clients',
      members: [0, 1, 2],
      direction: 'both',
      params: {},
    },
    { id: 'b', kind: 'partition', atNs: 0, host: 'core', members: [0], direction: 'both', params: {} },
  ] as const;
  const outages = new Outages(plan, 'clients', 5, Infinity);

  test('are those who have a network at that instant', () => {
    const population = new Population(new Chance('1'), 5, 0, outages);
    const during = new Set(Array.from({ length: 200 }, () => population.sender(150)));
    expect([...during].toSorted((a, b) => a - b)).toEqual([3, 4]);
    const after = new Set(Array.from({ length: 200 }, () => population.sender(200)));
    expect(after.size).toBe(5);
  });

  test('have their network again once everything heals, whatever the plan says', () => {
    const cut = { id: 'a', kind: 'partition', host: 'clients', direction: 'both', params: {} } as const;
    const until = (forNs: number | undefined, healNs: number, atNs = 100) => {
      const outages = new Outages([{ ...cut, atNs, forNs, members: [1] }], 'clients', 5, healNs);
      return [99, 100, 149, 150, 199, 200, 1e9].filter((instant) => outages.isCut(1, instant));
    };
    expect(until(100, 150)).toEqual([100, 149]);
    expect(until(undefined, 150)).toEqual([100, 149]);
    expect(until(100, 500)).toEqual([100, 149, 150, 199]);
    expect(until(100, 150, 150)).toEqual([]);
  });

  test('are anyone if the scenario says so', () => {
    const population = new Population(new Chance('1'), 5, 0);
    expect(new Set(Array.from({ length: 200 }, () => population.sender(150))).size).toBe(5);
  });
});

test('an arrival process without an arrival in its time completes at once', async () => {
  const none = arrivals(new VirtualScheduler(new Kernel()), () => 10, 0, 10);
  expect(await lastValueFrom(none.pipe(toArray()))).toEqual([]);
});

test.each([
  [{ dist: 'fixed', value: 100 } as const, 100, 100],
  [{ dist: 'uniform', min: 16, max: 20 } as const, 16, 20],
])('sizes %j', (size, least, most) => {
  const draw = sizeSampler(size, new Chance('1').stream('size', 0, 0));
  const drawn = Array.from({ length: 500 }, draw);
  expect(Math.min(...drawn)).toBe(least);
  expect(Math.max(...drawn)).toBe(most);
});

describe('bodies', () => {
  const octets = (seed: string, m: number, size: number): Buffer => {
    const target = Buffer.alloc(size + 2, 0xee);
    new Bodies(seed).fill(m, size, target, 1);
    expect([target[0], target[size + 1]]).toEqual([0xee, 0xee]);
    return target.subarray(1, size + 1);
  };

  test('start with their mark and hold no other', () => {
    const body = octets('42', 12345, 400).toString('latin1');
    expect(body.startsWith(mark(BODY_MARK, 12345))).toBe(true);
    expect(body.slice(16)).toMatch(/^[A-Za-z .,;\r\n-]+$/);
  });

  test('are a function of seed, number and offset', () => {
    expect(octets('42', 7, 100)).toEqual(octets('42', 7, 100));
    expect(octets('42', 7, 300).subarray(16)).not.toEqual(octets('42', 8, 300).subarray(16));
    expect(octets('42', 7, 300)).not.toEqual(octets('43', 7, 300));
    expect(octets('42', 7, 16).length).toBe(16);
  });

  test('have the size that was asked for, whatever they end in', () => {
    for (let size = 16; size < 120; size++) {
      for (let m = 0; m < 20; m++) {
        const body = octets('42', m, size).toString('latin1');
        expect(body.slice(16)).toMatch(/^(?:[A-Za-z .,;-]|\r\n)*$/);
      }
    }
  });

  test('hold end-of-line pairs somewhere, as framing must survive them', () => {
    const all = Array.from({ length: 50 }, (_, m) => octets('42', m, 400).toString('latin1')).join('');
    expect(all).toContain('\r\n');
    expect(all.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  });
});

test.each(['metro-outage', 'smoke'])('the load of %s is what its comment says', async (name) => {
  const { loadScenario } = await import('../scenario/scenario-files.js');
  const scenario = loadScenario(name);
  const messages = scenario.traffic.pager.rate * (scenario.duration / 1e9);
  if (name === 'metro-outage') {
    expect(Math.abs(messages - 100_000)).toBeLessThan(1000);
    expect(scenario.population.subscribers).toBe(20_000);
    const outage = scenario.faults[0]!;
    const deferred = scenario.traffic.pager.rate * ((outage.for ?? 0) / 1e9) * ((outage.value ?? 0) / 100);
    expect(Math.abs(deferred - 20_000)).toBeLessThan(1000);
  }
  expect(scenario.faults.length).toBe(1);
});
