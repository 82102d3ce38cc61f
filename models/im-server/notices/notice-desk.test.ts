/** What the server tells users leaves one MESSAGE at a time to each of them (O15), and none is too long (O14). RFC 3428 section 8. */
import { describe, expect, test } from 'vitest';
import { header, response } from '../../client/testing.js';
import { Observed } from '../../observations.js';
import { ServiceSetting } from '../config.js';
import { ServerRig } from '../testing.js';
import { lines } from '../testing-texts.js';
import { LargeSender } from '../testing-large-sender.js';
import { NotSent, WAITING_FOR_USER_LIMIT } from './notice-desk.js';

const TYPE = 'Content-Type: message/cpim';

function cpim(wish: string, id = 'id', from = 1, extra: readonly string[] = []): string {
  return lines(
    `From: <sip:u${from}@ims.example>`,
    'To: <sip:u7@ims.example>',
    'NS: imdn <urn:ietf:params:imdn>',
    `imdn.Message-ID: ${id}`,
    'DateTime: 2006-04-04T12:16:49Z',
    `imdn.Disposition-Notification: ${wish}`,
    ...extra,
    '',
    'Content-type: text/plain',
    '',
    'Hello',
  );
}

/** Request-URI and quoted id of each MESSAGE among what was sent, repeats aside. */
function told(sent: readonly string[]): string[] {
  return [...new Set(sent)].flatMap((text) => {
    const [, uri] = /^MESSAGE sip:(\w+)@/.exec(text) ?? [];
    const [, id = header(text, 'Call-ID').slice(0, 6)] = /<message-id>(.*)<\/message-id>/.exec(text) ?? [];
    return uri === undefined ? [] : [`${uri} ${id}`];
  });
}

/** Messages of user 1, and of others by their ids, that expire after 60 s; what the server then says first. */
function expired(rig: ServerRig, ...messages: readonly (readonly [id: string, from?: number])[]): string[] {
  for (const [id, from] of messages) {
    rig.store(7, cpim('negative-delivery', id, from), [TYPE, 'Expires: 60']);
  }
  rig.taken();
  return rig.pass(60).taken();
}

describe('O15: no second MESSAGE to a URI while one is pending', () => {
  test('failures of one moment are told one after the other, in order; those of other senders meanwhile', () => {
    const rig = new ServerRig({ failureNotification: true });
    const first = expired(rig, ['a'], ['b'], ['x', 2], ['c'], ['y', 3]);
    expect(told(first)).toEqual(['u1 a', 'u2 x', 'u3 y']);
    expect(rig.of(Observed.failureNotified).map(({ message }) => message)).toEqual([0, 2, 4]);
    // 100 Trying settles nothing.
    expect(told(rig.fromCore(response(first[0], 100)))).toEqual([]);
    const second = rig.fromCore(response(first[0], 202));
    expect(told(second)).toEqual(['u1 b']);
    expect(told(rig.fromCore(response(first[0], 202)))).toEqual([]);
    const third = rig.fromCore(response(second[0], 480));
    expect(told(third)).toEqual(['u1 c']);
    expect(told(rig.fromCore(response(third[0], 200)))).toEqual([]);
    expect(told(rig.pass(100).taken())).not.toContain('u1 c');
    expect(rig.of(Observed.failureNotified).map(({ message }) => message)).toEqual([0, 2, 4, 1, 3]);
  });

  test('what waited is a whole request, as what left at once', () => {
    const rig = new ServerRig({ failureNotification: true });
    const [first] = expired(rig, ['a'], ['b']);
    const [second] = rig.fromCore(response(first, 200));
    const plain = (text: string): string =>
      text.replace(/branch=\S+|tag=\S+|imdn\w{11}|Message-ID: \S+|message-id>\w/g, '');
    expect(plain(second)).toBe(plain(first));
    const body = second.slice(second.indexOf('\r\n\r\n') + 4);
    expect(Number(header(second, 'Content-Length'))).toBe(body.length);
    expect(header(second, 'Via')).not.toBe(header(first, 'Via'));
  });

  test('one that is never answered makes room after Timer F', () => {
    const rig = new ServerRig({ failureNotification: true });
    expect(told(expired(rig, ['a'], ['b']))).toEqual(['u1 a']);
    expect(told(rig.pass(31.9).taken())).toEqual(['u1 a']);
    expect(told(rig.pass(0.2).taken())).toEqual(['u1 b']);
  });

  test('what is stored, what failed and how many wait share the queue', () => {
    const settings = new Uint8Array(16).fill(ServiceSetting.notify);
    const rig = new ServerRig({ failureNotification: true, storedNotification: true, settings });
    rig.store(1, 'waits');
    const [, first] = rig.fromCore(rig.message(7, cpim('processing', 'a'), [TYPE]));
    expect(told([first])).toEqual(['u1 a']);
    rig.store(7, cpim('processing', 'b'), [TYPE]);
    expect(told(rig.register(1))).toEqual([]);
    const second = rig.fromCore(response(first, 200));
    const third = rig.fromCore(response(second[0], 200));
    expect([...told(second), ...told(third)]).toEqual(['u1 b', 'u1 notice']);
    expect(header(third[0], 'Content-Length')).toBe(String('1 deferred message waits'.length));
    expect(rig.of(Observed.noticeSent).map(({ entity, a }) => [entity, a])).toEqual([[1, 1]]);
  });

  test('so many wait for a user and no more: the rest is not told, which is observed', () => {
    const rig = new ServerRig({ failureNotification: true });
    const messages = Array.from({ length: WAITING_FOR_USER_LIMIT + 3 }, (_, i) => [`m${i}`] as const);
    let sent = expired(rig, ...messages);
    const dropped = rig.of(Observed.noticeDropped).map(({ message, a, b }) => [message, a, b]);
    const kind = Observed.failureNotified;
    expect(dropped).toEqual([257, 258].map((dm) => [dm, NotSent.tooMany, kind]));
    const all: string[] = [];
    for (; sent.length > 0; sent = rig.fromCore(response(sent[0], 200))) all.push(...told(sent));
    expect(all).toEqual(messages.slice(0, -2).map(([id]) => `u1 ${id}`));
    expect(rig.of(Observed.failureNotified)).toHaveLength(WAITING_FOR_USER_LIMIT + 1);
  });

  test('none waits for who is anonymous, and a crash forgets what waits', () => {
    const rig = new ServerRig({ failureNotification: true });
    rig.store(7, cpim('negative-delivery', 'hidden'), [TYPE, 'Expires: 60', 'Privacy: id']);
    const [first] = expired(rig, ['a'], ['b']);
    expect(told([first])).toEqual(['u1 a']);
    rig.restart().taken();
    expect(told(rig.fromCore(response(first, 200)))).toEqual([]);
    expect(told(expired(rig, ['c']))).toEqual(['u1 c']);
  });
});

describe('O14: no MESSAGE of more than 1300 octets', () => {
  const longest = (id: string, extra: readonly string[] = []): ServerRig => {
    const rig = new ServerRig({ failureNotification: true });
    rig.store(7, cpim('negative-delivery', id, 1, extra), [TYPE, 'Expires: 60']);
    rig.taken();
    rig.pass(60);
    return rig;
  };

  test('what quotes an id as long as it may be leaves 150 octets for what proxies add; one octet more is not told', () => {
    let octets = 100;
    let rig = longest('x'.repeat(octets));
    while (rig.of(Observed.failureNotified).length > 0) rig = longest('x'.repeat(++octets));
    expect(rig.taken()).toEqual([]);
    expect(rig.of(Observed.noticeDropped).map(({ entity, message, a }) => [entity, message, a])).toEqual([
      [1, 0, NotSent.tooLong],
    ]);
    const [sent] = longest('x'.repeat(octets - 1)).taken();
    expect(sent.length).toBeLessThanOrEqual(1150);
    expect(octets).toBeGreaterThan(110);
  });

  test('the URI of whom a list was for counts as well', () => {
    const extra = [`imdn.Original-To: <sip:list-${'y'.repeat(200)}@ims.example>`];
    const rig = longest('x'.repeat(200), extra);
    expect([rig.taken(), rig.ports.opened, rig.held()]).toEqual([[], [], []]);
    expect(rig.of(Observed.noticeDropped)).toHaveLength(1);
  });

  test('nor does one that is not sent keep the next one waiting', () => {
    const rig = new ServerRig({ failureNotification: true });
    expect(told(expired(rig, ['a'.repeat(300)], ['b']))).toEqual(['u1 b']);
  });

  test('a Large Message with an id longer than any request is stored, and not told', () => {
    const rig = new ServerRig({ storedNotification: true });
    const sender = new LargeSender(rig).open();
    sender.send(cpim('processing', '&'.repeat(100_000)), { type: 'message/cpim' });
    expect(rig.held()).toEqual([0]);
    expect(rig.of(Observed.noticeDropped)).toHaveLength(1);
  });
});
