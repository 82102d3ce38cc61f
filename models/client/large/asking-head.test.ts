/** The head of a message that asks for notifications (RFC 5438 section 7.1.1), octet for octet, and ids that nobody can guess (section 6.3). */
import { expect, test } from 'vitest';
import { TestPorts } from '../../sip/testing.js';
import { OctetWriter } from '../../wire/octet-writer.js';
import { AskingHead } from './asking-head.js';

const SENT_MS = Date.parse('2026-01-05T08:00:07Z');

function headOf(message: number, looks = false, contentType = 'text/plain'): string {
  const ports = new TestPorts(0x0a100000);
  const w = new OctetWriter(ports.octets);
  w.begin();
  new AskingHead(ports.random, looks).write(w, 1, 2, message, SENT_MS, contentType);
  const text = w.buffer.latin1Slice(w.startAt, w.startAt + w.length);
  w.discard();
  return text;
}

const ID = /imdn\.Message-ID: ([0-9a-f]{8})([0-9a-f]{8})\r\n/;

test('CPIM headers, the wish, and the type of the content', () => {
  expect(headOf(7, true, 'image/jpeg').replace(ID, 'imdn.Message-ID: ID\r\n')).toBe(
    [
      'From: <sip:u1@ims.example>',
      'To: <sip:u2@ims.example>',
      'DateTime: 2026-01-05T08:00:07Z',
      'NS: imdn <urn:ietf:params:imdn>',
      'imdn.Message-ID: ID',
      'imdn.Disposition-Notification: positive-delivery, negative-delivery, display',
      '',
      'Content-Type: image/jpeg',
      '',
      '',
    ].join('\r\n'),
  );
  expect(headOf(7)).not.toContain('display');
});

test('one message, one id; of two messages neither half is the same', () => {
  const halves = new Set<string>();
  for (let message = 0; message < 100; message++) {
    const [, first = '', second = ''] = ID.exec(headOf(message)) ?? [];
    halves.add(first).add(second);
    // Nothing that can be counted on from one id to the next.
    for (const half of [first, second]) expect(Number.parseInt(half, 16)).toBeGreaterThan(1e4);
  }
  expect(halves.size).toBe(200);
  expect(headOf(3)).toBe(headOf(3));
});
