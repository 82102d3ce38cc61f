import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FrameHead, Span } from './frame-head.js';
import { FrameEvent, FrameParser } from './frame-parser.js';
import { sameOctets, Words } from './same-octets.js';

const PATHS = 'To-Path: msrp://10.0.0.2:2855/s1;tcp\r\nFrom-Path: msrp://10.16.0.1:9/s2;tcp\r\n';

interface One {
  readonly tid: string;
  readonly kind: number;
  readonly body: string;
}

/** Chunks of one message, and responses of two sorts. */
function stream(frames: readonly One[], from: number): string {
  let at = from;
  return frames
    .map(({ tid, kind, body }) => {
      if (kind > 0) return `MSRP ${tid} ${kind === 1 ? '200 OK' : '413'}\r\n${PATHS}-------${tid}$\r\n`;
      const range = `Byte-Range: ${at}-${at + body.length - 1}/100000`;
      at += body.length;
      return `MSRP ${tid} SEND\r\n${PATHS}Message-ID: m1\r\n${range}\r\nContent-Type: text/plain\r\n\r\n${body}\r\n-------${tid}+\r\n`;
    })
    .join('');
}

/** Everything that a head says but the serial of its template. */
function said(head: FrameHead): string {
  const text = ({ start, end }: Span): string => (start < 0 ? '-' : head.buf.latin1Slice(start, end));
  const spans = [
    head.tid,
    head.method,
    head.toPath,
    head.fromPath,
    head.messageId,
    head.contentType,
    head.range,
  ];
  const { kind, status, hasRange, rangeStart, rangeEnd, total, fault, otherHeaders, mimeHeaders } = head;
  const flags = [head.successReport, head.hasSuccessReport, head.failureReport, head.hasFailureReport];
  const numbers = [kind, status, hasRange, rangeStart, rangeEnd, total, fault, otherHeaders, mimeHeaders];
  return [...spans.map(text), ...flags, ...numbers, head.hasStatus, head.namespace].join();
}

/** What a parser tells of a stream in pieces of `size` octets. */
function told(octets: Buffer, size: number): string[] {
  const parser = new FrameParser();
  const out: string[] = [];
  let body = '';
  for (let at = 0; at < octets.length; at += size) {
    parser.feed(octets, at, Math.min(at + size, octets.length));
    for (let event = parser.next(); event !== FrameEvent.more; event = parser.next()) {
      if (event === FrameEvent.fault) return [...out, `fault ${parser.fault}`];
      if (event === FrameEvent.head) {
        out.push(`${said(parser.head)} ${parser.hasBody}`);
        body = '';
      } else if (event === FrameEvent.body) {
        body += parser.spanBuf.latin1Slice(parser.spanStart, parser.spanEnd);
      } else out.push(`${said(parser.head)} ${parser.flag} ${parser.bodyOctets} ${body}`);
    }
  }
  out.push(parser.idle ? 'idle' : 'within a frame');
  return out;
}

const frame = fc.record({
  tid: fc.stringMatching(/^[a-zA-Z0-9]{12}$/),
  kind: fc.nat({ max: 2 }),
  body: fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom('a', '-', '\r', '\n', '+') }),
});
const change = fc.record({
  at: fc.nat({ max: 4000 }),
  octet: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(13, 10, 32, 45, 48, 57)),
});

describe('heads recognised by a template (RFC 4975 section 9)', () => {
  it('are what reading them line by line gives', () => {
    const property = fc.property(
      fc.array(frame, { minLength: 2, maxLength: 8 }),
      fc.nat({ max: 3 }),
      fc.constantFrom(1, 95, 9990),
      fc.option(change),
      fc.nat({ max: 7 }),
      (frames, alike, from, changed, place) => {
        // Mostly runs of one kind, as on a connection.
        const kinds = frames.map((one) => (alike === 3 ? one : { ...one, kind: alike }));
        const text = Buffer.from(stream(kinds, from), 'latin1');
        if (changed !== null) text[changed.at % text.length] = changed.octet;
        // At any alignment, once with octets behind it and once at the end of all memory.
        const octets = Buffer.from(new ArrayBuffer(text.length + place + 9));
        text.copy(octets, place);
        const slow = told(text, 1);
        expect(told(octets.subarray(place, place + text.length), text.length)).toEqual(slow);
        const tight = Buffer.from(new ArrayBuffer(text.length + place)).subarray(place);
        text.copy(tight);
        expect(told(tight, text.length)).toEqual(slow);
      },
    );
    fc.assert(property, { seed: 42, numRuns: 1500 });
  });

  it('are so in a stream that comes in pieces, and go no further than what is there', () => {
    const property = fc.property(
      fc.array(frame, { minLength: 3, maxLength: 6 }),
      fc.nat({ max: 3 }),
      fc.integer({ min: 20, max: 300 }),
      fc.nat({ max: 400 }),
      (frames, alike, size, missing) => {
        const kinds = frames.map((one) => (alike === 3 ? one : { ...one, kind: alike }));
        const whole = Buffer.from(stream(kinds, 95), 'latin1');
        // What lies behind a piece is what comes next, and must not be read yet.
        expect(told(whole, size)).toEqual(told(whole, 1));
        const cut = whole.subarray(0, Math.max(1, whole.length - missing));
        const slow = told(cut, 1);
        expect(told(cut, cut.length)).toEqual(slow);
        const tight = Buffer.from(new ArrayBuffer(cut.length));
        cut.copy(tight);
        expect(told(tight, cut.length)).toEqual(slow);
      },
    );
    fc.assert(property, { seed: 42, numRuns: 150 });
  });

  it.each([0, 1, 2])('are none where a single octet is another one: frames of kind %i', (kind) => {
    const frames = ['abcdefghijkl', 'mnopqrstuvwx', 'ABCDEFGHIJKL'].map((tid) => ({ tid, kind, body: 'x' }));
    const text = Buffer.from(stream(frames, 95), 'latin1');
    const second = text.indexOf('MSRP mnop');
    const third = text.indexOf('MSRP ABCD');
    for (let at = second; at < third; at++) {
      for (const octet of [9, 32, 57, 127, text[at] ^ 1]) {
        const changed = Buffer.from(text);
        changed[at] = octet;
        const fast = told(changed, text.length).join('\n');
        const slow = told(changed, 1).join('\n');
        if (fast !== slow) expect([at - second, octet, fast]).toEqual([at - second, octet, slow]);
      }
    }
  });

  it.each(['abc def12345', 'abc\x7fdef12345', 'abc\x80def12345', 'abc\tdef12345'])(
    'are none where the transaction id is %j',
    (bad) => {
      for (const kind of [0, 1]) {
        const frames = ['abcdefghijkl', bad].map((tid) => ({ tid, kind, body: 'x' }));
        const text = Buffer.from(stream(frames, 1), 'latin1');
        expect(told(text, text.length)).toEqual(told(text, 1));
      }
    },
  );

  it('are compared by words as octet by octet', () => {
    const property = fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.nat({ max: 5 }),
      fc.nat({ max: 5 }),
      fc.option(fc.nat({ max: 39 })),
      (octets, from, at, changed) => {
        const a = Buffer.alloc(64, 1);
        const b = Buffer.alloc(64, 2);
        a.set(octets, from);
        b.set(octets, at);
        if (changed !== null) b[at + (changed % octets.length)] ^= 1 << (changed & 7);
        const same = sameOctets(new Words().see(a), from, new Words().see(b), at, octets.length);
        expect(same).toBe(changed === null);
      },
    );
    fc.assert(property, { seed: 42, numRuns: 500 });
  });
});
