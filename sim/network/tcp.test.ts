import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scriptedActor, textBlock, type Reactions } from '../host/scripted-actor.js';
import { Tap, TcpEnd, type Conn, type Ports } from '../host/ports.js';
import { createWorld, type HostSpec, type World, type WorldOptions } from '../world.js';
import { accessProfile, ACCESS_PROFILES, type AccessProfile } from './access-profiles.js';
import { TCP_DEFAULTS } from './tcp-settings.js';

const MS = 1_000_000;
const S = 1_000_000_000;
const SERVER_IP = 10;

/** One end as a test sees it: what happened to it, and what it read. */
interface Side {
  ports: Ports;
  log: string[];
  text: string;
  conn: Conn;
  writableAtNs: number[];
}

interface Pair {
  readonly world: World;
  readonly client: Side;
  readonly server: Side;
}

function pair(
  links: readonly [AccessProfile, AccessProfile],
  more: Partial<WorldOptions> = {},
  react: { client?: (side: Side) => Reactions; server?: (side: Side) => Reactions } = {},
): Pair {
  const newSide = (): Side => ({
    ports: undefined as unknown as Ports,
    log: [],
    text: '',
    conn: 0,
    writableAtNs: [],
  });
  const client = newSide();
  const server = newSide();
  const host = (
    name: string,
    ip: number,
    link: AccessProfile,
    side: Side,
    extra: (side: Side) => Reactions = () => ({}),
  ): HostSpec => {
    const config = (ports: Ports): Reactions => {
      side.ports = ports;
      const at = (what: string): void => void side.log.push(`${what} at ${ports.now() / MS} ms`);
      return {
        start: () => name === 'server' && ports.tcp.listen(2855),
        onTcpAccepted(conn) {
          side.conn = conn;
          at('accepted');
        },
        onTcpConnected: () => at('connected'),
        onTcpData(_conn, buf, start, end) {
          side.text += buf.toString('latin1', start, end);
        },
        onTcpClosed(_conn, end) {
          const names = ['fin', 'reset', 'timeout', 'refused'];
          at(names[end]);
        },
        onTcpWritable: () => void side.writableAtNs.push(ports.now()),
        ...extra(side),
      };
    };
    return { name, ip, addresses: 4, link, factory: scriptedActor, config } as HostSpec;
  };
  const world = createWorld({
    seed: 'tcp',
    epochMs: 0,
    arena: { poison: true },
    hosts: [
      host('client', 1000, links[0], client, react.client),
      host('server', SERVER_IP, links[1], server, react.server),
    ],
    ...more,
  });
  world.start();
  return { world, client, server };
}

function connect({ client }: Pair, port = 2855): void {
  client.conn = client.ports.tcp.connect(0, SERVER_IP, port);
}

function write(side: Side, text: string): boolean {
  return side.ports.tcp.write(side.conn, textBlock(side.ports, text), 0, text.length, false);
}

/** Text in which every place is recognisable. */
function long(octets: number): string {
  let text = '';
  for (let i = 0; text.length < octets; i++) text += `${i},`;
  return text.slice(0, octets);
}

const MOBILE = [accessProfile('a', { delayNs: 10 * MS }), accessProfile('b', {})] as const;
const LOSSY = [accessProfile('l', { delayNs: 10 * MS, loss: 0.2 }), accessProfile('b', {})] as const;

describe('TCP handshake', () => {
  it('takes one round trip for the client and one and a half for the server', () => {
    const tested = pair(MOBILE);
    connect(tested);
    tested.world.runUntil(S);
    expect(tested.client.log).toEqual(['connected at 20 ms']);
    expect(tested.server.log).toEqual(['accepted at 30 ms']);
  });

  it('ends refused after a round trip where nobody listens', () => {
    const tested = pair(MOBILE);
    connect(tested, 9);
    tested.world.runUntil(S);
    expect(tested.client.log).toEqual(['refused at 20 ms']);
  });

  it('ends in a timeout where nobody is, and repeats SYN meanwhile (RFC 6298 section 2.1)', () => {
    const tested = pair(MOBILE);
    tested.client.conn = tested.client.ports.tcp.connect(0, 77, 2855);
    tested.world.runUntil(200 * S);
    expect(tested.client.log).toEqual([`timeout at ${TCP_DEFAULTS.connectGiveUpNs / MS} ms`]);
  });

  it('gets through once the link is up again, by the next SYN', () => {
    const tested = pair(MOBILE, {
      faults: [
        { kind: 'partition', atNs: 0, forNs: 2 * S, target: { host: 'client' }, mode: 'all', params: {} },
      ],
    });
    tested.world.runUntil(0);
    connect(tested);
    tested.world.runUntil(10 * S);
    // SYN at 0, 1 and 3 s.
    expect(tested.client.log).toEqual(['connected at 3020 ms']);
  });
});

describe('TCP data', () => {
  it('arrives in order, after exactly the delay, at what the line carries', () => {
    // 8 Mbit/s: an octet takes 1 us. 10,000 octets are 7 packets with 40 octets of header each.
    const links = [
      accessProfile('a', { delayNs: 10 * MS, rateBitsPerS: 8e6, queueOctets: 1e6 }),
      MOBILE[1],
    ] as const;
    let lastNs = 0;
    const tested = pair(
      links,
      {},
      {
        server: (side) => ({
          onTcpData(_c, buf, start, end) {
            side.text += buf.toString('latin1', start, end);
            lastNs = side.ports.now();
          },
        }),
      },
    );
    connect(tested);
    tested.world.runUntil(S);
    write(tested.client, long(10_000));
    tested.world.runUntil(2 * S);
    expect(tested.server.text).toBe(long(10_000));
    expect(lastNs).toBe(S + 10 * MS + (10_000 + 7 * 40) * 1000);
  });

  it('joins what is written at one instant into one segment, one event', () => {
    const tested = pair(MOBILE);
    connect(tested);
    tested.world.runUntil(S);
    const before = tested.world.kernel.executed;
    write(tested.client, 'one ');
    write(tested.client, 'two ');
    write(tested.client, 'three');
    tested.world.runUntil(2 * S);
    expect(tested.server.text).toBe('one two three');
    expect(tested.world.kernel.executed - before).toBe(1);
  });

  it('equals what was written under any segmentation, loss and pattern of writes', () => {
    const property = fc.property(
      fc.record({
        seed: fc.string(),
        most: fc.integer({ min: 1, max: 700 }),
        window: fc.integer({ min: 1, max: 4000 }),
        loss: fc.constantFrom(0, 0.05, 0.2),
        rate: fc.constantFrom(0, 256_000),
        jitterNs: fc.constantFrom(0, 5 * MS),
        writes: fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 0, max: 40 })), {
          minLength: 1,
          maxLength: 12,
        }),
        /** When the receiver's link goes down, from the first write, and for how long. */
        cuts: fc.array(fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 300 })), {
          maxLength: 3,
        }),
        close: fc.boolean(),
      }),
      ({ seed, most, window, loss, rate, jitterNs, writes, cuts, close }) => {
        const link = accessProfile('x', {
          delayNs: 10 * MS,
          loss,
          jitterNs,
          rateBitsPerS: rate,
          queueOctets: 1000,
        });
        const shown: Record<number, string> = { [Tap.streamSent]: '', [Tap.streamDelivered]: '' };
        const tested = pair([link, link], {
          seed,
          faults: cuts.map(([atMs, forMs]) => ({
            kind: 'partition',
            atNs: 20_000 * S + atMs * MS,
            forNs: forMs * MS,
            target: { host: 'server' },
            mode: 'all',
            params: {},
          })),
          subscribers: [
            {
              kinds: [Tap.streamSent, Tap.streamDelivered],
              handler: (kind, _e, _m, _a, _b, buf, start, end) =>
                void (shown[kind] += buf.toString('latin1', start, end)),
            },
          ],
          tcp: {
            segmentMinOctets: 1,
            segmentMaxOctets: most,
            windowOctets: window,
            giveUpNs: 1e15,
            connectGiveUpNs: 1e15,
          },
        });
        connect(tested);
        tested.world.runUntil(20_000 * S);
        let expected = '';
        let nowNs = 20_000 * S;
        for (const [octets, waitMs] of writes) {
          const text = long(octets);
          expected += text;
          write(tested.client, text);
          nowNs += waitMs * MS;
          tested.world.runUntil(nowNs);
        }
        if (close) tested.client.ports.tcp.close(tested.client.conn);
        tested.world.run();
        expect(tested.server.text).toBe(expected);
        expect(shown[Tap.streamSent]).toBe(expected);
        expect(shown[Tap.streamDelivered]).toBe(expected);
        expect(tested.server.log.filter((line) => line.startsWith('fin')).length).toBe(close ? 1 : 0);
        expect(tested.world.octets.heldOctets).toBe(0);
      },
    );
    fc.assert(property, { seed: 42, numRuns: 60 });
  });

  it('stalls under loss for the retransmission timeout, doubling (RFC 6298 section 5)', () => {
    const arrivals: number[] = [];
    const tested = pair(
      MOBILE,
      {
        faults: [
          {
            kind: 'partition',
            atNs: S,
            forNs: 1500 * MS,
            target: { host: 'client' },
            mode: 'all',
            params: {},
          },
        ],
      },
      { server: (side) => ({ onTcpData: () => void arrivals.push(side.ports.now() / MS) }) },
    );
    connect(tested);
    tested.world.runUntil(S);
    write(tested.client, 'late');
    tested.world.runUntil(20 * S);
    // Sent at 1000, 1200, 1600, 2400 (all lost) and 4000 ms.
    expect(arrivals).toEqual([4010]);
  });

  it('starts again with the least timeout after progress', () => {
    const arrivals: number[] = [];
    const cut = (atNs: number, forNs: number) =>
      ({ kind: 'partition', atNs, forNs, target: { host: 'client' }, mode: 'all', params: {} }) as const;
    const tested = pair(
      MOBILE,
      { faults: [cut(S, 1500 * MS), cut(10 * S, 100 * MS)] },
      { server: (side) => ({ onTcpData: () => void arrivals.push(side.ports.now() / MS) }) },
    );
    connect(tested);
    tested.world.runUntil(S);
    write(tested.client, 'one');
    tested.world.runUntil(10 * S);
    write(tested.client, 'two');
    tested.world.runUntil(20 * S);
    expect(arrivals).toEqual([4010, 10_210]);
  });

  it('is not overtaken by what is sent later on a faster path, RST included', () => {
    const tested = pair(MOBILE, {
      faults: [
        {
          kind: 'delay',
          atNs: 500 * MS,
          forNs: 500 * MS + 1,
          target: { host: 'client' },
          mode: 'all',
          params: { delayNs: 300 * MS },
        },
      ],
    });
    connect(tested);
    tested.world.runUntil(S);
    write(tested.client, 'slow');
    tested.world.runUntil(S + MS);
    tested.client.ports.tcp.abort(tested.client.conn);
    tested.world.runUntil(2 * S);
    expect(tested.server.text).toBe('slow');
    expect(tested.server.log[1]).toBe('reset at 1310 ms');
  });

  it('gives up after the limit and tells the sender alone; the other end is half-open', () => {
    const tested = pair(MOBILE, {
      faults: [{ kind: 'partition', atNs: S, target: { host: 'client' }, mode: 'all', params: {} }],
    });
    connect(tested);
    tested.world.runUntil(S);
    write(tested.client, 'never read');
    tested.world.runUntil(1000 * S);
    expect(tested.client.log[1]).toBe(`timeout at ${(S + TCP_DEFAULTS.giveUpNs) / MS} ms`);
    expect(tested.server.log.length).toBe(1);
    expect(tested.world.octets.heldOctets).toBe(0);
  });

  it('loses what is in flight when the receiver goes down, and sends it again', () => {
    const tested = pair(MOBILE, {
      faults: [
        {
          kind: 'partition',
          atNs: S + 5 * MS,
          forNs: 10 * MS,
          target: { host: 'server' },
          mode: 'all',
          params: {},
        },
      ],
    });
    connect(tested);
    tested.world.runUntil(S);
    write(tested.client, 'first ');
    tested.world.runUntil(S + 2 * MS);
    write(tested.client, 'second');
    tested.world.runUntil(S + 100 * MS);
    expect(tested.server.text).toBe('');
    tested.world.runUntil(3 * S);
    expect(tested.server.text).toBe('first second');
  });
});

describe('TCP back-pressure', () => {
  const tcp = { windowOctets: 1000, highWaterOctets: 2000 };

  it('refuses above the high-water mark, tells when writable, and loses nothing', () => {
    const tested = pair(MOBILE, { tcp });
    connect(tested);
    tested.world.runUntil(S);
    expect(write(tested.client, long(3000))).toBe(true);
    expect(tested.client.ports.tcp.writable(tested.client.conn)).toBe(false);
    expect(write(tested.client, '!')).toBe(false);
    expect(tested.client.writableAtNs).toEqual([]);
    tested.world.runUntil(2 * S);
    // Window by window, a round trip each: after the first there are 1,001 octets left, after the second 1.
    expect(tested.client.writableAtNs).toEqual([S + 40 * MS]);
    expect(tested.server.text).toBe(`${long(3000)}!`);
  });

  it('holds the sender while the reader pauses, at window plus buffer', () => {
    const tested = pair(MOBILE, { tcp });
    connect(tested);
    tested.world.runUntil(S);
    tested.server.ports.tcp.pauseReading(tested.server.conn, true);
    write(tested.client, long(10_000));
    tested.world.runUntil(20 * S);
    expect(tested.server.text).toBe('');
    expect(tested.world.kernel.pending).toBe(0);
    tested.server.ports.tcp.pauseReading(tested.server.conn, false);
    tested.world.runUntil(30 * S);
    expect(tested.server.text).toBe(long(10_000));
  });

  it('stops in the middle when the reader pauses while it reads', () => {
    const tested = pair(
      MOBILE,
      {},
      {
        server: (side) => ({
          onTcpData(conn, buf, start, end) {
            side.text += buf.toString('latin1', start, end);
            side.ports.tcp.pauseReading(conn, true);
          },
        }),
      },
    );
    connect(tested);
    tested.world.runUntil(S);
    write(tested.client, 'one');
    write(tested.client, 'two');
    tested.client.ports.tcp.close(tested.client.conn);
    tested.world.runUntil(2 * S);
    expect(tested.server.text).toBe('one');
    tested.server.ports.tcp.pauseReading(tested.server.conn, false);
    tested.world.runUntil(3 * S);
    expect(tested.server.text).toBe('onetwo');
    expect(tested.server.log.length).toBe(1);
    tested.server.ports.tcp.pauseReading(tested.server.conn, false);
    tested.world.runUntil(4 * S);
    expect(tested.server.log[1]).toBe('fin at 3000 ms');
  });
});

describe('TCP ends', () => {
  it('sends FIN after all data; the other direction goes on until its own', () => {
    const tested = pair(MOBILE, { tcp: { windowOctets: 100 } });
    connect(tested);
    tested.world.runUntil(S);
    write(tested.client, long(150));
    tested.client.ports.tcp.close(tested.client.conn);
    tested.world.runUntil(2 * S);
    expect(tested.server.text).toBe(long(150));
    expect(tested.server.log[1]).toBe('fin at 1030 ms');
    write(tested.server, 'still here');
    tested.server.ports.tcp.close(tested.server.conn);
    tested.world.runUntil(3 * S);
    expect(tested.client.text).toBe('still here');
    expect(tested.client.log[1]).toBe('fin at 2010 ms');
    expect(tested.world.octets.heldOctets).toBe(0);
    expect(tested.world.tcp.endpoints).toBe(0);
  });

  it('resets the peer on abort, once, and forgets the connection', () => {
    const tested = pair(MOBILE);
    connect(tested);
    tested.world.runUntil(S);
    write(tested.client, 'sent before');
    tested.client.ports.tcp.abort(tested.client.conn);
    tested.world.runUntil(2 * S);
    expect(tested.server.text).toBe('sent before');
    expect(tested.server.log.slice(1)).toEqual(['reset at 1010 ms']);
    expect(tested.client.log.length).toBe(1);
    expect(tested.world.tcp.endpoints).toBe(0);
    // The number stays good for nothing: what is written to it is dropped.
    expect(write(tested.client, 'too late')).toBe(true);
    expect(tested.world.octets.heldOctets).toBe(0);
  });

  it('may be aborted by the reader in the middle of what it reads', () => {
    const tested = pair(
      MOBILE,
      {},
      {
        server: (side) => ({ onTcpData: (conn) => side.ports.tcp.abort(conn) }),
      },
    );
    connect(tested);
    tested.world.runUntil(S);
    write(tested.client, 'one');
    write(tested.client, 'two');
    tested.world.runUntil(2 * S);
    expect(tested.client.log[1]).toBe('reset at 1020 ms');
    expect(tested.world.tcp.endpoints).toBe(0);
    expect(tested.world.octets.heldOctets).toBe(0);
  });

  it('is half-open after the machine crashed: silence, then RST once it runs again', () => {
    const tested = pair(MOBILE, {
      faults: [
        {
          kind: 'crash',
          atNs: S,
          forNs: 3 * S,
          target: { host: 'server' },
          mode: 'one',
          params: { what: 'machine' },
        },
      ],
    });
    connect(tested);
    tested.world.runUntil(2 * S);
    expect(tested.client.log.length).toBe(1);
    write(tested.client, 'anyone?');
    tested.world.runUntil(20_000 * S);
    // Sent at 2000, arrives nowhere, and again after 0.2, 0.4, 0.8 and 1.6 s from when each was found lost.
    expect(tested.client.log[1]).toMatch(/^reset at 50\d\d ms$/);
    expect(tested.world.tcp.endpoints).toBe(0);
  });

  it('is reset at once when only the process crashed, and a new connection is refused', () => {
    const tested = pair(MOBILE, {
      faults: [
        { kind: 'crash', atNs: S, target: { host: 'server' }, mode: 'one', params: { what: 'process' } },
      ],
    });
    connect(tested);
    tested.world.runUntil(2 * S);
    expect(tested.client.log[1]).toBe('reset at 1010 ms');
    connect(tested);
    tested.world.runUntil(3 * S);
    expect(tested.client.log[2]).toBe('refused at 2020 ms');
  });

  it('never gives a number twice', () => {
    const tested = pair(MOBILE);
    const numbers = new Set<number>();
    for (let i = 0; i < 500; i++) {
      connect(tested);
      numbers.add(tested.client.conn);
      tested.world.runUntil((i + 1) * 50 * MS);
      if (i % 7 !== 0) tested.client.ports.tcp.abort(tested.client.conn);
      numbers.add(tested.server.conn);
    }
    expect(numbers.size).toBe(1000);
  });
});

describe('TCP and the tap', () => {
  it('shows each octet once as sent and once as delivered, under loss and retransmission', () => {
    const shown: Record<number, string> = { [Tap.streamSent]: '', [Tap.streamDelivered]: '' };
    const ends: number[] = [];
    const tested = pair(LOSSY, {
      tcp: { segmentMinOctets: 1, segmentMaxOctets: 300, windowOctets: 900 },
      subscribers: [
        {
          kinds: [Tap.streamSent, Tap.streamDelivered],
          handler: (kind, _e, _m, _a, _b, buf, start, end) =>
            void (shown[kind] += buf.toString('latin1', start, end)),
        },
        { kinds: [Tap.streamEnded], handler: (_k, _e, _m, end) => void ends.push(end) },
      ],
    });
    connect(tested);
    tested.world.runUntil(20 * S);
    write(tested.client, long(2000));
    tested.world.runUntil(21 * S);
    write(tested.client, long(777));
    tested.client.ports.tcp.close(tested.client.conn);
    tested.world.runUntil(4000 * S);
    expect(shown[Tap.streamDelivered]).toBe(long(2000) + long(777));
    expect(shown[Tap.streamSent]).toBe(long(2000) + long(777));
    expect(ends).toEqual([TcpEnd.fin]);
  });
});

describe('TCP determinism', () => {
  it('runs the same twice, and differently with another seed', () => {
    const print = (seed: string): string => {
      const tested = pair(
        [ACCESS_PROFILES['mobile-edge'], ACCESS_PROFILES['data-centre']],
        { seed },
        {
          server: (side) => ({
            onTcpData: (conn, buf, start, end) => {
              const text = buf.toString('latin1', start, end);
              side.ports.tcp.write(conn, textBlock(side.ports, text), 0, text.length, false);
            },
          }),
        },
      );
      connect(tested);
      tested.world.runUntil(10 * S);
      write(tested.client, long(20_000));
      tested.world.runUntil(100 * S);
      expect(tested.client.text).toBe(long(20_000));
      return tested.world.state().fingerprint;
    };
    expect(print('one')).toBe(print('one'));
    expect(print('one')).not.toBe(print('two'));
  });
});
