import { describe, expect, test } from 'vitest';
import { ContentType } from '../../wire/mime/content-type.js';
import { Observed } from '../../observations.js';
import { ServerRig } from '../testing.js';
import { LargeSender } from '../testing-large-sender.js';
import { invited } from '../testing-push-client.js';
import { NestedTypes } from './nested-types.js';

const HEAD = 'From: <im:a@x.example>\r\nTo: <im:b@x.example>\r\n\r\n';

function readAs(type: string, text: string): NestedTypes {
  const at = `${type}--`.length;
  const buf = Buffer.from(`${type}--${text}--`, 'latin1');
  const contentType = new ContentType();
  contentType.parse(buf, 0, type.length);
  const nested = new NestedTypes();
  nested.read(buf, contentType, at, at + text.length);
  return nested;
}
const within = (type: string, text: string): string[] => readAs(type, text).types;
/** A multipart body with these parts, each with its head. */
const parts = (boundary: string, ...bodies: string[]): string =>
  bodies.map((body) => `--${boundary}\r\n${body}\r\n`).join('') + `--${boundary}--`;

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
  expect(within('message/cpim', HEAD + content)).toEqual(types);
});

test('a body that only has the name of a container carries nothing', () => {
  expect(within('message/cpim', 'no headers here')).toEqual([]);
  expect(within('message/cpim', `${HEAD}Content-type: text/plain`)).toEqual([]);
  expect(within('multipart/mixed;boundary=b', 'no delimiter here')).toEqual([]);
  expect(within('multipart/mixed', parts('b', 'Content-Type: text/html\r\n\r\nx'))).toEqual([]);
  expect(within('text/plain;boundary=b', parts('b', 'Content-Type: text/html\r\n\r\nx'))).toEqual([]);
});

describe('RFC 2046: the parts of a multipart', () => {
  test('each is told, whatever kind of multipart it is', () => {
    const body = parts('b', 'Content-Type: text/plain\r\n\r\nx', 'X: y\r\ncontent-type: IMAGE/png\r\n\r\ny');
    for (const kind of ['mixed', 'alternative', 'related', 'x-none']) {
      expect(within(`Multipart/${kind}; boundary="b"`, body)).toEqual(['text/plain', 'image/png']);
    }
  });

  test('one without a type is plain text, within a digest a mail (section 5.1.5)', () => {
    const body = parts('b', '\r\nx', 'Content-Type: text/html\r\n\r\ny');
    expect(within('multipart/mixed;boundary=b', body)).toEqual(['', 'text/html']);
    expect(within('multipart/digest;boundary=b', body)).toEqual(['message/rfc822', 'text/html']);
  });

  test('containers in containers are looked into, and the parts behind them are not forgotten', () => {
    const inner = parts('in', 'Content-Type: image/png\r\n\r\nx', 'Content-Type: image/gif\r\n\r\ny');
    const cpim = `${HEAD}Content-Type: multipart/related;\r\n boundary=in\r\n\r\n${inner}`;
    const body = parts(
      'out',
      `Content-Type: message/cpim\r\n\r\n${cpim}`,
      'Content-Type: text/html\r\n\r\nz',
    );
    expect(within('multipart/mixed;boundary=out', body)).toEqual([
      'message/cpim',
      'multipart/related',
      'image/png',
      'image/gif',
      'text/html',
    ]);
  });

  test('the parts of one that does not end are told all the same', () => {
    const body = parts('b', 'Content-Type: text/html\r\n\r\nx').slice(0, -'--b--'.length);
    expect(within('multipart/mixed;boundary=b', body)).toEqual(['text/html']);
  });

  test('what is too much to be looked at is said to be so', () => {
    const html = 'Content-Type: text/html\r\n\r\nx';
    const many = (count: number): NestedTypes =>
      readAs('multipart/mixed;boundary=b', parts('b', ...Array<string>(count).fill(html)));
    expect([many(64).complete, many(65).complete]).toEqual([true, false]);
    const deep = (depth: number): NestedTypes => {
      let body = html;
      for (let i = depth; i > 0; i--) {
        body = `Content-Type: multipart/mixed;boundary=d${i}e\r\n\r\n${parts(`d${i}e`, body)}`;
      }
      return readAs('multipart/mixed;boundary=b', parts('b', body));
    };
    expect([deep(7).complete, deep(8).complete]).toEqual([true, false]);
    expect(deep(7).types.at(-1)).toBe('text/html');
    const wide = parts('w', ...Array<string>(64).fill(html));
    const eight = Array<string>(4).fill(`Content-Type: multipart/mixed;boundary=w\r\n\r\n${wide}`);
    const all = readAs('multipart/mixed;boundary=b', parts('b', ...eight));
    expect([all.complete, all.types.length]).toEqual([false, 256]);
  });
});

describe('A19, RFC 4975 section 8.6: what is in a container must be in the lists, too', () => {
  const WRAPPERS = 'message/sipfrag message/msrpfrag message/cpim';
  const of = (type: string): string => `${HEAD}Content-Type: ${type}\r\n\r\nx`;

  /** Messages of both modes with this content; which of them (by DM) are not pushed to a client with these lists. */
  function passedOver(type: string, body: string, wrapped: string, accept = 'multipart/mixed'): number[] {
    const rig = new ServerRig();
    rig.store(7, body, [`Content-Type: ${type}`]);
    new LargeSender(rig).open().send(body, { type });
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
  ])('%s in message/cpim, taken %s: without %j', (type, wrapped, missed) => {
    expect(passedOver('message/cpim', of(type), wrapped)).toEqual(missed);
  });

  test.each([
    ['multipart/mixed', `${WRAPPERS} text/plain`, [0, 1]],
    ['multipart/mixed', `${WRAPPERS} text/*`, []],
    ['multipart/mixed', `${WRAPPERS} *`, []],
    // The root type is listed, this one is not.
    ['multipart/alternative', `${WRAPPERS} text/*`, [0, 1]],
    ['multipart/alternative', `${WRAPPERS} multipart/alternative text/*`, []],
    ['multipart/alternative', `${WRAPPERS} multipart/alternative text/plain`, [0, 1]],
  ])('text/plain and text/html in %s, taken %s: without %j', (type, wrapped, missed) => {
    const body = parts('b1', 'Content-Type: text/plain\r\n\r\nx', 'Content-Type: text/html\r\n\r\ny');
    expect(passedOver(`${type};boundary=b1`, body, wrapped)).toEqual(missed);
  });

  test('a multipart of too many parts is for those alone who take everything', () => {
    const body = parts('b1', ...Array<string>(65).fill('\r\n'));
    expect(passedOver('multipart/mixed;boundary=b1', body, `${WRAPPERS} text/plain`)).toEqual([0, 1]);
    expect(passedOver('multipart/mixed;boundary=b1', body, `${WRAPPERS} *`)).toEqual([]);
  });

  test('a type that may stand alone may stand in it', () => {
    expect(passedOver('message/cpim', of('text/html'), WRAPPERS, 'multipart/mixed text/html')).toEqual([]);
  });

  test('of what cannot be read as message/cpim the name alone is asked for', () => {
    expect(passedOver('message/cpim', 'no headers here', WRAPPERS)).toEqual([]);
  });
});
