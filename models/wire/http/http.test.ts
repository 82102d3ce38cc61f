/** HTTP/1.1 framing: RFC 2616 sections 4.4 and 8.1, over any segmentation. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TestOctets } from '../../sip/testing.js';
import { OctetWriter } from '../octet-writer.js';
import { HTTP_LIMITS, HttpFault, statusOfFault } from './faults.js';
import { HttpHeader, HttpMethod } from './message.js';
import { HttpSide, HttpStream } from './stream.js';
import { beginLength, endLength, writeStatusLine } from './write.js';

/** All messages of `text`, fed in pieces of the given sizes (repeated), as [method or status, target, body]. */
function read(text: string, side: HttpSide, cuts: readonly number[]) {
  const stream = new HttpStream(side);
  const out: [number, string, string][] = [];
  const all = Buffer.from(`xx${text}yy`, 'latin1');
  let at = 2;
  for (let i = 0; at < 2 + text.length; i++) {
    const to = Math.min(2 + text.length, at + (cuts[i % cuts.length] ?? 1));
    // The network reuses its memory after each call: what must last has to be copied by the stream.
    const piece = Buffer.from(all.subarray(0, to));
    stream.feed(piece, at, to);
    while (stream.next()) {
      const m = stream.message;
      out.push([
        side === HttpSide.requests ? m.method : m.status,
        m.buf.latin1Slice(m.targetStart, m.targetEnd),
        m.buf.latin1Slice(m.bodyStart, m.bodyEnd),
      ]);
    }
    piece.fill(0x21);
    at = to;
  }
  return { out, fault: stream.fault, pending: stream.pendingOctets };
}

const put = (target: string, body: string, extra = '') =>
  `PUT ${target} HTTP/1.1\r\nHost: xdms\r\n${extra}Content-Length: ${body.length}\r\n\r\n${body}`;
const get = (target: string) => `GET ${target} HTTP/1.1\r\nhost:xdms\r\n\r\n`;

describe('framing', () => {
  test('pipelined requests come out in order, whatever the segments', () => {
    const message = fc.oneof(
      fc.nat(99).map((n) => ({ text: get(`/a${n}`), want: [HttpMethod.get, `/a${n}`, ''] })),
      fc
        .tuple(fc.nat(99), fc.string({ unit: 'binary-ascii', maxLength: 40 }))
        .map(([n, body]) => ({ text: put(`/b${n}`, body), want: [HttpMethod.put, `/b${n}`, body] })),
    );
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }),
        (list, cuts) => {
          const { out, fault, pending } = read(
            list.map(({ text }) => text).join(''),
            HttpSide.requests,
            cuts,
          );
          expect(out).toEqual(list.map(({ want }) => want));
          expect([fault, pending]).toEqual([HttpFault.none, 0]);
        },
      ),
      { seed: 42, numRuns: 200 },
    );
  });

  test('responses: 204 and 304 have no body, others say their length', () => {
    const text =
      'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nContent-Length: 9\r\n\r\n' +
      'HTTP/1.1 200 OK\r\nContent-Length:     3\r\n\r\nabc' +
      'HTTP/1.1 204\r\n\r\n';
    for (const cut of [1, 7, 1000]) {
      expect(read(text, HttpSide.responses, [cut]).out).toEqual([
        [304, '', ''],
        [200, '', 'abc'],
        [204, '', ''],
      ]);
    }
    expect(read('HTTP/1.1 200 OK\r\n\r\n', HttpSide.responses, [1000]).fault).toBe(HttpFault.length);
  });

  test('empty lines before a request are ignored (section 4.1)', () => {
    expect(
      read(`\r\n\r\n${get('/x')}\r\n${get('/y')}`, HttpSide.requests, [1]).out.map(([, t]) => t),
    ).toEqual(['/x', '/y']);
  });

  test('headers are spans; what the entity tags say is found', () => {
    const stream = new HttpStream(HttpSide.requests);
    const text = put(
      '/x',
      'b',
      'IF-match: "7" \r\nX-Other: a:b\r\nContent-Type: application/xcap-el+xml;charset=utf-8\r\n',
    );
    stream.feed(Buffer.from(text), 0, text.length);
    expect(stream.next()).toBe(true);
    expect(stream.message.textOf(HttpHeader.ifMatch)).toBe('"7"');
    expect(stream.message.textOf(HttpHeader.ifNoneMatch)).toBeUndefined();
    expect(stream.message.valueIs(HttpHeader.contentType, 'application/xcap-el+xml')).toBe(true);
    expect(stream.message.valueIs(HttpHeader.contentType, 'application/xcap-el')).toBe(false);
  });

  test('the connection ends after a message that says so, and after HTTP/1.0 (section 8.1)', () => {
    const keepAlive = (text: string) => {
      const stream = new HttpStream(HttpSide.requests);
      stream.feed(Buffer.from(text), 0, text.length);
      expect(stream.next()).toBe(true);
      return stream.message.keepAlive;
    };
    expect(keepAlive(get('/'))).toBe(true);
    expect(keepAlive('GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n')).toBe(false);
    expect(keepAlive('GET / HTTP/1.0\r\n\r\n')).toBe(false);
    expect(keepAlive('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n')).toBe(true);
  });
});

describe('what is refused', () => {
  test.each([
    ['GET /\r\n\r\n', HttpFault.startLine, 400],
    ['GET / HTTP/2.0\r\n\r\n', HttpFault.version, 505],
    ['GET /a b HTTP/1.1\r\nHost: a\r\n\r\n', HttpFault.startLine, 400],
    [' GET / HTTP/1.1\r\nHost: a\r\n\r\n', HttpFault.startLine, 400],
    ['GET / HTTP/1.1\r\n\r\n', HttpFault.host, 400],
    ['GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', HttpFault.host, 400],
    ['GET / HTTP/1.1\r\nHost : a\r\n\r\n', HttpFault.header, 400],
    ['GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n', HttpFault.header, 400],
    ['GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n', HttpFault.header, 400],
    ['PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', HttpFault.length, 400],
    ['PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n', HttpFault.length, 400],
    ['PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1,1\r\n\r\n', HttpFault.length, 400],
    [
      'PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      HttpFault.transferCoding,
      501,
    ],
    ['PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 262145\r\n\r\n', HttpFault.bodyTooLong, 413],
    [`GET / HTTP/1.1\r\n${'a: b\r\n'.repeat(65)}Host: a\r\n\r\n`, HttpFault.tooManyHeaders, 431],
    [`GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`, HttpFault.headTooLong, 431],
  ])('%j', (text, fault, status) => {
    for (const cut of [1, 13, 100_000]) {
      const { out, fault: found } = read(`${get('/first')}${text}${get('/after')}`, HttpSide.requests, [cut]);
      expect(found).toBe(fault);
      expect(out.map(([, target]) => target)).toEqual(['/first']);
    }
    expect(statusOfFault(fault)).toBe(status);
  });

  test('a head that never ends is not gathered beyond its limit', () => {
    const stream = new HttpStream(HttpSide.requests);
    const piece = Buffer.from('a'.repeat(1000));
    for (let i = 0; i < 20; i++) {
      stream.feed(piece, 0, 1000);
      expect(stream.next()).toBe(false);
      expect(stream.pendingOctets).toBeLessThanOrEqual(HTTP_LIMITS.headOctets);
    }
    expect(stream.fault).toBe(HttpFault.headTooLong);
  });

  test('random octets end in a fault or in silence, never in a throw', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary-ascii', maxLength: 200 }),
        fc.integer({ min: 1, max: 50 }),
        (text, cut) => {
          read(text, HttpSide.requests, [cut]);
          read(`HTTP/1.1 200 OK\r\n${text}`, HttpSide.responses, [cut]);
        },
      ),
      { seed: 42, numRuns: 500 },
    );
  });
});

test.each([200, 201, 304, 400, 403, 404, 405, 409, 412, 413, 414, 415, 431, 500, 501, 503, 505])(
  'status %i has its words',
  (status) => {
    const w = new OctetWriter(new TestOctets());
    w.begin();
    writeStatusLine(w, status);
    expect(w.buffer.latin1Slice(w.startAt, w.startAt + w.length)).not.toContain('Unknown');
  },
);

test('what is written reads again, with the Content-Length filled in afterwards', () => {
  const octets = new TestOctets();
  const w = new OctetWriter(octets);
  w.begin();
  for (const body of ['', 'abc', 'x'.repeat(12_345)]) {
    writeStatusLine(w, 200);
    const room = beginLength(w);
    w.crlf();
    const from = w.length;
    w.ascii(body);
    endLength(w, room, from);
  }
  const text = w.buffer.latin1Slice(w.startAt, w.startAt + w.length);
  expect(read(text, HttpSide.responses, [1000]).out.map(([, , body]) => body.length)).toEqual([0, 3, 12_345]);
});
