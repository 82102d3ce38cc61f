/** Where frames end, and what a parser keeps from one connection to the next. */
import { describe, expect, it } from 'vitest';
import { FrameFault } from './frame-faults.js';
import { FrameEvent, FrameParser } from './frame-parser.js';
import { bodies, latin1, readPieces, send } from './testing-frames.js';

describe('framing hazards (rules 3.3)', () => {
  it('accepts RFC 4975 section 4: range 1-25/25 for a text of 23 octets (R9)', () => {
    const text = 'Hey Bob, are you there?';
    expect(text.length).toBe(23);
    const stream = send(text, { tid: 'a786hjs2', range: '1-25/25' });
    expect(bodies(readPieces([latin1(stream + send('next'))]))).toEqual([text, 'next']);
  });

  it('a range that promises less than there is, more than there is, and more than the stream', () => {
    for (const range of ['1-3/3', '1-6/6', '1-50/50', '1-100000/100000', '7-2/9']) {
      expect(
        bodies(readPieces([latin1(send('hello', { range }) + send('next', { range: '1-4/4' }))])),
      ).toEqual(['hello', 'next']);
    }
  });

  it.each([
    ['without a flag', 'a\r\n-------tid1\r\nb'],
    ['with a wrong flag', 'a\r\n-------tid1!\r\nb'],
    ['with another id', 'a\r\n-------tid2$\r\nb'],
    ['with a longer id', 'a\r\n-------tid11$\r\nb'],
    ['without the CRLF before it', 'a-------tid1$\r\nb'],
    ['without the CRLF after it', 'a\r\n-------tid1$b'],
    ['with LF only before it', 'a\n-------tid1$\r\nb'],
    ['with CR only after it', 'a\r\n-------tid1$\rb'],
    ['with six hyphens', 'a\r\n------tid1$\r\nb'],
    ['with eight hyphens', 'a\r\n--------tid1$\r\nb'],
    ['at the start of the body, not quite', '-------tid1b'],
    ['broken off by its own beginning', '\r\n-------tid1\r\n-------tid1$\r\r\n----'],
    ['CRLF before CRLF', '\r\n\r\n\r\n'],
  ])('look-alike in the body: end-line %s', (_name, body) => {
    for (const range of [undefined, `1-${body.length}/${body.length}`, '1-*/*']) {
      const stream = latin1(send(body, range === undefined ? {} : { range }) + send('next'));
      expect(bodies(readPieces([stream]))).toEqual([body, 'next']);
      for (let cut = 1; cut < stream.length; cut++) {
        expect(bodies(readPieces([stream.subarray(0, cut), stream.subarray(cut)]))).toEqual([body, 'next']);
      }
    }
  });

  it('a body that ends in CRLF keeps it: exactly one CRLF is removed', () => {
    expect(bodies(readPieces([latin1(send('two lines\r\n', { range: '1-11/11' }))]))).toEqual([
      'two lines\r\n',
    ]);
  });

  it('empty body and no body are different', () => {
    expect(
      bodies(readPieces([latin1(send('', { range: '1-0/0' }) + send(null, { range: '1-0/0' }))])),
    ).toEqual(['', null]);
  });

  it('liberal: an end-line directly after the blank line is an empty body', () => {
    const stream = send('', { range: '1-0/0' }).replace('\r\n\r\n\r\n', '\r\n\r\n') + send('next');
    expect(bodies(readPieces([latin1(stream)]))).toEqual(['', 'next']);
    expect(bodies(readPieces([...latin1(stream)].map((octet) => Buffer.from([octet]))))).toEqual([
      '',
      'next',
    ]);
  });

  it('the first full end-line ends a body, wherever the stream is cut and whatever Byte-Range says', () => {
    const inner = 'abc\r\n-------tid1+\r\n';
    const stream = latin1(send(`${inner}xyz`, { range: '1-22/22' }));
    for (let cut = 0; cut <= stream.length; cut++) {
      const read = readPieces([stream.subarray(0, cut), stream.subarray(cut)]);
      expect(read.frames[0]).toMatchObject({ body: 'abc', flag: '+' });
      expect(read.failed).toBe(FrameFault.badStart);
    }
  });

  it('an inner frame with another id is data (E-cross)', () => {
    const inner =
      'MSRP dkei38sd SEND\r\nMessage-ID: 456\r\nContent-Type: text/plain\r\n\r\nHi\r\n-------dkei38sd$';
    expect(bodies(readPieces([latin1(send(inner, { tid: 'q8s2Vt5Nw6cD' }))]))).toEqual([inner]);
  });

  it('every split point of a stream, and octet by octet', () => {
    const stream = latin1(
      send('first', { range: '1-5/10', flag: '+' }) +
        'MSRP tid1 200 OK\r\nTo-Path: msrp://a.example:2/y;tcp\r\nFrom-Path: msrp://b.example:1/x;tcp\r\n-------tid1$\r\n' +
        send('second', { range: '6-*/*', flag: '#' }) +
        send(null),
    );
    const whole = readPieces([stream]);
    expect(whole.frames.map(({ body, flag }) => [body, flag])).toEqual([
      ['first', '+'],
      [null, '$'],
      ['second', '#'],
      [null, '$'],
    ]);
    for (let a = 0; a <= stream.length; a += 1) {
      const b = Math.min(stream.length, a + 13);
      expect(readPieces([stream.subarray(0, a), stream.subarray(a, b), stream.subarray(b)])).toEqual(whole);
    }
    expect(readPieces([...stream].map((octet) => Buffer.from([octet])))).toEqual(whole);
  });

  it('body octets are handed on in place, not copied', () => {
    const stream = latin1(send('x'.repeat(3000), { range: '1-3000/3000' }));
    const parser = new FrameParser();
    parser.feed(stream, 0, stream.length);
    expect(parser.next()).toBe(FrameEvent.head);
    expect(parser.next()).toBe(FrameEvent.body);
    expect(parser.spanBuf).toBe(stream);
    expect(parser.spanEnd - parser.spanStart).toBe(3000);
  });
});

describe('a parser for another connection', () => {
  const whole = send('first', { range: '1-5/10', flag: '+' });

  it.each([
    ['a whole frame', whole, true],
    ['nothing', '', true],
    ['part of a start line', 'MSRP ti', false],
    ['part of a head', whole.slice(0, 60), false],
    ['part of a body', whole.slice(0, whole.length - 20), false],
    ['what is no frame', 'GET / HTTP/1.1\r\n', false],
  ])('is as new once it was reset: after %s', (_name, stream, idle) => {
    const parser = new FrameParser();
    readPieces([latin1(stream)], parser);
    expect(parser.idle).toBe(idle);
    parser.reset();
    expect([parser.idle, parser.fault]).toEqual([true, 0]);
    const next = [
      latin1(send('next', { range: '6-9/10' }).slice(0, 50)),
      latin1(send('next', { range: '6-9/10' }).slice(50)),
    ];
    expect(readPieces(next, parser)).toEqual(readPieces(next));
  });

  it('is not idle while octets are left that nobody has asked for', () => {
    const parser = new FrameParser();
    const stream = latin1(whole);
    parser.feed(stream, 0, stream.length);
    expect(parser.idle).toBe(false);
  });
});
