import { describe, expect, it } from 'vitest';
import { scriptedActor, textBlock } from '../host/scripted-actor.js';
import type { Ports } from '../host/ports.js';
import { accessProfile, ACCESS_PROFILES } from '../network/access-profiles.js';
import { createWorld, type HostSpec, type World } from '../world.js';
import type { FaultEntry, FaultPlan } from './plan.js';

const MS = 1_000_000;
const S = 1_000_000_000;

interface Got {
  readonly local: number;
  readonly atMs: number;
  readonly text: string;
}

/** 4 clients, each sends its tick number every 100 ms to a server 10 ms away. */
function run(
  faults: FaultPlan,
  untilNs = 3 * S,
  prepare: (world: World) => void = () => {},
  healAtNs = Infinity,
) {
  const got: Got[] = [];
  const radio: string[] = [];
  const told: string[] = [];
  const server = (ports: Ports) => ({
    start: () => ports.udp.bind(5),
    onDatagram: (
      _l: number,
      ip: number,
      _p: number,
      _t: number,
      _b: number,
      buf: Buffer,
      from: number,
      to: number,
    ) => void got.push({ local: ip - 1000, atMs: ports.now() / MS, text: buf.toString('latin1', from, to) }),
  });
  const clients = (ports: Ports) => {
    let tick = 0;
    const send = (): void => {
      const text = `tick ${tick++}`;
      for (let local = 0; local < 4; local++) {
        ports.udp.send(local, 5, 10, 5, textBlock(ports, text), text.length, 0, 0);
      }
      ports.timer.after(100 * MS, 0, 0, 0);
    };
    return {
      start: send,
      onTimer: send,
      onCrash: (local: number) => void told.push(`${local} crashed at ${ports.now() / MS}`),
      onLink: (local: number, up: boolean) => void radio.push(`${local} ${up} at ${ports.now() / MS}`),
    };
  };
  const link = accessProfile('a', { delayNs: 10 * MS });
  const world = createWorld({
    seed: 'packets',
    epochMs: 0,
    arena: { poison: true },
    hosts: [
      {
        name: 'server',
        ip: 10,
        addresses: 1,
        link: ACCESS_PROFILES.perfect,
        factory: scriptedActor,
        config: server,
      },
      { name: 'clients', ip: 1000, addresses: 4, link, factory: scriptedActor, config: clients },
    ] as HostSpec[],
    faults,
    healAtNs,
  });
  prepare(world);
  world.runUntil(untilNs);
  return { world, got, radio, told, of: (local: number) => got.filter((one) => one.local === local) };
}

const common = { atNs: S, forNs: S, target: { host: 'clients' }, mode: 'all', direction: 'out' } as const;
const onTwo = { ...common, members: [2] } as const;

describe('corrupt', () => {
  it('is found by a checksum: the packet is lost, whole and alone', () => {
    const { got, of } = run([{ ...onTwo, kind: 'corrupt', params: { probability: 1 } }]);
    expect(of(2).filter(({ atMs }) => atMs > 1000 && atMs <= 2000)).toEqual([]);
    expect(of(2).length).toBe(20);
    expect(of(1).length).toBe(30);
    expect(got.every(({ text }) => text.startsWith('tick '))).toBe(true);
  });

  it('that escapes alters one octet of what arrives, and no copy that somebody else holds', () => {
    const { world, of } = run([{ ...onTwo, kind: 'corrupt', params: { probability: 1, escape: true } }]);
    const during = of(2).filter(({ atMs }) => atMs > 1000 && atMs < 2010);
    expect(during.map(({ atMs }) => atMs)).toEqual(
      of(1)
        .filter(({ atMs }) => atMs > 1000 && atMs < 2010)
        .map(({ atMs }) => atMs),
    );
    during.forEach(({ text }, i) => {
      const sent = `tick ${10 + i}`;
      expect(text.length).toBe(sent.length);
      expect(Array.from(text).filter((letter, at) => letter !== sent[at]).length).toBe(1);
    });
    expect(of(2).at(-1)!.text).toBe('tick 29');
    expect(world.octets.heldOctets).toBe(4 * 64);
  });
});

describe('duplicate', () => {
  it('delivers each packet twice while it lasts', () => {
    const { of } = run([{ ...onTwo, kind: 'duplicate', params: { probability: 1 } }]);
    expect(of(2).length).toBe(40);
    expect(of(0).length).toBe(30);
  });
});

describe('clog', () => {
  it('keeps what is sent during it, and lets all of it go at the end, in order', () => {
    const { of } = run([{ ...onTwo, kind: 'clog', params: {} }]);
    const late = of(2).filter(({ atMs }) => atMs === 2010);
    expect(late.map(({ text }) => text)).toEqual(Array.from({ length: 11 }, (_, i) => `tick ${10 + i}`));
    expect(of(2).length).toBe(30);
    expect(
      of(2)
        .filter(({ atMs }) => atMs > 1000 && atMs < 2010)
        .map(({ text }) => text),
    ).toEqual([]);
  });

  it.each(['clog', 'pause'] as const)('as a %s ends with the general healing, if that is earlier', (kind) => {
    const { of } = run([{ ...onTwo, kind, params: {} }], 3 * S, () => {}, 1.55 * S);
    const released = of(2).filter(({ atMs }) => atMs === 1560);
    expect(released.map(({ text }) => text)).toEqual(Array.from({ length: 6 }, (_, i) => `tick ${10 + i}`));
    const last = of(2).filter(({ atMs }) => atMs > 1560);
    expect(last.map(({ atMs }) => atMs)).toEqual(of(0).flatMap(({ atMs }) => (atMs > 1560 ? [atMs] : [])));
  });
});

describe('loss', () => {
  it('of Gilbert and Elliott comes in bursts: nothing is lost in the good state, all in the bad one', () => {
    const burst = { toBad: 0.1, toGood: 0.25, lossInGood: 0, lossInBad: 1 };
    const { of } = run([{ ...onTwo, atNs: 0, forNs: 300 * S, kind: 'loss', params: { burst } }], 300 * S);
    const got = new Set(of(2).map(({ text }) => Number(text.slice(5))));
    const runs: number[] = [];
    for (let tick = 0, length = 0; tick < 3000; tick++) {
      if (!got.has(tick)) length++;
      else if (length > 0) {
        runs.push(length);
        length = 0;
      }
    }
    const lost = 3000 - got.size;
    // Share of the bad state 0.1 / 0.35, mean length of a burst 1 / 0.25.
    expect(lost / 3000).toBeGreaterThan(0.2);
    expect(lost / 3000).toBeLessThan(0.37);
    expect(lost / runs.length).toBeGreaterThan(3);
    expect(lost / runs.length).toBeLessThan(5);
  });

  it('made explicit packet by packet is the same loss', () => {
    const lost: { local: number; direction: 'out' | 'in'; ordinal: number; atNs: number }[] = [];
    const chance: FaultEntry = { ...common, kind: 'loss', params: { probability: 0.3 } };
    const first = run([chance], 3 * S, (world) => {
      world.links.lossWatch = (_host, local, direction, ordinal) =>
        void lost.push({ local, direction, ordinal, atNs: world.kernel.nowNs });
    });
    expect(lost.length).toBeGreaterThan(5);
    const drops: FaultPlan = lost.map(({ local, direction, ordinal, atNs }) => ({
      ...common,
      atNs,
      members: [local],
      direction,
      kind: 'drop',
      params: { ordinal },
    }));
    expect(run(drops).got).toEqual(first.got);
    const [one] = lost;
    const single = run(drops.slice(0, 1));
    expect(single.of(one.local).length).toBe(29);
    expect(single.got.length).toBe(119);
  });

  it('counts a drop from its own instant on, whatever else the plan does to the link before', () => {
    const drop: FaultEntry = { ...onTwo, atNs: 1_250 * MS, kind: 'drop', params: { ordinal: 1 } };
    const before: FaultEntry = { ...onTwo, atNs: 0, forNs: S, kind: 'loss', params: { probability: 0.5 } };
    const missing = (plan: FaultPlan): string[] => {
      const { of } = run(plan);
      return of(1)
        .map(({ text }) => text)
        .filter((text) => !of(2).some((one) => one.text === text));
    };
    expect(missing([drop])).toEqual(['tick 14']);
    expect(missing([before, drop])).toContain('tick 14');
    expect(missing([before, drop]).filter((text) => Number(text.slice(5)) > 10)).toEqual(['tick 14']);
  });
});

describe('rate', () => {
  it('lets packets wait for the line', () => {
    // 6 + 28 octets at 272 bit/s are one second each; one is sent every 100 ms and two wait at most.
    const { of } = run([{ ...onTwo, kind: 'rate', params: { bitsPerS: 272, queueOctets: 70 } }], 10 * S);
    const slow = of(2).filter(({ atMs }) => atMs > 1000 && atMs % 100 !== 10);
    expect(slow[0]?.atMs ?? 0).toBeGreaterThan(2000);
    expect(of(2).length).toBeLessThan(95);
  });
});

describe('crash and pause of some addresses of a host', () => {
  const member = { ...common, direction: 'both', members: [2] } as const;

  it('crash: silent until the end, the actor is told, the others go on', () => {
    const { of, radio, told } = run([{ ...member, kind: 'crash', params: { what: 'machine' } }]);
    expect(of(2).map(({ text }) => Number(text.slice(5)))).toEqual([
      ...Array.from({ length: 10 }, (_, i) => i),
      ...Array.from({ length: 10 }, (_, i) => 20 + i),
    ]);
    expect([of(1).length, told, radio]).toEqual([30, ['2 crashed at 1000'], ['2 true at 2000']]);
  });

  it('crash: a link that is cut at the end of it comes up with the end of the cut', () => {
    const cut: FaultEntry = { ...member, atNs: 1.5 * S, forNs: S, kind: 'partition', params: {} };
    const { radio } = run([{ ...member, kind: 'crash', params: { what: 'machine' } }, cut]);
    expect(radio).toEqual(['2 true at 2500']);
  });

  it('pause: what was sent and received meanwhile comes at the end', () => {
    const { of, told } = run([{ ...member, kind: 'pause', params: {} }]);
    expect(of(2).filter(({ atMs }) => atMs > 1000 && atMs < 2010)).toEqual([]);
    expect([of(2).length, told]).toEqual([30, []]);
  });
});

describe('partition with a spread of its healing', () => {
  it('gives each member an instant of its own, the same in each run', () => {
    const entry: FaultEntry = { ...common, direction: 'both', kind: 'partition', params: { spreadNs: S } };
    const { radio } = run([entry]);
    const up = radio.filter((line) => line.includes('true')).map((line) => Number(line.split(' at ')[1]));
    expect(up.length).toBe(4);
    expect(new Set(up).size).toBe(4);
    expect(up.every((atMs) => atMs >= 2000 && atMs <= 3000)).toBe(true);
    expect(run([entry]).radio).toEqual(radio);
  });

  it('is over for everybody when everything is healed', () => {
    const entry: FaultEntry = {
      ...common,
      direction: 'both',
      kind: 'partition',
      params: { spreadNs: 100 * S },
    };
    const { world, radio } = run([entry], 2 * S);
    world.healAll();
    expect(radio.filter((line) => line.endsWith('true at 2000')).length).toBe(4);
    world.runUntil(200 * S);
    expect(radio.length).toBe(8);
  });
});
