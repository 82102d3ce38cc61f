/**
 * The head of an HTTP/1.1 message: start line and header lines (RFC 2616 sections 4 to 6, 8.1, 14.10, 14.13, 14.23, 14.41).
 *
 * Strict where a lenient reader and another could disagree about where a message ends: line ends are CRLF, folded lines and
 * spaces before the colon are refused, as are LF and NUL within a line (RFC 9110 section 5.5), and Content-Length is one number.
 * Not here: bodies (`stream.ts`).
 */
import { HTTP_LIMITS, HttpFault } from './faults.js';
import { HttpHeader, HttpMethod, type HttpMessage } from './message.js';

const CR = 13;
const LF = 10;
const SP = 32;
const TAB = 9;
const COLON = 58;
const ZERO = 48;

/** `parseHead` returns this while the head is not complete. */
export const HEAD_INCOMPLETE = -1;

/** What `parseHead` finds besides the message: reused for each. */
export class HeadResult {
  fault: HttpFault = HttpFault.none;
  faultOffset = 0;
  /** Value of Content-Length; -1 if there is none. */
  contentLength = -1;
  /** The sender may hold its body back until it is told 100 (RFC 9110 section 10.1.1). */
  expectsContinue = false;
}

/** 1 for each octet of a token (RFC 2616 section 2.2). */
const TOKEN = new Uint8Array(256);
for (const c of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  TOKEN[c.charCodeAt(0)] = 1;
}

/**
 * Reads the head that begins at `start` of `buf`, whose octets end at `buf.length`. Gives the first octet after the empty line
 * that ends it, {@link HEAD_INCOMPLETE} if that has not come within the limit of a head, or 0 with `result.fault` if it is not one.
 */
export function parseHead(
  buf: Buffer,
  start: number,
  request: boolean,
  message: HttpMessage,
  result: HeadResult,
): number {
  result.fault = HttpFault.none;
  result.contentLength = -1;
  result.expectsContinue = false;
  message.buf = buf;
  message.start = start;
  message.headerCount = 0;
  const limit = start + HTTP_LIMITS.headOctets;
  let lineEnd = lineEndFrom(buf, start, limit, result);
  if (lineEnd < 0) return lineEnd === HEAD_INCOMPLETE ? HEAD_INCOMPLETE : 0;
  const lineFault = request
    ? requestLine(buf, start, lineEnd, message)
    : statusLine(buf, start, lineEnd, message);
  if (lineFault !== HttpFault.none) return failed(result, lineFault, start);
  let hosts = 0;
  let closes = false;
  for (;;) {
    const at = lineEnd + 2;
    lineEnd = lineEndFrom(buf, at, limit, result);
    if (lineEnd < 0) return lineEnd === HEAD_INCOMPLETE ? HEAD_INCOMPLETE : 0;
    if (lineEnd === at) {
      const oldest = request && buf[message.targetEnd + 8] === ZERO;
      if (request && hosts !== 1 && (hosts > 1 || !oldest)) return failed(result, HttpFault.host, start);
      // HTTP/1.0 knows no 100.
      if (oldest) result.expectsContinue = false;
      if (closes) message.keepAlive = false;
      return at + 2;
    }
    const i = message.headerCount;
    if (i === HTTP_LIMITS.headers) return failed(result, HttpFault.tooManyHeaders, at);
    let nameEnd = at;
    while (TOKEN[buf[nameEnd]] === 1) nameEnd++;
    if (nameEnd === at || buf[nameEnd] !== COLON) return failed(result, HttpFault.header, at);
    let valueStart = nameEnd + 1;
    while (valueStart < lineEnd && (buf[valueStart] === SP || buf[valueStart] === TAB)) valueStart++;
    let valueEnd = lineEnd;
    while (valueEnd > valueStart && (buf[valueEnd - 1] === SP || buf[valueEnd - 1] === TAB)) valueEnd--;
    if (hasForbidden(buf, valueStart, valueEnd)) return failed(result, HttpFault.header, at);
    const id = headerOf(buf, at, nameEnd);
    message.ids[i] = id;
    message.nameStart[i] = at;
    message.nameEnd[i] = nameEnd;
    message.valueStart[i] = valueStart;
    message.valueEnd[i] = valueEnd;
    message.headerCount = i + 1;
    switch (id) {
      case HttpHeader.host:
        hosts++;
        break;
      case HttpHeader.contentLength: {
        const length = decimal(buf, valueStart, valueEnd);
        if (length < 0 || (result.contentLength >= 0 && result.contentLength !== length)) {
          return failed(result, HttpFault.length, at);
        }
        result.contentLength = length;
        break;
      }
      case HttpHeader.transferEncoding:
        return failed(result, HttpFault.transferCoding, at);
      case HttpHeader.connection:
        // Said once, it holds, whatever another line says (RFC 9112 section 9.3).
        if (hasToken(buf, valueStart, valueEnd, 'close')) closes = true;
        else if (hasToken(buf, valueStart, valueEnd, 'keep-alive')) message.keepAlive = true;
        break;
      case HttpHeader.expect:
        if (hasToken(buf, valueStart, valueEnd, '100-continue')) result.expectsContinue = true;
        break;
      default:
        break;
    }
  }
}

function failed(result: HeadResult, fault: HttpFault, offset: number): 0 {
  result.fault = fault;
  result.faultOffset = offset;
  return 0;
}

/**
 * Position of the CR of the CRLF that ends the line from `at`; {@link HEAD_INCOMPLETE}, or -2 with a fault. What lies beyond `limit`
 * is not looked at, so that a head that is too long has that fault and no other, in whatever pieces it came.
 */
function lineEndFrom(buf: Buffer, at: number, limit: number, result: HeadResult): number {
  const cr = buf.indexOf(CR, at);
  if (cr < 0 || cr + 1 >= buf.length || cr + 2 > limit) return HEAD_INCOMPLETE;
  if (buf[cr + 1] === LF) return cr;
  failed(result, HttpFault.header, cr);
  return -2;
}

/** LF or NUL, which no value may hold: another reader could take the one for a line end, and cut at the other. */
function hasForbidden(buf: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (buf[at] === LF || buf[at] === 0) return true;
  return false;
}

/** `Method SP Request-URI SP HTTP/1.x`. */
function requestLine(buf: Buffer, start: number, end: number, message: HttpMessage): HttpFault {
  let methodEnd = start;
  while (TOKEN[buf[methodEnd]] === 1) methodEnd++;
  if (methodEnd === start || buf[methodEnd] !== SP) return HttpFault.startLine;
  const targetEnd = end - 9;
  if (targetEnd <= methodEnd + 1 || buf[targetEnd] !== SP) return HttpFault.startLine;
  for (let i = methodEnd + 1; i < targetEnd; i++)
    if (buf[i] <= SP || buf[i] >= 127) return HttpFault.startLine;
  const fault = version(buf, targetEnd + 1, message);
  message.method = methodOf(buf, start, methodEnd);
  message.targetStart = methodEnd + 1;
  message.targetEnd = targetEnd;
  message.status = 0;
  return fault;
}

/** `HTTP/1.x SP 3DIGIT SP Reason-Phrase`; the reason and its space may be missing. */
function statusLine(buf: Buffer, start: number, end: number, message: HttpMessage): HttpFault {
  if (end - start < 12 || buf[start + 8] !== SP) return HttpFault.startLine;
  const fault = version(buf, start, message);
  if (fault !== HttpFault.none) return fault;
  const status = decimal(buf, start + 9, start + 12);
  if (status < 100 || (end > start + 12 && buf[start + 12] !== SP)) return HttpFault.startLine;
  if (hasForbidden(buf, start + 12, end)) return HttpFault.startLine;
  message.method = HttpMethod.other;
  message.targetStart = message.targetEnd = start;
  message.status = status;
  return HttpFault.none;
}

/**
 * `HTTP/1.x` in the eight octets at `at`; sets `keepAlive` to what the version has by default. A minor version that is not known yet is
 * read as 1.1 (RFC 9110 section 2.5).
 */
function version(buf: Buffer, at: number, message: HttpMessage): HttpFault {
  if (buf[at] !== 0x48 || buf[at + 1] !== 0x54 || buf[at + 2] !== 0x54 || buf[at + 3] !== 0x50)
    return HttpFault.startLine;
  if (buf[at + 4] !== 0x2f || buf[at + 6] !== 0x2e) return HttpFault.startLine;
  const major = buf[at + 5] - 48;
  const minor = buf[at + 7] - 48;
  if (major < 0 || major > 9 || minor < 0 || minor > 9) return HttpFault.startLine;
  if (major !== 1) return HttpFault.version;
  message.keepAlive = minor > 0;
  return HttpFault.none;
}

const METHODS: readonly (readonly [string, HttpMethod])[] = [
  ['PUT', HttpMethod.put],
  ['GET', HttpMethod.get],
  ['DELETE', HttpMethod.delete],
  ['POST', HttpMethod.post],
  ['HEAD', HttpMethod.head],
  ['OPTIONS', HttpMethod.options],
];

/** Methods have case (RFC 2616 section 5.1.1). */
function methodOf(buf: Buffer, start: number, end: number): HttpMethod {
  for (let m = 0; m < METHODS.length; m++) {
    const text = METHODS[m][0];
    if (text.length !== end - start) continue;
    let i = 0;
    while (i < text.length && buf[start + i] === text.charCodeAt(i)) i++;
    if (i === text.length) return METHODS[m][1];
  }
  return HttpMethod.other;
}

/** The known header field of the name in [start, end), by its length first. */
function headerOf(buf: Buffer, start: number, end: number): HttpHeader {
  switch (end - start) {
    case 4:
      if (named(buf, start, 'host')) return HttpHeader.host;
      return named(buf, start, 'etag') ? HttpHeader.etag : HttpHeader.other;
    case 6:
      return named(buf, start, 'expect') ? HttpHeader.expect : HttpHeader.other;
    case 8:
      return named(buf, start, 'if-match') ? HttpHeader.ifMatch : HttpHeader.other;
    case 10:
      return named(buf, start, 'connection') ? HttpHeader.connection : HttpHeader.other;
    case 11:
      return named(buf, start, 'retry-after') ? HttpHeader.retryAfter : HttpHeader.other;
    case 12:
      return named(buf, start, 'content-type') ? HttpHeader.contentType : HttpHeader.other;
    case 13:
      return named(buf, start, 'if-none-match') ? HttpHeader.ifNoneMatch : HttpHeader.other;
    case 14:
      return named(buf, start, 'content-length') ? HttpHeader.contentLength : HttpHeader.other;
    case 17:
      return named(buf, start, 'transfer-encoding') ? HttpHeader.transferEncoding : HttpHeader.other;
    default:
      return HttpHeader.other;
  }
}

/** True if the octets from `at` spell `text`, which is lower case, in any case. The hyphen is not a letter, nor is 0x0d. */
function named(buf: Buffer, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const octet = buf[at + i];
    const lower = octet >= 65 && octet <= 90 ? octet | 32 : octet;
    if (lower !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** True if the comma list in [start, end) has `token`, which is lower case. */
function hasToken(buf: Buffer, start: number, end: number, token: string): boolean {
  for (let at = start; at < end;) {
    let stop = at;
    while (stop < end && buf[stop] !== 0x2c) stop++;
    let from = at;
    while (from < stop && (buf[from] === SP || buf[from] === TAB)) from++;
    let to = stop;
    while (to > from && (buf[to - 1] === SP || buf[to - 1] === TAB)) to--;
    if (to - from === token.length && named(buf, from, token)) return true;
    at = stop + 1;
  }
  return false;
}

/** The decimal number that is all of [start, end), at most 15 digits; -1 if it is not one. */
function decimal(buf: Buffer, start: number, end: number): number {
  if (start === end || end - start > 15) return -1;
  let value = 0;
  for (let i = start; i < end; i++) {
    const digit = buf[i] - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
