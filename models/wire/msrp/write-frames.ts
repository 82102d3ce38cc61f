/**
 * Frames as we emit them: strict (RFC 4975 section 9, rules 3.1). Each function appends to a writer that was begun.
 *
 * Order of headers as in the golden frames of rules 1.7: To-Path, From-Path, Message-ID, Byte-Range, reports, Content-Type
 * last. The body of a SEND does not pass through here: the owner hands spans to TCP between head and end-line.
 */
import { assert } from '../../../sim/kernel/assert.js';
import type { OctetWriter } from '../octet-writer.js';

/** Continuation flags, as octets. */
export const Flag = { complete: 36, more: 43, aborted: 35 } as const;

const FAILURE_LINES = [
  'Failure-Report: yes\r\n',
  'Failure-Report: partial\r\n',
  'Failure-Report: no\r\n',
] as const;

/** To-Path and From-Path lines of all requests of a session. */
export function pathLines(toPath: string, fromPath: string): string {
  return `To-Path: ${toPath}\r\nFrom-Path: ${fromPath}\r\n`;
}

/** Appends `start-end/total`; -1 is written as `*`. */
function writeRange(w: OctetWriter, start: number, end: number, total: number): void {
  w.decimal(start).octet(45);
  if (end < 0) w.octet(42);
  else w.decimal(end);
  w.octet(47);
  if (total < 0) w.octet(42);
  else w.decimal(total);
}

/**
 * What the heads of all chunks of a message have in common: all but transaction id and Byte-Range. Made once a message, so
 * that a chunk costs two moves of text.
 */
export class SendText {
  readonly beforeRange: string;
  readonly afterRange: string;

  /** `failureReport` is 0 yes, 1 partial, 2 no. `contentType` '' means no body: no blank line follows, the end-line does. */
  constructor(
    paths: string,
    messageId: string,
    failureReport: number,
    successReport: boolean,
    contentType: string,
  ) {
    this.beforeRange = ` SEND\r\n${paths}Message-ID: ${messageId}\r\nByte-Range: `;
    const success = successReport ? 'Success-Report: yes\r\n' : '';
    const content = contentType === '' ? '' : `Content-Type: ${contentType}\r\n\r\n`;
    this.afterRange = `\r\n${success}${FAILURE_LINES[failureReport]}${content}`;
  }
}

/** The head of a SEND, up to where its body begins. -1 for `end` or `total` is written as `*`. */
export function writeSendHead(
  w: OctetWriter,
  tid: Uint8Array,
  text: SendText,
  rangeStart: number,
  rangeEnd: number,
  total: number,
): void {
  assert(rangeStart >= 1, 'the first octet of a message has position 1');
  w.ascii('MSRP ').span(tid, 0, tid.length).ascii(text.beforeRange);
  writeRange(w, rangeStart, rangeEnd, total);
  w.utf8(text.afterRange);
}

/** The end-line. After a body its CRLF comes first. */
export function writeEndLine(w: OctetWriter, tid: Uint8Array, flag: number, afterBody: boolean): void {
  w.ascii(afterBody ? '\r\n-------' : '-------')
    .span(tid, 0, tid.length)
    .octet(flag)
    .crlf();
}

const COMMENTS: ReadonlyMap<number, string> = new Map([
  [200, ' OK'],
  [400, ' Bad Request'],
  [403, ' Forbidden'],
  [408, ' Request Timeout'],
  [413, ' Stop Sending Message'],
  [415, ' Unsupported Media Type'],
  [423, ' Parameter Out Of Bounds'],
  [481, ' No Such Session'],
  [501, ' Unknown Method'],
  [506, ' Session In Use'],
]);

/**
 * A whole response: tid and To-Path are octets of the request (RFC 4975 section 7.2), `fromPath` our own URI in the session
 * (or the URI that the request asked for, where we have no session).
 */
export function writeResponse(
  w: OctetWriter,
  request: Uint8Array,
  tidStart: number,
  tidEnd: number,
  status: number,
  toStart: number,
  toEnd: number,
  fromPath: string,
): void {
  w.ascii('MSRP ').span(request, tidStart, tidEnd).octet(32).decimal(status);
  w.ascii(COMMENTS.get(status) ?? '').ascii('\r\nTo-Path: ');
  w.span(request, toStart, toEnd).ascii('\r\nFrom-Path: ').ascii(fromPath).ascii('\r\n-------');
  w.span(request, tidStart, tidEnd).octet(Flag.complete).crlf();
}

/** The part of a 200 that is the same for all chunks of a message: all but the transaction id. */
export function okText(toUri: string, fromPath: string): string {
  return ` 200 OK\r\nTo-Path: ${toUri}\r\nFrom-Path: ${fromPath}\r\n-------`;
}

/** A whole 200, from its common part. */
export function writeOk(
  w: OctetWriter,
  request: Uint8Array,
  tidStart: number,
  tidEnd: number,
  text: string,
): void {
  w.ascii('MSRP ').span(request, tidStart, tidEnd).ascii(text).span(request, tidStart, tidEnd).ascii('$\r\n');
}

/**
 * A whole REPORT without body (RFC 4975 sections 7.1.2 to 7.1.4). To-Path is the full From-Path of the request, octets of
 * `path`; the Message-ID is octets of `id`.
 */
export function writeReport(
  w: OctetWriter,
  tid: Uint8Array,
  path: Uint8Array,
  pathStart: number,
  pathEnd: number,
  fromPath: string,
  id: Uint8Array,
  idStart: number,
  idEnd: number,
  rangeStart: number,
  rangeEnd: number,
  total: number,
  status: number,
): void {
  w.ascii('MSRP ').span(tid, 0, tid.length).ascii(' REPORT\r\nTo-Path: ').span(path, pathStart, pathEnd);
  w.ascii('\r\nFrom-Path: ').ascii(fromPath).ascii('\r\nMessage-ID: ').span(id, idStart, idEnd).crlf();
  w.ascii('Byte-Range: ');
  writeRange(w, rangeStart, rangeEnd, total);
  w.ascii('\r\nStatus: 000 ')
    .decimal(status)
    .ascii(COMMENTS.get(status) ?? '')
    .ascii('\r\n');
  writeEndLine(w, tid, Flag.complete, false);
}
