/**
 * A cluster of IM Servers (`server.instances`): the Core's initial filter criteria send what concerns a user to her instance, each
 * instance has a host, stations and storage of its own, and faults, plan and results call them by name.
 */
import { describe, expect, it } from 'vitest';
import { instanceOf } from '../models/addressing.js';
import { Observed } from '../models/observations.js';
import { cellOf } from '../workloads/cell.js';
import { forecastOf } from '../workloads/forecast/forecast.js';
import { parseScenario } from '../workloads/scenario/loader.js';
import { prepare } from '../workloads/simulate.js';
import { runToEnd } from '../workloads/simulation.js';
import type { Watcher } from '../workloads/watch/watcher.js';

const CLUSTER = `version: 1
name: cluster
rampUp: 2s
duration: 40s
drain: 3m
population: { subscribers: 24, offlineShare: 30% }
traffic:
  pager: { rate: 4/s }
  large: { rate: 0.2/s, size: { dist: fixed, value: 8KiB } }
network: { delay: 20ms }
client: { reconnectJitter: 2s, backoffBase: 2s, backoffMax: 10s }
core: { flowTimeout: 6s }
server: { instances: 3, push: { retry: 5s } }
`;

const read = (more = '', set: readonly string[] = []) => parseScenario(CLUSTER + more, 'cluster.yaml', set);

/** A run of the cluster, with the user of each deferred message by its number. */
function run(more = '') {
  const userOfDm = new Map<number, number>();
  const pushes: number[] = [];
  const watcher: Watcher = {
    attach({ observations }) {
      observations.subscribe(Observed.stored, (_kind, user, dm) => {
        expect(userOfDm.has(dm)).toBe(false);
        userOfDm.set(dm, user);
      });
      observations.subscribe(Observed.pushInvited, (_kind, _user, push) => pushes.push(push));
    },
    finish: () => {},
  };
  const { summary } = runToEnd(prepare(cellOf(read(more), '1'), undefined, [watcher]));
  return { summary, userOfDm, pushes };
}

describe('three IM Servers', () => {
  const { summary, userOfDm, pushes } = run();

  it('serve each user by the instance that the hash names, and number messages and pushes once', () => {
    expect(userOfDm.size).toBe(summary.counts.stored);
    for (const [dm, user] of userOfDm) expect(dm % 3).toBe(instanceOf(user, 3));
    expect(new Set(userOfDm.values()).size).toBeGreaterThan(3);
    expect(new Set(pushes).size).toBe(pushes.length);
    expect(summary.invariants.filter(({ held }) => !held)).toEqual([]);
    expect(summary.counts.settled).toBe(summary.counts.stored);
    expect(summary.large?.counts.stored).toBeGreaterThan(0);
  });

  it('have stations of their own, and every law holds for each', () => {
    const names = summary.stations?.map(({ name }) => name) ?? [];
    for (const instance of [1, 2, 3]) {
      expect(names).toContain(`IM Server ${instance} CPU`);
      expect(names).toContain(`IM Server ${instance} storage`);
    }
    const commits = summary.stations?.filter(({ name }) => name.endsWith('storage')) ?? [];
    expect(commits.every(({ completed }) => completed > 0)).toBe(true);
    expect(summary.selfChecks?.every(({ held }) => held)).toBe(true);
    expect(summary.selfChecks?.some(({ law }) => law === 'messages on the device')).toBe(true);
  });
});

it('one of them crashes: the others go on, nothing is lost, and clients come back to her', () => {
  const { summary } = run('faults: [{ at: 12s, for: 4s, kind: crash, target: im-2 }]\n');
  expect(summary.invariants.filter(({ held }) => !held)).toEqual([]);
  expect(summary.counts.settled + summary.counts.expired).toBe(summary.counts.stored);
  const plain = run().summary;
  expect(summary.fingerprint).not.toBe(plain.fingerprint);
  const served = (name: string, of: typeof summary) =>
    of.stations?.find((station) => station.name === name)?.dropped;
  expect(served('IM Server 1 CPU', summary)).toBe(0);
});

describe('before a run', () => {
  it('a fault of an instance that is not there is refused by name', () => {
    const more = 'faults: [{ at: 12s, for: 4s, kind: crash, target: im-4 }]\n';
    expect(() => read(more)).toThrow(
      /no host "im-4": server\.instances is 3; it has clients, core, im, xdms, im-2, im-3/,
    );
  });

  it('the plan shows each instance with its share of the users', () => {
    const { stations } = forecastOf(read());
    expect(stations.map(({ name }) => name)).toEqual([
      'SIP/IP Core CPU',
      ...[1, 2, 3].flatMap((instance) => [`IM Server ${instance} CPU`, `IM Server ${instance} storage`]),
    ]);
    const alone = forecastOf(read('', ['server.instances=1'])).stations[1].meanErlang;
    const together = stations
      .filter(({ name }) => /^IM Server . CPU$/.test(name))
      .reduce((sum, { meanErlang }) => sum + meanErlang, 0);
    expect(together).toBeCloseTo(alone, 9);
  });

  it('popular users load their instance more', () => {
    const shares = (set: readonly string[]) =>
      forecastOf(read('', set))
        .stations.filter(({ name }) => /^IM Server . CPU$/.test(name))
        .map(({ meanErlang }) => meanErlang);
    const zipf = shares(['population.popularity={law: zipf, exponent: 3}']);
    expect(zipf.indexOf(Math.max(...zipf))).toBe(instanceOf(0, 3));
    expect(Math.max(...zipf) / Math.min(...zipf)).toBeGreaterThan(3);
  });
});
