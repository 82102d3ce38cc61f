/**
 * The lines of a frame's head, one at a time: start line and headers (RFC 4975 section 9), into a {@link FrameHead}.
 *
 * Liberal: any order of headers, header names and report values in any case, blanks around a value, ids shorter than the
 * grammar allows (rules 3.1). Not read here: the inside of URIs (`uri.ts`) and of Content-Type.
 */
import { FrameFault, FRAME_LIMITS } from './frame-faults.js';
import { FrameKind, type FrameHead, type Span } from './frame-head.js';

const SP = 32;
const HTAB = 9;
const COLON = 58;
const HYPHEN = 45;
const SLASH = 47;
const STAR = 42;

/** More digits than any position has; beyond them a number is refused rather than rounded. */
const MAX_DIGITS = 15;

const names = [
  'to-path',
  'from-path',
  'message-id',
  'byte-range',
  'success-report',
  'failure-report',
  'status',
  'content-type',
] as const;
const [TO_PATH, FROM_PATH, MESSAGE_ID, BYTE_RANGE, SUCCESS, FAILURE, STATUS, CONTENT_TYPE] = names;

/** True if octets [start, end) are `name` in any case; `name` is lower-case and has no octet that case would confuse. */
export function isToken(buf: Uint8Array, start: number, end: number, name: string): boolean {
  if (end - start !== name.length) return false;
  for (let i = 0; i < name.length; i++) {
    const expected = name.charCodeAt(i);
    const octet = buf[start + i];
    if (octet !== expected && !(expected >= 97 && (octet | 32) === expected && octet < 128)) return false;
  }
  return true;
}

/** Reads `MSRP SP tid SP (method / status)`. Returns a framing fault or `none`; a bad third part is blamed on the head. */
export function readStartLine(head: FrameHead, buf: Buffer, start: number, end: number): FrameFault {
  if (end - start < 5 || !startsWithMsrp(buf, start)) return FrameFault.badStart;
  const tid = start + 5;
  let at = tid;
  while (at < end && buf[at] > SP && buf[at] < 127) at++;
  if (at === tid || at - tid > FRAME_LIMITS.transactionIdOctets || (at < end && buf[at] !== SP)) {
    return FrameFault.badTransactionId;
  }
  head.tid.set(tid, at);
  const third = at + 1;
  at = third;
  while (at < end && buf[at] >= 65 && buf[at] <= 90) at++;
  if (at > third && at === end) {
    head.method.set(third, at);
    head.kind = kindOf(buf, third, at);
    return FrameFault.none;
  }
  const code = threeDigits(buf, third, end);
  if (code >= 0 && (third + 3 === end || buf[third + 3] === SP)) {
    head.kind = FrameKind.response;
    head.status = code;
    return FrameFault.none;
  }
  head.kind = FrameKind.otherRequest;
  head.method.set(Math.min(third, end), end);
  head.blame(FrameFault.badMethod, Math.min(third, end));
  return FrameFault.none;
}

function startsWithMsrp(buf: Buffer, at: number): boolean {
  return (
    buf[at] === 77 && buf[at + 1] === 83 && buf[at + 2] === 82 && buf[at + 3] === 80 && buf[at + 4] === SP
  );
}

function kindOf(buf: Buffer, start: number, end: number): FrameKind {
  if (end - start === 4) {
    const send = buf[start] === 83 && buf[start + 1] === 69 && buf[start + 2] === 78 && buf[start + 3] === 68;
    if (send) return FrameKind.send;
  } else if (end - start === 6 && buf[start] === 82 && isToken(buf, start, end, 'report')) {
    return FrameKind.report;
  }
  return FrameKind.otherRequest;
}

/** Reads one header line, without its CRLF. */
export function readHeaderLine(head: FrameHead, buf: Buffer, start: number, end: number): void {
  let colon = start;
  while (colon < end && buf[colon] !== COLON) colon++;
  if (colon === end || colon === start) {
    head.blame(FrameFault.badLine, start);
    return;
  }
  let from = colon + 1;
  while (from < end && isBlank(buf[from])) from++;
  let to = end;
  while (to > from && isBlank(buf[to - 1])) to--;
  switch (colon - start) {
    case 6:
      if (isToken(buf, start, colon, STATUS)) return readStatus(head, buf, from, to);
      break;
    case 7:
      if (isToken(buf, start, colon, TO_PATH)) return once(head, head.toPath, from, to);
      break;
    case 9:
      if (isToken(buf, start, colon, FROM_PATH)) return once(head, head.fromPath, from, to);
      break;
    case 10:
      if ((buf[start] | 32) === 109) {
        if (isToken(buf, start, colon, MESSAGE_ID)) return once(head, head.messageId, from, to);
      } else if (isToken(buf, start, colon, BYTE_RANGE)) return readByteRange(head, buf, from, to);
      break;
    case 12:
      if (isToken(buf, start, colon, CONTENT_TYPE)) return once(head, head.contentType, from, to);
      break;
    case 14:
      if (isToken(buf, start, colon, FAILURE)) return readFailureReport(head, buf, from, to);
      if (isToken(buf, start, colon, SUCCESS)) return readSuccessReport(head, buf, from, to);
      break;
    default:
  }
  if (colon - start > 8 && isToken(buf, start, start + 8, 'content-')) head.mimeHeaders++;
  else head.otherHeaders++;
}

function isBlank(octet: number): boolean {
  return octet === SP || octet === HTAB;
}

/** A field without a value counts as absent. */
function once(head: FrameHead, span: Span, from: number, to: number): void {
  if (span.present) head.blame(FrameFault.duplicateHeader, from);
  else if (to > from) span.set(from, to);
}

/** `start "-" (end / "*") "/" (total / "*")`. */
export function readByteRange(head: FrameHead, buf: Buffer, from: number, to: number): void {
  if (head.hasRange) return head.blame(FrameFault.duplicateHeader, from);
  head.hasRange = true;
  const hyphen = digitsEnd(buf, from, to);
  const first = decimal(buf, from, hyphen);
  if (first < 1 || hyphen >= to || buf[hyphen] !== HYPHEN) return head.blame(FrameFault.badByteRange, from);
  const slash = digitsEnd(buf, hyphen + 1, to);
  const last = numberOrStar(buf, hyphen + 1, slash);
  if (last < -1 || slash >= to || buf[slash] !== SLASH) return head.blame(FrameFault.badByteRange, from);
  const end = digitsEnd(buf, slash + 1, to);
  const total = numberOrStar(buf, slash + 1, end);
  if (total < -1 || end !== to) return head.blame(FrameFault.badByteRange, from);
  head.range.set(from, to);
  head.rangeStart = first;
  head.rangeEnd = last;
  head.total = total;
}

/** End of a run of digits, or of one `*`. */
function digitsEnd(buf: Buffer, from: number, to: number): number {
  let at = from;
  if (at < to && buf[at] === STAR) return at + 1;
  while (at < to && buf[at] >= 48 && buf[at] <= 57) at++;
  return at;
}

/** -1 for `*`, -2 for what is no number. */
function numberOrStar(buf: Buffer, from: number, to: number): number {
  if (to === from + 1 && buf[from] === STAR) return -1;
  return decimal(buf, from, to);
}

function decimal(buf: Buffer, from: number, to: number): number {
  if (to <= from || buf[from] === STAR) return -2;
  let at = from;
  while (at < to - 1 && buf[at] === 48) at++;
  if (to - at > MAX_DIGITS) return -2;
  let value = 0;
  for (; at < to; at++) value = value * 10 + buf[at] - 48;
  return value;
}

function threeDigits(buf: Buffer, at: number, end: number): number {
  if (at + 3 > end) return -1;
  for (let i = at; i < at + 3; i++) if (buf[i] < 48 || buf[i] > 57) return -1;
  return (buf[at] - 48) * 100 + (buf[at + 1] - 48) * 10 + buf[at + 2] - 48;
}

function readStatus(head: FrameHead, buf: Buffer, from: number, to: number): void {
  if (head.hasStatus) return head.blame(FrameFault.duplicateHeader, from);
  head.hasStatus = true;
  const namespace = threeDigits(buf, from, to);
  const code = threeDigits(buf, from + 4, to);
  if (namespace < 0 || code < 0 || buf[from + 3] !== SP || (from + 7 < to && buf[from + 7] !== SP)) {
    return head.blame(FrameFault.badStatus, from);
  }
  head.namespace = namespace;
  if (head.kind !== FrameKind.response) head.status = code;
}

function readSuccessReport(head: FrameHead, buf: Buffer, from: number, to: number): void {
  if (head.hasSuccessReport) return head.blame(FrameFault.duplicateHeader, from);
  head.hasSuccessReport = true;
  if (isToken(buf, from, to, 'yes')) head.successReport = 1;
  else if (!isToken(buf, from, to, 'no')) head.blame(FrameFault.badReportValue, from);
}

function readFailureReport(head: FrameHead, buf: Buffer, from: number, to: number): void {
  if (head.hasFailureReport) return head.blame(FrameFault.duplicateHeader, from);
  head.hasFailureReport = true;
  if (isToken(buf, from, to, 'no')) head.failureReport = 2;
  else if (isToken(buf, from, to, 'partial')) head.failureReport = 1;
  else if (!isToken(buf, from, to, 'yes')) head.blame(FrameFault.badReportValue, from);
}

/** Faults of the head as a whole, once its last line was read. */
export function judgeHead(head: FrameHead, hasBody: boolean, at: number): void {
  if (!head.toPath.present || !head.fromPath.present) head.blame(FrameFault.missingPath, at);
  if (head.kind === FrameKind.report) {
    if (!head.hasStatus) head.blame(FrameFault.badStatus, at);
    if (!head.messageId.present) head.blame(FrameFault.missingMessageId, at);
  } else if (head.kind === FrameKind.send && hasBody && !head.messageId.present) {
    head.blame(FrameFault.missingMessageId, at);
  }
}
