import { describe, expect, it } from 'vitest';
import { scriptedActor, textBlock, type Reactions } from '../host/scripted-actor.js';
import { CommitStatus, type Ports } from '../host/ports.js';
import { ACCESS_PROFILES } from '../network/access-profiles.js';
import { createWorld, type HostSpec, type World } from '../world.js';
import type { CpuSpec } from '../host/specs.js';
import type { FaultEntry, FaultKindName, FaultParams, FaultPlan } from './plan.js';

const MS = 1_000_000;
const S = 1_000_000_000;

function fault<K extends FaultKindName>(
  kind: K,
  params: FaultParams[K],
  more: Partial<FaultEntry> = {},
): FaultEntry {
  return { atNs: S, forNs: S, target: { host: 'host' }, mode: 'all', kind, params, ...more } as FaultEntry;
}

function single(
  faults: FaultPlan,
  react: (ports: Ports) => Reactions,
  { healAtNs, cpu: more = {} }: { healAtNs?: number | undefined; cpu?: Partial<CpuSpec> } = {},
): { world: World; boots: Ports[] } {
  const boots: Ports[] = [];
  const config = (ports: Ports): Reactions => {
    boots.push(ports);
    return react(ports);
  };
  const cpu = {
    servers: 1,
    queueLimit: 10,
    costs: [{ baseNs: 10 * MS, nsPerKiB: 0, distribution: 'constant' as const }],
    provenance: 'test',
    ...more,
  };
  const host = { name: 'host', ip: 10, addresses: 1, link: ACCESS_PROFILES.perfect, factory: scriptedActor };
  const world = createWorld({
    seed: 'hosts',
    epochMs: 0,
    arena: { poison: true },
    hosts: [{ ...host, config, cpu } as HostSpec],
    faults,
    healAtNs,
  });
  world.start();
  return { world, boots };
}

describe('pause', () => {
  it('makes the host deaf for its time, then everything comes in order', () => {
    const log: string[] = [];
    const { world } = single([fault('pause', {})], (ports) => ({
      start: () => {
        [900, 1200, 1800, 2100].forEach((ms, i) => {
          ports.timer.after(ms * MS, i, 0, 0);
        });
      },
      onTimer: (kind) => {
        log.push(`${kind} at ${ports.now() / MS}`);
      },
    }));
    world.runUntil(3 * S);
    expect(log).toEqual(['0 at 900', '1 at 2000', '2 at 2000', '3 at 2100']);
  });

  it('ends with a crash, and its own end does nothing then', () => {
    const { world } = single(
      [fault('pause', {}), fault('crash', { what: 'machine' }, { atNs: 1500 * MS, forNs: 100 * MS })],
      () => ({}),
    );
    world.runUntil(3 * S);
    expect(world.host('host').incarnation).toBe(1);
    expect(world.host('host').paused).toBe(false);
  });
});

describe('slowdown', () => {
  it('multiplies the cost of work while it lasts; two of them multiply', () => {
    const served: number[] = [];
    const plan = [fault('slowdown', { factor: 3 }), fault('slowdown', { factor: 2 }, { atNs: 1500 * MS })];
    const { world } = single(plan, (ports) => ({
      start: () => {
        [500, 1100, 1600, 2200, 2700].forEach((ms, i) => {
          ports.timer.after(ms * MS, i, 0, 0);
        });
      },
      onTimer: () => void ports.cpu.spend(0, 0, ports.now()),
      onServed: (token) => void served.push((ports.now() - token) / MS),
    }));
    world.runUntil(4 * S);
    expect(served).toEqual([10, 30, 60, 20, 10]);
  });

  it('that is not in force cannot be given back, least of all in place of another', () => {
    const { world } = single([], () => ({}));
    const host = world.host('host');
    host.slowDown(3, true);
    expect(() => host.slowDown(2, false)).toThrow('not in force');
    expect(host.ports.cpu.slowdown).toBe(3);
  });
});

describe('a slowdown ends', () => {
  /** Jobs of 10 ms at 1000 and 1001 ms under a slowdown of 1000 times from 1 s to 2 s; gives when they are done. */
  function served(cpu: Partial<CpuSpec>, more: FaultPlan = []): number[] {
    const done: number[] = [];
    const react = (ports: Ports) => ({
      start: () => {
        ports.timer.after(1000 * MS + 1, 0, 0, 0);
        ports.timer.after(1001 * MS, 0, 0, 0);
      },
      onTimer: () => void ports.cpu.spend(0, 0, 0),
      onServed: () => void done.push(Math.round(ports.now() / MS)),
    });
    const { world } = single([fault('slowdown', { factor: 1000 }), ...more], react, { cpu });
    world.runUntil(30 * S);
    const { meter } = world.host('host').ports.cpu;
    // A process that stands still holds its servers without serving.
    if (more.length === 0) expect(Math.round(meter.serviceNs / MS)).toBe(Math.round(meter.busyNs / MS));
    return done;
  }

  it('and what was begun under it goes on at full speed', () => {
    // A tenth of the first is done by then; of the second, which waited, nothing.
    expect(served({})).toEqual([2009, 2019]);
    expect(served({ servers: 2 })).toEqual([2009, 2009]);
    expect(served({ discipline: 'processor-sharing' })).toEqual([2019, 2019]);
  });

  it('while the process stands still', () => {
    const pause = fault('pause', {}, { atNs: 1990 * MS, forNs: 500 * MS });
    expect(served({}, [pause])).toEqual([2490, 2500]);
  });
});

describe('clock-skew', () => {
  it('jumps and drifts from its start on, and is right again afterwards', () => {
    const wall: number[] = [];
    const { world } = single([fault('clock-skew', { offsetMs: -500, driftPpm: 100_000 })], (ports) => ({
      start: () => {
        [500, 1000, 1500, 2500].forEach((ms, i) => {
          ports.timer.after(ms * MS, i, 0, 0);
        });
      },
      onTimer: () => void wall.push(ports.wallClock()),
    }));
    world.runUntil(4 * S);
    expect(wall).toEqual([500, 500, 1500 - 500 + 50, 2500]);
  });
});

describe('storage', () => {
  /** Commits key n at each of these instants; gives the status and instant of each, and the keys that a restart finds. */
  function commits(plan: FaultPlan, atMs: readonly number[], healAtNs?: number) {
    const ends: string[] = [];
    const found: number[][] = [];
    const { world, boots } = single(
      plan,
      (ports) => ({
        start() {
          const keys: number[] = [];
          ports.storage.scan((key) => void keys.push(key));
          found.push(keys);
          if (ports.incarnation === 0) atMs.forEach((ms, i) => ports.timer.after(ms * MS, i, 0, 0));
        },
        onTimer(kind) {
          ports.storage.put(kind, textBlock(ports, 'record'), 6);
          ports.storage.commit(kind);
        },
        onCommitted: (token, status) => void ends.push(`${token} ${status} at ${ports.now() / MS}`),
      }),
      { healAtNs },
    );
    world.runUntil(10 * S);
    return { ends, found, world, boots };
  }
  const { ok, full, error } = CommitStatus;

  it('is slower, full, or in error for exactly the time', () => {
    const at = [500, 1500, 2500];
    expect(commits([fault('storage-latency', { delayNs: 40 * MS })], at).ends).toEqual([
      `0 ${ok} at 501`,
      `1 ${ok} at 1541`,
      `2 ${ok} at 2501`,
    ]);
    expect(commits([fault('storage-full', {})], at).ends[1]).toBe(`1 ${full} at 1501`);
    expect(commits([fault('storage-error', { probability: 1 })], at).ends[1]).toBe(`1 ${error} at 1501`);
    expect(commits([fault('storage-full', {})], at).ends[2]).toBe(`2 ${ok} at 2501`);
  });

  const crash = (atNs: number) => fault('crash', { what: 'machine' }, { atNs, forNs: 100 * MS });

  it('that lies loses at the next crash what it said it had, and nothing else', () => {
    const { ends, found, world } = commits([fault('lying-disk', {}), crash(1700 * MS)], [500, 1200, 1600]);
    expect(ends.length).toBe(3);
    expect(ends.every((line) => line.includes(` ${ok} `))).toBe(true);
    expect(found[1]).toEqual([0]);
    expect(world.octets.heldOctets).toBe(64);
  });

  it('that lied has told the truth if nothing crashed meanwhile', () => {
    const { found, world } = commits([fault('lying-disk', {}), crash(2500 * MS)], [500, 1200, 1600]);
    expect(found[1]).toEqual([0, 1, 2]);
    expect(world.octets.heldOctets).toBe(3 * 64);
  });

  it('heals with everything else at the stated instant, and nothing is installed from then on', () => {
    const endless = fault('storage-full', {}, { forNs: undefined });
    const later = fault('storage-full', {}, { atNs: 4 * S });
    const { ends } = commits([endless, later, crash(1400 * MS)], [1200, 3500, 4500], 3 * S);
    expect(ends).toEqual([`0 ${full} at 1201`]);
    const { ends: without } = commits([endless, later], [1200, 2900, 3000, 4500], 3 * S);
    expect(without.map((line) => line.split(' ')[1])).toEqual([full, full, ok, ok].map(String));
  });
});

describe('crash', () => {
  it('is healed by the general healing too', () => {
    const { world, boots } = single([fault('crash', { what: 'process' }, { forNs: undefined })], () => ({}), {
      healAtNs: 3 * S,
    });
    world.runUntil(2 * S);
    expect(world.host('host').up).toBe(false);
    world.runUntil(4 * S);
    expect(world.host('host').up).toBe(true);
    expect(boots.length).toBe(2);
  });
});
