import { describe, expect, it } from 'vitest';
import { scriptedActor, textBlock } from '../host/scripted-actor.js';
import type { Ports } from '../host/ports.js';
import { Chance } from '../kernel/random.js';
import { accessProfile, ACCESS_PROFILES } from '../network/access-profiles.js';
import { LinkBits } from '../network/link.js';
import { createWorld, type HostSpec } from '../world.js';
import { expandPlan, problemOf } from './expand.js';
import type { FaultEntry, FaultPlan } from './plan.js';

const MS = 1_000_000;
const S = 1_000_000_000;
const HOSTS = [
  { name: 'clients', addresses: 1000 },
  { name: 'server', addresses: 1 },
];

function partition(more: Partial<FaultEntry> = {}): FaultEntry {
  return {
    kind: 'partition',
    atNs: S,
    forNs: S,
    target: { host: 'clients' },
    mode: 'all',
    params: {},
    ...more,
  } as FaultEntry;
}

function members(entry: FaultEntry, seed = 'x'): readonly number[] {
  return expandPlan([entry], HOSTS, new Chance(seed))[0].members;
}

describe('expanding a plan', () => {
  it('takes one, all, a number or a percentage of the target, ascending', () => {
    expect(members(partition({ mode: 'one' })).length).toBe(1);
    expect(members(partition()).length).toBe(1000);
    expect(members(partition({ mode: 'fixed', value: 17 })).length).toBe(17);
    const most = members(partition({ mode: 'fixed-percent', value: 60 }));
    expect(most.length).toBe(600);
    expect([...most].sort((a, b) => a - b)).toEqual(most);
    const within = members(
      partition({ mode: 'fixed-percent', value: 50, target: { host: 'clients', first: 100, count: 10 } }),
    );
    expect(within.length).toBe(5);
    expect(within.every((local) => local >= 100 && local < 110)).toBe(true);
  });

  it('chooses each member as often, by the seed', () => {
    const counts = new Array<number>(10).fill(0);
    const entry = partition({ mode: 'fixed', value: 3, target: { host: 'clients', count: 10 } });
    for (let seed = 0; seed < 2000; seed++) for (const local of members(entry, `${seed}`)) counts[local]++;
    // 600 expected each, deviation 20.
    for (const count of counts) expect(Math.abs(count - 600)).toBeLessThan(90);
    expect(members(entry, 'same')).toEqual(members(entry, 'same'));
  });

  it('draws the share of random-max-percent between none and the maximum', () => {
    const shares: number[] = [];
    for (let seed = 0; seed < 300; seed++) {
      shares.push(members(partition({ mode: 'random-max-percent', value: 40 }), `${seed}`).length);
    }
    expect(Math.min(...shares)).toBeLessThan(20);
    expect(Math.max(...shares)).toBeGreaterThan(380);
    expect(Math.max(...shares)).toBeLessThanOrEqual(400);
  });

  it('leaves the members of an entry alone when the one before it changes', () => {
    const last = partition({ mode: 'fixed', value: 30 });
    const one = expandPlan([partition(), last], HOSTS, new Chance('x'))[1];
    const other = expandPlan([partition({ mode: 'fixed', value: 3 }), last], HOSTS, new Chance('x'))[1];
    expect(one.members).toEqual(other.members);
  });

  it('says what is wrong with an entry', () => {
    expect(problemOf(partition(), HOSTS)).toBeUndefined();
    expect(problemOf(partition({ target: { host: 'nobody' } }), HOSTS)).toMatch('no host is named nobody');
    expect(problemOf(partition({ mode: 'fixed' }), HOSTS)).toMatch('needs a value');
    expect(problemOf(partition({ mode: 'fixed-percent', value: 101 }), HOSTS)).toMatch('at most 100');
    expect(problemOf(partition({ target: { host: 'server', first: 1, count: 1 } }), HOSTS)).toMatch('only 1');
    expect(problemOf(partition({ forNs: 0 }), HOSTS)).toMatch('longer than 0');
  });
});

/** 10 clients that send to a server every 100 ms; answers what the server got and what the clients saw of their radio. */
function run(faults: FaultPlan, untilNs = 5 * S) {
  const got: { local: number; atNs: number }[] = [];
  const radio: string[] = [];
  const server = (ports: Ports) => ({
    start: () => ports.udp.bind(5),
    onDatagram: (_l: number, fromIp: number) => void got.push({ local: fromIp - 1000, atNs: ports.now() }),
  });
  const clients = (ports: Ports) => {
    const send = (): void => {
      for (let local = 0; local < 10; local++) {
        ports.udp.send(local, 5, 10, 5, textBlock(ports, 'tick'), 4, 0, 0);
      }
      ports.timer.after(100 * MS, 0, 0, 0);
    };
    return {
      start: send,
      onTimer: send,
      onLink: (local: number, up: boolean) => void radio.push(`${local} ${up} at ${ports.now() / MS}`),
    };
  };
  const link = accessProfile('a', { delayNs: 10 * MS });
  const world = createWorld({
    seed: 'faults',
    epochMs: 0,
    hosts: [
      {
        name: 'server',
        ip: 10,
        addresses: 1,
        link: ACCESS_PROFILES.perfect,
        factory: scriptedActor,
        config: server,
      } as HostSpec,
      { name: 'clients', ip: 1000, addresses: 10, link, factory: scriptedActor, config: clients } as HostSpec,
    ],
    faults,
  });
  world.runUntil(untilNs);
  return { world, got, radio };
}

const some = { host: 'clients', first: 2, count: 2 };

describe('partition', () => {
  it('cuts exactly the members for exactly the time, and the devices see their radio', () => {
    const { got, radio } = run([partition({ target: some })]);
    expect(radio).toEqual(['2 false at 1000', '3 false at 1000', '2 true at 2000', '3 true at 2000']);
    const during = got.filter((one) => one.atNs > S + 10 * MS && one.atNs <= 2 * S);
    expect(during.length).toBe(9 * 8);
    expect(during.some((one) => one.local === 2 || one.local === 3)).toBe(false);
    // At 2 s the fault heals before the timers of that instant run.
    expect(got.filter((one) => one.atNs === 2 * S + 10 * MS).length).toBe(10);
  });

  it('lasts until the last of two overlapping ones heals', () => {
    const { radio, world } = run([
      partition({ target: some }),
      partition({ target: { host: 'clients', first: 3, count: 1 }, atNs: S + 500 * MS }),
    ]);
    expect(radio.slice(2)).toEqual(['2 true at 2000', '3 true at 2500']);
    expect(world.links.isUp(1, 3, LinkBits.both)).toBe(true);
  });

  it('of one direction alone is a black hole that no radio shows', () => {
    const { got, radio } = run([partition({ target: some, direction: 'in' })]);
    expect(radio).toEqual([]);
    expect(got.filter((one) => one.local === 2).length).toBe(50);
    const out = run([partition({ target: some, direction: 'out' })]);
    expect(out.got.filter((one) => one.local === 2).length).toBe(40);
  });

  it('heals at once when everything is healed, and only once', () => {
    const { world, radio } = run([partition({ target: some, forNs: 10 * S })], 2 * S);
    world.healAll();
    world.runUntil(20 * S);
    expect(radio.length).toBe(4);
    expect(radio[3]).toBe('3 true at 2000');
  });
});

describe('loss, delay and rate', () => {
  it('hits the members for its time and leaves no trace', () => {
    const loss: FaultEntry = {
      kind: 'loss',
      atNs: S,
      forNs: S,
      target: some,
      mode: 'all',
      params: { probability: 1 },
    };
    const { got } = run([loss]);
    expect(got.filter((one) => one.local === 3).length).toBe(40);
    expect(got.filter((one) => one.local === 4).length).toBe(50);
  });

  it('combines with another change of the same link, in any order of healing', () => {
    const { got, world } = run([
      {
        kind: 'delay',
        atNs: S,
        forNs: 2 * S,
        target: some,
        mode: 'all',
        direction: 'out',
        params: { delayNs: 5 * MS },
      },
      {
        kind: 'delay',
        atNs: 1500 * MS,
        forNs: S,
        target: some,
        mode: 'all',
        direction: 'out',
        params: { delayNs: 30 * MS },
      },
    ]);
    const delays = got.filter((one) => one.local === 2).map((one) => (one.atNs / MS) % 100);
    const expected = [
      ...new Array<number>(10).fill(10),
      ...new Array<number>(5).fill(15),
      ...new Array<number>(10).fill(45),
      ...new Array<number>(5).fill(15),
      ...new Array<number>(20).fill(10),
    ];
    expect(delays).toEqual(expected);
    expect(world.links.profileOf(1, 2)).toBe(world.links.profileOf(1, 9));
  });
});

describe('crash', () => {
  it('takes the host down and starts it again when it heals', () => {
    const { world, got } = run([
      {
        kind: 'crash',
        atNs: S,
        forNs: S,
        target: { host: 'server' },
        mode: 'one',
        params: { what: 'machine' },
      },
    ]);
    expect(world.host('server').incarnation).toBe(1);
    expect(got.length).toBe(400);
  });
});

describe('a world with faults', () => {
  it('runs the same twice, and in slices as in one go', () => {
    const plan: FaultPlan = [
      partition({ mode: 'fixed-percent', value: 50, target: { host: 'clients' } }),
      { kind: 'loss', atNs: 0, target: some, mode: 'all', params: { probability: 0.4 } },
    ];
    const whole = run(plan).world;
    const sliced = run(plan, 0).world;
    for (let atNs = 0; atNs <= 5 * S; atNs += 37 * MS) sliced.runUntil(atNs);
    sliced.runUntil(5 * S);
    expect(sliced.state().fingerprint).toBe(whole.state().fingerprint);
    expect(sliced.fingerprint.checkpoints()).toEqual(whole.fingerprint.checkpoints());
  });
});
