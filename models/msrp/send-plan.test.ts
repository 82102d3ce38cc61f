/**
 * How one message is cut: chunk size, turns among the messages of a session, abort with `#` (R12, R13), resumption after the
 * octets that the peer has (R15).
 */
import { expect, test } from 'vitest';
import { OctetArena } from '../../sim/kernel/octets.js';
import { FailureReport, type MsrpConfig } from './codes.js';
import { CLIENT_URI, CONN, push, SERVER_URI, spans } from './fakes/fake-session.js';
import { exchange } from './fakes/fake-wire.js';
import type { SendPlan } from './sending/outgoing.js';

const KEPT = { resumeWindowNs: 60e9 };

/** A client that sends to a server, and what it wrote, frame by frame. */
function pair(settings: Partial<MsrpConfig> = {}) {
  const rig = push(() => new OctetArena(0, true), settings, { windowTransactions: 2 });
  const { client, server } = rig;
  exchange(client, server, CONN);
  let session = rig.atClient;
  let wire = '';
  const pass = (): void => {
    client.drain();
    const text = client.fetch(CONN);
    wire += text;
    server.receive(CONN, text);
    client.receive(CONN, server.fetch(CONN));
  };
  return {
    client,
    server,
    pass,
    send(token: number, body: string, plan: SendPlan = {}): void {
      const id = `mess${token}`;
      const { endpoint } = client;
      const { yes } = FailureReport;
      endpoint.send(0, session, token, id, 'text/plain', spans(client, body), yes, false, plan);
    },
    run(): void {
      for (let i = 0; i < 40; i++) pass();
    },
    /** The connection breaks; a new session of the same peers on a new one. */
    replace(): void {
      client.fetch(CONN); // what is on its way is lost
      client.endpoint.closed(0, CONN, false);
      server.endpoint.closed(0, CONN, false);
      client.drain();
      server.drain();
      server.endpoint.openPassive(0, 70, SERVER_URI.replace('S1', 'S2'), CLIENT_URI, 'a\0b');
      session = client.endpoint.openActive(0, 80, CONN, CLIENT_URI, SERVER_URI.replace('S1', 'S2'), 'b\0a');
      server.endpoint.accepted(0, CONN);
      client.endpoint.connected(0, CONN);
    },
    ranges: () => [...wire.matchAll(/^Byte-Range: (\S+)\/[1-9]/gm)].map((match) => match[1]),
    flags: () => [...wire.matchAll(/^-------\S{12}([$+#])\r$/gm)].map((match) => match[1]).join(''),
    bodies: () => [...wire.matchAll(/plain\r\n\r\n([^]*?)\r\n-------/g)].map((match) => match[1]),
    received: () => server.messages.map(({ body }) => body),
  };
}

test('chunks of one message are as long as its plan says, whatever the endpoint does', () => {
  const { send, run, ranges, received } = pair();
  send(1, 'x'.repeat(5000), { chunkOctets: 1000 });
  run();
  expect(ranges()).toEqual(['1-1000', '1001-2000', '2001-3000', '3001-4000', '4001-5000']);
  expect(received()).toEqual(['x'.repeat(5000)]);
});

test('messages that interleave take turns, and both arrive whole', () => {
  const { send, run, bodies, received } = pair();
  send(1, 'a'.repeat(40), { chunkOctets: 20, interleave: true });
  send(2, 'b'.repeat(40), { chunkOctets: 20, interleave: true });
  run();
  expect(bodies()).toEqual(['a', 'b', 'a', 'b'].map((letter) => letter.repeat(20)));
  expect(received()).toEqual(['a'.repeat(40), 'b'.repeat(40)]);
});

test.each([
  ['fixed', 100, '++#$'],
  ['interruptible', 10_000, '#$'],
])(
  'an aborted message in %s chunks ends with # after the octets of its plan',
  (_name, chunkOctets, flags) => {
    const { client, send, run, bodies, received, flags: seen } = pair();
    send(1, 'x'.repeat(9000), { chunkOctets, abortAfterOctets: 250 });
    send(2, 'next');
    run();
    expect(seen()).toBe(flags);
    expect(bodies().join('')).toBe(`${'x'.repeat(250)}next`);
    expect(received()).toEqual(['next']);
    expect(client.log.filter((line) => line.startsWith('settled'))).toEqual(['settled 1 3', 'settled 2 200']);
  },
);

test('what was answered 200 is told when the session is lost, and the next session goes on after it (R15)', () => {
  const { client, send, pass, run, replace, ranges, received } = pair(KEPT);
  const body = Array.from({ length: 300 }, (_, i) => String.fromCharCode(97 + (i % 26))).join('');
  send(1, body, { chunkOctets: 60 });
  pass();
  replace();
  expect(client.log).toContain('settled 1 2');
  expect(client.accepted).toEqual([120]);
  send(1, body, { chunkOctets: 60, fromOctets: client.accepted[0] });
  run();
  expect(ranges()).toEqual(['1-60', '61-120', '121-180', '181-240', '241-300']);
  expect(received()).toEqual([body]);
});
