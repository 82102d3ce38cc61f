/** What a user fetches and deletes herself by HTTP (rules 2.2 `manual`, 2.4; O7, A25): statuses, octets, and what becomes of the message. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TcpEnd } from '../../sim/host/ports.js';
import { Observed } from '../observations.js';
import { ACCESS_CONNECTIONS_LIMIT, ACCESS_PIPELINE_LIMIT } from './deferred-access.js';
import { ServerRig } from './testing.js';
import type { RigOptions } from './testing-settings.js';
import { invited } from './testing-push-client.js';

const client = (user: number) => 0x0a100000 + user;
const CONN = 500;

class AccessRig extends ServerRig {
  constructor(options: RigOptions = {}) {
    super({ settings: new Uint8Array(16).fill(2), ...options });
  }

  /** A connection of this address. */
  from(ip: number, conn = CONN): this {
    this.server.onTcpAccepted(conn, 0, 80, ip, 40_000);
    return this;
  }

  id(dm: number): string {
    return this.record(dm).record.dmId('im.ims.example');
  }

  ask(text: string, conn = CONN): string {
    this.toServer(conn, text);
    return this.written(conn);
  }
}

const request = (method: string, id: string, user = 7, host = 'Host: im.ims.example\r\n') =>
  `${method} /deferred/users/sip:u${user}@ims.example/${id} HTTP/1.1\r\n${host}\r\n`;
const statuses = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

describe('GET: a message is fetched', () => {
  test('P3, P6, P8, S1a, M2: the multipart of a push, without what a recipient must not see; it stays stored', () => {
    const rig = new AccessRig().from(client(7));
    rig.store(7, 'Watson, come here.', [
      'Subject: Come',
      'P-Charging-Vector: icid-value=secret',
      'User-Agent: secret',
    ]);
    const answer = rig.ask(request('GET', rig.id(0)));
    const boundary = /boundary=(\w+)/.exec(answer)?.[1] ?? '';
    const body = [
      `--${boundary}`,
      'Content-Type: message/sipfrag',
      '',
      'MESSAGE sip:u7@ims.example SIP/2.0',
      'From: <sip:u1@ims.example>;tag=f1',
      'To: <sip:u7@ims.example>',
      'Call-ID: call1@10.16.0.1',
      'P-Asserted-Identity: <sip:u1@ims.example>',
      'Content-Type: text/plain',
      'Subject: Come',
      'Content-Length: 18',
      'Date: Sun, 09 Sep 2001 01:46:40 GMT',
      '',
      'Watson, come here.',
      `--${boundary}--`,
    ].join('\r\n');
    expect(answer).toBe(
      `HTTP/1.1 200 OK\r\nDate: Sun, 09 Sep 2001 01:46:40 GMT\r\nContent-Type: multipart/mixed;boundary=${boundary}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
    expect(rig.held()).toEqual([0]);
    expect(rig.of(Observed.fetched).map(({ entity, message, a }) => [entity, message, a])).toEqual([
      [7, 0, body.length],
    ]);
  });

  test('S2: no identity of who hides it; A1: message/sip if the operator wraps so', () => {
    const rig = new AccessRig({ push: { wrapper: 'sip' } }).from(client(7));
    rig.store(7, 'x', ['Privacy: id']);
    const answer = rig.ask(request('GET', rig.id(0)));
    expect(answer).toContain('\r\nContent-Type: message/sip\r\n');
    expect(answer).not.toMatch(/P-Asserted-Identity|origin|10\.0\.0\.1/);
  });

  test('I4: a body of every octet, above what is copied, comes as it was sent', () => {
    const rig = new AccessRig().from(client(7));
    const body = Array.from({ length: 4096 }, (_, i) => String.fromCharCode(i & 255)).join('');
    rig.store(7, body, ['Content-Type: application/octet-stream']);
    const answer = rig.ask(request('GET', rig.id(0)));
    expect(answer).toContain(`\r\n\r\n${body}\r\n--`);
    const [, length] = /Content-Length: (\d+)/.exec(answer) ?? [];
    expect(answer.length - answer.indexOf('\r\n\r\n') - 4).toBe(Number(length));
  });
});

describe('DELETE', () => {
  test('after a GET it settles the message; its 200 waits for the commit', () => {
    const rig = new AccessRig().from(client(7));
    rig.store(7);
    rig.ask(request('GET', rig.id(0)));
    rig.storage.held = true;
    expect(rig.ask(request('DELETE', rig.id(0)))).toBe('');
    rig.flush();
    expect(statuses(rig.written(CONN))).toEqual([200]);
    expect([rig.held(), rig.of(Observed.settled).length, rig.of(Observed.discarded).length]).toEqual([
      [],
      1,
      0,
    ]);
  });

  test('without one it discards the message unread', () => {
    const rig = new AccessRig().from(client(7));
    rig.store(7);
    const id = rig.id(0);
    expect(statuses(rig.ask(request('DELETE', id)))).toEqual([200]);
    expect(rig.of(Observed.discarded).map(({ entity, message }) => [entity, message])).toEqual([[7, 0]]);
    expect([rig.held(), rig.server.index.rows, rig.of(Observed.settled)]).toEqual([[], 0, []]);
    expect(statuses(rig.ask(request('DELETE', id) + request('GET', id)))).toEqual([404, 404]);
  });

  test('answers leave in the order of the requests, though a commit is waited for', () => {
    const rig = new AccessRig().from(client(7));
    rig.store(7, 'one');
    rig.store(7, 'two');
    rig.storage.held = true;
    const [first, second] = [rig.id(0), rig.id(1)];
    expect(
      rig.ask(
        request('GET', first) + request('DELETE', first) + request('GET', second) + request('GET', 'x'),
      ),
    ).toMatch(/^HTTP\/1\.1 200[\s\S]*one/);
    rig.flush();
    expect(statuses(rig.written(CONN))).toEqual([200, 200, 404]);
  });

  test('what a push has under way is not deleted: 409', () => {
    const rig = new AccessRig({ settings: new Uint8Array(16) }).from(client(7));
    rig.store(7);
    const push = invited(rig, rig.register(7)).establish();
    const [frame] = push.take();
    expect(statuses(rig.ask(request('DELETE', rig.id(0))))).toEqual([409]);
    push.answer(frame);
    expect(statuses(rig.ask(request('DELETE', rig.id(0))))).toEqual([409]);
    expect(rig.of(Observed.discarded)).toEqual([]);
  });
});

describe('refusals', () => {
  test('404: no such message, no such user, no such resource; A25: a lifetime that is over', () => {
    const rig = new AccessRig().from(client(7)).from(client(8), 501);
    rig.store(7, 'x', ['Expires: 5']);
    const id = rig.id(0);
    const other = id.replace(/[0-9a-f](?=@)/, (digit) => (digit === '0' ? '1' : '0'));
    for (const [text, conn] of [
      [request('GET', other), CONN],
      [request('GET', id, 99), CONN],
      [request('GET', id, 8), 501],
      [request('GET', id.replace('im.', 'other.')), CONN],
      ['GET /deferred HTTP/1.1\r\nHost: im.ims.example\r\n\r\n', CONN],
      [request('GET', id).replace('u7', 'u07'), CONN],
    ] as const) {
      expect([text, statuses(rig.ask(text, conn))]).toEqual([text, [404]]);
    }
    rig.storage.held = true;
    rig.pass(6);
    expect(statuses(rig.ask(request('GET', id) + request('DELETE', id)))).toEqual([404, 404]);
    expect(rig.of(Observed.fetched)).toEqual([]);
  });

  test('403: another client, and who is none; the message stays as it is', () => {
    const rig = new AccessRig().from(client(8)).from(0x0a000009, 501);
    rig.store(7);
    for (const conn of [CONN, 501]) {
      expect(statuses(rig.ask(request('GET', rig.id(0)), conn))).toEqual([403]);
      expect(statuses(rig.ask(request('DELETE', rig.id(0)), conn))).toEqual([403]);
    }
    expect(rig.held()).toEqual([0]);
  });

  test('405 with Allow for another method, 503 with Retry-After from a full station', () => {
    const rig = new AccessRig().from(client(7));
    rig.store(7);
    expect(rig.ask(request('PUT', rig.id(0)))).toMatch(
      /^HTTP\/1\.1 405 .*\r\nDate: .*\r\nAllow: GET, DELETE\r\n/,
    );
    expect(rig.ask(request('BREW', rig.id(0)))).toMatch(/^HTTP\/1\.1 501 /);
    rig.cpu.full = true;
    expect(rig.ask(request('GET', rig.id(0)))).toMatch(
      /^HTTP\/1\.1 503 .*\r\nDate: .*\r\nRetry-After: 5\r\n/,
    );
    expect(rig.held()).toEqual([0]);
  });

  test('RFC 9112 section 9.6: who asks to close is told that it closes, and nobody else', () => {
    const rig = new AccessRig().from(client(7));
    rig.store(7);
    expect(rig.ask(request('GET', rig.id(0)))).not.toContain('Connection');
    const last = request('GET', rig.id(0)).replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
    expect(rig.ask(last)).toMatch(/^HTTP\/1\.1 200 [\s\S]*?\r\nConnection: close\r\n/);
  });

  test.each([
    ['no HTTP at all\r\n\r\n', 400],
    [request('GET', 'x', 7, ''), 400],
    [`GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
    ['PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 262145\r\n\r\n', 413],
  ])('what does not read is answered, counted, and ends its connection alone: %#', (text, status) => {
    const rig = new AccessRig().from(client(7)).from(client(7), 501);
    rig.store(7);
    expect(rig.ask(text)).toMatch(
      new RegExp(`^HTTP/1\\.1 ${status} .*\\r\\nDate: .*\\r\\nConnection: close\\r\\n`),
    );
    expect(rig.of(Observed.malformed)).toHaveLength(1);
    expect(rig.ask(request('GET', rig.id(0)))).toBe('');
    expect(statuses(rig.ask(request('GET', rig.id(0)), 501))).toEqual([200]);
  });

  test('random octets, and requests with some of them altered, end in an answer or in silence and touch no message', () => {
    const alter = (text: string, cuts: readonly [number, string][]) =>
      cuts.reduce(
        (all, [at, put]) => all.slice(0, at % all.length) + put + all.slice((at % all.length) + 1),
        text,
      );
    const octets = fc.string({ unit: 'binary-ascii', maxLength: 60 });
    const cuts = fc.array(fc.tuple(fc.nat(), fc.string({ unit: 'binary-ascii', maxLength: 3 })), {
      maxLength: 4,
    });
    fc.assert(
      fc.property(octets, cuts, fc.integer({ min: 1, max: 40 }), (noise, changes, segment) => {
        const rig = new AccessRig().from(client(7));
        rig.store(7);
        // Of another message, so that nothing that is left intact could delete this one.
        const other = rig
          .id(0)
          .replace(/[0-9a-f]{4}(?=@)/, (digits) => (digits === '0000' ? '1111' : '0000'));
        rig.toServer(CONN, alter(request('DELETE', other), changes) + noise, segment);
        for (const status of statuses(rig.written(CONN)))
          expect([400, 403, 404, 405, 413, 431, 501, 505]).toContain(status);
        expect(rig.held()).toEqual([0]);
      }),
      { seed: 42, numRuns: 300 },
    );
  });

  test('who says that she sends no more has her answers all the same, and then the end', () => {
    const rig = new AccessRig().from(client(7));
    rig.store(7);
    rig.storage.held = true;
    expect(rig.ask(request('DELETE', rig.id(0)))).toBe('');
    rig.server.onTcpClosed(CONN, TcpEnd.fin);
    expect(rig.ports.closed).toEqual([]);
    rig.flush();
    expect(statuses(rig.written(CONN))).toEqual([200]);
    expect(rig.ports.closed).toEqual([CONN]);
    // One who asked nothing is gone at once.
    rig.from(client(7), 501);
    rig.server.onTcpClosed(501, TcpEnd.fin);
    expect([rig.ports.closed, rig.ports.reset]).toEqual([[CONN, 501], []]);
  });

  test('who does not read is not read either, until there is room for her', () => {
    const rig = new AccessRig().from(client(7));
    rig.store(7);
    rig.ports.full.add(CONN);
    expect(statuses(rig.ask(request('GET', rig.id(0))))).toEqual([200]);
    expect([...rig.ports.paused]).toEqual([CONN]);
    rig.ports.full.delete(CONN);
    rig.server.onTcpWritable(CONN);
    expect([...rig.ports.paused]).toEqual([]);
    expect(statuses(rig.ask(request('GET', rig.id(0))))).toEqual([200]);
    expect([...rig.ports.paused]).toEqual([]);
  });

  test('there is room for so many connections; one that ends makes room for another', () => {
    const rig = new AccessRig();
    for (let i = 0; i < ACCESS_CONNECTIONS_LIMIT; i++) rig.from(client(7), 1000 + i);
    expect(rig.ports.reset).toEqual([]);
    rig.from(client(7), 500);
    expect(rig.ports.reset).toEqual([500]);
    rig.server.onTcpClosed(1000, TcpEnd.reset);
    rig.server.onTcpClosed(1001, TcpEnd.fin);
    rig.from(client(7), 501).from(client(7), 502);
    expect(rig.ports.reset).toEqual([500]);
    rig.store(7);
    expect(statuses(rig.ask(request('GET', rig.id(0)), 502))).toEqual([200]);
  });

  test('a client that asks without reading is cut off at its limit, and one that leaves costs nothing', () => {
    const rig = new AccessRig().from(client(7)).from(client(7), 501);
    rig.store(7);
    const { heldOctets } = rig.ports.octets;
    rig.cpu.held = true;
    expect(rig.ask(request('GET', rig.id(0)).repeat(ACCESS_PIPELINE_LIMIT + 1))).toBe('');
    rig.ask(request('GET', rig.id(0)), 501);
    rig.server.onTcpClosed(501, TcpEnd.reset);
    rig.cpu.held = false;
    while (rig.cpu.waiting.length > 0) rig.cpu.serve();
    expect([rig.written(CONN), rig.written(501)]).toEqual(['', '']);
    expect(rig.ports.octets.heldOctets).toBe(heldOctets);
  });
});

test('who holds a body back is told 100 (RFC 9110 section 10.1.1)', () => {
  const rig = new AccessRig().from(client(7));
  const asked = 'DELETE /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n';
  expect(rig.ask(asked)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
  expect(statuses(rig.ask('ab'))).toEqual([404]);
});
