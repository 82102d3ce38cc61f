import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { OctetWriter } from '../octet-writer.js';
import { boundaryFits, writeCloseDelimiter, writeDelimiter } from './boundary.js';
import { ContentType, ContentTypeFault } from './content-type.js';
import { Multipart, MultipartFault } from './multipart.js';

function contentType(text: string): ContentType {
  const type = new ContentType();
  const buf = Buffer.from(text, 'latin1');
  type.parse(buf, 0, buf.length);
  return type;
}

function parameter(text: string, name: string): string | undefined {
  const type = contentType(text);
  return type.findParameter(name) ? type.valueText() : undefined;
}

/** Parts as [head, body] text; the fault is in the second place. */
function split(text: string, boundary: string): [parts: [string, string][], fault: MultipartFault] {
  const multipart = new Multipart();
  const buf = Buffer.from('junk' + text + 'junk', 'latin1');
  multipart.parse(buf, 4, buf.length - 4, boundary);
  const parts = multipart.parts.slice(0, multipart.count);
  return [
    parts.map((part) => [
      buf.latin1Slice(part.headStart, part.headEnd),
      buf.latin1Slice(part.bodyStart, part.bodyEnd),
    ]),
    multipart.fault,
  ];
}

describe('Content-Type (RFC 2045 section 5.1)', () => {
  it('compares media types without case and finds parameters in any of their spellings', () => {
    expect(contentType('Multipart/MIXED;boundary=b').is('multipart', 'mixed')).toBe(true);
    expect(contentType('text / plain ; charset=x').is('text', 'plain')).toBe(true);
    expect(contentType('text/plainer').is('text', 'plain')).toBe(false);
    expect(contentType('text/plain;a=b').sameMediaType(contentType('TEXT/plain'))).toBe(true);
    expect(parameter('multipart/mixed;boundary=bnd7f3a', 'boundary')).toBe('bnd7f3a');
    expect(parameter('multipart/mixed; x=1; BOUNDARY = "a \\"b; c"', 'boundary')).toBe('a "b; c');
    expect(parameter('multipart/mixed;boundary=a:b/c=d', 'boundary')).toBe('a:b/c=d');
    expect(parameter('multipart/mixed;notboundary=x', 'boundary')).toBeUndefined();
  });

  it('names each fault and its place', () => {
    const faults: [string, ContentTypeFault, number][] = [
      ['', ContentTypeFault.noType, 0],
      ['text', ContentTypeFault.noSubtype, 4],
      ['text/', ContentTypeFault.noSubtype, 5],
      ['text/plain x', ContentTypeFault.badParameter, 11],
      ['text/plain;x', ContentTypeFault.badParameter, 12],
      ['text/plain;x="y', ContentTypeFault.openQuote, 13],
    ];
    for (const [text, fault, at] of faults) {
      const type = contentType(text);
      expect([text, type.fault, type.faultAt]).toEqual([text, fault, at]);
    }
    expect(contentType('text/plain;x').is('text', 'plain')).toBe(true);
  });
});

describe('multipart (RFC 2046 section 5.1.1)', () => {
  it('skips preamble and epilogue, takes LWS after a boundary, and leaves CRLF to the delimiter', () => {
    const text =
      'pre --b amble\r\n--b \t\r\nA: 1\r\n\r\none\r\n\r\n--b\r\n\r\ntwo\r\n--b-- \r\nepi\r\n--b\r\n';
    expect(split(text, 'b')).toEqual([
      [
        ['A: 1\r\n', 'one\r\n'],
        ['', 'two'],
      ],
      MultipartFault.none,
    ]);
  });

  it('reads parts that are empty or have header lines only', () => {
    expect(split('--b\r\n\r\n--b\r\nA: 1\r\n--b\r\nA: 1\r\n\r\n\r\n--b--', 'b')[0]).toEqual([
      ['', ''],
      ['A: 1', ''],
      ['A: 1\r\n', ''],
    ]);
  });

  it('does not take a delimiter within a line or after a bare LF', () => {
    expect(split('--b\r\n\r\nx--b\n--b--\r\n--b--', 'b')[0]).toEqual([['', 'x--b\n--b--']]);
  });

  it('a missing closing delimiter is a fault, the parts stay readable', () => {
    expect(split('--b\r\n\r\none\r\n--b\r\n\r\ntwo', 'b')).toEqual([
      [
        ['', 'one'],
        ['', 'two'],
      ],
      MultipartFault.noCloseDelimiter,
    ]);
    expect(split('nothing', 'b')[1]).toBe(MultipartFault.noDelimiter);
    expect(split('--b--', 'x'.repeat(71))[1]).toBe(MultipartFault.badBoundary);
    expect(split('--b\r\n\r\n'.repeat(100), 'b')[1]).toBe(MultipartFault.tooManyParts);
  });

  it('finds a part header in any case, folded too', () => {
    const multipart = new Multipart();
    const buf = Buffer.from(
      '--b\r\nX-content-type: no\r\ncontent-TYPE :\r\n message/sip;\r\n\tx=1 \r\n\r\n\r\n--b--',
    );
    multipart.parse(buf, 0, buf.length, 'b');
    expect(multipart.findHeader(buf, multipart.parts[0], 'content-type')).toBe(true);
    expect(buf.latin1Slice(multipart.valueStart, multipart.valueEnd)).toContain('message/sip;\r\n\tx=1');
    expect(multipart.findHeader(buf, multipart.parts[0], 'content-id')).toBe(false);
  });

  it('A20, I11: what is written with a boundary that fits is read back, whatever the parts hold', () => {
    const octets = new OctetArena();
    const w = new OctetWriter(octets);
    const multipart = new Multipart();
    const pieces = fc.constantFrom('\r\n', '--', 'bnd', '\r\n--bnd', '-', '\0', 'x', '\n', '\r');
    const part = fc.oneof(
      fc.array(pieces, { maxLength: 12 }).map((list) => list.join('')),
      fc.array(pieces, { minLength: 600, maxLength: 700 }).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        let boundary = Buffer.from('bnd');
        const content = parts.map((text) => Buffer.from(text, 'latin1'));
        const naive = content.some((buf) => buf.includes('--' + boundary.toString()));
        const fits = content.every((buf) => boundaryFits(boundary, boundary.length, buf, 0, buf.length));
        expect(fits).toBe(!naive);
        if (!fits) boundary = Buffer.from('other');
        w.begin();
        for (let i = 0; i < content.length; i++) {
          writeDelimiter(w, boundary, boundary.length, i === 0);
          w.crlf().span(content[i], 0, content[i].length);
        }
        writeCloseDelimiter(w, boundary, boundary.length);
        const length = w.length;
        const block = w.end();
        const at = octets.start(block);
        expect(multipart.parse(octets.buf, at, at + length, boundary.toString())).toBe(true);
        const read = multipart.parts
          .slice(0, multipart.count)
          .map((p) => octets.buf.latin1Slice(p.bodyStart, p.bodyEnd));
        expect(read).toEqual(parts);
        octets.release(block);
      }),
      { seed: 42, numRuns: 300 },
    );
  });
});
