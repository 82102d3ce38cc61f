import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameFault, FRAME_LIMITS } from './frame-faults.js';
import { FrameKind, type Span } from './frame-head.js';
import { FrameEvent, FrameParser } from './frame-parser.js';
import { readSlowFrames, type SlowFrame } from './slow-frames.js';

interface Read {
  frames: { startLine: string; tid: string; body: string | null; flag: string; fault: number }[];
  failed: number;
}

/** Feeds `pieces` one after the other, each as a stretch inside a larger buffer full of look-alikes. */
function readPieces(pieces: readonly Buffer[], parser = new FrameParser()): Read {
  const read: Read = { frames: [], failed: 0 };
  let body: Buffer[] = [];
  let octets = 0;
  let current = { startLine: '', tid: '', fault: 0 };
  for (const piece of pieces) {
    const padded = Buffer.concat([Buffer.from('\r\n\r\n'), piece, Buffer.from('\r\n-------tid1$\r\n')]);
    parser.feed(padded, 4, 4 + piece.length);
    for (let event = parser.next(); event !== FrameEvent.more; event = parser.next()) {
      if (event === FrameEvent.head) {
        const { head } = parser;
        const text = (span: Span): string => (span.present ? head.buf.latin1Slice(span.start, span.end) : '');
        const third = head.kind === FrameKind.response ? String(head.status) : text(head.method);
        current = { startLine: `MSRP ${text(head.tid)} ${third}`, tid: text(head.tid), fault: head.fault };
        body = [];
        octets = 0;
      } else if (event === FrameEvent.body) {
        if (parser.spanOffset !== octets) throw new Error(`span at ${parser.spanOffset}, expected ${octets}`);
        octets += parser.spanEnd - parser.spanStart;
        body.push(Buffer.from(parser.spanBuf.subarray(parser.spanStart, parser.spanEnd)));
      } else if (event === FrameEvent.end) {
        const whole = Buffer.concat(body);
        expect(parser.bodyOctets).toBe(whole.length);
        read.frames.push({
          ...current,
          body: parser.hasBody ? whole.toString('latin1') : null,
          flag: String.fromCharCode(parser.flag),
        });
        body = [];
      } else {
        read.failed = parser.fault;
        return read;
      }
    }
  }
  return read;
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function send(
  body: string | null,
  options: { tid?: string; range?: string; flag?: string; type?: boolean } = {},
): string {
  const { tid = 'tid1', flag = '$' } = options;
  const range = options.range === undefined ? '' : `Byte-Range: ${options.range}\r\n`;
  const head = `MSRP ${tid} SEND\r\nTo-Path: msrp://b.example:1/x;tcp\r\nFrom-Path: msrp://a.example:2/y;tcp\r\nMessage-ID: m123\r\n${range}`;
  if (body === null) return `${head}-------${tid}${flag}\r\n`;
  return `${head}Content-Type: text/plain\r\n\r\n${body}\r\n-------${tid}${flag}\r\n`;
}

function bodies(read: Read): (string | null)[] {
  return read.frames.map((frame) => frame.body);
}

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

describe('faults and limits', () => {
  const crlf = '\r\n';
  it.each([
    ['another protocol', 'GET / HTTP/1.1\r\n\r\n', FrameFault.badStart],
    ['lower case', 'msrp tid1 SEND\r\n', FrameFault.badStart],
    ['no transaction id', 'MSRP  SEND\r\n', FrameFault.badTransactionId],
    ['endless id', `MSRP ${'a'.repeat(65)} SEND\r\n`, FrameFault.badTransactionId],
    [
      'endless header',
      `MSRP tid1 SEND\r\nX: ${'y'.repeat(FRAME_LIMITS.headOctets)}\r\n`,
      FrameFault.headTooLarge,
    ],
    ['endless line', 'MSRP '.padEnd(FRAME_LIMITS.headOctets + 1, 'x'), FrameFault.headTooLarge],
    [
      'REPORT with more than 10240 octets of body',
      send('z'.repeat(10241)).replace('SEND', 'REPORT'),
      FrameFault.otherBodyTooLarge,
    ],
  ])('%s cannot be framed', (_name, stream, fault) => {
    expect(readPieces([latin1(stream)]).failed).toBe(fault);
    expect(readPieces([...latin1(stream)].map((octet) => Buffer.from([octet]))).failed).toBe(fault);
  });

  it('a body of exactly 10240 octets in a REPORT is within the limit', () => {
    const stream = send('z'.repeat(10240))
      .replace('SEND', 'REPORT')
      .replace('Message-ID', 'Status: 000 200\r\nMessage-ID');
    expect(readPieces([latin1(stream)])).toMatchObject({ failed: 0, frames: [{ fault: 0 }] });
  });

  it.each([
    ['method in lower case', send('x').replace('SEND', 'send'), FrameFault.badMethod],
    ['no To-Path', send('x').replace('To-Path', 'Two-Path'), FrameFault.missingPath],
    ['line without colon', send('x').replace('To-Path:', `what is this${crlf}To-Path:`), FrameFault.badLine],
    [
      'From-Path twice',
      send('x').replace('From-Path:', `From-Path: a${crlf}From-Path:`),
      FrameFault.duplicateHeader,
    ],
    ['Byte-Range from 0', send('x', { range: '0-1/1' }), FrameFault.badByteRange],
    ['Byte-Range beyond reason', send('x', { range: '1-9999999999999999/*' }), FrameFault.badByteRange],
    ['Byte-Range cut short', send('x', { range: '1-1/' }), FrameFault.badByteRange],
    ['Byte-Range of words', send('x', { range: 'one-1/1' }), FrameFault.badByteRange],
    ['body without Message-ID', send('x').replace('Message-ID: m123\r\n', ''), FrameFault.missingMessageId],
    [
      'Failure-Report: maybe',
      send('x').replace('Message-ID', `Failure-Report: maybe${crlf}Message-ID`),
      FrameFault.badReportValue,
    ],
    ['REPORT without Status', send(null).replace('SEND', 'REPORT'), FrameFault.badStatus],
  ])('%s is a header fault, and the stream goes on', (_name, stream, fault) => {
    const read = readPieces([latin1(stream + send('next'))]);
    expect(read.frames.map((frame) => frame.fault)).toEqual([fault, 0]);
    expect(read.frames[1].body).toBe('next');
  });

  it('liberal in: header names and report values in any case, blanks, short ids (456), no further header in a response', () => {
    const parser = new FrameParser();
    const stream = latin1(
      'MSRP t1 SEND\r\nFROM-PATH:  msrp://a:1/y;tcp \r\nto-path:msrp://b:1/x;tcp\r\nmessage-id: 456\r\nbyte-range:\t1-*/*\r\n' +
        'SUCCESS-REPORT: YES\r\nFailure-Report: Partial\r\nContent-Disposition: render\r\nX-Other: 1\r\ncontent-TYPE: text/plain\r\n\r\nx\r\n-------t1$\r\n',
    );
    parser.feed(stream, 0, stream.length);
    expect(parser.next()).toBe(FrameEvent.head);
    const { head } = parser;
    expect(head).toMatchObject({
      fault: 0,
      successReport: 1,
      failureReport: 1,
      rangeStart: 1,
      rangeEnd: -1,
      total: -1,
    });
    expect(head).toMatchObject({ mimeHeaders: 1, otherHeaders: 1 });
    expect(stream.latin1Slice(head.fromPath.start, head.fromPath.end)).toBe('msrp://a:1/y;tcp');
    expect(stream.latin1Slice(head.messageId.start, head.messageId.end)).toBe('456');
  });
});

describe('the incremental parser and its slow twin agree', () => {
  const fragment = fc.constantFrom(
    '\r\n',
    '\r',
    '\n',
    '-------',
    '-------tid1',
    '\r\n-------tid1',
    '$',
    '+',
    '#',
    '-',
    'tid1',
    'tid12',
    'x',
    '\r\n-------tid2$\r\n',
    '\u00e9\u0000',
    '\r\n-------tid1$\r\n',
  );
  const body = fc.oneof(
    { weight: 5, arbitrary: fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join('')) },
    fc.constant(null),
  );
  const frame = fc
    .record({
      body,
      tid: fc.constantFrom('tid1', 'tid2', 'tid12', 'abcdefghijklmnop', '456'),
      flag: fc.constantFrom('$', '+', '#'),
      lie: fc.constantFrom('none', 'true', 'star', 'short', 'long'),
    })
    .map(({ body, tid, flag, lie }) => {
      const octets = body?.length ?? 0;
      const end = { none: 0, true: octets, star: 0, short: octets - 1, long: octets + 3 }[lie];
      if (lie === 'none') return send(body, { tid, flag });
      return send(body, { tid, flag, range: lie === 'star' ? '1-*/*' : `1-${Math.max(0, end)}/${octets}` });
    });
  const noise = fc.array(fc.oneof({ weight: 20, arbitrary: frame }, fragment), {
    minLength: 1,
    maxLength: 6,
  });

  it('on random frames in random segments', () => {
    const program = fc.tuple(noise, fc.array(fc.nat({ max: 2000 }), { maxLength: 12 }), fc.boolean());
    fc.assert(
      fc.property(program, ([parts, cuts, octetwise]) => {
        const stream = parts.join('');
        const octets = latin1(stream);
        const marks = octetwise
          ? Array.from({ length: octets.length }, (_, i) => i)
          : cuts.map((cut) => cut % (octets.length + 1)).sort((a, b) => a - b);
        const pieces: Buffer[] = [];
        let from = 0;
        for (const mark of [...marks, octets.length]) {
          pieces.push(octets.subarray(from, mark));
          from = mark;
        }
        const slow = readSlowFrames(stream);
        const fast = readPieces(pieces);
        const strip = ({ startLine, tid, body, flag }: SlowFrame | Read['frames'][number]): unknown => ({
          startLine,
          tid,
          body,
          flag,
        });
        expect(fast.frames.map(strip)).toEqual(slow.frames.map(strip));
        expect(fast.failed !== 0).toBe(slow.broken);
      }),
      { seed: 42, numRuns: 1500 },
    );
  });

  it('never throws and never hangs on random octets', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(fragment, fc.constantFrom('MSRP ', 'tid1 ', 'SEND\r\n', ': ', 'Byte-Range: 1-2/3\r\n')),
          { maxLength: 30 },
        ),
        (parts) => {
          const stream = latin1(parts.join(''));
          const whole = readPieces([stream]);
          const half = stream.length >> 1;
          expect(readPieces([stream.subarray(0, half), stream.subarray(half)])).toEqual(whole);
        },
      ),
      { seed: 43, numRuns: 1000 },
    );
  });
});
