import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Multipart } from '../wire/mime/multipart.js';
import { FrameEvent, FrameParser } from '../wire/msrp/frame-parser.js';
import { formatDate, parseDate } from '../wire/sip/values/date.js';
import { Header, HEADER_COMPACT, HEADER_NAMES, headerIdOfName } from '../wire/sip/head/header-names.js';
import { SipFault } from '../wire/sip/faults.js';
import { SipMessage } from '../wire/sip/message.js';
import { Framing, parseSip } from '../wire/sip/parse.js';
import { hashName, Name, nameOf, TABLE_NAMES } from './readers/names.js';
import { Needle } from './readers/search.js';
import { slowDate } from './readers/slow-date.js';
import { SlowMsrpStream } from './readers/slow-msrp.js';
import { PartType, SlowMultipart } from './readers/slow-multipart.js';
import { slowDigest, SlowSip } from './readers/slow-sip.js';
import { response, send } from './testing.js';

const RUNS = { seed: 42, numRuns: 300 };
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('header names', () => {
  test('no two of the table have one hash', () => {
    expect(new Set(TABLE_NAMES).size).toBe(TABLE_NAMES.length);
    expect(new Set(TABLE_NAMES.map(hashName)).size).toBe(TABLE_NAMES.length);
  });

  test('each is known in any case; others are not', () => {
    for (const name of TABLE_NAMES) {
      expect(nameOf(hashName(name.toUpperCase()))).toBe(nameOf(hashName(name)));
      expect(nameOf(hashName(name))).not.toBe(Name.other);
      expect(nameOf(hashName(`${name}-`))).toBe(Name.other);
    }
  });

  test('every registered name that may not reach a client is in the table, by its compact form too', () => {
    // Rules 4.7: what is left to "other" is unknown to us (U), or the one of T that only syntax needs.
    const others = HEADER_NAMES.filter(
      (name, id) => id !== Header.unknown && nameOf(hashName(name)) === Name.other,
    );
    expect(others).toEqual(['Max-Forwards']);
    for (const [id, compact] of HEADER_COMPACT.entries()) {
      if (compact === '') continue;
      expect([compact, nameOf(hashName(compact))]).toEqual([compact, nameOf(hashName(HEADER_NAMES[id]))]);
    }
  });
});

test('a needle is found where indexOf finds it, and never outside of the stretch', () => {
  const octets = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 40 });
  const needle = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(octets, needle, fc.nat(40), fc.nat(40), (text, sought, from, to) => {
      const [start, end] = [Math.min(from, to, text.length), Math.min(Math.max(from, to), text.length)];
      const at = text.slice(start, end).indexOf(sought);
      expect(new Needle(sought).in(latin1(text), start, end)).toBe(at < 0 ? -1 : start + at);
    }),
    RUNS,
  );
});

test('a digest tells a changed, a lost and a moved octet', () => {
  const digest = (text: string): number => slowDigest(latin1(text), 0, text.length);
  const texts = ['', 'a', 'aa', 'b', 'ab', 'ba', 'Watson', 'Watsen', 'Watso', 'Watson\0'];
  expect(new Set(texts.map(digest)).size).toBe(texts.length);
});

describe('Date', () => {
  test('reads what the other reader reads', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7_258_118_400 }), (second) => {
        const buf = latin1(formatDate(second * 1000));
        expect(slowDate(buf, 0, buf.length)).toBe(second * 1000);
        expect(parseDate(buf, 0, buf.length)).toBe(second * 1000);
      }),
      RUNS,
    );
  });

  test.each([
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 94 08:49:37 GMT',
    'Sun, 06 nov 1994 08:49:37 GMT',
    'Sun, 0x Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08.49:37 GMT',
    '',
  ])('%j is none', (text) => expect(slowDate(latin1(text), 0, text.length)).toBe(-1));
});

describe('SIP', () => {
  const token = fc.string({ unit: fc.constantFrom('a', 'B', '-', '7', 'x'), minLength: 1, maxLength: 8 });
  const value = fc.string({ unit: fc.constantFrom('a', ':', ' ', ',', '<', '\r\n '), maxLength: 12 });
  const known = fc.constantFrom(
    'Via',
    'v',
    'From',
    'f',
    'SUBJECT',
    's',
    'Date',
    'P-Charging-Vector',
    'y',
    'Expires',
  );
  const line = fc.tuple(fc.oneof(known, token), value).map(([name, text]) => `${name}: x${text}x\r\n`);
  const message = fc.tuple(
    fc.array(line, { maxLength: 20 }),
    fc.string({ unit: 'binary-ascii', maxLength: 30 }),
  );

  test('fields, values and body are those of the other reader', () => {
    const slow = new SlowSip();
    const fast = new SipMessage();
    fc.assert(
      fc.property(message, ([lines, body]) => {
        const text = `MESSAGE sip:u2@ims.example SIP/2.0\r\n${lines.join('')}\r\n${body}`;
        const buf = latin1(`##${text}##`);
        const end = 2 + text.length;
        expect(slow.read(buf, 2, end, false)).toBe(true);
        expect(parseSip(buf, 2, end, Framing.datagram, fast)).toBe(SipFault.none);
        const fields = (
          reader: {
            nameStart: Int32Array;
            nameEnd: Int32Array;
            valueStart: Int32Array;
            valueEnd: Int32Array;
          },
          count: number,
        ) =>
          Array.from({ length: count }, (_, i) => [
            buf.latin1Slice(reader.nameStart[i], reader.nameEnd[i]),
            buf.latin1Slice(reader.valueStart[i], reader.valueEnd[i]).trim(),
          ]);
        expect(fields(slow, slow.count)).toEqual(fields(fast, fast.headerCount));
        expect([slow.bodyStart, slow.bodyEnd]).toEqual([fast.bodyStart, fast.bodyEnd]);
        expect(slow.find(Name.subject)).toBe(fast.find(headerIdOfName('subject')));
      }),
      RUNS,
    );
  });

  test.each([
    ['INVITE sip:a SIP/2.0\r\nTo: a\r\n', false, 'no empty line after the header section'],
    ['INVITE sip:a SIP/2.0\r\nTo: a', true, 'a header line without its end'],
    ['INVITE sip:a SIP/2.0', true, 'no line end after the start line'],
    ['INVITE sip:a SIP/2.0\r\n To: a\r\n\r\n', false, 'a folded line after the start line'],
    ['INVITE sip:a SIP/2.0\r\nTo a\r\n\r\n', false, 'a header name with an octet that no token has'],
    ['INVITE sip:a SIP/2.0\r\nTo\r\n\r\n', false, 'a header line without a name'],
    ['INVITE sip:a SIP/2.0\r\n: a\r\n\r\n', false, 'a header line without a name'],
    ['INVITE sip:a SIP/2.0\r\nTo: a\r\n\r', false, 'a bare CR'],
    [
      `INVITE sip:a SIP/2.0\r\n${'a: b\r\n'.repeat(129)}\r\n`,
      false,
      'more header fields than any of ours has',
    ],
  ])('%j: fault', (text, fragment, fault) => {
    const slow = new SlowSip();
    expect(slow.read(latin1(`${text}\r\n`), 0, text.length, fragment)).toBe(false);
    expect(slow.fault).toBe(fault);
  });

  test('a fragment may end with its last header line (RFC 3420)', () => {
    const text = 'INVITE sip:a SIP/2.0\r\nTo: a\r\n';
    const slow = new SlowSip();
    expect(slow.read(latin1(text), 0, text.length, true)).toBe(true);
    expect([slow.count, slow.bodyStart, slow.bodyEnd]).toEqual([1, text.length, text.length]);
  });
});

describe('MSRP', () => {
  const body = fc.string({
    unit: fc.constantFrom('a', '-', '-------', '\r\n', '$', 'tid1', 'tid12345'),
    maxLength: 12,
  });
  const flag = fc.constantFrom('$', '+', '#');
  const frame = fc.oneof(
    fc.tuple(fc.constantFrom('tid1', 'tid12345', 'a.b%c=+-'), body, flag).map(([tid, text, end]) => {
      const hazard = new RegExp(`(^|\r\n)-------${tid.replace(/[.+]/g, '\\$&')}[$+#]\r\n`);
      const safe = hazard.test(`\r\n${text}\r\n`) ? 'a' : text;
      return send(tid, safe, `1-${safe.length}/*`, end);
    }),
    fc.constantFrom(response('tid1'), response('tid12345', 413)),
  );

  /** Transaction id, length of the body and flag of each frame, by our own parser. */
  function fast(text: string): string[] {
    const parser = new FrameParser();
    const buf = latin1(text);
    const frames: string[] = [];
    parser.feed(buf, 0, buf.length);
    for (;;) {
      const event = parser.next();
      if (event === FrameEvent.more) return frames;
      if (event === FrameEvent.fault) return [...frames, 'fault'];
      if (event !== FrameEvent.end) continue;
      const { tid, buf: head } = parser.head;
      const octets = parser.hasBody ? parser.bodyOctets : 0;
      frames.push(`${head.latin1Slice(tid.start, tid.end)} ${octets} ${String.fromCharCode(parser.flag)}`);
    }
  }

  test('frames are those of the other reader, whatever the segmentation', () => {
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 40 })),
        (frames, cuts) => {
          const text = frames.join('');
          const stream = new SlowMsrpStream();
          const seen: string[] = [];
          let at = 0;
          for (const cut of [...cuts, text.length]) {
            const end = Math.min(text.length, at + cut);
            stream.feed(latin1(`#${text.slice(at, end)}#`), 1, 1 + end - at, (told) => {
              const tid = told.octets.latin1Slice(told.tidStart, told.tidEnd);
              seen.push(`${tid} ${told.bodyOctets} ${String.fromCharCode(told.flag)}`);
            });
            at = end;
          }
          expect(stream.fault).toBeUndefined();
          expect(stream.unfinished).toBe(false);
          expect(seen).toHaveLength(frames.length);
          expect(seen).toEqual(fast(text));
        },
      ),
      RUNS,
    );
  });

  test('a frame that goes on beyond its Byte-Range, and a head without end, are faults', () => {
    const stream = (text: string): string | undefined => {
      const reader = new SlowMsrpStream();
      reader.feed(latin1(text), 0, text.length, () => undefined);
      return reader.fault;
    };
    const open = send('tid1').replace('-------tid1$', '-------tid2$');
    expect(stream(open)).toBeUndefined();
    expect(stream(open + 'x'.repeat(100))).toBe('no end-line where Byte-Range says that the body ends');
    expect(stream(`MSRP tid1 SEND\r\nX: ${'x'.repeat(5000)}`)).toBe('a head without end');
  });
});

describe('multipart', () => {
  const part = fc.string({ unit: fc.constantFrom('a', '\r\n', '--', 'b', '--b1', '\0'), maxLength: 10 });
  test('parts are those of the other reader', () => {
    const slow = new SlowMultipart();
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 2 }), (parts) => {
        const safe = parts.map((text) => (`\r\n${text}`.includes('\r\n--b1') ? 'a' : text));
        const heads = safe.map((text) => `--b1\r\ncontent-TYPE: message/SIPfrag;x=1\r\n\r\n${text}\r\n`);
        const text = `${heads.join('')}--b1--`;
        const buf = latin1(`##${text}##`);
        expect(slow.read(buf, 2, 2 + text.length)).toBe(true);
        expect(safe.map((_, i) => buf.latin1Slice(slow.bodyStart[i], slow.bodyEnd[i]))).toEqual(safe);
        expect(slow.types.slice(0, safe.length)).toEqual(safe.map(() => PartType.sipfrag));
        const fast = new Multipart();
        fast.parse(buf, 2, 2 + text.length, 'b1');
        expect(fast.count).toBe(safe.length);
      }),
      RUNS,
    );
  });

  test.each([
    'preamble\r\n--b1\r\n\r\na\r\n--b1--',
    '--b1\r\n\r\na\r\n--b1--\r\n',
    '--b1\r\n\r\na\r\n--b1',
    '--b1\r\n\r\na\r\n--b1x\r\n',
    '--b1\r\nContent-Type: a/b\r\n--b1--',
    '--b1\r\n\r\na\r\n--b1\r\n\r\nb\r\n--b1\r\n\r\nc\r\n--b1--',
    '--\r\n\r\na\r\n----',
    `--${'b'.repeat(71)}\r\n\r\na\r\n--${'b'.repeat(71)}--`,
    '',
  ])('%j is none', (text) => expect(new SlowMultipart().read(latin1(text), 0, text.length)).toBe(false));
});
