/** Delivery notifications at a client (RFC 5438 sections 7.2.1 and 12.1; rules 2.4): who gets one, what it says, and who gets none. */
import { describe, expect, test } from 'vitest';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { Observed } from '../../observations.js';
import { ImdnStatus } from '../../wire/cpim/imdn.js';
import { header, response } from '../testing.js';
import { payload, type PushRig, rigged, send, START_S } from '../testing-push.js';

const cpim = (wish = 'positive-delivery', prefix = 'imdn', extra = ''): string =>
  [
    'From: Alice <sip:u1@ims.example>',
    'To: Bob <sip:u3@ims.example>',
    `NS: ${prefix} <urn:ietf:params:imdn>`,
    `${prefix}.Message-ID: 34jk&324j`,
    'DateTime: 2006-04-04T12:16:49-05:00',
    ...(wish === '' ? [] : [`${prefix}.Disposition-Notification: ${wish}`]),
    '',
    `Content-type: text/plain${extra}`,
    '',
    'Hello World',
  ].join('\r\n');

const live = (body: string, callId = 'c1', from = '<sip:u1@ims.example>', type = 'message/cpim') =>
  [
    'MESSAGE sip:u3@10.16.0.3:5060 SIP/2.0',
    `Via: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bK${callId}`,
    'Max-Forwards: 69',
    `From: ${from};tag=49583`,
    'To: <sip:u3@ims.example>',
    `Call-ID: ${callId}`,
    'CSeq: 1 MESSAGE',
    `Content-Type: ${type}`,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');

function rigOf(config = {}): PushRig {
  let next = 100;
  return rigged({ takeNumber: () => next++, ...config });
}

/** What user 3 sends in the moment in which this comes: first words, and the MESSAGE. */
function answersTo(rig: PushRig, text: string): [words: string[], message: string] {
  rig.ports.sent.length = 0;
  rig.deliver(3, text);
  rig.ports.advance(rig.ports.nowNs);
  const sent = rig.ports.takeSent();
  return [
    sent.map((one) => one.split(' ')[one.startsWith('SIP') ? 1 : 0]),
    sent.find((one) => one.startsWith('MESSAGE')) ?? '',
  ];
}

describe('`delivered` (section 7.2.1.1)', () => {
  test('is a MESSAGE with message/cpim to the SIP From, after the 200; it has an id of its own and asks for nothing', () => {
    const rig = rigOf();
    const [words, message] = answersTo(rig, live(cpim('negative-delivery, Positive-Delivery;x=1')));
    expect(words).toEqual(['200', 'MESSAGE']);
    expect(message).toMatch(/^MESSAGE sip:u1@ims\.example SIP\/2\.0\r\n/);
    expect(header(message, 'From')).toMatch(/^<sip:u3@ims\.example>;tag=/);
    expect(message).not.toMatch(/^Subject:/m);
    const body = message.slice(message.indexOf('\r\n\r\n') + 4);
    expect(Number(header(message, 'Content-Length'))).toBe(body.length);
    expect(body.replace(/q7BoDyMk0000002s[0-9a-f]{16}/, 'ID')).toBe(
      [
        'From: <sip:u3@ims.example>',
        'To: <sip:u1@ims.example>',
        'NS: imdn <urn:ietf:params:imdn>',
        'imdn.Message-ID: ID',
        '',
        'Content-Type: message/imdn+xml',
        'Content-Disposition: notification',
        '',
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>34jk&amp;324j</message-id>' +
          '<datetime>2006-04-04T12:16:49-05:00</datetime><recipient-uri>sip:u3@ims.example</recipient-uri>' +
          '<original-recipient-uri>sip:u3@ims.example</original-recipient-uri>' +
          '<delivery-notification><status><delivered/></status></delivery-notification></imdn>',
      ].join('\r\n'),
    );
    expect(rig.of(Observed.notificationSent).map(({ entity, message: m, a }) => [entity, m, a])).toEqual([
      [3, 100, 1],
    ]);
    expect(rig.of(Observed.offered).map(({ entity, message: m, a }) => [entity, m, a])).toEqual([
      [3, 100, 1],
    ]);
  });

  test.each([
    ['message/cpim', ['200', 'MESSAGE']],
    ['MESSAGE / CPIM ; charset=utf-8', ['200', 'MESSAGE']],
    ['message/cpimx', ['200']],
    ['text/plain', ['200']],
  ])('is told of %s if that is a CPIM message (RFC 3862 section 2.2)', (type, words) => {
    expect(answersTo(rigOf(), live(cpim(), 'c1', '<sip:u1@ims.example>', type))[0]).toEqual(words);
  });

  test('for what was pushed as well, once, however often it comes (A11)', () => {
    const rig = rigOf().establish();
    const pushed = payload('call1', cpim()).replace(
      'Content-Type: text/plain\r\nContent-L',
      'Content-Type: message/cpim\r\nContent-L',
    );
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', pushed));
    rig.toClient(send(rig.path, 'tidtidtid1', 'pushMessage1', pushed));
    rig.ports.advance(rig.ports.nowNs);
    expect(rig.take('MESSAGE').map((text) => text.split(' ')[1])).toEqual(['sip:u1@ims.example']);
    expect(answersTo(rig, live(cpim(), 'call1'))[0]).toEqual(['200']);
    // What is due waits for the answer to what she sent there before, so what was sent does not show a second one.
    expect(rig.of(Observed.notificationSent)).toHaveLength(1);
  });

  test('not for what cannot be told from any other message, as it says nothing of what was shown before it', () => {
    const rig = rigOf().establish();
    const pushed = payload('call1', cpim()).replace(
      'Content-Type: text/plain\r\nContent-L',
      'Content-Type: message/cpim\r\nContent-L',
    );
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', pushed));
    const nameless = pushed.replace('i: call1', 'X: call1');
    rig.toClient(send(rig.path, 'tidtidtid1', 'pushMessage1', nameless));
    rig.ports.advance(rig.ports.nowNs);
    expect(rig.of(Observed.presented)).toHaveLength(2);
    expect(rig.of(Observed.notificationSent)).toHaveLength(1);
  });

  test('for a Large Message that was pushed, once (section 7.2.1): its content is the CPIM', () => {
    const rig = rigOf().establish();
    const pushed = [
      '--bnd7f3a',
      'Content-Type: message/sipfrag',
      '',
      'INVITE sip:u3@ims.example SIP/2.0',
      'From: <sip:u1@ims.example>;tag=49583',
      'To: <sip:u3@ims.example>',
      'Call-ID: large1',
      'Date: Thu, 21 Feb 2002 13:02:03 GMT',
      '',
      '--bnd7f3a',
      'Content-Type: message/msrpfrag',
      '',
      'MSRP dkei38sd SEND',
      'Message-ID: 12339sdqwer77',
      'Content-Type: message/cpim',
      '',
      cpim(),
      '-------dkei38sd$',
      '--bnd7f3a--',
    ].join('\r\n');
    rig.toClient(send(rig.path, 'tidtidtid0', 'pushMessage0', pushed));
    rig.toClient(send(rig.path, 'tidtidtid1', 'pushMessage1', pushed));
    rig.ports.advance(rig.ports.nowNs);
    const sent = rig.take('MESSAGE');
    expect(sent.map((text) => text.split(' ')[1])).toEqual(['sip:u1@ims.example']);
    expect(sent[0]).toContain('<message-id>34jk&amp;324j</message-id>');
    expect(rig.of(Observed.notificationSent)).toHaveLength(1);
    const plain = pushed.replace('message/cpim', 'text/plain').replace('12339', '99999');
    rig.toClient(send(rig.path, 'tidtidtid2', 'pushMessage2', plain));
    rig.ports.advance(rig.ports.nowNs);
    expect(rig.of(Observed.notificationSent)).toHaveLength(1);
  });

  test.each([
    ['nobody asked', live(cpim(''))],
    ['only failures were asked for', live(cpim('negative-delivery, processing, display'))],
    [
      'the sender is anonymous (section 12.1.1)',
      live(cpim(), 'c1', '"Anonymous" <sip:anonymous@anonymous.invalid>'),
    ],
    ['she sent it to herself', live(cpim(), 'c1', '<sip:u3@ims.example>')],
    ['the sender is not of this domain', live(cpim(), 'c1', '<sip:u1@else.example>')],
    [
      'it is an IMDN itself (section 7.2.1)',
      live(cpim('positive-delivery', 'imdn', '\r\nContent-Disposition: notification')),
    ],
    ['the body only looks like it', live(cpim(), 'c1', '<sip:u1@ims.example>', 'text/plain')],
    ['the body is no CPIM at all', live('no headers here')],
    ['its id is too long to quote in 1300 octets (O14)', live(cpim().replace('34jk', '34jk'.repeat(60)))],
    ['its id is longer than what can be written', live(cpim().replace('34jk', '&'.repeat(60_000)))],
    ['there is no id to quote', live(cpim().replace('imdn.Message-ID', 'imdn.Other'))],
  ])('none if %s', (_title, text) => {
    const rig = rigOf();
    expect(answersTo(rig, text)[0]).toEqual(['200']);
    expect(rig.of(Observed.notificationSent)).toEqual([]);
  });

  test('waits until she is registered, and for the answer to what she sent there before (O15)', () => {
    const rig = rigOf();
    const [, first] = answersTo(rig, live(cpim(), 'c1'));
    expect(answersTo(rig, live(cpim(), 'c2'))[0]).toEqual(['200']);
    rig.ports.sent.length = 0;
    rig.deliver(3, response(first, 202));
    expect(rig.take('MESSAGE')).toHaveLength(1);
  });

  test('is lost with her process, and its memory with it', () => {
    const rig = rigOf();
    const { heldOctets } = rig.ports.octets;
    rig.deliver(3, live(cpim()));
    rig.fleet.onCrash(3);
    rig.ports.sent.length = 0;
    rig.ports.advance(rig.ports.nowNs);
    expect(rig.take('MESSAGE')).toEqual([]);
    expect(rig.ports.octets.heldOctets).toBeLessThanOrEqual(heldOctets);
  });
});

describe('`displayed` (section 7.2.1.2)', () => {
  const sent = (rig: PushRig) =>
    rig.of(Observed.notificationSent).map(({ atNs, a, b }) => [atNs - START_S * NS_PER_S, a, b]);

  test.each([
    ['display', [[7 * NS_PER_S, 1, ImdnStatus.displayed]]],
    [
      'positive-delivery, display',
      [
        [0, 1, ImdnStatus.delivered],
        [7 * NS_PER_S, 1, ImdnStatus.displayed],
      ],
    ],
    ['positive-delivery', [[0, 1, ImdnStatus.delivered]]],
  ])('of %s: when she has looked at it', (wish, expected) => {
    const rig = rigOf({ displayDelayNs: 7 * NS_PER_S });
    rig.deliver(3, live(cpim(wish)));
    rig.at(START_S + 20);
    expect(sent(rig)).toEqual(expected);
  });

  test('says so', () => {
    const rig = rigOf({ displayDelayNs: 0 });
    expect(answersTo(rig, live(cpim('display')))[1]).toContain(
      '<display-notification><status><displayed/></status></display-notification></imdn>',
    );
  });
});

test('a notification that comes in is noted with what it says, from a user or from the IM Server', () => {
  const rig = rigOf();
  const about = (status: string) =>
    `From: <sip:u1@ims.example>\r\nTo: <sip:u3@ims.example>\r\n\r\nContent-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n<imdn><status><${status}/></status></imdn>`;
  rig.deliver(3, live(about('delivered'), 'd1'));
  rig.deliver(3, live(about('failed'), 'd2', '<sip:deferred@im.ims.example>'));
  rig.deliver(3, live(about('stored'), 'd3', '<sip:deferred@im.ims.example>'));
  // The same once more, on another branch: her other device had it, or the network thought that it was lost.
  rig.deliver(
    3,
    live(about('failed'), 'd2', '<sip:deferred@im.ims.example>').replace('z9hG4bKd2', 'z9hG4bKagain'),
  );
  expect(rig.of(Observed.notificationReceived).map(({ entity, a }) => [entity, a])).toEqual([
    [3, 0],
    [3, 1],
    [3, 2],
  ]);
  expect(rig.of(Observed.notificationSent)).toEqual([]);
});

test('a message that asks is message/cpim, within 1300 octets with all that may stand in it (O14)', () => {
  const rig = rigOf();
  for (let m = 0; m < 40; m++) {
    rig.offer({
      sender: 1,
      recipient: 2 + (m % 14),
      message: 0x7fff_f000 + m,
      sizeOctets: 380,
      asksNotification: true,
      expiresS: 86_400,
    });
  }
  const sent = rig.take('MESSAGE');
  expect(sent.length).toBeGreaterThan(10);
  for (const text of sent) {
    expect(text.length).toBeLessThanOrEqual(1300);
    const body = text.slice(text.indexOf('\r\n\r\n') + 4);
    expect([header(text, 'Content-Type'), Number(header(text, 'Content-Length'))]).toEqual([
      'message/cpim',
      body.length,
    ]);
    expect(body).toMatch(
      /^From: <sip:u1@ims\.example>\r\nTo: <sip:u\d+@ims\.example>\r\nDateTime: [-0-9T:]+Z\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn\.Message-ID: [0-9a-f]{16}\r\nimdn\.Disposition-Notification: positive-delivery, negative-delivery\r\n\r\nContent-Type: text\/plain\r\n\r\nbody /,
    );
  }
});
