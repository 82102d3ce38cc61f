/**
 * Builds a response from its request (RFC 3261 section 8.2.6; received and rport by 18.2.1 and RFC 3581).
 *
 *     writer.begin();
 *     beginResponse(writer, request, 202, 'Accepted', tag, fromIp, fromPort);
 *     writer.ascii('Date: ')...crlf();       // further header lines
 *     endWithoutBody(writer);                // or endWithBody
 *     const block = writer.end();
 */
import type { OctetWriter } from '../octet-writer.js';
import type { SipMessage } from './message.js';

/** Reason phrase of RFC 3261 section 21 (and the later ones in use) for `status`. */
export function reasonOf(status: number): string {
  void status;
  return '';
}

/**
 * Writes the status line and, copied from `request`: all Via (the top one stamped with received and rport where due, given the
 * source of the packet; `fromIp` -1 for no stamp), From, To (with `;tag=toTag` if it has no tag and `toTag` is not empty; a number
 * is written as eight hexadecimal digits), Call-ID, CSeq. A 100 also copies Timestamp.
 */
export function beginResponse(
  writer: OctetWriter,
  request: SipMessage,
  status: number,
  reason: string,
  toTag: string | number,
  fromIp: number,
  fromPort: number,
): void {
  (void writer, void request, void status, void reason, void toTag, void fromIp, void fromPort);
}

/** Writes `Content-Length: 0` and the empty line. */
export function endWithoutBody(writer: OctetWriter): void {
  writer.ascii('Content-Length: 0\r\n\r\n');
}

/** Writes Content-Length, the empty line and the body; Content-Type is the caller's. Returns the body's offset from the start of the message. */
export function endWithBody(writer: OctetWriter, body: Uint8Array, start: number, end: number): number {
  writer
    .ascii('Content-Length: ')
    .decimal(end - start)
    .ascii('\r\n\r\n');
  const bodyAt = writer.length;
  writer.span(body, start, end);
  return bodyAt;
}
