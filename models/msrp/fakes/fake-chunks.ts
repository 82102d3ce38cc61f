/** Chunks as octets, and a passive session that takes them; for the tests of reassembly. */
import type { Octets } from '../../../sim/host/ports.js';
import type { MsrpConfig } from '../codes.js';
import { FakeOwner } from './fake-wire.js';

export const URI = 'msrp://10.0.0.2:2855/S1S1S1S1S1S1S1;tcp';
export const PEER = 'msrp://10.16.0.7:9/C1C1C1C1C1C1C1;tcp';
export const CONN = 7;

export interface Chunk {
  id?: string;
  from: number;
  body: string;
  flag?: string;
  range?: string;
  tid?: string;
  type?: string;
  headers?: string;
}

export function chunk({
  id = 'msg1',
  from,
  body,
  flag = '+',
  range,
  tid = 'tx01',
  type = 'text/plain',
  headers = '',
}: Chunk): string {
  const declared = range ?? `${from}-${from + body.length - 1}/*`;
  const byteRange = declared === '' ? '' : `Byte-Range: ${declared}\r\n`;
  return (
    `MSRP ${tid} SEND\r\nTo-Path: ${URI}\r\nFrom-Path: ${PEER}\r\nMessage-ID: ${id}\r\n${byteRange}${headers}` +
    `Content-Type: ${type}\r\n\r\n${body}\r\n-------${tid}${flag}\r\n`
  );
}

export function receiverOn(
  octets: Octets,
  settings: Partial<MsrpConfig> = {},
): { owner: FakeOwner; session: number } {
  const owner = new FakeOwner(octets, 3, settings);
  const session = owner.endpoint.openPassive(0, 1, URI, PEER, 'a\0b');
  owner.endpoint.accepted(0, CONN);
  owner.drain();
  return { owner, session };
}

export const bodies = (owner: FakeOwner): string[] => owner.messages.map((message) => message.body);
export const statuses = (owner: FakeOwner): string[] =>
  [...owner.fetch(CONN).matchAll(/^MSRP (\S+) (\d{3})/gm)].map((match) => match[2]);
