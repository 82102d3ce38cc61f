/**
 * Passes a received message on with edits, as a proxy does (RFC 3261 sections 16.6 and 16.7). What is not edited is copied in
 * long spans.
 *
 *     writer.begin();
 *     writeStartLine(writer, message);                    // or writeRequestLine with another Request-URI
 *     writer.ascii('Via: SIP/2.0/UDP ...').crlf();        // lines to put first, in order
 *     copyHeaders(writer, message, edits);
 *     writer.ascii('P-Charging-Vector: ...').crlf();      // lines to put last
 *     const bodyAt = endForwarded(writer, message, edits);
 *     const block = writer.end();
 */
import { assert } from '../../../sim/kernel/assert.js';
import type { OctetWriter } from '../octet-writer.js';
import { HEADER_IDS, Header } from './head/header-names.js';
import { ListCursor } from './values/list.js';
import type { SipMessage } from './message.js';
import { parseMaxForwards } from './values/scalars.js';
import { needsStamp, writeStampedVia } from './values/via-stamp.js';

const SPACE = 32;
const COMMA = 44;
/** RFC 3261 section 16.6 step 3. */
const DEFAULT_MAX_FORWARDS = 70;
/** 1 for ids that `writeEdited` may change. */
const NEEDS_LOOK = new Uint8Array(HEADER_IDS);
for (const id of [Header.via, Header.route, Header.maxForwards, Header.contentLength]) NEEDS_LOOK[id] = 1;

/** What `copyHeaders` changes. Reusable: set it up once for a kind of forwarding, or `reset` it. */
export class HeaderEdits {
  /** 1 for ids whose header lines are all left out. */
  readonly dropped = new Uint8Array(HEADER_IDS);
  /** Leave out the first Via element (a proxy passing a response on). */
  popVia = false;
  /** How many Route elements to leave out from the front. */
  popRoutes = 0;
  /** Write Max-Forwards one lower (a value of 0 stays 0); if it is absent, write 70. */
  decrementMaxForwards = false;
  /** Stamp the top Via with received and rport as if it came from here; -1: do not. */
  fromIp = -1;
  fromPort = 0;
  /** For `copyHeaders`. */
  readonly cursor = new ListCursor();

  reset(): this {
    this.dropped.fill(0);
    this.popVia = false;
    this.popRoutes = 0;
    this.decrementMaxForwards = false;
    this.fromIp = -1;
    this.fromPort = 0;
    return this;
  }

  drop(id: Header): this {
    this.dropped[id] = 1;
    return this;
  }

  keep(id: Header): this {
    this.dropped[id] = 0;
    return this;
  }
}

/** Writes the start line as it came. */
export function writeStartLine(writer: OctetWriter, message: SipMessage): void {
  if (message.isRequest) {
    return writeRequestLine(writer, message, message.buf, message.uriStart, message.uriEnd);
  }
  writer.ascii('SIP/2.0 ').decimal(message.status).ascii(' ');
  writer.span(message.buf, message.reasonStart, message.reasonEnd).crlf();
}

/** Writes the request line with octets [uriStart, uriEnd) of `uri` as Request-URI. */
export function writeRequestLine(
  writer: OctetWriter,
  message: SipMessage,
  uri: Uint8Array,
  uriStart: number,
  uriEnd: number,
): void {
  writer.span(message.buf, message.methodStart, message.methodEnd).octet(SPACE);
  writer.span(uri, uriStart, uriEnd).ascii(' SIP/2.0\r\n');
}

/** True if the Content-Length line may stay: there is one, and it says what is so. */
function keepsContentLength(message: SipMessage, edits: HeaderEdits): boolean {
  return (
    edits.dropped[Header.contentLength] === 0 &&
    message.contentLength === message.bodyEnd - message.bodyStart &&
    message.count(Header.contentLength) === 1
  );
}

/** Leaves out the first `count` elements of the list `id`: sets where the rest begins in the cursor. */
function popElements(cursor: ListCursor, message: SipMessage, id: Header, count: number): void {
  cursor.open(message, id);
  for (let i = 0; i < count; i++) if (!cursor.next()) break;
}

/** Writes header line `index` without the elements before offset `at`; nothing if none is left. */
function writeRest(writer: OctetWriter, message: SipMessage, index: number, at: number): void {
  const { buf } = message;
  let p = at;
  while (p < message.valueEnd[index] && (buf[p] <= SPACE || buf[p] === COMMA)) p++;
  if (p >= message.valueEnd[index]) return;
  writer.span(buf, message.nameStart[index], message.nameEnd[index]).ascii(': ');
  writer.span(buf, p, message.lineEnd[index]);
}

/** Writes header line `i` if it needs an edit of its own; false if it is to be copied as it is. */
function writeEdited(writer: OctetWriter, message: SipMessage, edits: HeaderEdits, i: number): boolean {
  const id = message.ids[i] as Header;
  if (edits.dropped[id] !== 0) return true;
  if (id === Header.contentLength) return !keepsContentLength(message, edits);
  if (id === Header.via && i === message.find(Header.via)) {
    if (edits.popVia) {
      popElements(edits.cursor, message, Header.via, 1);
      if (edits.cursor.index === i) writeRest(writer, message, i, edits.cursor.at);
      return true;
    }
    const via = edits.fromIp < 0 ? undefined : message.topVia();
    if (via === undefined || !needsStamp(message.buf, via, edits.fromIp)) return false;
    writer.span(message.buf, message.nameStart[i], via.start);
    writeStampedVia(writer, message.buf, via, edits.fromIp, edits.fromPort);
    writer.span(message.buf, via.end, message.lineEnd[i]);
    return true;
  }
  if (id === Header.route && edits.popRoutes > 0) {
    popElements(edits.cursor, message, Header.route, edits.popRoutes);
    if (i > edits.cursor.index) return false;
    if (i === edits.cursor.index) writeRest(writer, message, i, edits.cursor.at);
    return true;
  }
  if (id === Header.maxForwards && edits.decrementMaxForwards) {
    const value = parseMaxForwards(message.buf, message.valueStart[i], message.valueEnd[i]);
    // The value was validated on arrival; one that cannot be read counts as absent.
    const lower = value < 0 ? DEFAULT_MAX_FORWARDS : value === 0 ? 0 : value - 1;
    writer.ascii('Max-Forwards: ').decimal(lower).crlf();
    return true;
  }
  return false;
}

/** Copies the header fields with `edits`. A Content-Length that is not exactly right is left out too. */
export function copyHeaders(writer: OctetWriter, message: SipMessage, edits: HeaderEdits): void {
  assert(!message.bareLineEnds, 'lone line ends are not passed on');
  if (edits.decrementMaxForwards && !message.has(Header.maxForwards)) {
    writer.ascii('Max-Forwards: ').decimal(DEFAULT_MAX_FORWARDS).crlf();
  }
  const { buf } = message;
  let runStart = message.headersStart;
  let runEnd = runStart;
  for (let i = 0; i < message.headerCount; i++) {
    const lineStart = message.nameStart[i];
    const flushBefore = lineStart !== runEnd;
    if (flushBefore || NEEDS_LOOK[message.ids[i]] !== 0 || edits.dropped[message.ids[i]] !== 0) {
      writer.span(buf, runStart, runEnd);
      runStart = runEnd = lineStart;
      if (writeEdited(writer, message, edits, i)) {
        runStart = runEnd = message.lineEnd[i];
        continue;
      }
    }
    runEnd = message.lineEnd[i];
  }
  writer.span(buf, runStart, runEnd);
}

/** Writes Content-Length if `copyHeaders` left none, the empty line and the body. Returns the body's offset from the start of the message. */
export function endForwarded(writer: OctetWriter, message: SipMessage, edits: HeaderEdits): number {
  if (!keepsContentLength(message, edits)) {
    writer
      .ascii('Content-Length: ')
      .decimal(message.bodyEnd - message.bodyStart)
      .crlf();
  }
  writer.crlf();
  const bodyAt = writer.length;
  writer.span(message.buf, message.bodyStart, message.bodyEnd);
  return bodyAt;
}
