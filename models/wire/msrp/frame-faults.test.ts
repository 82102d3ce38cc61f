/** What cannot be framed, what is a fault of the head alone, and what is none. */
import { describe, expect, it } from 'vitest';
import { FrameFault, FRAME_LIMITS } from './frame-faults.js';
import { FrameEvent, FrameParser } from './frame-parser.js';
import { latin1, readPieces, send } from './testing-frames.js';

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
