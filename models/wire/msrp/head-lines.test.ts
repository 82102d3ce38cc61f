/** The header lines of a frame (RFC 4975 section 9): what they say, what is no fault, and what is one. */
import { describe, expect, it } from 'vitest';
import { FrameFault } from './frame-faults.js';
import { type FrameHead, FrameKind } from './frame-head.js';
import { FrameEvent, FrameParser } from './frame-parser.js';

const PATHS = 'To-Path: msrp://b.example:1/x;tcp\r\nFrom-Path: msrp://a.example:2/y;tcp\r\n';

/** The head of a frame without body whose start line ends in `third`, with these lines behind its paths. */
function headOf(third: string, ...lines: readonly string[]): FrameHead {
  const parser = new FrameParser();
  const more = lines.map((line) => `${line}\r\n`).join('');
  const frame = Buffer.from(`MSRP tid1 ${third}\r\n${PATHS}${more}-------tid1$\r\n`, 'latin1');
  parser.feed(frame, 0, frame.length);
  expect(parser.next()).toBe(FrameEvent.head);
  return parser.head;
}

describe('Byte-Range', () => {
  const range = (text: string) => {
    const { fault, rangeStart, rangeEnd, total } = headOf('SEND', `Byte-Range: ${text}`);
    return [fault, rangeStart, rangeEnd, total];
  };

  it.each([
    ['1-39/39', [0, 1, 39, 39]],
    ['2049-*/5000', [0, 2049, -1, 5000]],
    ['1-*/*', [0, 1, -1, -1]],
    ['00001-0039/0000000000000000000039', [0, 1, 39, 39]],
    ['1-999999999999999/999999999999999', [0, 1, 999_999_999_999_999, 999_999_999_999_999]],
    ['1-0/0', [0, 1, 0, 0]],
  ])('%s', (text, expected) => expect(range(text)).toEqual(expected));

  it.each([
    '1:5/5',
    '1 -5/5',
    '1-5:5',
    '1-5',
    '1-5/5 5',
    '1-5/5x',
    '1-5/**',
    '*-5/5',
    '-5/5',
    '1-/5',
    '1-1000000000000000/*',
  ])('%s is none', (text) => expect(range(text)).toEqual([FrameFault.badByteRange, 1, -1, -1]));
});

it.each([
  ['Byte-Range', '1-5/5'],
  ['Success-Report', 'yes'],
  ['Failure-Report', 'no'],
  ['Message-ID', 'abcd'],
  ['Content-Type', 'text/plain'],
  ['Status', '000 200'],
])('%s twice is a fault: which of them counts is nowhere said', (name, value) => {
  const line = `${name}: ${value}`;
  expect(headOf('REPORT', 'Message-ID: m123', 'Status: 000 200').fault).toBe(0);
  expect(headOf('SEND', line).fault).toBe(0);
  expect(headOf('SEND', line, line).fault).toBe(FrameFault.duplicateHeader);
});

describe('Status of a REPORT', () => {
  const status = (text: string) => {
    const { fault, namespace, status: code } = headOf('REPORT', 'Message-ID: m123', `Status: ${text}`);
    return [fault, namespace, code];
  };

  it.each([
    ['000 200', [0, 0, 200]],
    ['000 413 Stop Sending Message', [0, 0, 413]],
    ['123 456', [0, 123, 456]],
  ])('%s', (text, expected) => expect(status(text)).toEqual(expected));

  it.each(['200', '000200', '000-200', '00 200', '000 20', '000 2000', '000 20x', '0x0 200', '000 200,OK'])(
    '%s is none',
    (text) => expect(status(text)).toEqual([FrameFault.badStatus, 0, 0]),
  );

  it('tells of a message by its Message-ID', () => {
    expect(headOf('REPORT', 'Status: 000 200').fault).toBe(FrameFault.missingMessageId);
    // A SEND without content may do without (section 7.1.1), as the one that binds a connection does.
    expect(headOf('SEND').fault).toBe(0);
  });
});

describe('the status of a response', () => {
  it.each([
    ['200', 200],
    ['200 OK', 200],
    ['481 No Such Session', 481],
    ['506 Session In Use', 506],
  ])('%s', (third, status) =>
    expect(headOf(third)).toMatchObject({ kind: FrameKind.response, status, fault: 0 }),
  );

  it.each(['2000', '20', '2x0 OK', '200,OK', '20'])('%s is none', (third) =>
    expect(headOf(third)).toMatchObject({ kind: FrameKind.otherRequest, fault: FrameFault.badMethod }),
  );

  it('is not that of a Status header', () => {
    expect(headOf('200 OK', 'Status: 000 413')).toMatchObject({ status: 200, fault: 0 });
  });
});

it.each([
  ['Success-Report: yes', { successReport: 1, failureReport: 0 }],
  ['Success-Report: no', { successReport: 0, failureReport: 0 }],
  ['Failure-Report: yes', { successReport: 0, failureReport: 0 }],
  ['Failure-Report: partial', { successReport: 0, failureReport: 1 }],
  ['Failure-Report: no', { successReport: 0, failureReport: 2 }],
])('%s', (line, expected) => expect(headOf('SEND', line)).toMatchObject({ ...expected, fault: 0 }));

it.each(['Success-Report: maybe', 'Success-Report: partial'])('%s is a fault', (line) =>
  expect(headOf('SEND', line).fault).toBe(FrameFault.badReportValue),
);

it('a frame says nothing of the one before it', () => {
  const bare = `MSRP tid2 SEND\r\n${PATHS}-------tid2$\r\n`;
  const full =
    `MSRP tid1 REPORT\r\n${PATHS}Message-ID: m123\r\nStatus: 123 413 x\r\nByte-Range: 3-5/9\r\nSuccess-Report: yes\r\n` +
    'Failure-Report: no\r\nContent-Type: text/plain\r\nContent-ID: <a@b>\r\nX-Other: 1\r\nX-Other\r\n-------tid1$\r\n';
  const read = (stream: string, frames: number): object => {
    const parser = new FrameParser();
    const octets = Buffer.from(stream, 'latin1');
    parser.feed(octets, 0, octets.length);
    for (let frame = 1; ; frame++) {
      expect(parser.next()).toBe(FrameEvent.head);
      const {
        buf: _buf,
        toPath: _toPath,
        fromPath: _fromPath,
        tid: _tid,
        method: _method,
        template: _template,
        ...rest
      } = parser.head;
      if (frame === frames) return structuredClone(rest);
      expect(parser.next()).toBe(FrameEvent.end);
    }
  };
  expect(read(full, 1)).toMatchObject({ status: 413, namespace: 123, mimeHeaders: 1, otherHeaders: 1 });
  expect(read(full + bare, 2)).toEqual(read(bare, 1));
});
