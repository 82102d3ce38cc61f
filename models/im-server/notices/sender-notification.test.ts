/** IMDN (RFC 5438): who asked is told that her message is stored, and her CPIM body goes through untouched. */
import { describe, expect, test } from 'vitest';
import { header } from '../../client/testing.js';
import { Observed } from '../../observations.js';
import { ServerRig } from '../testing.js';
import { lines } from '../testing-texts.js';
import { LargeSender } from '../testing-large-sender.js';
import { invited, words } from '../testing-push-client.js';

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
    expect(body.replace(/Message-ID: \w{11}/, 'Message-ID: ID')).toBe(
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
          '<datetime>2006-04-04T12:16:49-05:00</datetime><recipient-uri>sip:u7@ims.example</recipient-uri>' +
          '<original-recipient-uri>sip:u7@ims.example</original-recipient-uri>' +
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

describe('the delivery notification `failed` (section 8.2)', () => {
  const failures = (rig: ServerRig) =>
    rig.of(Observed.failureNotified).map(({ entity, message }) => [entity, message]);

  test('when the lifetime of a message is over, to who asked for it, if the operator wants that', () => {
    const rig = new ServerRig({ failureNotification: true });
    rig.store(7, cpim('negative-delivery'), [TYPE, 'Expires: 5']);
    rig.store(7, cpim('positive-delivery'), [TYPE, 'Expires: 5']);
    rig.store(7, cpim('negative-delivery'), [TYPE, 'Expires: 5', 'Privacy: id']);
    rig.ports.sent.length = 0;
    const sent = rig.pass(5.2).taken();
    expect(words(sent)).toEqual(['MESSAGE']);
    expect(sent[0]).toMatch(/^MESSAGE sip:u1@ims\.example SIP/);
    expect(sent[0]).toContain('<delivery-notification><status><failed/></status></delivery-notification>');
    expect([failures(rig), rig.of(Observed.storedNotified), rig.held()]).toEqual([[[1, 0]], [], []]);
    const silent = new ServerRig({ storedNotification: true });
    silent.store(7, cpim('negative-delivery'), [TYPE, 'Expires: 5']);
    silent.ports.sent.length = 0;
    expect(silent.pass(6).taken()).toEqual([]);
  });

  test('when a client refuses it for good (A18), once, though it expires later', () => {
    const rig = new ServerRig({ failureNotification: true });
    rig.store(7, cpim('negative-delivery'), [TYPE, 'Expires: 60']);
    const client = invited(rig, rig.register(7)).establish();
    const [frame] = client.take();
    client.answer(frame, 400);
    expect(failures(rig)).toEqual([[1, 0]]);
    rig.pass(70);
    expect([failures(rig), rig.held()]).toEqual([[[1, 0]], []]);
  });

  test('A18: not when a client says that it is too large (413): it is kept, and failed when its lifetime is over', () => {
    const rig = new ServerRig({ failureNotification: true });
    rig.store(7, cpim('negative-delivery'), [TYPE, 'Expires: 60']);
    const client = invited(rig, rig.register(7)).establish();
    const [frame] = client.take();
    client.answer(frame, 413);
    rig.pass(50);
    expect([failures(rig), rig.held()]).toEqual([[], [0]]);
    rig.pass(20);
    expect([failures(rig), rig.held()]).toEqual([[[1, 0]], []]);
  });

  test('not for what was delivered, and not for a message that was refused (section 12.1.3.1)', () => {
    const rig = new ServerRig({ failureNotification: true });
    rig.store(7, cpim('negative-delivery'), [TYPE]);
    expect(rig.store(7, cpim('negative-delivery'), [TYPE, 'Expires: 0'])).toBe(480);
    const client = invited(rig, rig.register(7)).establish();
    for (const frame of client.take()) client.answer(frame);
    rig.pass(60);
    expect([failures(rig), rig.held()]).toEqual([[], []]);
  });
});

describe('Large Messages: the same, for the CPIM content of an assembled message', () => {
  /** A Large Message of this content, in two chunks, for user 7. */
  function stored(rig: ServerRig, body: string, extra: readonly string[] = []): LargeSender {
    const sender = new LargeSender(rig).open({ extra });
    sender.send(body.slice(0, 100), { flag: '+', type: 'message/cpim' });
    rig.ports.sent.length = 0;
    sender.send(body.slice(100), { from: 101, type: 'message/cpim' });
    return sender;
  }

  test('`stored`, after the commit, to who is in the From of the CPIM', () => {
    const rig = new ServerRig({ storedNotification: true });
    stored(rig, cpim('processing'));
    const sent = rig.taken();
    expect(words(sent)).toEqual(['MESSAGE']);
    expect(sent[0]).toMatch(/^MESSAGE sip:u1@ims\.example SIP/);
    expect(sent[0]).toContain('<processing-notification><status><stored/>');
  });

  test('`failed` when its lifetime is over; none to who is anonymous', () => {
    for (const [extra, told] of [
      [[], 1],
      [['Privacy: id'], 0],
    ] as const) {
      const rig = new ServerRig({ failureNotification: true });
      stored(rig, cpim('negative-delivery'), extra);
      rig.pass(3700);
      expect(rig.held()).toEqual([]);
      expect(rig.of(Observed.failureNotified)).toHaveLength(told);
    }
  });

  test('the content goes through store and push octet for octet (I4)', () => {
    const rig = new ServerRig();
    const body = cpim('positive-delivery').replace('Hello World', 'Hell\xc3\xb6 \x00 W\\rld');
    stored(rig, body);
    expect(rig.record(0).body).toBe(body);
    const client = invited(rig, rig.register(7)).establish();
    expect(client.take()[0].body).toContain(`\r\n\r\n${body}\r\n-------`);
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
