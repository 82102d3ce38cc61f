/**
 * Pager Mode sending: octets of MESSAGE, anonymity, one pending for each recipient, waiting for the registration (RFC 3428
 * sections 4 and 8, RFC 3323, RFC 3325, rules 2.6 and 4.1).
 */
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { BODY_MARK, HOP_CANARY, NEVER_CANARY } from '../marks.js';
import { Observed } from '../observations.js';
import { Framing, parseSip } from '../wire/sip/parse.js';
import { SipMessage } from '../wire/sip/message.js';
import { validate } from '../wire/sip/validate.js';
import { ClosingDialogs } from '../sip/closing-dialogs.js';
import { SipEndpoint } from '../sip/endpoint.js';
import { OctetWriter } from '../wire/octet-writer.js';
import { Devices } from '../devices.js';
import { ClientTable } from './client-table.js';
import { Outbox } from './pager/outbox.js';
import { PAGER_BODY_LIMIT_OCTETS, PAGER_REQUEST_LIMIT_OCTETS, PagerWriter } from './pager/pager-writer.js';
import { FleetPorts, FleetRig, header, response, TEST_CONFIG } from './testing.js';

function registered(): FleetRig {
  const rig = new FleetRig().at(0);
  rig.register();
  return rig;
}

/** Sends and answers `count` messages from 1 to 2, and gives their texts. */
function exchange(rig: FleetRig, count: number, offer = {}): string[] {
  const texts: string[] = [];
  for (let message = 0; message < count; message++) {
    rig.offer({ message, ...offer });
    const [text] = rig.take('MESSAGE');
    texts.push(text);
    rig.deliver(1, response(text, 202));
  }
  return texts;
}

describe('MESSAGE', () => {
  test('its octets (RFC 3428 section 4): no Contact, own address, own identity preferred', () => {
    const rig = registered();
    const all = exchange(rig, 64, { expiresS: 600 });
    const text = all.find((one) => !/^(Subject|Priority|X-)/m.test(one) && one.includes('Date: ')) ?? '';
    const branch = /branch=(\S+)/.exec(text)?.[1] ?? '';
    expect(branch).toContain(HOP_CANARY);
    const number = Number.parseInt(/q7NeVeRx([0-9a-z]{8})/.exec(text)?.[1] ?? '', 36);
    expect(text.replace(branch, 'BRANCH').split('\r\n')).toEqual([
      'MESSAGE sip:u2@ims.example SIP/2.0',
      'Via: SIP/2.0/UDP 10.16.0.1:5060;rport;branch=BRANCH',
      'Max-Forwards: 70',
      expect.stringMatching(/^From: <sip:u1@ims\.example>;tag=[0-9a-f]{8}$/),
      'To: <sip:u2@ims.example>',
      expect.stringMatching(/^Call-ID: [0-9a-f]{16}@10\.16\.0\.1$/),
      'CSeq: 1 MESSAGE',
      'P-Preferred-Identity: <sip:u1@ims.example>',
      'Supported: path, outbound',
      expect.stringMatching(/utran-cell-id-3gpp=q7NeVeRx[0-9a-z]{8}$/),
      'User-Agent: restante-client/1',
      'Date: Sun, 09 Sep 2001 01:46:40 GMT',
      'Expires: 600',
      'Content-Type: text/plain',
      'Content-Length: 24',
      '',
      `body ${number} `.padEnd(24, '.'),
    ]);
  });

  test('Call-IDs and tags never repeat, and headers come and go (S1-date, P8)', () => {
    const all = exchange(registered(), 200);
    expect(new Set(all.map((text) => header(text, 'Call-ID'))).size).toBe(200);
    expect(new Set(all.map((text) => header(text, 'From'))).size).toBe(200);
    for (const name of ['Date', 'Subject', 'Priority', 'X-Client-Batch']) {
      const having = all.filter((text) => header(text, name) !== '').length;
      expect([name, having > 0 && having < 200]).toEqual([name, true]);
    }
  });

  test('an anonymous sender shows nowhere but where the Core needs it (RFC 3323 section 4.1, RFC 3325, A8)', () => {
    const rig = registered();
    const all = exchange(rig, 50, { sender: 1, anonymous: true });
    for (const text of all) {
      expect(header(text, 'From')).toMatch(
        /^"Anonymous" <sip:anonymous@anonymous\.invalid>;tag=[0-9a-f]{8}$/,
      );
      expect(header(text, 'Call-ID')).toMatch(/^[0-9a-f]{16}@anonymous\.invalid$/);
      expect(header(text, 'Privacy')).toBe('id');
      expect(header(text, 'P-Preferred-Identity')).toBe(`<sip:${NEVER_CANARY}00000001@ims.example>`);
      expect(text).not.toMatch(/^(User-Agent|Subject):/m);
      expect(text.match(/10\.16\.0\.1|sip:u1@/g)).toEqual(['10.16.0.1']); // her Via
    }
  });

  test('the largest body with the longest headers stays within 1300 octets (RFC 3428 section 8)', () => {
    const ports = new FleetPorts((10 << 24) + (231 << 16) + (231 << 8) + 231);
    const rig = new FleetRig();
    const request = new PagerWriter(ports, TEST_CONFIG);
    const writer = new OctetWriter(ports.octets);
    const endpoint = new SipEndpoint(ports, rig.fleet, { branchTag: 'q7H0pXyZ00000001' });
    const context = {
      ports,
      config: TEST_CONFIG,
      devices: new Devices(1),
      table: new ClientTable(1),
      endpoint,
      writer,
      leg: 0,
      closing: new ClosingDialogs(),
    } as const;
    const lengths: number[] = [];
    for (let i = 0; i < 400; i++) {
      const outbox = new Outbox(1);
      const slot = outbox.add({
        sender: 0,
        recipient: 16_777_215,
        message: 2 ** 40 - i,
        sizeOctets: PAGER_BODY_LIMIT_OCTETS,
        intendedAtNs: 0,
        anonymous: i % 2 === 0,
        expiresS: 2 ** 32 - 1,
      });
      outbox.sender[slot] = 0xffffff - i;
      ports.ipOf = () => (10 << 24) + (231 << 16) + (231 << 8) + 231;
      request.write(context, outbox, slot);
      lengths.push(writer.length);
      writer.discard();
    }
    expect(Math.max(...lengths)).toBeLessThanOrEqual(PAGER_REQUEST_LIMIT_OCTETS);
    expect(Math.max(...lengths)).toBeGreaterThan(PAGER_REQUEST_LIMIT_OCTETS - 250);
  });

  test('a body that does not fit is sent as a Large Message instead (O14)', () => {
    const rig = registered();
    rig.offer({ sizeOctets: PAGER_BODY_LIMIT_OCTETS + 1 });
    expect(rig.ports.takeSent().map((text) => text.split(' ')[0])).toEqual(['INVITE']);
    expect(rig.of(Observed.largeOffered).map(({ entity, a, b }) => [entity, a, b])).toEqual([
      [1, 2, PAGER_BODY_LIMIT_OCTETS + 1],
    ]);
    rig.offer({ recipient: 3, sizeOctets: PAGER_BODY_LIMIT_OCTETS });
    expect(rig.ports.takeSent().map((text) => text.split(' ')[0])).toEqual(['MESSAGE']);
    // The wish needs room too, and goes along.
    rig.offer({ recipient: 4, sizeOctets: 381, asksNotification: true });
    expect(rig.ports.takeSent().map((text) => text.split(' ')[0])).toEqual(['INVITE']);
    expect(rig.of(Observed.largeLabel)[1].text).toContain('Content-Type: message/cpim');
    rig.offer({ recipient: 5, sizeOctets: 380, asksNotification: true });
    expect(rig.ports.takeSent().map((text) => text.split(' ')[0])).toEqual(['MESSAGE']);
  });

  test('parses, and holds all that a request must (RFC 3261 section 8.1.1)', () => {
    const message = new SipMessage();
    for (const text of exchange(registered(), 40)) {
      const buf = Buffer.from(text, 'latin1');
      expect(parseSip(buf, 0, buf.length, Framing.datagram, message)).toBe(0);
      expect(validate(message)).toBe(0);
    }
  });

  test('without canaries nothing looks like one', () => {
    const rig = new FleetRig({ canaries: false }).at(0);
    rig.register();
    expect(exchange(rig, 5).join('')).not.toMatch(new RegExp(`${NEVER_CANARY}|${HOP_CANARY}|${BODY_MARK}`));
  });
});

describe('one MESSAGE pending for each recipient (RFC 3428 section 8)', () => {
  test('further ones to her wait in order, those to others do not', () => {
    const rig = registered();
    for (let message = 0; message < 3; message++) rig.offer({ message });
    rig.offer({ message: 3, recipient: 5 });
    rig.offer({ message: 4, sender: 3 });
    const first = rig.take('MESSAGE');
    expect(first.map((text) => text.split('\r\n').at(-1)?.slice(0, 6))).toEqual([
      'body 0',
      'body 3',
      'body 4',
    ]);
    rig.deliver(1, response(first[0], 200));
    const [second] = rig.take('MESSAGE');
    expect(second).toContain('body 1');
    rig.deliver(1, response(second, 480));
    expect(rig.take('MESSAGE')[0]).toContain('body 2');
    expect(rig.fleet.unanswered).toBe(3);
  });

  test('a refresh of the registration lets nothing out beside the one that is pending', () => {
    const rig = new FleetRig({ subscribers: 3 }).at(0);
    rig.register(20);
    rig.offer({ message: 0 });
    rig.offer({ message: 1 });
    rig.take('MESSAGE');
    rig.at(10);
    rig.register(20);
    rig.at(10.1);
    expect(rig.take('MESSAGE').filter((text) => text.includes('body 1'))).toEqual([]);
  });

  test('a provisional response settles nothing', () => {
    const rig = registered();
    rig.offer({ message: 0 });
    rig.offer({ message: 1 });
    const [text] = rig.take('MESSAGE');
    rig.deliver(1, response(text, 100));
    rig.deliver(1, response(text, 183));
    expect(rig.of(Observed.answered)).toEqual([]);
    expect(rig.take('MESSAGE')).toEqual([]);
  });

  test('Timer F is a 408 after 32 s, nothing is sent again, and the next one leaves', () => {
    const rig = registered();
    rig.offer({ message: 0, intendedAtNs: 7 });
    rig.offer({ message: 1 });
    rig.at(32);
    const [answered] = rig.of(Observed.answered);
    expect([answered.entity, answered.message, answered.a, answered.b, answered.atNs]).toEqual([
      1,
      0,
      408,
      7,
      32 * NS_PER_S,
    ]);
    const texts = rig.take('MESSAGE');
    expect(texts.filter((text) => text.includes('body 0'))).toHaveLength(11);
    expect(texts.filter((text) => text.includes('body 1'))).toHaveLength(1);
  });

  test('what is offered is what is sent and answered, with the octets that left', () => {
    const rig = registered();
    const texts = exchange(rig, 20);
    expect(rig.of(Observed.offered).map(({ message, a }) => [message, a])).toEqual(
      texts.map((_, message) => [message, 2]),
    );
    expect(rig.of(Observed.sent).map(({ text }) => text)).toEqual(texts);
    expect(rig.of(Observed.answered).map(({ a }) => a)).toEqual(texts.map(() => 202));
    expect(rig.fleet.unanswered).toBe(0);
  });
});

describe('a sender who is not registered', () => {
  test('keeps her messages until she is, and sends them in order', () => {
    const rig = new FleetRig({ subscribers: 4 }).at(0);
    rig.offer({ message: 0 });
    rig.offer({ message: 1, recipient: 3 });
    rig.offer({ message: 2 });
    expect(rig.take('MESSAGE')).toEqual([]);
    rig.at(1);
    const again = rig.ports.takeSent(); // REGISTER, repeated by Timer E
    for (const text of again.slice(-4)) rig.deliver(Number(/u(\d+)@/.exec(text)?.[1]), response(text, 500));
    expect(rig.take('MESSAGE')).toEqual([]);
    rig.at(40);
    rig.register();
    expect(rig.take('MESSAGE').map((text) => text.split('\r\n').at(-1)?.slice(0, 6))).toEqual([
      'body 0',
      'body 1',
    ]);
  });

  test('a link that is down holds them back, and the one in flight times out by itself', () => {
    const rig = registered();
    rig.offer({ message: 0 });
    rig.fleet.onLink(1, false);
    rig.offer({ message: 1 });
    rig.at(40);
    expect(rig.of(Observed.answered).map(({ message, a }) => [message, a])).toEqual([[0, 408]]);
    expect(rig.take('MESSAGE').some((text) => text.includes('body 1'))).toBe(false);
    rig.fleet.onLink(1, true);
    rig.at(40);
    rig.register();
    expect(rig.take('MESSAGE')[0]).toContain('body 1');
  });

  test('a binding that ran out holds them back too', () => {
    const rig = new FleetRig({ subscribers: 3 }).at(0);
    rig.register(100);
    rig.at(50);
    for (const text of rig.take('REGISTER'))
      rig.deliver(Number(/u(\d+)@/.exec(text)?.[1]), response(text, 503));
    rig.at(60);
    rig.offer({ message: 0 });
    expect(rig.take('MESSAGE')).toHaveLength(1); // refused refresh, but the binding stands
    rig.at(101);
    rig.offer({ message: 1, recipient: 0 });
    expect(rig.take('MESSAGE').some((text) => text.includes('body 1'))).toBe(false);
  });
});
