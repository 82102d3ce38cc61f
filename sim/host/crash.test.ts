/** A host that crashes and comes again: what it still has, and what of its former incarnation reaches it. */
import { describe, expect, it } from 'vitest';
import { ACCESS_PROFILES } from '../network/access-profiles.js';
import { MS, put, S, single, stored } from './host-kit.js';
import { textBlock } from './scripted-actor.js';
import { PLAIN_STORAGE } from './specs.js';

describe('crash and restart', () => {
  it('keeps what was committed, loses what was not, and silences the old incarnation', () => {
    const log: string[] = [];
    const { world, boots } = single(
      (ports) => {
        const say = (what: string): void =>
          void log.push(`${ports.incarnation} ${what} at ${ports.now() / MS} ms`);
        return {
          start: () => say(`recovers ${ports.storage.records}`),
          onTimer: () => say('timer'),
          onServed: () => say('served'),
          onCommitted: (token) => say(`committed ${token}`),
        };
      },
      {
        storage: { ...PLAIN_STORAGE, commitLatencyNs: 10 * MS },
        cpu: {
          servers: 1,
          queueLimit: 10,
          costs: [{ baseNs: 20 * MS, nsPerKiB: 0, distribution: 'constant' }],
          provenance: 'test',
        },
      },
      {
        faults: [
          {
            kind: 'crash',
            atNs: 15 * MS,
            forNs: 5 * MS,
            target: { host: 'host' },
            mode: 'one',
            params: { what: 'machine' },
          },
        ],
      },
    );
    const [ports] = boots;
    put(ports, 1, 'durable');
    ports.storage.commit(1);
    world.runUntil(10 * MS);
    put(ports, 2, 'in flight');
    ports.storage.commit(2);
    put(ports, 3, 'open');
    ports.timer.after(30 * MS, 0, 0, 0);
    ports.timer.start(ports.timer.lane(30 * MS), 0, 0, 0);
    ports.cpu.spend(0, 0, 9);
    ports.cpu.spend(0, 0, 9);
    world.runUntil(16 * MS);
    expect([world.host('host').up, world.octets.heldOctets]).toEqual([false, 64]);
    world.runUntil(S);
    expect(log).toEqual(['0 recovers 0 at 0 ms', '0 committed 1 at 10 ms', '1 recovers 1 at 20 ms']);
    expect(stored(boots[1], 1)).toBe('durable');
    expect([boots[1].cpu.inSystem, boots[1].incarnation]).toEqual([0, 1]);
  });

  it('does not take the end of a commit from before the crash for that of a later one', () => {
    const log: string[] = [];
    const { world, boots } = single(
      (ports) => ({ onCommitted: (token) => void log.push(`${token} at ${ports.now() / MS} ms`) }),
      { storage: { ...PLAIN_STORAGE, commitLatencyNs: 10 * MS } },
      {
        faults: [
          {
            kind: 'crash',
            atNs: 2 * MS,
            forNs: MS,
            target: { host: 'host' },
            mode: 'one',
            params: { what: 'machine' },
          },
        ],
      },
    );
    boots[0].storage.commit(1);
    world.runUntil(5 * MS);
    boots[1].storage.commit(2);
    world.runUntil(S);
    expect(log).toEqual(['2 at 15 ms']);
  });

  it('gives the next incarnation other streams of chance, and the same one the same', () => {
    const draws = (): number[] => {
      const all: number[] = [];
      const { world } = single(
        (ports) => ({ start: () => void all.push(ports.random.stream('p').int32()) }),
        {},
        {
          faults: [
            {
              kind: 'crash',
              atNs: MS,
              forNs: MS,
              target: { host: 'host' },
              mode: 'one',
              params: { what: 'process' },
            },
          ],
        },
      );
      world.runUntil(S);
      return all;
    };
    const [first, second] = draws();
    expect(first).not.toBe(second);
    expect(draws()).toEqual([first, second]);
  });

  it('drops datagrams to a host that is down, without keeping them', () => {
    const got: number[] = [];
    const { world, boots } = single(
      (ports) => ({
        start: () => ports.udp.bind(5),
        onDatagram: () => void got.push(ports.now()),
      }),
      { link: ACCESS_PROFILES.mobile },
      {
        faults: [
          {
            kind: 'crash',
            atNs: 10 * MS,
            forNs: 20 * MS,
            target: { host: 'host' },
            mode: 'one',
            params: { what: 'machine' },
          },
        ],
      },
    );
    boots[0].udp.send(0, 5, 10, 5, textBlock(boots[0], 'late'), 4, 0, 0);
    world.runUntil(29 * MS);
    expect(world.octets.heldOctets).toBe(64);
    world.runUntil(S);
    // 50 ms of delay: the new incarnation is up and has bound the port by then.
    expect(got).toEqual([50 * MS]);
    const again = single(
      (ports) => ({ start: () => ports.udp.bind(5), onDatagram: () => void got.push(-1) }),
      { link: ACCESS_PROFILES.mobile },
      {
        faults: [
          {
            kind: 'crash',
            atNs: 10 * MS,
            target: { host: 'host' },
            mode: 'one',
            params: { what: 'process' },
          },
        ],
      },
    );
    again.boots[0].udp.send(0, 5, 10, 5, textBlock(again.boots[0], 'lost'), 4, 0, 0);
    again.world.runUntil(S);
    expect(got.length).toBe(1);
    expect(again.world.octets.heldOctets).toBe(0);
  });

  it('leaves no socket after a restart until the new incarnation binds one', () => {
    let got = 0;
    const { world, boots } = single(
      (ports) => ({
        start: () => ports.incarnation === 0 && ports.udp.bind(5),
        onDatagram: () => void got++,
      }),
      {},
      {
        faults: [
          {
            kind: 'crash',
            atNs: MS,
            forNs: MS,
            target: { host: 'host' },
            mode: 'one',
            params: { what: 'process' },
          },
        ],
      },
    );
    const send = (): void => {
      const ports = boots[boots.length - 1];
      ports.udp.send(0, 5, 10, 5, textBlock(ports, 'x'), 1, 0, 0);
    };
    send();
    world.runUntil(5 * MS);
    send();
    world.runUntil(S);
    expect(got).toBe(1);
  });
});
