/** What RFC 9110 and RFC 9112 say of a head beyond RFC 2616: octets that no value may hold, versions, `close`, and who waits for 100. */
import { describe, expect, test } from 'vitest';
import { HttpFault } from './faults.js';
import { HttpSide, HttpStream } from './stream.js';

function fed(text: string, side: HttpSide = HttpSide.requests, cut = text.length) {
  const stream = new HttpStream(side);
  let messages = 0;
  for (let at = 0; at < text.length; at += cut) {
    const piece = Buffer.from(text.slice(at, at + cut), 'latin1');
    stream.feed(piece, 0, piece.length);
    while (stream.next()) messages++;
  }
  return { stream, messages };
}

describe.each([1, 7, 1000])('in pieces of %i octets', (cut) => {
  test.each([
    // Who takes LF for a line end reads a Content-Length here.
    ['PUT / HTTP/1.1\r\nHost: a\r\nX: b\nContent-Length: 5\r\n\r\n', HttpFault.header],
    ['GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n', HttpFault.header],
    ['GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n', HttpFault.header],
  ])('LF and NUL within a value are refused (RFC 9110 section 5.5): %j', (text, fault) => {
    const { stream, messages } = fed(text, HttpSide.requests, cut);
    expect([messages, stream.fault]).toEqual([0, fault]);
  });

  test('and within the reason of a response', () => {
    const { stream, messages } = fed(
      'HTTP/1.1 200 O\nX: K\r\nContent-Length: 0\r\n\r\n',
      HttpSide.responses,
      cut,
    );
    expect([messages, stream.fault]).toEqual([0, HttpFault.startLine]);
  });
});

describe('versions (RFC 9110 section 2.5)', () => {
  test('a minor one that is not known is read as 1.1', () => {
    const { stream, messages } = fed('GET /x HTTP/1.2\r\nHost: a\r\n\r\n');
    expect([messages, stream.message.keepAlive]).toEqual([1, true]);
    expect(fed('GET /x HTTP/1.2\r\n\r\n').stream.fault).toBe(HttpFault.host);
  });
});

describe('who says close (RFC 9112 section 9.3)', () => {
  test.each([
    ['close', 'keep-alive'],
    ['keep-alive', 'close'],
    ['Close', 'x'],
  ])('%s, and %s on another line: the connection ends', (one, other) => {
    const text = `GET / HTTP/1.1\r\nHost: a\r\nConnection: ${one}\r\nConnection: ${other}\r\n\r\n`;
    expect(fed(text).stream.message.keepAlive).toBe(false);
  });
});

describe('who waits for 100 (RFC 9110 section 10.1.1)', () => {
  const head = (expects: string, version = '1.1') =>
    `PUT / HTTP/${version}\r\nHost: a\r\nContent-Length: 2\r\nExpect: ${expects}\r\n\r\n`;

  test.each<[string, string, boolean]>([
    ['the head alone has come', head('100-Continue'), true],
    ['the body has begun, so nobody waits', head('100-continue') + 'a', false],
    ['all is there', head('100-continue') + 'ab', false],
    ['another expectation', head('200-maybe'), false],
    ['HTTP/1.0 knows no 100', head('100-continue', '1.0'), false],
    [
      'there is no body',
      'GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n',
      false,
    ],
    [
      'the head is not complete',
      'PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n',
      false,
    ],
    ['it is too long anyway', head('100-continue').replace(': 2', ': 999999'), false],
  ])('%s', (_name, text, waits) => {
    expect(fed(text).stream.awaitsContinue).toBe(waits);
    expect(fed(text, HttpSide.requests, 1).stream.awaitsContinue).toBe(waits);
  });

  test('said once', () => {
    const { stream } = fed(head('100-continue'));
    stream.feed(Buffer.from('a'), 0, 1);
    expect([stream.next(), stream.awaitsContinue]).toEqual([false, false]);
    stream.feed(Buffer.from('b'), 0, 1);
    expect([stream.next(), stream.awaitsContinue]).toEqual([true, false]);
  });
});
