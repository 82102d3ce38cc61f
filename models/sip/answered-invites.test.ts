import { expect, test } from 'vitest';
import { SipMessage } from '../wire/sip/message.js';
import { Framing, parseSip } from '../wire/sip/parse.js';
import { AnsweredInvites } from './answered-invites.js';

const ok = (tag: string): SipMessage => {
  const text = `SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@h>;tag=f\r\nTo: <sip:b@h>;tag=${tag}\r\nCall-ID: c\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`;
  const octets = Buffer.from(text, 'latin1');
  const message = new SipMessage();
  expect(parseSip(octets, 0, octets.length, Framing.datagram, message)).toBe(0);
  return message;
};
const S = 1e9;

test('RFC 3261 section 13.2.2.4: each 2xx of each INVITE is new once', () => {
  const answered = new AnsweredInvites(0);
  expect(['a', 'b', 'a', 'b'].map((tag) => answered.isNew(7, ok(tag), 0))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(answered.isNew(8, ok('a'), 0)).toBe(true);
});

test('RFC 6026 section 8.7: it is remembered for 64 T1, as long as the transaction lives, and no longer', () => {
  const answered = new AnsweredInvites(0);
  for (let i = 1; i <= 5; i++) expect(answered.isNew(i, ok('a'), i * 10 * S)).toBe(true);
  expect(answered.size).toBe(4);
  expect(answered.isNew(2, ok('a'), 52 * S)).toBe(false);
  expect(answered.isNew(2, ok('a'), 53 * S)).toBe(true);
});
