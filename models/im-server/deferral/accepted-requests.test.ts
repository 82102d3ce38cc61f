/** Requests that may come again on another branch (I8, RFC 3261 section 8.2.2.2): the table against a plain map. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { FleetPorts } from '../../client/testing.js';
import { TimerProfile } from '../../sip/legs.js';
import { SipMessage } from '../../wire/sip/message.js';
import { Framing, parseSip } from '../../wire/sip/parse.js';
import { AcceptedRequests } from './accepted-requests.js';
import { lines } from '../testing-texts.js';

/** The table, at `nowNs`; `find` gives the number of the deferred message, -1 if there is none. */
function table(most?: number) {
  const ports = new FleetPorts(0x0a000002);
  const accepted = new AcceptedRequests(ports, TimerProfile.internet, most);
  return {
    at(nowNs: number) {
      ports.nowNs = nowNs;
      return this;
    },
    find: (message: SipMessage, user: number) =>
      accepted.isKnown(message, user) ? (ports.seen.at(-1)?.message ?? -1) : -1,
    note: (dm: number) => accepted.add(accepted.word0, accepted.word1, dm),
  };
}

function request(callId: string, tag: string, cseq: number): SipMessage {
  const text = lines(
    'MESSAGE sip:u7@ims.example SIP/2.0',
    'Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK1',
    `From: <sip:u1@ims.example>;tag=${tag}`,
    'To: <sip:u7@ims.example>',
    `Call-ID: ${callId}`,
    `CSeq: ${cseq} MESSAGE`,
    'Content-Length: 0',
    '',
    '',
  );
  const message = new SipMessage();
  const buf = Buffer.from(text, 'latin1');
  expect(parseSip(buf, 0, buf.length, Framing.datagram, message)).toBe(0);
  return message;
}

/** 64 T1 of the air interface and of the leg to the Core. */
const LIFETIME_NS = 160 * NS_PER_S;

test('I8: finds what was noted, under its own number, and nothing else', () => {
  // A short alphabet: Call-IDs and tags that begin alike, and the one that ends where the other begins.
  const part = fc.stringMatching(/^[ab]{1,6}$/);
  const key = fc.tuple(part, part, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 3 }));
  fc.assert(
    fc.property(fc.array(key, { maxLength: 700 }), (keys) => {
      const accepted = table();
      const noted = new Map<string, number>();
      keys.forEach(([callId, tag, cseq, user], dm) => {
        const name = `${callId} ${tag} ${cseq} ${user}`;
        const found = accepted.find(request(callId, tag, cseq), user);
        expect(found).toBe(noted.get(name) ?? -1);
        if (found >= 0) return;
        noted.set(name, dm);
        accepted.note(dm);
      });
    }),
    { seed: 42, numRuns: 20 },
  );
});

test('I8: an entry lasts as long as its request may be repeated, and not for ever', () => {
  const accepted = table();
  const one = request('call', 'tag', 1);
  expect(accepted.at(100 * NS_PER_S).find(one, 7)).toBe(-1);
  accepted.note(4_000_000_000);
  expect(accepted.at(100 * NS_PER_S + LIFETIME_NS).find(one, 7)).toBe(4_000_000_000);
  expect(accepted.at(100 * NS_PER_S + 2 * LIFETIME_NS).find(one, 7)).toBe(-1);
});

test('memory is bounded: beyond its limit the table forgets the oldest first', () => {
  const accepted = table(100);
  const note = (n: number) => {
    expect(accepted.find(request(`call${n}`, 'tag', 1), 7)).toBe(-1);
    accepted.note(n);
  };
  for (let n = 0; n < 1000; n++) note(n);
  expect(accepted.find(request('call999', 'tag', 1), 7)).toBe(999);
  expect(accepted.find(request('call850', 'tag', 1), 7)).toBe(850);
  expect(accepted.find(request('call799', 'tag', 1), 7)).toBe(-1);
});
