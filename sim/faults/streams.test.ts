import { describe, expect, it } from 'vitest';
import { connect, long, MOBILE, MS, pair, S, write, type Pair } from '../network/tcp-kit.js';
import type { FaultEntry, FaultParams } from './plan.js';

type StreamKind = 'reset' | 'limit-data' | 'slicer' | 'stall' | 'slow-close' | 'corrupt';

function fault<K extends StreamKind>(
  kind: K,
  params: FaultParams[K],
  more: Partial<FaultEntry> = {},
): FaultEntry {
  const common = { atNs: S, forNs: S, target: { host: 'client' }, mode: 'all', direction: 'out' };
  return { ...common, kind, params, ...more } as FaultEntry;
}

/** A connection that is up before the fault begins; then `after` the first second. */
function during(faults: FaultEntry[], react = {}): Pair {
  const both = pair(MOBILE, { faults }, react);
  connect(both);
  both.world.runUntil(S);
  return both;
}

describe('reset', () => {
  it('tells both ends at its instant, and alone spares later connections', () => {
    const both = during([fault('reset', {}, { forNs: undefined })]);
    expect(both.client.log.at(-1)).toBe('reset at 1000 ms');
    expect(both.server.log.at(-1)).toBe('reset at 1000 ms');
    connect(both);
    both.world.runUntil(2 * S);
    write(both.client, 'hello');
    both.world.runUntil(3 * S);
    expect(both.server.text).toBe('hello');
    expect(both.world.octets.heldOctets).toBe(0);
  });

  it('resets new connections too while it lasts, once they carry data', () => {
    const both = during([fault('reset', {})]);
    connect(both);
    both.world.runUntil(1500 * MS);
    expect(both.client.log.at(-1)).toBe('connected at 1020 ms');
    write(both.client, 'hello');
    both.world.runUntil(2 * S);
    expect(both.client.log.at(-1)).toBe('reset at 1500 ms');
    expect(both.server.text).toBe('');
    expect(both.world.octets.heldOctets).toBe(0);
  });
});

describe('limit-data', () => {
  it('lets exactly so many octets through, counted from its start, then resets', () => {
    const both = pair(MOBILE, { faults: [fault('limit-data', { octets: 1000 })] });
    connect(both);
    both.world.runUntil(100 * MS);
    write(both.client, long(300));
    both.world.runUntil(S);
    expect(both.server.text.length).toBe(300);
    write(both.client, long(600));
    write(both.client, long(5000));
    both.world.runUntil(1005 * MS);
    expect(both.client.log).toEqual(['connected at 20 ms']);
    both.world.runUntil(2 * S);
    expect(both.server.text).toBe(long(300) + long(600) + long(5000).slice(0, 400));
    expect(both.server.log.at(-1)).toBe('reset at 1010 ms');
    expect(both.client.log.at(-1)).toBe('reset at 1010 ms');
    expect(both.world.octets.heldOctets).toBe(0);
  });

  it('leaves the other direction alone', () => {
    const both = during([fault('limit-data', { octets: 10 }, { direction: 'in' })]);
    write(both.client, long(5000));
    both.world.runUntil(3 * S);
    expect(both.server.text.length).toBe(5000);
    expect(both.client.log).toEqual(['connected at 20 ms']);
  });
});

describe('slicer', () => {
  it('cuts segments to its size and loses nothing', () => {
    const pieces: number[] = [];
    const text: string[] = [];
    const react = {
      server: () => ({
        onTcpData(_conn: number, buf: Buffer, start: number, end: number) {
          pieces.push(end - start);
          text.push(buf.toString('latin1', start, end));
        },
      }),
    };
    const both = during([fault('slicer', { maxOctets: 7 })], react);
    write(both.client, long(100));
    both.world.runUntil(1500 * MS);
    expect(text.join('')).toBe(long(100));
    expect(pieces.length).toBe(15);
    expect(Math.max(...pieces)).toBe(7);
    both.world.runUntil(2500 * MS);
    write(both.client, long(100));
    both.world.runUntil(3 * S);
    expect(pieces.length).toBe(16);
  });
});

describe('stall', () => {
  it('keeps octets and FIN, and lets them go at its end', () => {
    const both = during([fault('stall', {})]);
    write(both.client, 'later');
    both.client.ports.tcp.close(both.client.conn);
    both.world.runUntil(1999 * MS);
    expect(both.server.text).toBe('');
    both.world.runUntil(3 * S);
    expect(both.server.text).toBe('later');
    expect(both.server.log.at(-1)).toBe('fin at 2010 ms');
  });
});

describe('slow-close', () => {
  it('holds FIN back, not data', () => {
    const both = during([fault('slow-close', { delayNs: 300 * MS })]);
    write(both.client, 'last words');
    both.client.ports.tcp.close(both.client.conn);
    both.world.runUntil(1100 * MS);
    expect(both.server.text).toBe('last words');
    both.world.runUntil(3 * S);
    expect(both.server.log.at(-1)).toBe('fin at 1310 ms');
  });
});

describe('one link alone', () => {
  const atServer = { target: { host: 'server' }, direction: 'in' } as const;

  it('is enough: a stall on it holds the stream, and ends', () => {
    const both = during([fault('stall', {}, atServer)]);
    write(both.client, 'later');
    both.world.runUntil(1999 * MS);
    expect(both.server.text).toBe('');
    both.world.runUntil(3 * S);
    expect(both.server.text).toBe('later');
  });

  it('is enough: a limit on it cuts once so much has arrived', () => {
    const both = during([fault('limit-data', { octets: 10 }, atServer)]);
    write(both.client, 'ten octets and more');
    both.world.runUntil(1500 * MS);
    expect([both.server.text, both.server.log.at(-1)]).toEqual(['ten octets', 'reset at 1010 ms']);
  });

  it('is enough: a slicer on it cuts what passes', () => {
    const pieces: number[] = [];
    const react = {
      server: () => ({
        onTcpData: (_c: number, _b: Buffer, from: number, to: number) => void pieces.push(to - from),
      }),
    };
    const both = during([fault('slicer', { maxOctets: 7 }, atServer)], react);
    write(both.client, long(7));
    write(both.client, long(7));
    both.world.runUntil(1500 * MS);
    expect(pieces).toEqual([7, 7]);
  });
});

describe('corrupt that escapes', () => {
  it('alters the octet that it met, though a reader gets it in a later piece', () => {
    const pieces: string[] = [];
    const react = {
      server: () => ({
        onTcpData: (_c: number, buf: Buffer, from: number, to: number) =>
          void pieces.push(buf.latin1Slice(from, to)),
      }),
    };
    const both = pair(MOBILE, { faults: [fault('corrupt', { probability: 1, escape: true })] }, react);
    connect(both);
    both.world.runUntil(100 * MS);
    both.server.ports.tcp.pauseReading(both.server.conn, true);
    // As much as a reader gets at once arrives whole, and then the one octet that is damaged.
    write(both.client, long(65_536));
    both.world.runUntil(1100 * MS);
    write(both.client, '!');
    both.world.runUntil(1500 * MS);
    both.server.ports.tcp.pauseReading(both.server.conn, false);
    both.world.runUntil(3 * S);
    expect(pieces.map((piece) => piece.length)).toEqual([65_536, 1]);
    expect(pieces[0]).toBe(long(65_536));
    expect(pieces[1]).not.toBe('!');
    expect(both.world.octets.heldOctets).toBe(0);
  });

  it('is gone with the segment that it damaged: what is sent again is what was written', () => {
    const both = pair(MOBILE, {
      faults: [
        fault('corrupt', { probability: 1, escape: true }, { forNs: 5 * MS }),
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
    connect(both);
    both.world.runUntil(S);
    write(both.client, 'as it was written');
    both.world.runUntil(S + 100 * MS);
    expect(both.server.text).toBe('');
    both.world.runUntil(3 * S);
    expect(both.server.text).toBe('as it was written');
  });

  it('alters octets of the stream where it damages a segment, and keeps their number', () => {
    const both = during([fault('corrupt', { probability: 1, escape: true })]);
    write(both.client, long(1000));
    both.world.runUntil(1500 * MS);
    const { text } = both.server;
    expect(text.length).toBe(1000);
    const sent = long(1000);
    expect(Array.from(text).filter((letter, i) => letter !== sent[i]).length).toBe(1);
    both.world.runUntil(2500 * MS);
    write(both.client, 'intact');
    both.world.runUntil(4 * S);
    expect(both.server.text.endsWith('intact')).toBe(true);
    expect(both.world.octets.heldOctets).toBe(0);
  });

  it('without escaping is a loss that TCP repairs', () => {
    const both = during([fault('corrupt', { probability: 0.5 })]);
    write(both.client, long(20_000));
    both.world.runUntil(20 * S);
    expect(both.server.text).toBe(long(20_000));
  });
});
