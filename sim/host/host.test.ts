import { describe, expect, it } from 'vitest';
import { ACCESS_PROFILES } from '../network/access-profiles.js';
import { createWorld, type HostSpec, type World, type WorldOptions } from '../world.js';
import { scriptedActor, textBlock, type Reactions } from './scripted-actor.js';
import { CommitStatus, type Ports } from './ports.js';
import { PLAIN_STORAGE } from './specs.js';

/** Any kind of a model; the numbers are in `models/observations.ts`. */
const STORED = 11;
const MS = 1_000_000;
const S = 1_000_000_000;

/** A world of one host; `boots` has the ports of each incarnation. */
function single(
  react: (ports: Ports) => Reactions,
  more: Partial<HostSpec> = {},
  options: Partial<WorldOptions> = {},
): { world: World; boots: Ports[] } {
  const boots: Ports[] = [];
  const config = (ports: Ports): Reactions => {
    boots.push(ports);
    return react(ports);
  };
  const host = { name: 'host', ip: 10, addresses: 1, link: ACCESS_PROFILES.perfect, factory: scriptedActor };
  const world = createWorld({
    seed: 'host',
    epochMs: 1_700_000_000_000,
    arena: { poison: true },
    hosts: [{ ...host, config, ...more } as HostSpec],
    ...options,
  });
  world.start();
  return { world, boots };
}

function put(ports: Ports, key: number, text: string): void {
  ports.storage.put(key, textBlock(ports, text), text.length);
}

function stored(ports: Ports, key: number): string {
  const start = ports.octets.start(ports.storage.read(key));
  return ports.octets.buf.toString('latin1', start, start + ports.storage.lengthOf(key));
}

describe('storage', () => {
  const log: string[] = [];
  const storing =
    (into: string[] = log) =>
    (ports: Ports): Reactions => ({
      onCommitted: (token, status) => void into.push(`${token}:${status} at ${ports.now() / MS} ms`),
    });

  it('makes a batch visible when its commit completes, together and not before', () => {
    const done: string[] = [];
    const { world, boots } = single(storing(done), {
      storage: { ...PLAIN_STORAGE, commitLatencyNs: 5 * MS },
    });
    const [ports] = boots;
    put(ports, 7, 'seven');
    put(ports, 3, 'three');
    ports.storage.commit(1);
    world.runUntil(5 * MS - 1);
    expect([ports.storage.records, ports.storage.read(7), ports.storage.lengthOf(7)]).toEqual([0, 0, -1]);
    world.runUntil(5 * MS);
    expect(done).toEqual(['1:0 at 5 ms']);
    expect([stored(ports, 7), stored(ports, 3)]).toEqual(['seven', 'three']);
    expect([ports.storage.records, ports.storage.usedOctets]).toEqual([2, 10]);
    const keys: number[] = [];
    ports.storage.scan((key) => void keys.push(key));
    expect(keys).toEqual([3, 7]);
    put(ports, 7, 'new');
    ports.storage.delete(3);
    ports.storage.commit(2);
    world.runUntil(S);
    expect([stored(ports, 7), ports.storage.records, ports.storage.usedOctets]).toEqual(['new', 1, 3]);
    expect(world.octets.heldOctets).toBe(64);
  });

  it('commits one after the other, or in groups, with latency and bandwidth', () => {
    const times = (groupCommit: boolean): string[] => {
      const done: string[] = [];
      const storage = { ...PLAIN_STORAGE, commitLatencyNs: 2 * MS, octetsPerS: 1_000_000, groupCommit };
      const { world, boots } = single(storing(done), { storage });
      for (let token = 1; token <= 3; token++) {
        put(boots[0], token, 'x'.repeat(1000));
        boots[0].storage.commit(token);
      }
      world.runUntil(S);
      return done;
    };
    expect(times(false)).toEqual(['1:0 at 3 ms', '2:0 at 6 ms', '3:0 at 9 ms']);
    expect(times(true)).toEqual(['1:0 at 3 ms', '2:0 at 7 ms', '3:0 at 7 ms']);
  });

  it('ends a commit beyond the capacity as full and keeps nothing of it', () => {
    const done: string[] = [];
    const { world, boots } = single(storing(done), { storage: { ...PLAIN_STORAGE, capacityOctets: 10 } });
    const [ports] = boots;
    put(ports, 1, '12345678');
    ports.storage.commit(1);
    put(ports, 2, '123');
    ports.storage.commit(2);
    // Replacing and deleting make room within the batch.
    put(ports, 1, 'abc');
    put(ports, 3, '1234567');
    ports.storage.commit(3);
    ports.storage.delete(3);
    ports.storage.commit(4);
    world.runUntil(S);
    expect(done.map((line) => line.slice(0, 3))).toEqual(['1:0', `2:${CommitStatus.full}`, '3:0', '4:0']);
    expect([ports.storage.records, ports.storage.usedOctets]).toEqual([1, 3]);
    expect(world.octets.heldOctets).toBe(64);
  });

  it('reports an error and drops the batch when the device fails', () => {
    const done: string[] = [];
    const { world, boots } = single(storing(done));
    world.host('host').storage.setFault({ errorProbability: 1 }, true);
    put(boots[0], 1, 'gone');
    boots[0].storage.commit(1);
    world.runUntil(S);
    expect(done).toEqual([`1:${CommitStatus.error} at 1 ms`]);
    expect(boots[0].storage.records).toBe(0);
    expect(world.octets.heldOctets).toBe(0);
  });
});

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
});

describe('pause', () => {
  it('keeps timers, datagrams and completions and hands them out in order on resuming', () => {
    const log: string[] = [];
    const { world, boots } = single((ports) => {
      const say = (what: string): void => void log.push(`${what} at ${ports.now() / MS} ms`);
      return {
        start: () => ports.udp.bind(5),
        onTimer: (kind) => say(`timer ${kind}`),
        onDatagram: (_l, _i, _p, _t, _b, buf, start, end) => say(buf.toString('latin1', start, end)),
        onCommitted: () => say('committed'),
      };
    });
    const [ports] = boots;
    const host = world.host('host');
    ports.timer.after(2 * MS, 1, 0, 0);
    ports.storage.commit(1);
    host.pause();
    ports.udp.send(0, 5, 10, 5, textBlock(ports, 'datagram'), 8, 0, 0);
    world.runUntil(10 * MS);
    expect(log).toEqual([]);
    host.resume();
    expect(log).toEqual(['datagram at 10 ms', 'committed at 10 ms', 'timer 1 at 10 ms']);
    expect(world.octets.heldOctets).toBe(0);
  });
});

describe('sockets', () => {
  it('leaves a stream unread while its host is paused, and reads on afterwards', () => {
    let text = '';
    let conn = 0;
    const { world, boots } = single((ports) => ({
      start: () => {
        ports.tcp.listen(7);
        conn = ports.tcp.connect(0, 10, 7);
      },
      onTcpData: (_conn, buf, start, end) => void (text += buf.toString('latin1', start, end)),
    }));
    world.runUntil(MS);
    world.host('host').pause();
    boots[0].tcp.write(conn, textBlock(boots[0], 'later'), 0, 5, false);
    world.runUntil(S);
    expect(text).toBe('');
    world.host('host').resume();
    world.runUntil(2 * S);
    expect(text).toBe('later');
  });

  it('are gone after a restart until the new incarnation binds them', () => {
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

describe('wall clock', () => {
  it('is the epoch plus virtual time, with offset and drift', () => {
    const { world, boots } = single(() => ({}), { clock: { offsetMs: -250, driftPpm: 100 } });
    expect(boots[0].wallClock()).toBe(1_700_000_000_000 - 250);
    world.runUntil(10_000 * S);
    expect(boots[0].wallClock()).toBe(1_700_000_000_000 - 250 + 10_000_000 + 1000);
  });
});

describe('observations', () => {
  it('reach their subscribers alone, and change the fingerprint whether or not there are any', () => {
    const seen: number[][] = [];
    const print = (a: number, subscribed: boolean): string => {
      const { world, boots } = single(
        () => ({}),
        {},
        {
          subscribers: subscribed
            ? [{ kinds: [STORED], handler: (...all) => void seen.push(all.slice(0, 5) as number[]) }]
            : [],
        },
      );
      expect(boots[0].observe.wants(STORED)).toBe(subscribed);
      boots[0].observe.emit(STORED, 1, 2, a, -5);
      boots[0].observe.emit(14, 1, 2, 3, 4);
      return world.state().fingerprint;
    };
    const plain = print(2 ** 40, false);
    expect(print(2 ** 40, true)).toBe(plain);
    expect(print(2 ** 41, true)).not.toBe(plain);
    expect(seen).toEqual([
      [STORED, 1, 2, 2 ** 40, -5],
      [STORED, 1, 2, 2 ** 41, -5],
    ]);
  });
});
