import { describe, expect, it } from 'vitest';
import { textBlock } from '../host/scripted-actor.js';
import { Tap, TcpEnd, type Conn } from '../host/ports.js';
import { ACCESS_PROFILES } from './access-profiles.js';
import { connect, long, LOSSY, MOBILE, MS, pair, S, write } from './tcp-kit.js';

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

  it('never gives a number twice, and keeps connections apart however many come and go', () => {
    const tested = pair(MOBILE);
    const numbers = new Set<number>();
    const kept: Conn[] = [];
    for (let i = 0; i < 500; i++) {
      connect(tested);
      numbers.add(tested.client.conn);
      tested.world.runUntil((i + 1) * 50 * MS);
      if (i % 50 === 0) kept.push(tested.client.conn);
      else tested.client.ports.tcp.abort(tested.client.conn);
      numbers.add(tested.server.conn);
    }
    expect(numbers.size).toBe(1000);
    for (const conn of kept) write({ ...tested.client, conn }, `${conn},`);
    tested.world.runUntil(60 * S);
    expect(tested.server.text).toBe(`${kept.join(',')},`);
    expect(tested.world.tcp.endpoints).toBe(2 * kept.length);
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
