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

  it('is found as well in a stream that comes in pieces, and what was held back is body again where it was none', () => {
    const property = fc.property(
      fc.array(piece, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat({ max: 30 }), { maxLength: 12 }),
      fc.boolean(),
      (pieces, cuts, blank) => {
        // After the blank line of a head its CRLF may be that of the end-line: it is no body either way.
        const text = pieces.join('');
        const whole = `${blank ? '\r\n' : ''}${text}`;
        const at = whole.search(new RegExp(`${END_LINE}[$+#]\r\n`));
        const line = new EndLine(32);
        line.set(Buffer.from(TID), 0, TID.length);
        if (blank) line.holdBlankLine();
        const told = read(line, text, cuts);
        const bodyFrom = blank ? 2 : 0;
        if (at < 0) expect(told).toEqual({ body: whole.slice(bodyFrom), flag: '', rest: '' });
        else {
          expect(told).toEqual({
            body: whole.slice(bodyFrom, at),
            flag: whole[at + END_LINE.length],
            rest: whole.slice(at + END_LINE.length + 3),
          });
        }
      },
    );
    fc.assert(property, { seed: 42, numRuns: 5000 });
  });

  it('of a frame without a body is a line of its own: the hyphens, the transaction id, a flag', () => {
    const line = new EndLine(32);
    line.set(Buffer.from(TID), 0, TID.length);
    const isLine = (text: string) => line.isLine(Buffer.from(`xx${text}\r\n`, 'latin1'), 2, 2 + text.length);
    for (const flag of ['$', '+', '#']) expect(isLine(`-------${TID}${flag}`)).toBe(true);
    const others = ['', '$', `-------${TID}`, `-------${TID}x`, `-------${TID}x$`, `-------${TID}$$`];
    const wrong = [`------${TID}$`, `--------${TID}$`, `+------${TID}$`, `------+${TID}$`];
    const ids = [`-------x${TID.slice(1)}$`, `-------${TID.slice(0, -1)}x$`, `-------${TID.slice(0, -1)}$`];
    expect([...others, ...wrong, ...ids].filter(isLine)).toEqual([]);
  });

  it('goes by the transaction id that was set last, and forgets what was held back for another', () => {
    const line = new EndLine(32);
    for (const tid of [TID, 'abcd', `${TID}0`, 'wxyz']) {
      line.set(Buffer.from(`--${tid}--`), 2, 2 + tid.length);
      const told = read(line, `x\r\n-------${tid}\r\n-------${tid}+\r\ny\r\n`, [3, 2]);
      expect(told).toEqual({ body: `x\r\n-------${tid}`, flag: '+', rest: 'y\r\n' });
      const rest = Buffer.from('\r\n--');
      expect(line.hold(rest, 0, rest.length)).toBe(0);
    }
  });
});

/** What comes before the end-line, its flag, and what is behind it; `text` comes in pieces of these sizes, and the rest. */
function read(line: EndLine, text: string, cuts: readonly number[]) {
  let body = '';
  const sizes = [...cuts];
  const heldBack = () => line.pattern.latin1Slice(line.heldFrom, line.held);
  for (let from = 0; from < text.length;) {
    const size = sizes.shift() ?? text.length;
    const buf = Buffer.from(`\r${text.slice(from, from + size)}\n`, 'latin1');
    const behind = text.slice(from + size);
    from += size;
    // What lies before and behind the piece is not to be seen.
    const end = buf.length - 1;
    let at = 1;
    if (line.held > 0) {
      at = line.resume(buf, at, end);
      if (line.complete) {
        const flag = String.fromCharCode(line.heldFlag);
        return { body, flag, rest: buf.latin1Slice(at, end) + behind };
      }
      if (line.held > 0) continue;
      if (line.spilled > 0) body += line.pattern.latin1Slice(line.heldFrom, line.spilled);
    }
    const found = line.find(buf, at, end, -1);
    if (found >= 0) {
      const flag = String.fromCharCode(line.flagOf(buf, found));
      return {
        body: body + buf.latin1Slice(at, found),
        flag,
        rest: buf.latin1Slice(found + line.octets, end) + behind,
      };
    }
    body += buf.latin1Slice(at, line.hold(buf, at, end));
  }
  return { body: body + (line.held > 0 ? heldBack() : ''), flag: '', rest: '' };
}
