/**
 * HTTP/1.1 messages written with the one writer. Several pipelined messages may be composed one after the other before they
 * leave. Bodies written in place get their Content-Length afterwards, in room that was left for it (RFC 2616 section 4.2
 * allows spaces before a value).
 */
import { assert } from '../../../sim/kernel/assert.js';
import type { OctetWriter } from '../octet-writer.js';

/** Digits of a Content-Length that is filled in afterwards. */
const LENGTH_ROOM = '      ';

/** Tells who expects it that the body of the request is wanted (RFC 9110 section 15.2.1). */
export const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

const REASONS: ReadonlyMap<number, string> = new Map([
  [200, 'OK'],
  [201, 'Created'],
  [304, 'Not Modified'],
  [400, 'Bad Request'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [409, 'Conflict'],
  [412, 'Precondition Failed'],
  [413, 'Request Entity Too Large'],
  [414, 'Request-URI Too Long'],
  [415, 'Unsupported Media Type'],
  [431, 'Request Header Fields Too Large'],
  [500, 'Internal Server Error'],
  [501, 'Not Implemented'],
  [503, 'Service Unavailable'],
  [505, 'HTTP Version Not Supported'],
]);

/** Appends `HTTP/1.1 status reason` and CRLF. */
export function writeStatusLine(w: OctetWriter, status: number): void {
  w.ascii('HTTP/1.1 ')
    .decimal(status)
    .octet(32)
    .ascii(REASONS.get(status) ?? 'Unknown')
    .crlf();
}

/** Appends a Content-Length line to be filled in; give the result to {@link endLength} when the body is written. */
export function beginLength(w: OctetWriter): number {
  w.ascii('Content-Length:').ascii(LENGTH_ROOM);
  const room = w.length;
  w.crlf();
  return room;
}

/** Fills in the Content-Length of `room` with the octets written since `bodyFrom` (a `w.length`). */
export function endLength(w: OctetWriter, room: number, bodyFrom: number): void {
  let rest = w.length - bodyFrom;
  const { buffer, startAt } = w;
  let at = startAt + room;
  do {
    at--;
    assert(at > startAt + room - LENGTH_ROOM.length, 'a body too long for its Content-Length');
    const quotient = Math.floor(rest / 10);
    buffer[at] = 48 + rest - quotient * 10;
    rest = quotient;
  } while (rest > 0);
}

/** Appends `Content-Length: n`, CRLF and the empty line that ends a head. */
export function writeLengthAndEnd(w: OctetWriter, bodyOctets: number): void {
  w.ascii('Content-Length: ').decimal(bodyOctets).ascii('\r\n\r\n');
}
