/**
 * The stamp that a server puts on the top Via of a request: `received` (RFC 3261 section 18.2.1) and the value of `rport`
 * (RFC 3581 section 4). What the peer itself wrote there is replaced, for it could not know.
 */
import { octetsOf, type OctetWriter } from '../../octet-writer.js';
import { parseIpv4 } from './host.js';
import type { Via } from './via.js';

const RECEIVED = octetsOf(';received=');

/** True if a request with this top Via that came from `fromIp` needs a stamp. */
export function needsStamp(buf: Uint8Array, via: Via, fromIp: number): boolean {
  return (
    via.rport >= 0 ||
    via.receivedEnd > via.receivedStart ||
    parseIpv4(buf, via.hostStart, via.hostEnd) !== fromIp
  );
}

/** Writes the element `via` with the stamp; everything else of it as it came. */
export function writeStampedVia(
  writer: OctetWriter,
  buf: Uint8Array,
  via: Via,
  fromIp: number,
  fromPort: number,
): void {
  let copied = via.start;
  const cursor = via.cursor.open(buf, via.paramsStart, via.end);
  let paramEnd = via.paramsStart;
  while (cursor.next()) {
    const paramStart = paramEnd;
    paramEnd = cursor.hasValue ? cursor.valueEnd : cursor.nameEnd;
    if (cursor.is('rport')) {
      writer.span(buf, copied, cursor.nameEnd).ascii('=').decimal(fromPort);
      copied = paramEnd;
    } else if (cursor.is('received')) {
      writer.span(buf, copied, paramStart);
      copied = paramEnd;
    }
  }
  writer.span(buf, copied, via.end).constant(RECEIVED).dotted(fromIp);
}
