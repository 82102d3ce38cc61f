import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EndLine } from './end-line.js';

const TID = 'abcd12345678';
const END_LINE = `\r\n-------${TID}`;
const piece = fc.oneof(
  fc.string({ unit: fc.constantFrom('-', '\r', '\n', 'a'), maxLength: 24 }),
  fc.constantFrom(
    '\r\n',
    '-------',
    '------',
    '-'.repeat(40),
    'x'.repeat(50),
    `${END_LINE}$`,
    `${END_LINE}+\r`,
  ),
  fc.constantFrom(`${END_LINE}$\r\n`, `${END_LINE}+\r\n`, `${END_LINE}#\r\n`, `${END_LINE}x\r\n`),
);

describe('the end-line of a body (RFC 4975 section 9)', () => {
  it('is where a plain search finds the first one, whatever Byte-Range promises', () => {
    const property = fc.property(
      fc.array(piece, { minLength: 1, maxLength: 8 }),
      fc.nat(),
      fc.nat({ max: 30 }),
      fc.option(fc.nat()),
      (pieces, from, behind, promised) => {
        // What lies before and behind the stretch is not to be seen.
        const text = pieces.join('');
        const start = from % (text.length + 1);
        const end = Math.max(start, text.length - behind);
        const line = new EndLine(32);
        line.set(Buffer.from(TID), 0, TID.length);
        const found = text.slice(start, end).search(new RegExp(`${END_LINE}[$+#]\r\n`));
        const expected = found < 0 ? -1 : start + found;
        const at = promised === null ? expected : promised % (text.length + 1);
        expect(line.find(Buffer.from(text), start, end, at)).toBe(expected);
      },
    );
    fc.assert(property, { seed: 42, numRuns: 5000 });
  });
});
