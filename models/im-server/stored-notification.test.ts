/** IMDN (RFC 5438): who asked is told that her message is stored, and her CPIM body goes through untouched. */
import { describe, expect, test } from 'vitest';
import { header } from '../client/testing.js';
import { Observed } from '../observations.js';
import { lines, ServerRig } from './testing.js';
import { invited, words } from './testing-push-client.js';

const cpim = (wish: string, prefix = 'imdn', from = 'sip:u1@ims.example'): string =>
  lines(
    `From: Alice <${from}>`,
    'To: Bob <sip:u7@ims.example>',
    `NS: ${prefix} <urn:ietf:params:imdn>`,
    `${prefix}.Message-ID: 34jk&324j`,
    'DateTime: 2006-04-04T12:16:49-05:00',
    ...(wish === '' ? [] : [`${prefix}.Disposition-Notification: ${wish}`]),
    '',
    'Content-type: text/plain',
    'Content-length: 12',
    '',
    'Hello World\n',
  );
const TYPE = 'Content-Type: message/cpim';

/** What the server sends when it has stored this body. */
function sentFor(body: string, extra: readonly string[] = [TYPE], storedNotification = true): string[] {
  const rig = new ServerRig({ storedNotification });
  return rig.fromCore(rig.message(7, body, extra));
}

describe('the processing notification `stored` (section 8.1)', () => {
  test('is a MESSAGE with message/cpim to the sender, after the 202', () => {
    const [answer, notification] = sentFor(cpim('positive-delivery, processing'));
    expect(words([answer, notification])).toEqual(['202', 'MESSAGE']);
    expect(notification).toMatch(/^MESSAGE sip:u1@ims\.example SIP\/2\.0\r\n/);
    const body = notification.slice(notification.indexOf('\r\n\r\n') + 4);
    expect(Number(header(notification, 'Content-Length'))).toBe(body.length);
    expect(body.replace(/Message-ID: \w{16}/, 'Message-ID: ID')).toBe(
      lines(
        'From: <sip:u7@ims.example>',
        'To: <sip:u1@ims.example>',
        'NS: imdn <urn:ietf:params:imdn>',
        'imdn.Message-ID: ID',
        '',
        'Content-Type: message/imdn+xml',
        'Content-Disposition: notification',
        '',
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>34jk&amp;324j</message-id>' +
          '<datetime>2001-09-09T01:46:40Z</datetime><recipient-uri>sip:u7@ims.example</recipient-uri>' +
          '<processing-notification><status><stored/></status></processing-notification></imdn>',
      ),
    );
  });

  test('under any prefix that NS declares', () => {
    expect(words(sentFor(cpim('processing', 'x')))).toEqual(['202', 'MESSAGE']);
  });

  test.each([
    ['nobody asked', cpim(''), [TYPE], true],
    ['something else was asked for', cpim('positive-delivery, display'), [TYPE], true],
    ['the operator does not want it', cpim('processing'), [TYPE], false],
    ['the sender is anonymous (section 12.1.1)', cpim('processing'), [TYPE, 'Privacy: id'], true],
    ['the body only looks like it', cpim('processing'), [], true],
    ['the sender is not of this domain', cpim('processing', 'imdn', 'sip:u1@else.example'), [TYPE], true],
    ['the body is no CPIM at all', 'no headers here', [TYPE], true],
    ['a URI without an end', cpim('processing').replace('ims.example>', 'ims.example'), [TYPE], true],
  ])('none if %s', (_title, body, extra, on) => {
    expect(words(sentFor(body, extra, on))).toEqual(['202']);
  });

  test('is not deferred in turn, nor does it ask for another', () => {
    const rig = new ServerRig({ storedNotification: true });
    const [, notification] = rig.fromCore(rig.message(7, cpim('processing'), [TYPE]));
    expect(notification).not.toContain('Disposition-Notification');
    expect(rig.of(Observed.storedNotified).map(({ entity, message }) => [entity, message])).toEqual([[1, 0]]);
  });
});

test('a CPIM body goes through store and push octet for octet (I4)', () => {
  const rig = new ServerRig();
  const body = cpim('positive-delivery').replace('Hello World', 'Hell\xc3\xb6 \x00 W\\rld');
  rig.store(7, body, [TYPE]);
  expect(rig.record(0).body).toBe(body);
  const client = invited(rig, rig.register(7)).establish();
  const [{ body: payload }] = client.take();
  expect(payload).toContain(`\r\n\r\n${body}\r\n--`);
});
