import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Memory } from './memory.js';
import type { SlowFrame } from './slow-frame.js';
import { SlowMsrpStream } from './slow-msrp.js';

const PATHS = 'To-Path: msrp://10.0.0.2:2855/s1;tcp\r\nFrom-Path: msrp://10.16.0.1:9/s2;tcp\r\n';

/** Chunks of one message and responses, as a stream; `body` may have anything in it. */
function stream(frames: readonly { tid: string; response: boolean; body: string }[], from: number): string {
  let at = from;
  return frames
    .map(({ tid, response, body }) => {
      if (response) return `MSRP ${tid} 200 OK\r\n${PATHS}-------${tid}$\r\n`;
      const range = `Byte-Range: ${at}-${at + body.length - 1}/100000`;
      at += body.length;
      return `MSRP ${tid} SEND\r\n${PATHS}Message-ID: m1\r\n${range}\r\nContent-Type: text/plain\r\n\r\n${body}\r\n-------${tid}+\r\n`;
    })
    .join('');
}

/** All that is told of the frames of a stream that comes in pieces of `size` octets, and the fault at its end. */
function told(octets: Buffer, size: number): string[] {
  const reader = new SlowMsrpStream(new Memory());
  const out: string[] = [];
  const tell = (frame: SlowFrame): void => {
    const { kind, bodyOctets, flag, tid, lines, byteRange, messageId } = frame;
    const range = frame.text('Byte-Range');
    out.push([kind, bodyOctets, flag, tid, lines, byteRange, messageId, range].join());
  };
  for (let at = 0; at < octets.length; at += size) {
    reader.feed(octets, at, Math.min(at + size, octets.length), tell);
  }
  out.push(reader.fault ?? (reader.unfinished ? 'unfinished' : 'whole'));
  return out;
}

const frame = fc.record({
  tid: fc.stringMatching(/^[a-zA-Z0-9]{12}$/),
  response: fc.boolean(),
  body: fc.oneof(
    fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom('a', '-', '\r', '\n', '+') }),
    fc.constantFrom('x'.repeat(300), `${'y'.repeat(100)}\r\n-------abcd+\r\n${'-'.repeat(90)}z`),
  ),
});
const change = fc.record({
  at: fc.nat({ max: 4000 }),
  octet: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(13, 10, 45, 48, 57)),
});

describe('heads that are like the one before (RFC 4975 sections 7.1 and 9)', () => {
  it('reads frames in one piece as octet by octet, where nothing is recognised', () => {
    const property = fc.property(
      fc.array(frame, { minLength: 2, maxLength: 8 }),
      fc.nat({ max: 3 }),
      fc.constantFrom(1, 95, 9990),
      fc.option(change),
      fc.nat({ max: 7 }),
      (frames, alike, from, changed, place) => {
        // Mostly runs of one kind, as on a connection.
        const kinds = frames.map((one) => (alike === 0 ? one : { ...one, response: alike === 1 }));
        const text = Buffer.from(stream(kinds, from), 'latin1');
        if (changed !== null) text[changed.at % text.length] = changed.octet;
        // At any alignment, with octets around that are not part of it.
        const octets = Buffer.alloc(text.length + 24, 45);
        text.copy(octets, place);
        const all = octets.subarray(place, place + text.length);
        const slow = told(all, 1);
        expect(told(all, text.length)).toEqual(slow);
        expect(told(all, 611)).toEqual(slow);
      },
    );
    fc.assert(property, { seed: 42, numRuns: 1500 });
  });

  it.each(['', '-', '\r\n------', '-'.repeat(20), '\r\n-------abcd', '\r\n-------tid12345678x'])(
    'finds the end-line of a long body wherever it lies, after %j',
    (before) => {
      for (let size = 70; size < 90; size++) {
        const body = 'x'.repeat(size) + before;
        const text = stream([{ tid: 'tid123456789', response: false, body }], 1);
        // The body comes as one piece, and hyphens behind it.
        const octets = Buffer.from(`${text}MSRP ${'-'.repeat(40)}`, 'latin1');
        expect(told(octets, octets.length)[0]).toBe(told(octets, 1)[0]);
        expect(told(octets, octets.length)[0]).toContain(`1,${body.length},43,`);
      }
    },
  );
});
