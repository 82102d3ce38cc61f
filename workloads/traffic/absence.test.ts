/** Users who come and go: in equilibrium from the start, all of their devices together, everybody back when the load ends. */
import { describe, expect, test } from 'vitest';
import { Devices } from '../../models/devices.js';
import type { Ports } from '../../sim/host/ports.js';
import { scriptedActor } from '../../sim/host/scripted-actor.js';
import { Chance } from '../../sim/kernel/random.js';
import { accessProfile } from '../../sim/network/access-profiles.js';
import { LinkBits } from '../../sim/network/link.js';
import { createWorld } from '../../sim/world.js';
import { parseScenario } from '../scenario/loader.js';
import { Absences, AbsenceTimes } from './absence.js';
import { absencesOf } from './people.js';

const S = 1e9;
const SPEC = { share: 0.3, medianNs: 50 * S, meanNs: 60 * S };

/** Users of whom each third has two devices, in a world of nothing else, with what each device saw of its link. */
function rigOf(users: number, untilS: number, several = true) {
  const devices = several ? new Devices(users, (user) => (user % 3 === 0 ? 2 : 1)) : new Devices(users);
  const seen: { readonly client: number; readonly up: boolean; readonly atS: number }[] = [];
  const world = createWorld({
    seed: 'absence',
    epochMs: 0,
    hosts: [
      {
        name: 'clients',
        ip: 0x0a100000,
        addresses: devices.clients,
        factory: scriptedActor,
        config: (ports: Ports) => ({
          onLink: (client: number, up: boolean) => void seen.push({ client, up, atS: ports.now() / S }),
        }),
        link: accessProfile('test', { delayNs: 1_000_000 }),
      },
    ],
  });
  const absences = new Absences(world, 'clients', SPEC, untilS * S, devices);
  world.start();
  const away = () => Array.from({ length: users }, (_, user) => user).filter((user) => absences.isCut(user));
  const isUp = (client: number) => world.links.isUp(world.host('clients').id, client, LinkBits.both);
  return { world, absences, devices, seen, away, isUp };
}

describe('users who come and go', () => {
  test('are away in the share that was asked for, from the first instant to the last', () => {
    const { world, absences, away } = rigOf(2000, 1000, false);
    absences.begin();
    // Four standard deviations of 2000 users.
    for (const atS of [0, 5, 20, 60, 200, 600, 999]) {
      world.runUntil(atS * S);
      expect(Math.abs(away().length / 2000 - 0.3)).toBeLessThan(0.041);
    }
  });

  test('are all back when the load ends, and stay', () => {
    const { world, absences, away, seen, devices, isUp } = rigOf(300, 100);
    absences.begin();
    world.runUntil(100 * S - 1);
    expect(away().length).toBeGreaterThan(40);
    world.runUntil(100 * S);
    expect(away()).toEqual([]);
    world.runUntil(2000 * S);
    expect(away()).toEqual([]);
    expect(Math.max(...seen.map(({ atS }) => atS))).toBe(100);
    for (let client = 0; client < devices.clients; client++) expect(isUp(client)).toBe(true);
  });

  test('see their radio go and come in turn, on each device at once', () => {
    const { world, absences, seen, devices } = rigOf(60, 2000);
    absences.begin();
    world.runUntil(2000 * S);
    const of = (client: number) =>
      seen.filter((one) => one.client === client).map(({ up, atS }) => `${up} ${atS}`);
    for (let user = 0; user < 60; user++) {
      const clients: number[] = [];
      devices.each(user, (client) => clients.push(client));
      const first = of(user);
      expect(first.length).toBeGreaterThan(2);
      first.forEach((one, i) => expect(one.startsWith(i % 2 === 0 ? 'false' : 'true')).toBe(true));
      for (const client of clients) expect(of(client)).toEqual(first);
    }
  });

  test('whose network is down already see no more of it; half of it is a network', () => {
    const { world, absences, seen } = rigOf(300, 100);
    const { links } = world;
    const { id } = world.host('clients');
    for (let client = 0; client < 100; client++) links.hold(id, client, LinkBits.both, true);
    for (let client = 100; client < 200; client++) links.hold(id, client, LinkBits.in, true);
    for (let client = 200; client < 300; client++) links.hold(id, client, LinkBits.out, true);
    absences.begin();
    const gone = [0, 100, 200].map(
      (from) => seen.filter(({ client }) => client >= from && client < from + 100).length,
    );
    expect(gone[0]).toBe(0);
    expect(gone[1]).toBeGreaterThan(10);
    expect(gone[2]).toBeGreaterThan(10);
  });
});

test('users come and go in the times of the scenario, and are back when its load ends', () => {
  const scenario = parseScenario(
    `version: 1
name: x
rampUp: 10s
duration: 190s
population: { subscribers: 300, absence: { share: 30%, median: 50s, mean: 100s } }
traffic: { pager: { rate: 1/s } }
`,
    'x.yaml',
  );
  const { world, seen, isUp } = rigOf(300, 1, false);
  const absences = absencesOf(scenario, world)!;
  absences.begin();
  world.runUntil(300 * S);
  const gone = new Map<number, number>();
  let atTheEnd = 0;
  const times: number[] = [];
  for (const { client, up, atS } of seen) {
    if (!up) gone.set(client, atS);
    else if (atS === 200) atTheEnd++;
    else if (gone.get(client)! > 0) times.push(atS - gone.get(client)!);
  }
  // Far from the mean; those that the end cut off are left out, which makes it shorter still.
  const median = times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
  expect(times.length).toBeGreaterThan(50);
  expect(median).toBeGreaterThan(15);
  expect(median).toBeLessThan(60);
  expect(atTheEnd).toBeGreaterThan(40);
  expect(Math.max(...seen.map(({ atS }) => atS))).toBe(200);
  for (let client = 0; client < 300; client++) expect(isUp(client)).toBe(true);
  const none = { ...scenario, population: { ...scenario.population, absence: undefined } };
  expect(absencesOf(none, world)).toBe(undefined);
});

describe('times', () => {
  const chance = new Chance('42');
  const times = new AbsenceTimes({ share: 0.3, medianNs: 50 * S, meanNs: 60 * S }, (purpose, user, n) =>
    chance.addressed(purpose, user, n),
  );
  const users = Array.from({ length: 40_000 }, (_, user) => user);

  test('what is left of an absence is that of one picked by its length (inspection paradox)', () => {
    const away = users.filter((user) => times.startsAway(user));
    const mean = away.reduce((sum, user) => sum + times.restNs(user), 0) / away.length / S;
    // E(L^2) / 2 E(L): 60 s times exp(sigma^2) / 2, where sigma^2 is 2 ln(60 / 50).
    expect(Math.abs(mean / (60 * 0.72) - 1)).toBeLessThan(0.04);
  });

  test('of absences are lognormal in both tails, and each is drawn anew', () => {
    const sigma = Math.sqrt(2 * Math.log(1.2));
    const z = (user: number, n: number) => Math.log(times.offlineNs(user, n) / (50 * S)) / sigma;
    for (const n of [1, 2]) {
      const all = users.map((user) => z(user, n));
      const above = (x: number) => all.filter((value) => value > x).length / all.length;
      expect(Math.abs(above(1) - 0.1587)).toBeLessThan(0.008);
      expect(Math.abs(above(0) - 0.5)).toBeLessThan(0.01);
      expect(Math.abs(above(-1) - 0.8413)).toBeLessThan(0.008);
      expect(Math.abs(above(2) - 0.0228)).toBeLessThan(0.003);
    }
    const product = users.reduce((sum, user) => sum + z(user, 1) * z(user, 2), 0) / users.length;
    expect(Math.abs(product)).toBeLessThan(0.02);
  });
});
