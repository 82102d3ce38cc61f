/** What a TCP connection says of its send buffer, to a writer who is faster than the way or than the reader. */
import { describe, expect, it } from 'vitest';
import { connect, long, MOBILE, MS, pair, S, write } from './tcp-kit.js';

describe('TCP back-pressure', () => {
  const tcp = { windowOctets: 1000, highWaterOctets: 2000 };

  it('refuses above the high-water mark, tells when writable, and loses nothing', () => {
    const tested = pair(MOBILE, { tcp });
    connect(tested);
    tested.world.runUntil(S);
    // The first thousand left, two are at the mark, not above it.
    expect(write(tested.client, long(3000))).toBe(true);
    expect(tested.client.ports.tcp.writable(tested.client.conn)).toBe(true);
    expect(write(tested.client, '!')).toBe(false);
    expect(tested.client.ports.tcp.writable(tested.client.conn)).toBe(false);
    expect(tested.client.writableAtNs).toEqual([]);
    tested.world.runUntil(2 * S);
    // Window by window, a round trip each: after the first there are 1,001 octets left, after the second 1.
    expect(tested.client.writableAtNs).toEqual([S + 40 * MS]);
    expect(tested.server.text).toBe(`${long(3000)}!`);
  });

  it('tells whoever asked and was refused for what is to be sent again, though every write was welcome', () => {
    const partition = { kind: 'partition', mode: 'all', target: { host: 'server' }, params: {} } as const;
    const faults = [{ ...partition, atNs: S + 5 * MS, forNs: 10 * MS }];
    const tested = pair(MOBILE, { faults, tcp: { windowOctets: 3000, highWaterOctets: 2000 } });
    connect(tested);
    tested.world.runUntil(S);
    const { ports, conn, writableAtNs } = tested.client;
    expect(write(tested.client, long(3000))).toBe(true);
    tested.world.runUntil(S + 30 * MS);
    expect(ports.tcp.writable(conn)).toBe(false);
    expect(writableAtNs).toEqual([]);
    tested.world.runUntil(3 * S);
    expect(tested.server.text).toBe(long(3000));
    expect(writableAtNs).toHaveLength(1);
    expect(ports.tcp.writable(conn)).toBe(true);
  });

  it('holds what did not arrive: what waits, and what is on its way', () => {
    const tested = pair(MOBILE, { tcp });
    connect(tested);
    tested.world.runUntil(S);
    const { ports, conn } = tested.client;
    expect(ports.tcp.holds(conn)).toBe(false);
    write(tested.client, long(1500));
    expect(ports.tcp.holds(conn)).toBe(true);
    tested.world.runUntil(S + 21 * MS);
    expect([tested.server.text.length, ports.tcp.holds(conn)]).toEqual([1000, true]);
    tested.world.runUntil(2 * S);
    expect([tested.server.text.length, ports.tcp.holds(conn)]).toEqual([1500, false]);
    ports.tcp.abort(conn);
    expect(ports.tcp.holds(conn)).toBe(false);
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
    expect(tested.client.ports.tcp.writable(tested.client.conn)).toBe(false);
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
    const text = long(75_000);
    write(tested.client, text);
    write(tested.client, text);
    tested.client.ports.tcp.close(tested.client.conn);
    tested.world.runUntil(10 * S);
    const first = tested.server.text.length;
    expect(first).toBe(65_536);
    // What arrived meanwhile comes in pieces of the size of a reader's buffer.
    tested.server.ports.tcp.pauseReading(tested.server.conn, false);
    tested.world.runUntil(11 * S);
    expect(tested.server.text.length).toBe(first + 65_536);
    for (let i = 12; i < 16; i++) {
      tested.server.ports.tcp.pauseReading(tested.server.conn, false);
      tested.world.runUntil(i * S);
    }
    expect(tested.server.text).toBe(text + text);
    expect(tested.server.log[1]).toBe('fin at 12000 ms');
  });

  it('brings what was written in several spans as one piece', () => {
    const pieces: string[] = [];
    const tested = pair(
      MOBILE,
      {},
      {
        server: () => ({
          onTcpData(_conn, buf, start, end) {
            pieces.push(buf.toString('latin1', start, end));
          },
        }),
      },
    );
    connect(tested);
    tested.world.runUntil(S);
    write(tested.client, 'one');
    write(tested.client, 'a longer piece that is copied by the engine and not octet by octet');
    write(tested.client, 'two');
    tested.world.runUntil(2 * S);
    expect(pieces).toEqual(['onea longer piece that is copied by the engine and not octet by octettwo']);
  });
});
