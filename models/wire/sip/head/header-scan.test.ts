import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SipFault } from '../faults.js';
import { headerIdFast, headerIdSlow } from './header-lookup.js';
import { HEADER_COMPACT, HEADER_IDS, HEADER_NAMES, Header, headerIdOfName } from './header-names.js';
import { nextControl, scanHeaders } from './header-scan.js';
import { SipMessage } from '../message.js';
import { readHeadPlainly } from './plain-twin.js';

const viewOf = (buf: Buffer): DataView => new DataView(buf.buffer, buf.byteOffset, buf.length);

/** A known or unknown name in canonical, random or compact spelling. */
const nameArbitrary = fc
  .tuple(
    fc.integer({ min: 1, max: HEADER_IDS - 1 }),
    fc.integer({ min: 0, max: 4 }),
    fc.bigInt({ min: 0n, max: 1n << 32n }),
  )
  .map(([id, how, bits]) => {
    const name = HEADER_NAMES[id];
    if (how === 1 && HEADER_COMPACT[id] !== '') return HEADER_COMPACT[id];
    if (how === 2 && HEADER_COMPACT[id] !== '') return HEADER_COMPACT[id].toUpperCase();
    if (how === 3)
      return Array.from(name)
        .map((c, i) => (((bits >> BigInt(i)) & 1n) === 1n ? c.toUpperCase() : c.toLowerCase()))
        .join('');
    // One letter other than in the table: at the front, in the middle, at the end, or one too many.
    if (how === 4) {
      const at = Number(bits % BigInt(name.length + 1));
      return `${name.slice(0, at)}z${name.slice(at + 1)}`;
    }
    return name;
  });
const valueArbitrary = fc
  .array(
    fc.constantFrom(
      'a',
      'Zz9',
      ' ',
      '\t',
      ':',
      '"',
      '<sip:u7@ims.example>',
      ';tag=1',
      ',',
      '\r\n ',
      '\r\n\t',
      '\x00',
      '\x7f',
      'ü',
      '\xff',
      '0123456789abcdef',
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const lineArbitrary = fc
  .tuple(
    nameArbitrary,
    fc.constantFrom(':', ': ', ' : ', '\t:', ':\r\n ', '', ' ', ': \t '),
    valueArbitrary,
    fc.constantFrom('\r\n', '\r\n', '\r\n', '\r\n', '\r\n', '\n', '\r', ' \r\n'),
  )
  .map((parts) => parts.join(''));
const headArbitrary = fc
  .tuple(
    fc.array(lineArbitrary, { maxLength: 8 }),
    fc.constantFrom('\r\n', '\r\n', '', '\n', '\r'),
    fc.constantFrom('', 'body', 'To: x\r\n\r\n'),
  )
  .map(([lines, empty, body]) => lines.join('') + empty + body);

describe('RFC 3261 section 7.3.1: header fields', () => {
  it('the fast scan finds what the plain twin finds, on any octets and at any alignment', () => {
    const out = new SipMessage();
    fc.assert(
      fc.property(headArbitrary, fc.integer({ min: 0, max: 9 }), (text, shift) => {
        const buf = Buffer.from('\r'.repeat(shift) + text + 'To: beyond the end\r\n\r\n', 'latin1');
        const end = shift + text.length;
        out.reset(buf, shift);
        const bodyStart = scanHeaders(viewOf(buf), buf, shift, end, 1000, out);
        const plain = readHeadPlainly('\r'.repeat(shift) + text, shift);
        const columns = Array.from({ length: out.headerCount }, (_, i) => ({
          id: out.ids[i],
          nameStart: out.nameStart[i],
          nameEnd: out.nameEnd[i],
          valueStart: out.valueStart[i],
          valueEnd: out.valueEnd[i],
          lineEnd: out.lineEnd[i],
          folded: out.folded[i],
        }));
        expect(columns).toEqual(plain.headers);
        expect(bodyStart).toBe(plain.bodyStart);
        expect(out.bareLineEnds).toBe(plain.loneEnds.length > 0);
        if (out.fault === SipFault.headerLine) expect(plain.badLines[0]).toBe(out.faultOffset);
        const sound = plain.ended && plain.badLines.length === 0 && plain.loneEnds.length === 0;
        if (out.fault !== SipFault.contentLength) expect(out.fault === SipFault.none).toBe(sound);
        const ids = Array.from({ length: HEADER_IDS }, (_, id) => id);
        const firsts = ids.map((id) => plain.headers.findIndex((header) => header.id === id));
        expect(ids.map((id) => out.find(id as Header))).toEqual(firsts);
      }),
      { seed: 42, numRuns: 600 },
    );
  });

  it('both lookups know every name of the registry, and agree on any token', () => {
    expect(HEADER_IDS - 1).toBe(134 + 2);
    for (let id = 1; id < HEADER_IDS; id++) {
      const line = Buffer.from(`${HEADER_NAMES[id]}: value\r\n`, 'latin1');
      expect([headerIdFast(viewOf(line), line, 0, line.length, 0), HEADER_NAMES[id]]).toEqual([
        id,
        HEADER_NAMES[id],
      ]);
      for (let at = 0; at <= HEADER_NAMES[id].length; at++) {
        const other = Buffer.from(line);
        other[at] ^= 1;
        expect(headerIdFast(viewOf(other), other, 0, other.length, id)).toBe(0);
      }
      const upper = Buffer.from(HEADER_NAMES[id].toUpperCase(), 'latin1');
      expect(headerIdSlow(upper, 0, upper.length)).toBe(id);
    }
    fc.assert(
      fc.property(fc.oneof(nameArbitrary, fc.stringMatching(/^[A-Za-z-]{1,34}$/)), (name) => {
        const line = Buffer.from(`${name}: value\r\n`, 'latin1');
        const slow = headerIdSlow(line, 0, name.length);
        expect(slow).toBe(headerIdOfName(name));
        const fast = headerIdFast(viewOf(line), line, 0, line.length, 0);
        expect(fast === 0 || fast === slow).toBe(true);
        for (let guess = 1; guess < HEADER_IDS; guess++) {
          if (headerIdFast(viewOf(line), line, 0, line.length, guess) !== fast)
            expect([name, guess]).toBe('no other');
        }
      }),
      { seed: 42, numRuns: 1500 },
    );
  });

  it('compact forms are those of the registry (rules section 4.5)', () => {
    const spelt = 'abcdefijklmnorstuvxy'.split('').map((letter) => HEADER_NAMES[headerIdOfName(letter)]);
    expect(spelt.join(' ')).toBe(
      'Accept-Contact Referred-By Content-Type Request-Disposition Content-Encoding From Call-ID Reject-Contact Supported Content-Length Contact Identity-Info Event Refer-To Subject To Allow-Events Via Session-Expires Identity',
    );
  });

  it('the word search stops at the first octet below 32 and at no other', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.integer({ min: 0, max: 10 }), (octets, from) => {
        const buf = Buffer.from(octets.map((c, i) => (i % 5 === 0 ? c : c | 0x60)));
        const at = Math.min(from, buf.length);
        const found = buf.findIndex((c, i) => i >= at && c < 32);
        expect(nextControl(viewOf(buf), buf, at, buf.length)).toBe(found < 0 ? buf.length : found);
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  it('columns grow, and a new message forgets the old one', () => {
    const out = new SipMessage();
    const many = Buffer.from('X-Many: 1\r\n'.repeat(300) + 'To: z\r\n\r\n', 'latin1');
    out.reset(many, 0);
    scanHeaders(viewOf(many), many, 0, many.length, 512, out);
    expect([out.headerCount, out.find(Header.to), out.count(Header.unknown)]).toEqual([301, 300, 300]);
    out.reset(many, 0);
    scanHeaders(viewOf(many), many, 0, many.length, 300, out);
    expect([out.headerCount, out.fault, out.has(Header.to)]).toEqual([300, SipFault.tooManyHeaders, false]);
    const one = Buffer.from('From: a\r\n\r\n', 'latin1');
    out.reset(one, 0);
    scanHeaders(viewOf(one), one, 0, one.length, 512, out);
    expect([out.headerCount, out.find(Header.to), out.find(Header.unknown), out.find(Header.from)]).toEqual([
      1, -1, -1, 0,
    ]);
  });
});
