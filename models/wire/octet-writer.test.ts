import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OctetArena } from '../../sim/kernel/octets.js';
import { OctetWriter, octetsOf } from './octet-writer.js';
import { DateLine, formatDate } from './sip/values/date.js';

const SEED = { seed: 7 };
const word = fc.integer({ min: 0, max: 0xffffffff });

const octets = new OctetArena();
const writer = new OctetWriter(octets);

function written(act: (writer: OctetWriter) => void): string {
  writer.begin();
  act(writer);
  const { length } = writer;
  const start = octets.start(writer.end());
  return octets.buf.latin1Slice(start, start + length);
}

test('numbers are written as everybody writes them', () => {
  fc.assert(
    fc.property(word, (n) => {
      const parts = [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
      expect(written((w) => w.dotted(n))).toBe(parts.join('.'));
      expect(written((w) => w.hex32(n))).toBe(n.toString(16).padStart(8, '0'));
      expect(written((w) => w.hex16(n))).toBe((n & 0xffff).toString(16).padStart(4, '0'));
      expect(written((w) => w.decimal(n))).toBe(String(n));
    }),
    SEED,
  );
});

test.each([0, 9, 10, 99, 100, 109, 199, 255])('an address of %i in each place has no zeros in front', (n) => {
  expect(written((w) => w.dotted(n * 0x01010101))).toBe(`${n}.${n}.${n}.${n}`);
});

test.each([1, 23, 24, 47, 48, 500])(
  '%i octets of a constant arrive as they are, by loop or by move',
  (length) => {
    const text = Array.from({ length }, (_, i) => String.fromCharCode(i % 256)).join('');
    expect(written((w) => w.constant(octetsOf(text)).ascii(text))).toBe(text + text);
  },
);

test('a Date line is that of its second, whatever was asked for before', () => {
  const line = new DateLine();
  const second = fc.integer({ min: 0, max: 100 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(second, fc.integer({ min: 0, max: 999 })), { maxLength: 8 }),
      (instants) => {
        for (const [s, ms] of instants) {
          const at = 1_767_600_000_000 + s * 1000 + ms;
          expect(written((w) => line.write(w, at))).toBe(`Date: ${formatDate(at)}\r\n`);
        }
      },
    ),
    SEED,
  );
});
