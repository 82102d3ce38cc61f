/**
 * The examples of the change request as input to a running server, their own slips included (rules 1.5, M4): what is only odd is
 * stored and pushed as it came, what is no message is refused, and neither hurts what comes after it.
 */
import { describe, expect, test } from 'vitest';
import { ServerRig } from './testing.js';
import { lines, statusOf } from './testing-texts.js';
import { LargeSender, said } from './testing-large-sender.js';
import { invited } from './testing-push-client.js';

/** The slips of the text, as octets of UTF-8: curly quote, em dash, hard space. */
const octets = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
const CURLY = octets('\u201d');
const EM = octets('\u2014');
const NBSP = octets('\u00a0');

const E1_HEAD = [
  'MESSAGE sip:u2@ims.example SIP/2.0',
  'Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKcore',
  'Via: SIP/2.0/TCP user1pc.imserver.com; branch=z9hG4bK776sgdkse',
  'Max-Forwards: 70',
  'From: sip:user1@imserver.com;tag=49583',
  'To: sip:u2@ims.example',
  'P-Asserted-Identity: sip:user1@imserver.com',
  'Call-ID: asd88asd77a@1.2.3.4',
  'Date: Thu, 21 Feb 2002 13:02:03 GMT ',
  'CSeq: 1 MESSAGE',
];
const E1 = lines(...E1_HEAD, 'Content-Type: text/plain', 'Content-Length: 18', '', 'Watson, come here.');

/** The stored form of E1 as the text prints it: curly quotes, an em dash, indentation, no blank line before the start line. */
const E1_STORE = [
  '   --boundary42' + EM,
  '   Content-Type: message/sip',
  ...E1_HEAD.map((line) => '   ' + line),
  '   Content-Length: 18',
  '',
  NBSP,
  '',
  '   Watson, come here.',
  '  --boundary42--',
].join('\r\n');

/** The frame of E1-push within its SEND. */
const E1_PUSH = ['--boundary42--', '   Content-Type: message/sip', NBSP, '', E1, `  --boundary42${EM}`].join(
  '\r\n',
);

/** The payload of E2-push. */
const E2_PUSH = [
  '--boundary42',
  '',
  '   Content-Type: message/sipfrag',
  '   INVITE sip: user2@imserver.com SIP/2.0',
  '   From: <sip:user1@imserver.com>;tag=786',
  '   Date: Thu, 21 Feb 2005 13:02:03 GMT ',
  '--boundary42',
  '   Content-Type=message/msrpfrag ',
  '   MSRP dkei38sd SEND',
  '',
  '   Message-ID: 456',
  '',
  "    Hi, Alice!  I'm Bob!",
  '    -------dkei38sd$',
  '      --boundary42-',
].join('\r\n');

describe('rules 1.5: E1 as input', () => {
  test('E1: From and To without <>, a space before branch, a space after GMT: stored whole, pushed as the P8 list', () => {
    const rig = new ServerRig();
    expect(rig.fromCore(E1).map(statusOf)).toEqual([202]);
    expect(rig.record(0).head).toBe(E1.slice(0, E1.indexOf('Watson')));
    const [{ body }] = invited(rig, rig.register(2)).establish().take();
    const boundary = /^--(\w+)\r\n/.exec(body)?.[1] ?? '';
    expect(body).toBe(
      lines(
        `--${boundary}`,
        'Content-Type: message/sipfrag',
        '',
        'MESSAGE sip:u2@ims.example SIP/2.0',
        'From: sip:user1@imserver.com;tag=49583',
        'To: sip:u2@ims.example',
        'P-Asserted-Identity: sip:user1@imserver.com',
        'Call-ID: asd88asd77a@1.2.3.4',
        'Date: Thu, 21 Feb 2002 13:02:03 GMT ',
        'Content-Type: text/plain',
        'Content-Length: 18',
        '',
        'Watson, come here.',
        `--${boundary}--`,
      ),
    );
  });

  test('E1-store and E1-push as the body of a MESSAGE, under a boundary in curly quotes: octet for octet (I4, A21)', () => {
    for (const sample of [E1_STORE, E1_PUSH, E2_PUSH]) {
      const rig = new ServerRig();
      const type = `Content-Type: multipart/mixed;boundary=${CURLY}boundary42${CURLY}`;
      expect(rig.store(7, sample, [type])).toBe(202);
      const [{ body, text }] = invited(rig, rig.register(7)).establish().take();
      expect(body).toContain(`\r\n${type}\r\n`);
      expect(body).toContain(`\r\n\r\n${sample}\r\n--`);
      // The sample's own boundary is not ours, or its delimiters would end the part.
      expect(text).not.toMatch(/^Content-Type: multipart\/mixed;boundary=boundary42/m);
    }
  });

  test('the indented text in the place of a request is no SIP: silence or 400, and the next message is stored', () => {
    const rig = new ServerRig();
    for (const sample of [E1_STORE, E1_PUSH, E1.replaceAll('\r\n', '\r\n   '), NBSP + E1]) {
      for (const answer of rig.fromCore(sample)) expect(statusOf(answer)).toBe(400);
    }
    expect(rig.held()).toEqual([]);
    expect(rig.fromCore(E1).map(statusOf)).toEqual([202]);
  });

  test('a space within the Request-URI (E2-push) is answered 400', () => {
    const rig = new ServerRig();
    expect(rig.fromCore(E1.replace('sip:u2@', 'sip: u2@')).map(statusOf)).toEqual([400]);
  });
});

describe('rules 1.5: E2 as input', () => {
  test('E2: tid dkei38sd, Message-ID 456, no Byte-Range, a Thursday that was a Monday: stored and pushed as they came', () => {
    const rig = new ServerRig();
    const sender = new LargeSender(rig).open({
      callId: '3413an89KU',
      extra: ['Date: Thu, 21 Feb 2005 13:02:03 GMT '],
    });
    const text = "Hi, Alice!  I'm Bob!";
    expect(said(sender.send(text, { tid: 'dkei38sd', id: '456', range: '' }))).toEqual(['200']);
    const [{ body }] = invited(rig, rig.register(7)).establish().take();
    expect(body).toContain('\r\nCall-ID: 3413an89KU\r\n');
    expect(body).toContain('\r\nDate: Thu, 21 Feb 2005 13:02:03 GMT \r\n');
    expect(body).toContain(
      `\r\n\r\nMSRP dkei38sd SEND\r\nMessage-ID: 456\r\nContent-Type: text/plain\r\n\r\n${text}\r\n-------dkei38sd$\r\n--`,
    );
  });

  test('E1-push and E2-push themselves as Large Messages: the outer tid is not the inner one, so the frame is whole (E-cross)', () => {
    for (const [id, sample] of [
      ['452', E1_PUSH],
      ['453', E2_PUSH],
    ]) {
      const rig = new ServerRig();
      const sender = new LargeSender(rig).open();
      const type = `multipart/mixed; boundary=${CURLY}boundary42${CURLY}`;
      expect(said(sender.send(sample, { tid: 'elfj49te', id, range: '', type }))).toEqual(['200']);
      const [{ body, tid }] = invited(rig, rig.register(7)).establish().take();
      expect(body).toContain(
        `\r\nMessage-ID: ${id}\r\nContent-Type: ${type}\r\n\r\n${sample}\r\n-------elfj49te$\r\n--`,
      );
      expect(['elfj49te', 'dkei38sd']).not.toContain(tid);
    }
  });

  test('E-cross: a frame whose tid stands in its own payload ends there; what is left over is no frame, and the others go on', () => {
    const rig = new ServerRig();
    const sender = new LargeSender(rig).open();
    const cut = sender.send(E2_PUSH, { tid: 'dkei38sd', id: '453', range: '' });
    expect(said(cut).every((word) => word !== '500')).toBe(true);
    expect(rig.store(7)).toBe(202);
  });
});
