/**
 * Users with several devices (`population.devicesPerUser`; A23): each registers by itself, a message goes to all of them and counts
 * once, a push goes to one, and the invariants hold while devices come and go.
 */
import { describe, expect, it } from 'vitest';
import { ip10 } from '../models/addressing.js';
import { Devices } from '../models/devices.js';
import { Observed } from '../models/observations.js';
import { cellOf } from '../workloads/cell.js';
import { hostsOf } from '../workloads/faults/faults.js';
import { forecastOf } from '../workloads/forecast/forecast.js';
import { parseScenario } from '../workloads/scenario/loader.js';
import { prepare } from '../workloads/simulate.js';
import { runToEnd } from '../workloads/simulation.js';
import { devicesOf } from '../workloads/topology.js';

const HOME = `version: 1
name: home
rampUp: 2s
duration: 40s
drain: 3m
population: { subscribers: 16, devicesPerUser: [0%, 100%] }
traffic:
  pager: { rate: 4/s }
  large: { rate: 0.2/s, size: { dist: fixed, value: 8KiB } }
network: { delay: 20ms, jitter: 5ms }
client: { reconnectJitter: 2s, backoffBase: 2s, backoffMax: 10s }
core: { flowTimeout: 6s }
server: { push: { retry: 5s } }
`;

const read = (set: readonly string[] = [], more = '') => parseScenario(HOME + more, 'home.yaml', set);

function run(set: readonly string[] = [], more = '') {
  const bindings: number[] = [];
  const { summary } = runToEnd(
    prepare(cellOf(read(set, more), '1'), undefined, [
      {
        attach: ({ observations }) =>
          observations.subscribe(Observed.bindingAdded, (_kind, _user, _m, _granted, count) =>
            bindings.push(count),
          ),
        finish: () => {},
      },
    ]),
  );
  const violated = summary.invariants.filter(({ held }) => !held);
  return { summary, violated, most: Math.max(...bindings) };
}

describe('numbers of clients', () => {
  it('a user is the client of her first device; further ones lie behind all users', () => {
    const devices = new Devices(4, (user) => [1, 3, 1, 2][user]);
    expect(devices.clients).toBe(7);
    expect([0, 1, 2, 3, 4, 5, 6].map((client) => devices.userOf(client))).toEqual([0, 1, 2, 3, 1, 1, 3]);
    const of = (user: number) => {
      const found: number[] = [];
      devices.each(user, (client) => found.push(client));
      return found;
    };
    expect([0, 1, 2, 3].map(of)).toEqual([[0], [1, 4, 5], [2], [3, 6]]);
    expect(devices.userOfIp(ip10(16, 0, 6))).toBe(3);
    expect(devices.userOfIp(ip10(16, 0, 7))).toBe(-1);
    expect([devices.hasSeveral(0), devices.hasSeveral(3)]).toEqual([false, true]);
  });

  it('follow the shares of a scenario', () => {
    const scenario = read(['population.subscribers=20000', 'population.devicesPerUser=[70%, 20%, 10%]']);
    expect(devicesOf(scenario).clients / 20_000).toBeCloseTo(1.4, 1);
    expect(hostsOf(scenario).find(({ name }) => name === 'clients')?.addresses).toBe(
      devicesOf(scenario).clients,
    );
    expect(() => read(['population.devicesPerUser=[70%, 20%]'])).toThrow('90 % together, not 100 %');
  });
});

describe('two devices each', () => {
  const { summary, violated, most } = run();

  it('both register, and a message counts once, however many of them show it', () => {
    expect(violated).toEqual([]);
    expect(most).toBe(2);
    expect(summary.counts.registered).toBeGreaterThanOrEqual(32);
    const { deliveredAtOnce, stored, offered, copies = 0, duplicatesDropped } = summary.counts;
    expect(deliveredAtOnce + stored).toBe(offered);
    expect(duplicatesDropped).toBe(0);
    // Each Pager Mode message reached the other device too; of a Large Message one answer counts.
    const pager = offered - (summary.large?.counts.offered ?? 0);
    expect(copies).toBeGreaterThan(pager * 0.95);
    expect(copies).toBeLessThanOrEqual(pager);
    expect(summary.large?.counts.retried).toBe(0);
  });
});

describe('a network that takes some of the devices away', () => {
  const outage =
    'faults: [{ at: 8s, for: 20s, kind: partition, target: clients, mode: fixed-percent, value: 60 }]\n';
  const { summary, violated } = run([], outage);

  it('who still has one gets her messages at once, who has none has them deferred', () => {
    expect(violated).toEqual([]);
    const alone = run(['population.devicesPerUser=[100%]'], outage);
    expect(summary.counts.stored).toBeGreaterThan(0);
    expect(summary.counts.stored).toBeLessThan(alone.summary.counts.stored);
    expect(alone.summary.counts.copies).toBeUndefined();
  });

  it('everything is settled, in one push session for each user at a time', () => {
    expect(summary.counts.settled).toBe(summary.counts.stored);
    expect(summary.counts.pushSessionsFailed).toBe(0);
    expect(summary.counts.presented).toBe(summary.counts.stored);
  });
});

it('users who come and go take all their devices with them, and the instances of a cluster serve them', () => {
  const set = ['server.instances=2', 'population.absence={share: 40%, median: 6s, mean: 8s}'];
  const { summary, violated } = run(set);
  expect(violated).toEqual([]);
  expect(summary.counts.stored).toBeGreaterThan(10);
  expect(summary.counts.settled).toBe(summary.counts.stored);
});

it('the plan counts registrations by devices, and defers only for who has none left', () => {
  const outage =
    'faults: [{ at: 2s, for: 40s, kind: partition, target: clients, mode: fixed-percent, value: 50 }]\n';
  const plan = (shares: string) => forecastOf(read([`population.devicesPerUser=${shares}`], outage));
  const [one, two] = [plan('[100%]'), plan('[0%, 100%]')];
  expect(two.registers).toBeCloseTo(2 * one.registers, 0);
  expect(one.offlineShare).toBeCloseTo(0.5, 6);
  expect(two.offlineShare).toBeCloseTo(0.25, 6);
});
