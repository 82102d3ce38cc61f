import { describe, expect, test } from 'vitest';
import { Observed } from '../../observations.js';
import { ServerRig } from '../testing.js';
import { LargeSender } from '../testing-large-sender.js';
import { invited } from '../testing-push-client.js';
import { CpimTypes } from './cpim-types.js';

const HEAD = 'From: <im:a@x.example>\r\nTo: <im:b@x.example>\r\n\r\n';
const within = (text: string): string[] =>
  new CpimTypes().within(Buffer.from(`--${text}--`), 2, text.length + 2);

test.each([
  ['Content-Type: Text/HTML;charset=utf-8\r\n\r\nx', ['text/html']],
  ['Content-ID: <1@x>\r\ncontent-type:image/png\r\n\r\nx', ['image/png']],
  [
    `Content-type: message/CPIM\r\n\r\n${HEAD}Content-type: image/png\r\n\r\nx`,
    ['message/cpim', 'image/png'],
  ],
  // Nothing is looked for in what is not a container.
  [`Content-Type: text/plain\r\n\r\n${HEAD}Content-Type: image/png\r\n\r\nx`, ['text/plain']],
  // None, or one that cannot be read: plain text (RFC 2045 section 5.2).
  ['\r\nx', ['']],
  ['Content-Type: png\r\n\r\nContent-Type: text/html\r\n', ['']],
])('RFC 3862: %j behind the message headers carries %j', (content, types) => {
  expect(within(HEAD + content)).toEqual(types);
});

test('a body that only has the name carries nothing', () => {
  expect(within('no headers here')).toEqual([]);
  expect(within(`${HEAD}Content-type: text/plain`)).toEqual([]);
});

describe('A19, RFC 4975 section 8.6: what is in a message/cpim must be in the lists, too', () => {
  const WRAPPERS = 'message/sipfrag message/msrpfrag message/cpim';
  const of = (type: string): string => `${HEAD}Content-Type: ${type}\r\n\r\nx`;

  /** Messages of both modes with message/cpim of this content; which of them (by DM) are pushed to a client with these lists. */
  function passedOver(body: string, wrapped: string, accept = 'multipart/mixed'): number[] {
    const rig = new ServerRig();
    rig.store(7, body, ['Content-Type: message/cpim']);
    new LargeSender(rig).open().send(body, { type: 'message/cpim' });
    expect(rig.held()).toEqual([0, 1]);
    const client = invited(rig, rig.register(7)).establish({ accept, wrapped });
    const missed = rig.of(Observed.passedOver).map(({ message }) => message);
    expect(client.take()).toHaveLength(2 - missed.length);
    return missed;
  }

  test.each([
    ['text/html', `${WRAPPERS} text/plain`, [0, 1]],
    ['text/plain', `${WRAPPERS} text/plain`, []],
    ['image/png', `${WRAPPERS} text/plain image/*`, []],
    ['text/html', `${WRAPPERS} *`, []],
  ])('%s in it, taken %s: without %j', (type, wrapped, missed) => {
    expect(passedOver(of(type), wrapped)).toEqual(missed);
  });

  test('a type that may stand alone may stand in it', () => {
    expect(passedOver(of('text/html'), WRAPPERS, 'multipart/mixed text/html')).toEqual([]);
  });

  test('of what cannot be read as message/cpim the name alone is asked for', () => {
    expect(passedOver('no headers here', WRAPPERS)).toEqual([]);
  });
});
