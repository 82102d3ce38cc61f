/**
 * For tests only: sessions as tests need them, and frames as a peer might write them.
 */
import { assert } from '../../../sim/kernel/assert.js';
import type { Octets } from '../../../sim/host/ports.js';
import { FailureReport, type MsrpConfig } from '../codes.js';
import { FakeOwner } from './fake-wire.js';
import { Spans } from '../sending/spans.js';

export const SERVER_URI = 'msrp://10.0.0.2:2855/S1S1S1S1S1S1S1;tcp';
export const CLIENT_URI = 'msrp://10.16.0.7:9/C1C1C1C1C1C1C1;tcp';
export const CONN = 7;

/** A server that offered actpass and a client that connects: the push leg of rules 3.4. */
export function push(
  arena: () => Octets,
  settings: Partial<MsrpConfig> = {},
  clientSettings: Partial<MsrpConfig> = {},
): {
  server: FakeOwner;
  client: FakeOwner;
  atServer: number;
  atClient: number;
} {
  const server = new FakeOwner(arena(), 1, settings);
  const client = new FakeOwner(arena(), 2, clientSettings);
  const atServer = server.endpoint.openPassive(0, 70, SERVER_URI, CLIENT_URI, 'a\0b');
  const atClient = client.endpoint.openActive(0, 80, CONN, CLIENT_URI, SERVER_URI, 'b\0a');
  server.endpoint.accepted(0, CONN);
  client.endpoint.connected(0, CONN);
  server.drain();
  client.drain();
  return { server, client, atServer, atClient };
}

export function spans(owner: FakeOwner, ...parts: string[]): Spans {
  const list = new Spans();
  for (const part of parts) {
    const block = owner.octets.alloc(part.length);
    owner.octets.buf.latin1Write(part, owner.octets.start(block), part.length);
    list.add(block, 0, part.length);
  }
  return list;
}

export function send(
  owner: FakeOwner,
  session: number,
  token: number,
  text: string | string[],
  failure: FailureReport = FailureReport.yes,
  success = false,
): void {
  const body = spans(owner, ...[text].flat());
  owner.endpoint.send(owner.nowNs, session, token, `mess${token}`, 'text/plain', body, failure, success);
  owner.drain();
}

/** A frame as a peer might write it. */
export function frame(
  body: string | null,
  options: {
    to?: string;
    from?: string;
    tid?: string;
    range?: string;
    flag?: string;
    headers?: string;
    id?: string;
    method?: string;
  } = {},
): string {
  const { from = CLIENT_URI } = options;
  const { to = SERVER_URI, tid = 'tx01', flag = '$', headers = '', id = 'msg1', method = 'SEND' } = options;
  const range = options.range === undefined ? '' : `Byte-Range: ${options.range}\r\n`;
  const head = `MSRP ${tid} ${method}\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\nMessage-ID: ${id}\r\n${range}${headers}`;
  return body === null
    ? `${head}-------${tid}${flag}\r\n`
    : `${head}Content-Type: text/plain\r\n\r\n${body}\r\n-------${tid}${flag}\r\n`;
}

/** A server with one bound session and a hand-driven peer. */
export function bound(
  arena: () => Octets,
  settings: Partial<MsrpConfig> = {},
): { server: FakeOwner; session: number } {
  const server = new FakeOwner(arena(), 1, settings);
  const session = server.endpoint.openPassive(0, 70, SERVER_URI, CLIENT_URI, 'a\0b');
  server.endpoint.accepted(0, CONN);
  server.receive(CONN, frame(null, { tid: 'bind1' }));
  assert(server.fetch(CONN).startsWith('MSRP bind1 200 OK'), 'the binding SEND is answered 200');
  return { server, session };
}

export const statuses = (text: string): string[] =>
  [...text.matchAll(/^MSRP (\S+) (\d{3})/gm)].map((match) => `${match[1]} ${match[2]}`);
