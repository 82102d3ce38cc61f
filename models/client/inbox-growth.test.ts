/** A pushed message of several segments is put together when the inbox asks for it, and the arena may grow at that moment. */
import { expect, test } from 'vitest';
import { Devices } from '../devices.js';
import type { Ports } from '../../sim/host/ports.js';
import { OctetArena } from '../../sim/kernel/octets.js';
import type { ReceivedMessage } from '../msrp/receiving/received-message.js';
import { Observed } from '../observations.js';
import { ClientTable } from './client-table.js';
import { Inbox } from './reception/inbox.js';

test('what is shown is read from the arena as it is after it grew', () => {
  const octets = new OctetArena(600 * 1024);
  const label = octets.alloc(64);
  octets.buf.write('idtext/plain', octets.start(label), 'latin1');
  const text = `--b\r\n${'x'.repeat(3_000_000)}\r\n--b--`;
  const before = octets.buf;
  const message = {
    get block() {
      const block = octets.alloc(text.length);
      octets.buf.write(text, octets.start(block), 'latin1');
      return block;
    },
    length: text.length,
    label,
    idStart: 0,
    idEnd: 2,
    typeStart: 2,
    typeEnd: 12,
  } as ReceivedMessage;
  const shown: [number, boolean][] = [];
  const observe = {
    emitOctets: (kind: number, _u: number, _m: number, _a: number, buf: Buffer, start: number, end: number) =>
      void shown.push([kind, buf.latin1Slice(start, end) === text]),
  };
  const ports = { octets, observe, now: () => 0 } as unknown as Ports;
  const inbox = new Inbox(ports, new ClientTable(2), new Devices(2));
  expect(inbox.pushed(1, message)).toBe(200);
  expect(octets.buf).not.toBe(before);
  expect(shown).toEqual([[Observed.presented, true]]);
});
