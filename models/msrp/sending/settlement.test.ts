import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { MsrpStatus, SessionEnd, type MsrpConfig } from '../codes.js';
import { CLIENT_URI, CONN, frame, send, SERVER_URI } from '../fakes/fake-session.js';
import * as fake from '../fakes/fake-session.js';

const arena = (): OctetArena => new OctetArena(0, true);
const bound = (settings: Partial<MsrpConfig> = {}): ReturnType<typeof fake.bound> =>
  fake.bound(arena, settings);

describe('transactions (RFC 4975 section 7.1.1)', () => {
  it('30 s from the last octet without a response is a timeout, and not a moment before', () => {
    const { server, session } = bound();
    server.nowNs = 5 * NS_PER_S;
    send(server, session, 1, 'x');
    server.advance(35 * NS_PER_S - 1);
    expect(server.log).not.toContain(`settled 1 ${MsrpStatus.timeout}`);
    server.advance(35 * NS_PER_S);
    expect(server.log).toContain(`settled 1 ${MsrpStatus.timeout}`);
    expect(server.endpoint.isOpen(session)).toBe(true);
    expect(server.octets.heldOctets).toBe(0);
  });

  it('before BYE a connection on which one timed out is reset, with all of its sessions, and no other is', () => {
    const { server, session } = bound();
    const uri = 'msrp://10.0.0.2:2855/S2S2S2S2S2S2S2;tcp';
    server.endpoint.openPassive(0, 71, uri, CLIENT_URI, '');
    server.receive(CONN, frame(null, { to: uri, tid: 'bind2' }));
    send(server, session, 1, 'x');
    server.advance(30 * NS_PER_S - 1);
    server.endpoint.giveUpHeld(server.nowNs, session);
    server.drain();
    expect(server.log.slice(2)).toEqual(['sent 1']);
    server.advance(30 * NS_PER_S);
    server.endpoint.giveUpHeld(server.nowNs, session);
    server.drain();
    const lost = SessionEnd.connectionLost;
    expect(server.log.slice(3)).toEqual([
      `settled 1 ${MsrpStatus.timeout}`,
      `ended 70 ${lost}`,
      `ended 71 ${lost}`,
      `abort ${CONN}`,
    ]);
    expect(server.endpoint.connectionCount).toBe(0);
  });

  it('one timer serves the transactions of a session, each to its own instant', () => {
    const { server, session } = bound();
    for (const second of [0, 10, 20]) {
      server.advance(second * NS_PER_S);
      send(server, session, second, 'x');
    }
    server.advance(45 * NS_PER_S);
    expect(server.log.filter((line) => line.startsWith('settled'))).toEqual(['settled 0 1', 'settled 10 1']);
    server.advance(50 * NS_PER_S);
    expect(server.log.at(-1)).toBe('settled 20 1');
  });

  it('a message of which one chunk was refused has failed, whatever is answered to the others afterwards', () => {
    const { server, session } = bound({ windowTransactions: 2 });
    send(server, session, 1, 'x'.repeat(4096));
    const tids = [...server.fetch(CONN).matchAll(/MSRP (\S+) SEND/g)].map((match) => match[1]);
    expect(tids).toHaveLength(2);
    const answer = (tid: string | undefined, status: number): void =>
      server.receive(
        CONN,
        `MSRP ${tid} ${status}\r\nTo-Path: ${SERVER_URI}\r\nFrom-Path: ${CLIENT_URI}\r\n-------${tid}$\r\n`,
      );
    answer(tids[0], 413);
    answer(tids[1], 200);
    expect(server.log.filter((line) => line.startsWith('settled'))).toEqual(['settled 1 413']);
  });

  it('the timer of a long chunk counts from its last octet, not from its first', () => {
    const { server, session } = bound({ chunkOctets: Infinity });
    server.highWater = 4000;
    send(server, session, 1, 'x'.repeat(60_000));
    server.advance(100 * NS_PER_S);
    expect(server.log.filter((line) => line.startsWith('settled'))).toEqual([]);
    while (server.fetch(CONN, 3000) !== '') server.drain();
    server.advance(129 * NS_PER_S);
    expect(server.log.filter((line) => line.startsWith('settled'))).toEqual([]);
    server.advance(131 * NS_PER_S);
    expect(server.log.at(-1)).toBe(`settled 1 ${MsrpStatus.timeout}`);
  });

  it('413 stops the message: no further chunk, the others go on (R13)', () => {
    const { server, session } = bound({ windowTransactions: 2 });
    send(server, session, 1, 'x'.repeat(20_000));
    send(server, session, 2, 'other');
    const [tid] = [...server.fetch(CONN).matchAll(/MSRP (\S+) SEND/g)].map((match) => match[1]);
    server.receive(
      CONN,
      `MSRP ${tid} 413\r\nTo-Path: ${SERVER_URI}\r\nFrom-Path: ${CLIENT_URI}\r\n-------${tid}$\r\n`,
    );
    const after = server.fetch(CONN);
    expect(after).not.toContain('Message-ID: mess1\r\n');
    expect(after).toContain('Message-ID: mess2\r\n');
    expect(server.log).toContain('settled 1 413');
  });

  it('413 for an interruptible chunk that is being written closes it with #', () => {
    const { server, session } = bound({ chunkOctets: Infinity });
    server.highWater = 4000;
    send(server, session, 1, 'x'.repeat(60_000));
    const tid = /MSRP (\S+) SEND/.exec(server.written.get(CONN) ?? '')?.[1];
    server.receive(
      CONN,
      `MSRP ${tid} 413\r\nTo-Path: ${SERVER_URI}\r\nFrom-Path: ${CLIENT_URI}\r\n-------${tid}$\r\n`,
    );
    expect(server.fetch(CONN).endsWith(`\r\n-------${tid}#\r\n`)).toBe(true);
    expect(server.octets.heldOctets).toBe(0);
  });

  it('abort: what was not begun is dropped', () => {
    const { server, session } = bound({ windowTransactions: 1 });
    send(server, session, 1, 'x');
    send(server, session, 2, 'y');
    expect(server.endpoint.abort(0, session, 2)).toBe(true);
    expect(server.endpoint.abort(0, session, 2)).toBe(false);
    server.drain();
    expect(server.log.at(-1)).toBe(`settled 2 ${MsrpStatus.aborted}`);
    expect(server.endpoint.unsettled(session)).toBe(1);
  });
});
