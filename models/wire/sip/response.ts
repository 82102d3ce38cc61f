/**
 * Builds a response from its request (RFC 3261 section 8.2.6; received and rport by 18.2.1 and RFC 3581).
 *
 *     writer.begin();
 *     beginResponse(writer, request, 202, 'Accepted', tag, fromIp, fromPort);
 *     writer.ascii('Date: ')...crlf();       // further header lines
 *     endWithoutBody(writer);                // or Content-Length, the empty line and a body
 *     const block = writer.end();
 *
 * Not here: which status to answer, and whether: `canBeAnswered` must have said yes.
 */
import { assert } from '../../../sim/kernel/assert.js';
import { octetsOf, type OctetWriter } from '../octet-writer.js';
import { Header } from './head/header-names.js';
import type { SipMessage } from './message.js';
import { needsStamp, writeStampedVia } from './values/via-stamp.js';

const REASONS: readonly (readonly [status: number, reason: string])[] = [
  [100, 'Trying'],
  [180, 'Ringing'],
  [181, 'Call Is Being Forwarded'],
  [182, 'Queued'],
  [183, 'Session Progress'],
  [199, 'Early Dialog Terminated'],
  [200, 'OK'],
  [202, 'Accepted'],
  [204, 'No Notification'],
  [300, 'Multiple Choices'],
  [301, 'Moved Permanently'],
  [302, 'Moved Temporarily'],
  [305, 'Use Proxy'],
  [380, 'Alternative Service'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [402, 'Payment Required'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [406, 'Not Acceptable'],
  [407, 'Proxy Authentication Required'],
  [408, 'Request Timeout'],
  [410, 'Gone'],
  [412, 'Conditional Request Failed'],
  [413, 'Request Entity Too Large'],
  [414, 'Request-URI Too Long'],
  [415, 'Unsupported Media Type'],
  [416, 'Unsupported URI Scheme'],
  [420, 'Bad Extension'],
  [421, 'Extension Required'],
  [423, 'Interval Too Brief'],
  [430, 'Flow Failed'],
  [439, 'First Hop Lacks Outbound Support'],
  [480, 'Temporarily Unavailable'],
  [481, 'Call/Transaction Does Not Exist'],
  [482, 'Loop Detected'],
  [483, 'Too Many Hops'],
  [484, 'Address Incomplete'],
  [485, 'Ambiguous'],
  [486, 'Busy Here'],
  [487, 'Request Terminated'],
  [488, 'Not Acceptable Here'],
  [489, 'Bad Event'],
  [491, 'Request Pending'],
  [493, 'Undecipherable'],
  [500, 'Server Internal Error'],
  [501, 'Not Implemented'],
  [502, 'Bad Gateway'],
  [503, 'Service Unavailable'],
  [504, 'Server Time-out'],
  [505, 'Version Not Supported'],
  [513, 'Message Too Large'],
  [600, 'Busy Everywhere'],
  [603, 'Decline'],
  [604, 'Does Not Exist Anywhere'],
  [606, 'Not Acceptable'],
];
const REASON_BY_STATUS: ReadonlyMap<number, string> = new Map(REASONS);
const CLASS_REASONS = [
  '',
  'Trying',
  'OK',
  'Multiple Choices',
  'Bad Request',
  'Server Internal Error',
  'Decline',
];

const SPACE = 32;
const VERSION = octetsOf('SIP/2.0 ');
const TAG = octetsOf(';tag=');
const NO_BODY = octetsOf('Content-Length: 0\r\n\r\n');

/** Reason phrase of RFC 3261 section 21 (and the later ones in use) for `status`; of an unknown one, that of its class. */
export function reasonOf(status: number): string {
  return REASON_BY_STATUS.get(status) ?? CLASS_REASONS[(status / 100) | 0] ?? '';
}

/** Copies header line `index` as it came; nothing if it is -1. */
function copyLine(writer: OctetWriter, message: SipMessage, index: number): void {
  if (index < 0) return;
  writer.span(message.buf, message.nameStart[index], message.lineEnd[index]);
}

function copyVias(writer: OctetWriter, request: SipMessage, fromIp: number, fromPort: number): void {
  const { buf } = request;
  let i = request.find(Header.via);
  const via = fromIp < 0 ? undefined : request.topVia();
  if (via !== undefined && needsStamp(buf, via, fromIp)) {
    writer.span(buf, request.nameStart[i], via.start);
    writeStampedVia(writer, buf, via, fromIp, fromPort);
    writer.span(buf, via.end, request.lineEnd[i]);
    i = request.find(Header.via, i + 1);
  }
  for (; i >= 0; i = request.find(Header.via, i + 1)) copyLine(writer, request, i);
}

function copyTo(writer: OctetWriter, request: SipMessage, toTag: string | number): void {
  const i = request.find(Header.to);
  const to = request.to();
  // A To that cannot be read is sent back as it came: nothing can be added to it safely.
  if (i < 0 || toTag === '' || to === undefined || to.tagEnd > to.tagStart)
    return copyLine(writer, request, i);
  writer.span(request.buf, request.nameStart[i], request.valueEnd[i]).constant(TAG);
  if (typeof toTag === 'string') writer.ascii(toTag);
  else writer.hex32(toTag);
  writer.crlf();
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
  assert(request.isRequest && !request.bareLineEnds, 'a response to what cannot be answered');
  writer.constant(VERSION).decimal(status).octet(SPACE).ascii(reason).crlf();
  copyVias(writer, request, fromIp, fromPort);
  copyLine(writer, request, request.find(Header.from));
  copyTo(writer, request, toTag);
  copyLine(writer, request, request.find(Header.callId));
  copyLine(writer, request, request.find(Header.cseq));
  const timestamp = status === 100 ? request.find(Header.timestamp) : -1;
  if (timestamp >= 0) copyLine(writer, request, timestamp);
}

/** Writes `Content-Length: 0` and the empty line. */
export function endWithoutBody(writer: OctetWriter): void {
  writer.constant(NO_BODY);
}
