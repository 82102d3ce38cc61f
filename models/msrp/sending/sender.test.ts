import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { MsrpStatus, type MsrpConfig } from '../codes.js';
import { CLIENT_URI, CONN, frame, send, SERVER_URI } from '../fakes/fake-session.js';
import * as fake from '../fakes/fake-session.js';
import { exchange } from '../fakes/fake-wire.js';

const arena = (): OctetArena => new OctetArena(0, true);
const push = (settings: Partial<MsrpConfig> = {}): ReturnType<typeof fake.push> => fake.push(arena, settings);
const bound = (settings: Partial<MsrpConfig> = {}): ReturnType<typeof fake.bound> =>
  fake.bound(arena, settings);

describe('chunks (rules 3.2)', () => {
  const ranges = (text: string): string[] =>
    [...text.matchAll(/Byte-Range: (\S+)/g)].map((match) => match[1]);

  it('a 200 that comes before the end of its chunk accepts no octets: who resumes has none to leave out (R15)', () => {
    const { server, session } = bound({ chunkOctets: Infinity });
    const answer = (): void => {
      const tid = /MSRP (\S+) SEND/.exec(server.written.get(CONN) ?? '')?.[1];
      const paths = `To-Path: ${SERVER_URI}\r\nFrom-Path: ${CLIENT_URI}\r\n`;
      server.receive(CONN, `MSRP ${tid} 200\r\n${paths}-------${tid}$\r\n`);
    };
    send(server, session, 1, 'x'.repeat(1500));
    answer();
    server.fetch(CONN);
    server.highWater = 4000;
    send(server, session, 2, 'x'.repeat(60_000));
    answer();
    server.endpoint.closed(server.nowNs, CONN, false);
    server.drain();
    expect(server.log).toContain(`settled 2 ${MsrpStatus.lost}`);
    expect(server.accepted).toEqual([1500, 0]);
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
