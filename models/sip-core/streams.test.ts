/** What comes to the Core by TCP, and what it sends so (RFC 3261 section 18, RFC 5626 sections 3.5.1 and 7). */
import { describe, expect, test } from 'vitest';
import { IM_SERVER_IP } from '../addressing.js';
import { Observed } from '../observations.js';
import { CoreWork } from './config.js';
import { Removal } from './registrar/liveness.js';
import { answer, clientIp, CoreBench, firstLine, registered, valuesOf } from './testing.js';

const CONN = 5;
const CLIENT_PORT = 40_000;
/** The third-party REGISTER is not looked at here. */
const others = (bench: CoreBench): string[] =>
  bench
    .take()
    .filter(({ text }) => !text.includes(' sip:im.ims.example SIP/2.0'))
    .map(({ to, text }) => `${to} ${firstLine(text)}`);

function feed(bench: CoreBench, text: string, conn = CONN): void {
  const octets = Buffer.from(text.replace('SIP/2.0/UDP', 'SIP/2.0/TCP'), 'latin1');
  bench.core.onTcpData(conn, octets, 0, octets.length);
}

/** What was written to a connection since the last call. */
function written(bench: CoreBench, conn = CONN): string {
  const text = bench.ports.written.get(conn) ?? '';
  bench.ports.written.delete(conn);
  return text;
}

/** A Core with these users registered by UDP, to which user 7 has a connection. */
function connected(...users: readonly number[]): CoreBench {
  const bench = registered(...users);
  bench.core.onTcpAccepted(CONN, 0, 5060, clientIp(7), CLIENT_PORT);
  return bench;
}

test('a connection to another port is reset', () => {
  const bench = registered();
  bench.core.onTcpAccepted(4, 0, 5061, clientIp(7), CLIENT_PORT);
  expect(bench.ports.reset).toEqual([4]);
});

test('a flow over TCP is where its client is reached, and lives for as long as she pings', () => {
  const bench = new CoreBench({ flowTimeoutNs: 30e9 });
  bench.core.onTcpAccepted(CONN, 0, 5060, clientIp(7), CLIENT_PORT);
  feed(bench, bench.registerText(7));
  expect(firstLine(written(bench))).toBe('SIP/2.0 200 OK');
  for (const { text } of bench.take()) bench.fromServer(answer(text, 200));
  // Longer than a connection may be idle.
  for (let i = 0; i < 15; i++) {
    bench.advance(20);
    feed(bench, '\r\n\r\n');
  }
  expect(written(bench)).toBe('\r\n'.repeat(15));
  expect(bench.ports.closed).toEqual([]);
  bench.register(8);
  bench.fromClient(8, bench.messageText(8, 7));
  const message = written(bench);
  expect(firstLine(message)).toBe('MESSAGE sip:u7@10.16.0.7:5060 SIP/2.0');
  feed(bench, answer(message, 200));
  expect(others(bench)).toEqual(['10.16.0.8:5060 SIP/2.0 200 Whatever']);
  bench.advance(31);
  const removed = bench.ports.emitted.filter(([kind]) => kind === Observed.bindingRemoved);
  expect(removed.map(([, user, , why]) => [user, why])).toContainEqual([7, Removal.flowFailed]);
});

describe('a request that waits for the CPU', () => {
  test('meets a full queue: 503, and nobody hears of it', () => {
    const bench = connected(7, 9);
    bench.ports.slow = true;
    bench.ports.queueLimit = 0;
    feed(bench, bench.messageText(7, 9));
    const refused = written(bench);
    expect([firstLine(refused), valuesOf(refused, 'Retry-After')]).toEqual([
      'SIP/2.0 503 Service Unavailable',
      ['5'],
    ]);
    expect(others(bench)).toEqual([]);
  });

  test('REGISTER, and its connection breaks meanwhile: no binding to what is gone', () => {
    const bench = connected();
    const { emitted, opened } = bench.ports;
    bench.ports.slow = true;
    feed(bench, bench.registerText(7));
    bench.core.onTcpClosed(CONN, 1);
    bench.ports.serve();
    expect(emitted.filter(([kind]) => kind === Observed.bindingAdded)).toEqual([]);
    expect(bench.take()).toEqual([]);
    // Section 18.2.2: the answer goes to sent-by.
    const [{ conn, port }] = opened;
    bench.core.onTcpConnected(conn);
    expect([port, firstLine(written(bench, conn))]).toEqual([5060, 'SIP/2.0 500 Server Internal Error']);
  });

  test.each([
    [30, ['10.16.0.9:5060 MESSAGE sip:u9@10.16.0.9:5060 SIP/2.0']],
    [33, []],
  ])('for %d s, is carried out only while its sender may wait for it (Timer F)', (seconds, expected) => {
    const bench = connected(7, 9);
    bench.advance(70);
    bench.ports.slow = true;
    const { timers } = bench.ports;
    feed(bench, bench.messageText(7, 9));
    bench.advance(seconds);
    // The 100 that RFC 4320 section 4.1 allows over TCP; and never a 408 (section 4.2).
    expect(written(bench)).toMatch(/^SIP\/2\.0 100 /);
    bench.ports.serve();
    expect(others(bench)).toEqual(expected);
    expect(written(bench)).toBe('');
    if (expected.length === 0) expect(bench.ports.timers).toBe(timers);
  });

  test('INVITE, for as long: it has had its 100, so its sender waits on', () => {
    const bench = connected(7, 9);
    bench.ports.slow = true;
    bench.core.onTcpAccepted(6, 0, 5060, IM_SERVER_IP, CLIENT_PORT);
    feed(bench, bench.pushText('INVITE', 9), 6);
    bench.advance(60);
    expect(written(bench, 6)).toMatch(/^SIP\/2\.0 100 /);
    bench.ports.serve();
    expect(others(bench)).toEqual(['10.16.0.9:5060 INVITE sip:u9@10.16.0.9:5060 SIP/2.0']);
  });
});

describe('a request that is large goes over TCP (RFC 3261 section 18.1.1)', () => {
  const large = (bench: CoreBench): void =>
    bench.fromClient(7, bench.messageText(7, 11, [`Subject: ${'x'.repeat(1200)}`]));

  test('on one connection to the next hop, once that stands; its loss is a 500 of the Core', () => {
    const bench = registered(7);
    large(bench);
    const [{ conn, ip }] = bench.ports.opened;
    expect([ip, written(bench, conn)]).toEqual([IM_SERVER_IP, '']);
    bench.core.onTcpConnected(conn);
    const message = written(bench, conn);
    expect(valuesOf(message, 'Via')[0]).toMatch(/^SIP\/2\.0\/TCP 10\.0\.0\.1:5060;/);
    bench.ports.spent.length = 0;
    feed(bench, answer(message, 202), conn);
    expect(bench.ports.spent).toEqual([CoreWork.response]);
    expect(others(bench)).toEqual(['10.16.0.7:5060 SIP/2.0 202 Whatever']);
    large(bench);
    expect([bench.ports.opened.length, firstLine(written(bench, conn))]).toEqual([1, firstLine(message)]);
    bench.core.onTcpClosed(conn, 2);
    expect(others(bench)).toEqual(['10.16.0.7:5060 SIP/2.0 500 Server Internal Error']);
  });
});

test('ACK and CANCEL over TCP are charged to the CPU, and do not wait for it', () => {
  const bench = connected(7, 9);
  bench.core.onTcpAccepted(6, 0, 5060, IM_SERVER_IP, CLIENT_PORT);
  feed(bench, bench.pushText('INVITE', 9, [], 'z9hG4bKone'), 6);
  const [invite] = bench.take();
  bench.fromClient(9, answer(invite.text, 180));
  bench.ports.spent.length = 0;
  feed(bench, bench.pushText('CANCEL', 9, [], 'z9hG4bKone'), 6);
  expect(others(bench)).toEqual(['10.16.0.9:5060 CANCEL sip:u9@10.16.0.9:5060 SIP/2.0']);
  feed(
    bench,
    bench.pushText('ACK', 9, [], 'z9hG4bKtwo').replace('sip:u9@ims.example', 'sip:u9@10.16.0.9'),
    6,
  );
  expect(others(bench)).toEqual(['10.16.0.9:5060 ACK sip:u9@10.16.0.9 SIP/2.0']);
  expect(bench.ports.spent).toEqual([CoreWork.request, CoreWork.request]);
});
