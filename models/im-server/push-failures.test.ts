/** What a push does when something fails: A17 to A19, time-outs, lost connections, refusals. */
import { describe, expect, test } from 'vitest';
import { header } from '../client/testing.js';
import { Observed } from '../observations.js';
import { ServerRig } from './testing.js';
import type { RigOptions } from './testing-settings.js';
import { invited, pushed, words, type PushClient } from './testing-push-client.js';

/** A push of three messages that has begun; the client has the three SENDs. */
function begun(options: RigOptions = {}): { rig: ServerRig; client: PushClient } {
  const rig = new ServerRig(options);
  const client = pushed(rig, 'one', 'two', 'three').establish();
  client.take();
  return { rig, client };
}

/** Ends the session and gives what the server sends within `seconds`. */
function after(client: PushClient, bye: string, seconds: number): string[] {
  const sent = client.respond(200, '', 'cl', bye);
  return [...sent, ...client.rig.pass(seconds).taken()];
}

const bodiesOf = (client: PushClient): string[] =>
  client.take().map(({ body }) => /one|two|three/.exec(body)?.[0] ?? '');

describe('A18: the client rejects a message', () => {
  test('400: it is a dead letter, the others go on, and no later push offers it', () => {
    const { rig, client } = begun();
    const [one, two, three] = client.frames.filter(({ method }) => method === 'SEND');
    client.answer(one);
    client.answer(two, 400);
    const [bye] = client.answer(three);
    expect(words([bye])).toEqual(['BYE']);
    expect(words(after(client, bye, 60))).not.toContain('INVITE');
    expect(rig.held()).toEqual([1]);
    expect(rig.of(Observed.deadLettered).map(({ message, a }) => [message, a])).toEqual([[1, 400]]);
    expect(rig.record(1).record.deadLettered).toBe(true);
    expect(words(rig.register(7))).toEqual(['200']);
  });

  test('413: it is kept and marked as too large, the others go on, and it waits for her next registration', () => {
    const { rig, client } = begun();
    const [one, two, three] = client.frames.filter(({ method }) => method === 'SEND');
    client.answer(one, 413);
    client.answer(two);
    const [bye] = client.answer(three);
    expect(words([bye])).toEqual(['BYE']);
    expect(client.take()).toEqual([]);
    expect(words(after(client, bye, 600))).toEqual([]);
    expect(rig.held()).toEqual([0]);
    const { deadLettered, tooLarge } = rig.record(0).record;
    expect({ deadLettered, tooLarge }).toEqual({ deadLettered: false, tooLarge: true });
    expect(rig.of(Observed.passedOver).map(({ message, a }) => [message, a])).toEqual([[0, 413]]);
    expect(rig.of(Observed.deadLettered)).toEqual([]);
    // She may come with another device, which has room for it.
    const [again] = invited(rig, rig.register(7)).establish().take();
    expect([again.messageId, again.body]).toEqual([one.messageId, one.body]);
  });

  test('415: the session ends; the other wrapper is tried once, under a new push Message-ID (A11)', () => {
    const rig = new ServerRig();
    const first = pushed(rig, 'one').establish();
    const [one] = first.take();
    const [bye] = first.answer(one, 415);
    expect(words([bye])).toEqual(['BYE']);
    const second = invited(rig, after(first, bye, 30)).establish();
    const [again] = second.take();
    expect([one.body, again.body].map((body) => header(body, 'Content-Type'))).toEqual([
      'message/sipfrag',
      'message/sip',
    ]);
    expect(again.messageId).not.toBe(one.messageId);
    const [end] = second.answer(again, 415);
    expect(words(after(second, end, 120))).not.toContain('INVITE');
    expect(rig.of(Observed.deadLettered).map(({ a }) => a)).toEqual([415]);
  });

  test('415 sends no further message in the session', () => {
    const { client } = begun({ push: { windowSends: 1 } });
    const [one] = client.frames.filter(({ method }) => method === 'SEND');
    expect(words(client.answer(one, 415))).toEqual(['BYE']);
    expect(client.take()).toEqual([]);
  });
});

describe('A19: what the answer does not take', () => {
  test('without multipart/mixed there is no push at all, and none until she registers anew', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one');
    const sent = client.accept({ accept: 'text/plain message/cpim' });
    expect(words(sent)).toEqual(['ACK', 'BYE']);
    expect(words(after(client, sent[1], 600))).not.toContain('INVITE');
    expect(rig.held()).toEqual([0]);
    expect(words(rig.register(7))).toContain('INVITE');
  });

  test.each(['inactive', 'sendonly'])(
    'nothing is pushed to who answers %s (RFC 4975 section 8.9)',
    (direction) => {
      const client = pushed(new ServerRig(), 'one');
      expect(words(client.accept({ direction }))).toEqual(['ACK', 'BYE']);
      expect(client.take()).toEqual([]);
      expect(client.rig.held()).toEqual([0]);
    },
  );

  test('a message above max-size is passed over, kept and flagged; the others are delivered', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one', 'two'.repeat(400), 'three').establish({ maxSize: 1000 });
    expect(bodiesOf(client)).toEqual(['one', 'three']);
    const [one, three] = client.frames.slice(-2);
    client.answer(one);
    const [bye] = client.answer(three);
    expect(words([bye])).toEqual(['BYE']);
    expect(rig.of(Observed.passedOver).map(({ message }) => message)).toEqual([1]);
    // No session is opened for it again and again, but a registration may bring a client that takes it.
    expect(words(after(client, bye, 600))).not.toContain('INVITE');
    expect(bodiesOf(invited(rig, rig.register(7)).establish())).toEqual(['two']);
  });

  test('C10: max-size counts the payload as it is sent, to the octet', () => {
    const rig = new ServerRig();
    const free = pushed(rig, 'one').establish();
    const [{ body }] = free.take();
    const tight = pushed(new ServerRig(), 'one').establish({ maxSize: body.length });
    expect(tight.take()).toHaveLength(1);
    const tighter = pushed(new ServerRig(), 'one').establish({ maxSize: body.length - 1 });
    expect(tighter.take()).toEqual([]);
  });

  test('a leaf type that is not listed is passed over; message/sip alone is used when it is all there is', () => {
    const rig = new ServerRig();
    rig.store(7, 'one', ['Content-Type: image/png']);
    const client = pushed(rig, 'two');
    client.establish({ accept: 'multipart/mixed', wrapped: 'message/sip text/plain' });
    const [{ body }] = client.take();
    expect(header(body, 'Content-Type')).toBe('message/sip');
    expect(body).toContain('two');
    expect(rig.of(Observed.passedOver).map(({ message }) => message)).toEqual([0]);
  });

  test('a message without a body has no type to be refused', () => {
    const rig = new ServerRig();
    rig.store(7, '');
    rig.fromCore(rig.message(7, '', ['Subject: one']).replace('Content-Type: text/plain\r\n', ''));
    const client = invited(rig, rig.register(7));
    client.establish({ accept: 'multipart/mixed', wrapped: 'message/sipfrag image/png' });
    expect(bodiesOf(client)).toEqual(['', 'one']);
    expect(rig.of(Observed.passedOver)).toEqual([]);
  });

  test('a thousand that do not fit are passed over without a word', () => {
    const rig = new ServerRig();
    const client = pushed(rig, ...Array.from({ length: 1000 }, () => 'x'));
    client.accept({ maxSize: 1 });
    client.bind();
    expect(client.take()).toEqual([]);
    expect(rig.of(Observed.passedOver)).toHaveLength(1000);
    expect(rig.of(Observed.pushByeSent)).toHaveLength(1);
  });
});

describe('A17: anything but a 200 keeps a message', () => {
  test('no response in 30 s settles the SEND as failed; BYE follows, and the next session sends the same (A11)', () => {
    const { rig, client } = begun();
    const sends = client.frames.filter(({ method }) => method === 'SEND');
    client.answer(sends[0]);
    expect(words(rig.pass(29).taken())).toEqual([]);
    const bye = rig
      .pass(1)
      .taken()
      .find((text) => text.startsWith('BYE'));
    expect(bye).toBeDefined();
    const next = invited(rig, after(client, bye ?? '', 30)).establish();
    const again = next.take();
    expect(again.map(({ messageId }) => messageId)).toEqual(sends.slice(1).map(({ messageId }) => messageId));
    expect(again.map(({ body }) => body)).toEqual(sends.slice(1).map(({ body }) => body));
    expect(again[0].tid).not.toBe(sends[1].tid);
  });

  test('P9: BYE that leaves after a time-out takes the connection along, so that TCP sends nothing after it', () => {
    const { rig, client } = begun();
    const sends = client.frames.filter(({ method }) => method === 'SEND');
    for (const send of sends.slice(1)) client.answer(send);
    rig.pass(29).taken();
    expect(rig.ports.closed).toEqual([]);
    const sent = rig.pass(1).taken();
    expect(rig.ports.closed).toEqual([client.conn]);
    const bye = sent.find((text) => text.startsWith('BYE')) ?? '';
    expect(bodiesOf(invited(rig, after(client, bye, 30)).establish())).toEqual(['one']);
    expect(rig.of(Observed.pushEnded)).toHaveLength(1);
  });

  test.each([408, 413])(
    'P9: after %i to one chunk BYE waits for the responses to the others (A15)',
    (status) => {
      const client = pushed(new ServerRig(), 'x'.repeat(5000)).establish();
      const [first, second, third] = client.take();
      expect(client.answer(first, status)).toEqual([]);
      expect(client.answer(third, status)).toEqual([]);
      expect(words(client.answer(second))).toEqual(['BYE']);
      expect(client.rig.ports.closed).toEqual([]);
    },
  );

  test.each([481, 506])(
    'P9: after %i no SEND leaves that TCP still holds: the connection is reset',
    (status) => {
      const { rig, client } = begun();
      rig.ports.holding.add(client.conn);
      const [bye] = client.answer(client.frames.filter(({ method }) => method === 'SEND')[1], status);
      expect(words([bye])).toEqual(['BYE']);
      expect(rig.ports.reset).toEqual([client.conn]);
      expect(bodiesOf(invited(rig, after(client, bye, 30)).establish())).toEqual(['one', 'two', 'three']);
    },
  );

  test('C6: a lost connection fails what is out; BYE leaves and the rest is tried again', () => {
    const { rig, client } = begun();
    rig.ports.sent.length = 0;
    rig.server.onTcpClosed(client.conn, 1);
    const [bye] = rig.taken();
    expect(words([bye])).toEqual(['BYE']);
    const next = invited(rig, after(client, bye, 30)).establish();
    expect(bodiesOf(next)).toEqual(['one', 'two', 'three']);
  });

  test('a client that never binds the session gets BYE after the limit', () => {
    const rig = new ServerRig({ push: { bindLimitNs: 10e9 } });
    const client = pushed(rig, 'one');
    client.accept();
    expect(words(rig.pass(9).taken())).toEqual([]);
    expect(words(rig.pass(1).taken())).toEqual(['BYE']);
    expect(rig.held()).toEqual([0]);
  });

  test.each([486, 480, 500])('an INVITE refused with %i is tried again after the retry time', (status) => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one');
    expect(words(client.respond(status))).toEqual(['ACK']);
    expect(words(rig.pass(31).taken())).toContain('INVITE');
  });

  test.each([488, 603, 606])('an INVITE refused with %i waits for a new registration', (status) => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one');
    client.respond(status);
    expect(words(rig.pass(600).taken())).not.toContain('INVITE');
    expect(words(rig.register(7))).toContain('INVITE');
  });

  test.each([
    ['TCP/TLS/MSRP', 'msrps://10.16.0.7:2855/abcdefgh;tcp'],
    ['TCP/MSRP', 'msrps://10.16.0.7:2855/abcdefgh;tcp'],
    ['TCP/MSRP', 'where I am'],
  ])(
    'an answer of %s with path %s, which plain TCP cannot serve, ends in BYE (RFC 4975 section 6)',
    (protocol, path) => {
      for (const setup of ['active', 'passive']) {
        const rig = new ServerRig();
        const client = pushed(rig, 'one');
        const media = `m=message 2855 ${protocol} *\r\na=accept-types:*\r\na=path:${path}\r\na=setup:${setup}\r\n`;
        const head = 'v=0\r\no=- 1 1 IN IP4 10.16.0.7\r\ns=-\r\nc=IN IP4 10.16.0.7\r\nt=0 0\r\n';
        expect(words(client.respond(200, head + media))).toEqual(['ACK', 'BYE']);
        expect(rig.ports.opened).toEqual([]);
        expect(rig.held()).toEqual([0]);
      }
    },
  );

  test.each([
    [[], 'ACK'],
    [['Content-Encoding: gzip'], 'ACK BYE'],
  ])('an answer with %j is %s: what is encoded is no SDP (RFC 3261 section 20.12)', (extra, sent) => {
    const client = pushed(new ServerRig(), 'one');
    const sdp =
      'v=0\r\no=- 1 1 IN IP4 10.16.0.7\r\ns=-\r\nc=IN IP4 10.16.0.7\r\nt=0 0\r\nm=message 2855 TCP/MSRP *\r\n' +
      'a=accept-types:*\r\na=path:msrp://10.16.0.7:2855/abcdefgh;tcp\r\na=setup:active\r\n';
    expect(words(client.respond(200, sdp, 'cl', client.invite, extra)).join(' ')).toBe(sent);
  });

  test('a client that says BYE herself leaves the rest stored', () => {
    const { rig, client } = begun();
    expect(words(client.bye())).toEqual(['200']);
    expect(rig.held()).toEqual([0, 1, 2]);
    expect(rig.server.push.sessions.size).toBe(0);
    expect(words(rig.pass(30).taken())).toContain('INVITE');
  });
});

test('C11: content from the client has no place in a session that is sendonly, REPORTs and empty SENDs do', () => {
  const rig = new ServerRig();
  const client = pushed(rig, 'one').establish();
  const [one] = client.take();
  const head = `To-Path: ${client.serverPath}\r\nFrom-Path: ${client.path}\r\nMessage-ID: hers1\r\n`;
  rig.toServer(
    client.conn,
    `MSRP hers SEND\r\n${head}Content-Type: text/plain\r\n\r\nhi\r\n-------hers$\r\n`,
  );
  rig.toServer(client.conn, `MSRP bare SEND\r\n${head}-------bare$\r\n`);
  client.take();
  const answers = client.frames.filter(({ tid }) => ['hers', 'bare'].includes(tid));
  expect(answers.map(({ tid, method }) => [tid, method])).toEqual([
    ['hers', '403'],
    ['bare', '200'],
  ]);
  expect(words(client.answer(one))).toEqual(['BYE']);
});

describe('A17: the grace of what was delivered', () => {
  test('it stays in the store until the session is over', () => {
    const { rig, client } = begun({ push: { windowSends: 1 } });
    client.answer(client.frames.filter(({ method }) => method === 'SEND')[0]);
    expect(rig.held()).toEqual([0, 1, 2]);
    client.answer(client.take()[0]);
    const [bye] = client.answer(client.take()[0]);
    expect(rig.held()).toEqual([0, 1, 2]);
    client.respond(200, '', 'cl', bye);
    expect(rig.held()).toEqual([]);
    expect(rig.of(Observed.settled).map(({ message }) => message)).toEqual([0, 1, 2]);
  });

  test('or until the grace has passed, in a session that lasts', () => {
    const { rig, client } = begun({ push: { windowSends: 1, graceNs: 5e9 } });
    client.answer(client.frames.filter(({ method }) => method === 'SEND')[0]);
    const [two] = client.take();
    rig.pass(6);
    client.answer(two);
    expect(rig.held()).toEqual([1, 2]);
  });

  test('a failure that is reported after the 200 restores it, in its place, for the next session', () => {
    const { rig, client } = begun({ push: { windowSends: 1 } });
    const [one] = client.frames.filter(({ method }) => method === 'SEND');
    client.answer(one);
    const [two] = client.take();
    client.report(one, 403);
    // RFC 4975 section 7.1.4: the session has failed. Nothing new, and BYE once the rest is settled.
    const [bye] = client.answer(two);
    expect(words([bye])).toEqual(['BYE']);
    expect(client.take()).toEqual([]);
    const next = invited(rig, after(client, bye, 30)).establish();
    expect(rig.held()).toEqual([0, 2]);
    const [again] = next.take();
    expect([again.messageId, again.body]).toEqual([one.messageId, one.body]);
    expect(words(next.answer(again))).toEqual([]);
    expect(bodiesOf(next)).toEqual(['three']);
  });

  test.each([
    [400, Observed.deadLettered],
    [413, Observed.passedOver],
  ])('A18: what a REPORT says after the 200 is what a response would say: %i', (status, kind) => {
    const { rig, client } = begun({ push: { windowSends: 1 } });
    const [one] = client.frames.filter(({ method }) => method === 'SEND');
    client.answer(one);
    const [two] = client.take();
    client.report(one, status);
    const [bye] = client.answer(two);
    const next = invited(rig, after(client, bye, 30)).establish();
    expect(bodiesOf(next)).toEqual(['three']);
    expect(rig.held()).toEqual([0, 2]);
    expect(rig.of(kind).map(({ message, a }) => [message, a])).toEqual([[0, status]]);
  });

  test('behind relays the 200 is not enough: success REPORTs decide', () => {
    const rig = new ServerRig();
    const client = pushed(rig, 'one');
    client.establish({ path: 'msrp://10.0.9.9:2855/relay000001;tcp msrp://10.16.0.7:9/clientSession01;tcp' });
    const [one] = client.take();
    expect(header(one.text, 'Success-Report')).toBe('yes');
    expect(words(client.answer(one))).toEqual([]);
    expect(words(client.report(one, 200))).toEqual(['BYE']);
  });
});
