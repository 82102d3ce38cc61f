import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { MsrpStatus, SessionEnd, type MsrpConfig } from '../codes.js';
import { CLIENT_URI, CONN, frame, send, SERVER_URI } from '../fakes/fake-session.js';
import * as fake from '../fakes/fake-session.js';
import { exchange } from '../fakes/fake-wire.js';

const arena = (): OctetArena => new OctetArena(0, true);
const push = (settings: Partial<MsrpConfig> = {}): ReturnType<typeof fake.push> => fake.push(arena, settings);
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

  it('several SENDs are in flight, up to the window (R17)', () => {
    const { server, session } = bound({ windowTransactions: 3 });
    for (let token = 0; token < 5; token++) send(server, session, token, 'x');
    const sent = server.fetch(CONN);
    const tids = [...sent.matchAll(/MSRP (\S+) SEND/g)].map((match) => match[1]);
    expect(tids).toHaveLength(3);
    server.receive(
      CONN,
      `MSRP ${tids[1]} 200\r\nTo-Path: ${SERVER_URI}\r\nFrom-Path: ${CLIENT_URI}\r\n-------${tids[1]}$\r\n`,
    );
    expect(server.fetch(CONN).match(/ SEND\r\n/g)).toHaveLength(1);
    expect(server.log.filter((line) => line.startsWith('settled'))).toEqual(['settled 1 200']);
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

describe('chunks (rules 3.2)', () => {
  const ranges = (text: string): string[] =>
    [...text.matchAll(/Byte-Range: (\S+)/g)].map((match) => match[1]);

  it('2048 octets a chunk with true ranges, in range order, flags + + $, Content-Type on each (R3, R5, R7)', () => {
    const { server, session } = bound();
    send(server, session, 1, ['a'.repeat(1000), 'b'.repeat(4000)]);
    const text = server.fetch(CONN);
    expect(ranges(text)).toEqual(['1-2048/5000', '2049-4096/5000', '4097-5000/5000']);
    expect([...text.matchAll(/-------\w{12}([$+#])\r\n/g)].map((match) => match[1])).toEqual(['+', '+', '$']);
    expect(text.match(/Content-Type: text\/plain\r\n\r\n/g)).toHaveLength(3);
    expect(new Set([...text.matchAll(/MSRP (\S+) SEND/g)].map((match) => match[1])).size).toBe(3);
    expect(server.octets.heldOctets).toBe(0);
  });

  it('larger chunks are interruptible: range-end * (R4, R5); a response interrupts one (R6)', () => {
    const { server, session } = bound({ chunkOctets: Infinity });
    server.highWater = 4000;
    send(server, session, 1, 'x'.repeat(60_000));
    expect(ranges(server.written.get(CONN) ?? '')).toEqual(['1-*/60000']);
    server.receive(CONN, frame('from you', { tid: 'tx09' }));
    let text = '';
    for (let piece = server.fetch(CONN, 3000); piece !== ''; piece = server.fetch(CONN, 3000)) text += piece;
    const first = text.indexOf('MSRP tx09 200');
    expect(text.slice(0, first)).toMatch(/\r\n-------\w{12}\+\r\n$/);
    const [, second] = ranges(text);
    const start = Number(second.split('-')[0]);
    expect(start).toBeGreaterThan(2048);
    expect(second).toBe(`${start}-*/60000`);
  });

  it('a keep-alive interrupts one too (R16)', () => {
    const { server, session } = bound({ chunkOctets: Infinity });
    server.highWater = 4000;
    send(server, session, 1, 'x'.repeat(60_000));
    const [before] = [(server.written.get(CONN) ?? '').length];
    server.endpoint.keepAlive(0, session);
    server.drain();
    const added = (server.written.get(CONN) ?? '').slice(before);
    expect(added).toMatch(/^\r\n-------\w{12}\+\r\nMSRP \w{12} SEND\r\n/);
    expect(added).toContain('Byte-Range: 1-0/0\r\n');
  });

  it('sessions on one connection take turns (R6)', () => {
    const { server, client, atServer } = push({ chunkOctets: Infinity, windowTransactions: 1000 });
    const second = server.endpoint.openPassive(
      0,
      71,
      'msrp://10.0.0.2:2855/S2S2S2S2S2S2S2;tcp',
      'msrp://c:9/C2;tcp',
      '',
    );
    client.endpoint.openActive(
      0,
      81,
      CONN,
      'msrp://c:9/C2;tcp',
      'msrp://10.0.0.2:2855/S2S2S2S2S2S2S2;tcp',
      '',
    );
    exchange(client, server, CONN);
    server.highWater = 3000;
    send(server, atServer, 1, 'a'.repeat(100_000));
    send(server, second, 2, 'b');
    exchange(client, server, CONN, () => 2000);
    expect(client.messages.map((message) => message.body[0])).toEqual(['b', 'a']);
    expect(client.messages[1].body).toBe('a'.repeat(100_000));
  });

  it('a body with an end-line look-alike gets a transaction id whose end-line is absent', () => {
    // The stream of chance is known: the id that would be drawn first is planted in the body.
    const probe = bound();
    send(probe.server, probe.session, 1, 'x');
    const tid = /MSRP (\S+) SEND/.exec(probe.server.fetch(CONN))?.[1] ?? '';
    for (const parts of [
      [`a\r\n-------${tid}+\r\nb`],
      ['a\r\n----', `---${tid}`, '$\r\nb'],
      [`-------${tid.slice(0, 5)}`, tid.slice(5)],
    ]) {
      const { server, session } = bound();
      send(server, session, 1, parts);
      const text = server.fetch(CONN);
      expect(/MSRP (\S+) SEND/.exec(text)?.[1]).not.toBe(tid);
      expect(server.endpoint.counters.tidsRedrawn).toBe(1);
      expect(text).toContain(parts.join(''));
    }
  });

  it('an empty message has a body of no octets: 1-0/0 and a Content-Type', () => {
    const { server, client, atServer } = push();
    send(server, atServer, 1, '');
    exchange(client, server, CONN);
    expect(client.messages.map((message) => message.body)).toEqual(['']);
  });

  it('back-pressure: nothing is composed while the send buffer is full', () => {
    const { server, session } = bound();
    server.highWater = 5000;
    send(server, session, 1, 'x'.repeat(100_000));
    const waiting = server.written.get(CONN)?.length ?? 0;
    expect(waiting).toBeGreaterThan(5000);
    expect(waiting).toBeLessThan(8000);
  });

  it('a peer that never reads its responses is not read any more', () => {
    const { server } = bound();
    server.highWater = 100;
    for (let i = 0; i < 600; i++)
      server.receive(CONN, frame('x', { tid: `tx${1000 + i}`, id: `id${1000 + i}` }));
    expect(server.log).toContain(`pause ${CONN} 1`);
    server.fetch(CONN);
    expect(server.log.at(-1)).toBe(`pause ${CONN} 0`);
  });
});
