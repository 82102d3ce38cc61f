import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Tap } from '../host/ports.js';
import { accessProfile } from './access-profiles.js';
import { connect, long, MOBILE, MS, pair, S, write } from './tcp-kit.js';
import { tcpDefaults } from './tcp-settings.js';

const cut = (atNs: number, forNs: number) =>
  ({ kind: 'partition', atNs, forNs, target: { host: 'client' }, mode: 'all', params: {} }) as const;

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

  it('is shown as it leaves, in its order among all observations, from what an actor writes while it reads', () => {
    const seen: string[] = [];
    const tested = pair(
      MOBILE,
      {
        subscribers: [
          {
            kinds: [Tap.streamSent, 1],
            handler: (kind, host, _m, _a, _b, buf, start, end) => {
              if (kind === 1) seen.push('emitted');
              else if (host === tested.server.ports.hostId) seen.push(buf.latin1Slice(start, end));
            },
          },
        ],
      },
      {
        server: (side) => ({
          onTcpData(_conn, buf, start, end) {
            side.text += buf.latin1Slice(start, end);
            write(side, 'one');
            write(side, 'two');
            side.ports.observe.emit(1, 0, 0, 0, 0);
            write(side, 'three');
            if (!side.text.endsWith('!')) return;
            // The blocks of what was written go with the connection, and are written over.
            side.ports.tcp.abort(side.conn);
            seen.push('aborted');
          },
        }),
      },
    );
    connect(tested);
    tested.world.runUntil(S);
    const once = ['one', 'two', 'emitted', 'three'];
    write(tested.client, 'a');
    tested.world.runUntil(2 * S);
    expect(seen).toEqual(once);
    write(tested.client, 'b!');
    tested.world.runUntil(3 * S);
    expect(seen).toEqual([...once, ...once, 'aborted']);
  });

  it('stalls under loss for the retransmission timeout, doubling (RFC 6298 section 5)', () => {
    const arrivals: number[] = [];
    const tested = pair(
      MOBILE,
      {
        faults: [cut(S, 1500 * MS)],
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

  it('never waits longer than the largest timeout, however often it doubled (RFC 6298 section 2.5)', () => {
    const arrivals: number[] = [];
    const tested = pair(
      MOBILE,
      {
        tcp: { maxRtoNs: 500 * MS },
        faults: [cut(S, 1900 * MS)],
      },
      { server: (side) => ({ onTcpData: () => void arrivals.push(side.ports.now() / MS) }) },
    );
    connect(tested);
    tested.world.runUntil(S);
    write(tested.client, 'late');
    tested.world.runUntil(20 * S);
    // Sent at 1000, 1200, 1600, 2100, 2600 (all lost) and 3100 ms.
    expect(arrivals).toEqual([3110]);
  });

  it('starts again with the least timeout, and to count until it gives up, after progress', () => {
    const arrivals: number[] = [];
    const tested = pair(
      MOBILE,
      { faults: [cut(S, 1500 * MS), cut(200 * S, 100 * MS)] },
      { server: (side) => ({ onTcpData: () => void arrivals.push(side.ports.now() / MS) }) },
    );
    connect(tested);
    tested.world.runUntil(S);
    write(tested.client, 'one');
    tested.world.runUntil(200 * S);
    write(tested.client, 'two');
    tested.world.runUntil(300 * S);
    expect(arrivals).toEqual([4010, 200_210]);
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
    expect(tested.client.log[1]).toBe(`timeout at ${(S + tcpDefaults().giveUpNs) / MS} ms`);
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
