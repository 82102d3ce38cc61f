import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OctetArena } from '../../../sim/kernel/octets.js';
import { OctetWriter } from '../octet-writer.js';
import { FrameKind } from './frame-head.js';
import { FrameEvent, FrameParser } from './frame-parser.js';
import { isIdent } from './grammar.js';
import {
  Flag,
  okText,
  pathLines,
  SendText,
  writeEndLine,
  writeOk,
  writeReport,
  writeResponse,
  writeSendHead,
} from './write-frames.js';

const octets = new OctetArena();
const writer = new OctetWriter(octets);

function written(write: (w: OctetWriter) => void): string {
  writer.begin();
  write(writer);
  const { length } = writer;
  const start = octets.start(writer.end());
  return octets.buf.utf8Slice(start, start + length);
}
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');

describe('frames as emitted (rules 3.1)', () => {
  it('the head and end-line of the golden frame of rules 1.7, octet for octet', () => {
    const paths = pathLines(
      'msrp://user2.imserver.com:7777/iau39;tcp',
      'msrp://imserver.com:8888/9di4ea;tcp',
    );
    const tid = ascii('p4x9Qz7Lk2aB');
    const text = new SendText(paths, 'push7Hq2Zk9w01', 0, false, 'multipart/mixed;boundary=bnd7f3a');
    const head = written((w) => writeSendHead(w, tid, text, 1, 343, 343));
    expect(head.split('\r\n')).toEqual([
      'MSRP p4x9Qz7Lk2aB SEND',
      'To-Path: msrp://user2.imserver.com:7777/iau39;tcp',
      'From-Path: msrp://imserver.com:8888/9di4ea;tcp',
      'Message-ID: push7Hq2Zk9w01',
      'Byte-Range: 1-343/343',
      'Failure-Report: yes',
      'Content-Type: multipart/mixed;boundary=bnd7f3a',
      '',
      '',
    ]);
    const end = written((w) => writeEndLine(w, tid, Flag.complete, true));
    expect(end).toBe('\r\n-------p4x9Qz7Lk2aB$\r\n');
    expect(head.length + 343 + end.length).toBe(612);
  });

  it('a SEND without body has no blank line and no MIME header', () => {
    const text = new SendText(pathLines('msrp://b:1/x;tcp', 'msrp://a:1/y;tcp'), 'abcd', 1, true, '');
    const frame = written((w) => {
      writeSendHead(w, ascii('tid1'), text, 1, -1, -1);
      writeEndLine(w, ascii('tid1'), Flag.complete, false);
    });
    expect(frame).toContain(
      'Byte-Range: 1-*/*\r\nSuccess-Report: yes\r\nFailure-Report: partial\r\n-------tid1$\r\n',
    );
    expect(frame).not.toContain('\r\n\r\n');
  });

  it('a response: RFC 4975 section 7.2; the shortened 200 is the same octets', () => {
    const request = ascii('tid1 msrp://a:1/y;tcp');
    const frame = written((w) => writeResponse(w, request, 0, 4, 200, 5, request.length, 'msrp://b:1/x;tcp'));
    expect(frame).toBe(
      'MSRP tid1 200 OK\r\nTo-Path: msrp://a:1/y;tcp\r\nFrom-Path: msrp://b:1/x;tcp\r\n-------tid1$\r\n',
    );
    const text = okText('msrp://a:1/y;tcp', 'msrp://b:1/x;tcp');
    expect(written((w) => writeOk(w, request, 0, 4, text))).toBe(frame);
  });

  it('a chunk says what it knows of its range: end and total each may be open', () => {
    const text = new SendText(
      pathLines('msrp://b:1/x;tcp', 'msrp://a:1/y;tcp'),
      'abcd',
      2,
      false,
      'text/plain',
    );
    const range = (end: number, total: number) =>
      /Byte-Range: (.*)\r\n/.exec(written((w) => writeSendHead(w, ascii('tid1'), text, 7, end, total)))?.[1];
    expect([range(9, 20), range(-1, 20), range(9, -1), range(-1, -1), range(6, 0)]).toEqual([
      '7-9/20',
      '7-*/20',
      '7-9/*',
      '7-*/*',
      '7-6/0',
    ]);
    expect(text.afterRange).toContain('Failure-Report: no\r\n');
  });

  it.each([
    [200, '200 OK'],
    [400, '400 Bad Request'],
    [403, '403 Forbidden'],
    [408, '408 Request Timeout'],
    [413, '413 Stop Sending Message'],
    [415, '415 Unsupported Media Type'],
    [423, '423 Parameter Out Of Bounds'],
    [481, '481 No Such Session'],
    [501, '501 Unknown Method'],
    [506, '506 Session In Use'],
    [499, '499'],
  ])('a response %d has its comment, or none (RFC 4975 section 10)', (status, words) => {
    const frame = written((w) => writeResponse(w, ascii('tid1 a'), 0, 4, status, 5, 6, 'b'));
    expect(frame).toBe(`MSRP tid1 ${words}\r\nTo-Path: a\r\nFrom-Path: b\r\n-------tid1$\r\n`);
  });

  it('a REPORT has Status and Byte-Range, no report headers and no body (RFC 4975 section 7.1.2)', () => {
    const request = ascii('msrp://r:1/r;tcp msrp://a:1/y;tcp msg1');
    const frame = written((w) =>
      writeReport(w, ascii('tid9'), request, 0, 33, 'msrp://b:1/x;tcp', request, 34, 38, 1, 39, 39, 200),
    );
    expect(frame).toBe(
      'MSRP tid9 REPORT\r\nTo-Path: msrp://r:1/r;tcp msrp://a:1/y;tcp\r\nFrom-Path: msrp://b:1/x;tcp\r\nMessage-ID: msg1\r\n' +
        'Byte-Range: 1-39/39\r\nStatus: 000 200 OK\r\n-------tid9$\r\n',
    );
  });

  it("idents: 4 to 32 characters, the first a letter or digit; the CR's 452 and sip: ids are not", () => {
    for (const good of ['abcd', '0+%=', 'a'.repeat(32)]) expect(isIdent(good)).toBe(true);
    for (const bad of ['452', '', '.abc', 'a'.repeat(33), 'sip:x@y.z', 'ab cd', 'abc\n'])
      expect(isIdent(bad)).toBe(false);
  });
});

describe('what was written is read again, and a head read by template equals one read by lines', () => {
  it('on random messages in chunks', () => {
    const chunk = fc.record({
      octets: fc.nat(40),
      star: fc.boolean(),
      tid: fc.constantFrom('aaaa', 'bbbb', 'longer-tid'),
    });
    const program = fc.record({
      type: fc.constantFrom('text/plain', 'multipart/mixed;boundary="x y"', 'text/x;n=\u00e9'),
      failure: fc.constantFrom(0, 1, 2),
      success: fc.boolean(),
      rangeLast: fc.boolean(),
      chunks: fc.array(chunk, { minLength: 1, maxLength: 6 }),
    });
    fc.assert(
      fc.property(program, ({ type, failure, success, rangeLast, chunks }) => {
        const text = new SendText(
          pathLines('msrp://b:1/x;tcp', 'msrp://a:1/y;tcp'),
          'mess1',
          failure,
          success,
          type,
        );
        let at = 1;
        const frames = chunks.map(({ octets: size, star, tid }) => {
          const head = written((w) =>
            writeSendHead(w, ascii(tid), text, at, star ? -1 : at + size - 1, 5000),
          );
          const end = written((w) => writeEndLine(w, ascii(tid), Flag.more, true));
          at += size;
          // Byte-Range is ours to place anywhere, for a peer may.
          const range = /Byte-Range: .*\r\n/.exec(head)?.[0] ?? '';
          const moved = rangeLast ? head.replace(range, '').replace('\r\n\r\n', `\r\n${range}\r\n`) : head;
          return Buffer.from(`${moved}${'z'.repeat(size)}${end}`, 'utf8');
        });
        const heads = (parsers: () => FrameParser): unknown[] =>
          frames.flatMap((frame) => {
            const parser = parsers();
            const padded = Buffer.concat([Buffer.alloc(7), frame]);
            parser.feed(padded, 7, padded.length);
            expect(parser.next()).toBe(FrameEvent.head);
            const { template: _template, buf, faultAt: _faultAt, ...rest } = parser.head;
            const slices = [
              parser.head.toPath,
              parser.head.contentType,
              parser.head.messageId,
              parser.head.tid,
              parser.head.method,
            ];
            const values = slices.map((span) => buf.utf8Slice(span.start, span.end));
            while (parser.next() !== FrameEvent.more);
            return [JSON.stringify({ ...rest, buf: null }), values, parser.flag, parser.bodyOctets];
          });
        const one = new FrameParser();
        const byTemplate = heads(() => one);
        expect(byTemplate).toEqual(heads(() => new FrameParser()));
        expect(byTemplate[1]).toEqual(['msrp://b:1/x;tcp', type, 'mess1', chunks[0].tid, 'SEND']);
        expect(one.head.kind).toBe(FrameKind.send);
      }),
      { seed: 42, numRuns: 300 },
    );
  });
});
