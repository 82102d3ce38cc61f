import { describe, expect, it } from 'vitest';
import { ACCESS_PROFILES } from '../network/access-profiles.js';
import { createWorld, type HostSpec, type World } from '../world.js';
import { scriptedActor, textBlock, type Reactions } from './scripted-actor.js';
import type { Ports, TimerId } from './ports.js';
import { PLAIN_STORAGE, type CpuSpec } from './specs.js';

const MS = 1_000_000;
const S = 1_000_000_000;

function single(
  react: (ports: Ports) => Reactions,
  more: Partial<HostSpec> = {},
): { world: World; ports: Ports } {
  let own: Ports | undefined;
  const config = (ports: Ports): Reactions => {
    own = ports;
    return react(ports);
  };
  const host = { name: 'host', ip: 10, addresses: 1, link: ACCESS_PROFILES.perfect, factory: scriptedActor };
  const world = createWorld({
    seed: 'pause',
    epochMs: 0,
    arena: { poison: true },
    hosts: [{ ...host, config, ...more } as HostSpec],
  });
  world.start();
  return { world, ports: own as unknown as Ports };
}

describe('a paused host', () => {
  it('may cancel a timer that fell due during the pause, before it comes', () => {
    const log: string[] = [];
    let late: TimerId = 0;
    const { world, ports } = single((own) => ({
      onTimer(kind) {
        log.push(`${kind} at ${own.now() / MS} ms`);
        if (kind === 1) own.timer.cancel(late);
      },
    }));
    ports.timer.after(2 * MS, 1, 0, 0);
    late = ports.timer.after(3 * MS, 2, 0, 0);
    ports.timer.after(4 * MS, 3, 0, 0);
    world.host('host').pause();
    world.runUntil(10 * MS);
    world.host('host').resume();
    expect(log).toEqual(['1 at 10 ms', '3 at 10 ms']);
    expect(world.kernel.isPending(late)).toBe(false);
  });

  it('keeps a timer id apart from timers that other hosts start meanwhile', () => {
    const fired: number[] = [];
    const { world, ports } = single(() => ({ onTimer: (kind) => void fired.push(kind) }));
    const held = ports.timer.after(MS, 1, 0, 0);
    const { kernel } = world;
    const others = kernel.register({ onEvent: () => {} });
    world.host('host').pause();
    world.runUntil(2 * MS);
    for (let i = 0; i < 1000; i++) {
      kernel.at(kernel.nowNs + 1, 3, others, 0, 0, 0);
      world.runUntil(kernel.nowNs + 1);
    }
    expect(kernel.isPending(held)).toBe(true);
    ports.timer.cancel(held);
    world.host('host').resume();
    expect(fired).toEqual([]);
    expect(kernel.pending).toBe(0);
  });

  it('forgets what it kept when it crashes, and keeps the order over all kinds of input', () => {
    const log: string[] = [];
    const react = (own: Ports): Reactions => ({
      start: () => own.udp.bind(5),
      onTimer: (kind) => void log.push(`timer ${kind}`),
      onDatagram: () => void log.push('datagram'),
      onCommitted: () => void log.push('committed'),
    });
    const { world, ports } = single(react);
    const host = world.host('host');
    const fill = (): void => {
      ports.timer.after(MS / 2, 1, 0, 0);
      ports.storage.commit(1);
      ports.timer.after(2 * MS, 2, 0, 0);
      host.pause();
      ports.udp.send(0, 5, 10, 5, textBlock(ports, 'x'), 1, 0, 0);
      world.runUntil(world.kernel.nowNs + S);
    };
    fill();
    host.resume();
    expect(log).toEqual(['datagram', 'timer 1', 'committed', 'timer 2']);
    fill();
    host.crash('process');
    host.start();
    world.runUntil(world.kernel.nowNs + S);
    expect(log.length).toBe(4);
    expect(world.octets.heldOctets).toBe(0);
    expect(world.kernel.pending).toBe(0);
  });

  it('tells an actor that crashes which commits became durable while it stood still, and no others', () => {
    const untold: number[] = [];
    const { world, ports } = single(() => ({ onUntold: (token) => void untold.push(token) }), {
      storage: { ...PLAIN_STORAGE, commitLatencyNs: MS, groupCommit: false },
    });
    const host = world.host('host');
    const commit = (token: number): void => {
      ports.storage.put(token, textBlock(ports, 'x'), 1);
      ports.storage.commit(token);
    };
    commit(1);
    world.runUntil(MS);
    for (const token of [2, 3, 4, 5]) commit(token);
    host.pause();
    world.runUntil(2 * MS);
    const broken = { errorProbability: 1 };
    host.storage.setFault(broken, true);
    world.runUntil(3 * MS);
    host.storage.setFault(broken, false);
    world.runUntil(4 * MS);
    host.crash('machine');
    // The first was told in time, the third failed, the last was still under way.
    expect(untold).toEqual([2, 4]);
    host.start();
    host.crash('machine');
    expect(untold).toEqual([2, 4]);
  });

  it('serves no job meanwhile: one is finished on resuming, the next begins then', () => {
    const cpu: CpuSpec = {
      servers: 1,
      queueLimit: 10,
      costs: [{ baseNs: 2 * MS, nsPerKiB: 0, distribution: 'constant' }],
      provenance: 'test',
    };
    const served: string[] = [];
    const { world, ports } = single(
      (own) => ({ onServed: (token) => void served.push(`${token} at ${own.now() / MS} ms`) }),
      { cpu },
    );
    ports.cpu.spend(0, 0, 1);
    ports.cpu.spend(0, 0, 2);
    world.runUntil(MS);
    world.host('host').pause();
    world.runUntil(10 * MS);
    world.host('host').resume();
    world.runUntil(S);
    expect(served).toEqual(['1 at 10 ms', '2 at 12 ms']);
  });
});

describe('a paused host whose CPU is shared', () => {
  it('gives work that an input of the pause asks for its own time, though another job came due behind that input', () => {
    const cpu: CpuSpec = {
      servers: 1,
      queueLimit: 10,
      discipline: 'processor-sharing',
      costs: [{ baseNs: 2 * MS, nsPerKiB: 0, distribution: 'constant' }],
      provenance: 'test',
    };
    const served: string[] = [];
    const { world, ports } = single(
      (own) => ({
        start: () => own.udp.bind(5),
        onDatagram: () => void own.cpu.spend(0, 0, 2),
        onServed: (token) => void served.push(`${token} at ${own.now() / MS} ms`),
      }),
      { cpu },
    );
    ports.cpu.spend(0, 0, 1);
    world.runUntil(MS);
    world.host('host').pause();
    ports.udp.send(0, 5, 10, 5, textBlock(ports, 'x'), 1, 0, 0);
    world.runUntil(10 * MS);
    world.host('host').resume();
    world.runUntil(S);
    expect(served).toEqual(['1 at 10 ms', '2 at 12 ms']);
  });
});

describe('Kernel.runUntil(Infinity)', () => {
  it('ends idle when nothing is left, with time at the last event', () => {
    const { world, ports } = single(() => ({}));
    expect(world.kernel.runUntil(Infinity)).toBe('idle');
    ports.timer.after(5 * MS, 1, 0, 0);
    expect(world.kernel.runUntil(Infinity)).toBe('idle');
    expect(world.kernel.nowNs).toBe(5 * MS);
  });
});
