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
import { octetsOf, type OctetWriter } from '../octet-writer.js';
import { HEADER_IDS, Header } from './head/header-names.js';
import { ListCursor } from './values/list.js';
import type { SipMessage } from './message.js';
import { parseMaxForwards } from './values/scalars.js';
import { needsStamp, writeStampedVia } from './values/via-stamp.js';

const SPACE = 32;
const COMMA = 44;
const MAX_FORWARDS = octetsOf('Max-Forwards: ');
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

/** Writes the start line as it came, `SIP/2.0` in upper case (RFC 3261 section 7.1). */
export function writeStartLine(writer: OctetWriter, message: SipMessage): void {
  const { buf, start, uriEnd, headersStart } = message;
  if (message.isRequest) {
    if (isUpperSip(buf, uriEnd + 1)) writer.span(buf, start, headersStart);
    else writeRequestLine(writer, message, buf, message.uriStart, uriEnd);
    return;
  }
  // A status code without the space behind it gets one.
  if (isUpperSip(buf, start) && buf[message.reasonStart - 1] === SPACE) {
    writer.span(buf, start, headersStart);
    return;
  }
  writer.ascii('SIP/2.0 ').decimal(message.status).ascii(' ');
  writer.span(buf, message.reasonStart, message.reasonEnd).crlf();
}

function isUpperSip(buf: Uint8Array, at: number): boolean {
  return buf[at] === 83 && buf[at + 1] === 73 && buf[at + 2] === 80;
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

/** True if header line `i`, of an id in {@link NEEDS_LOOK}, is not to be copied as it is. */
function isEdited(message: SipMessage, edits: HeaderEdits, i: number): boolean {
  switch (message.ids[i]) {
    case Header.contentLength:
      return !keepsContentLength(message, edits);
    case Header.via: {
      if (i !== message.find(Header.via)) return false;
      if (edits.popVia) return true;
      const via = edits.fromIp < 0 ? undefined : message.topVia();
      return via !== undefined && needsStamp(message.buf, via, edits.fromIp);
    }
    case Header.route:
      if (edits.popRoutes === 0) return false;
      popElements(edits.cursor, message, Header.route, edits.popRoutes);
      return i <= edits.cursor.index;
    case Header.maxForwards:
      return edits.decrementMaxForwards;
    default:
      return false;
  }
}

/** Writes what takes the place of header line `i`, which `isEdited`. */
function writeEdited(writer: OctetWriter, message: SipMessage, edits: HeaderEdits, i: number): void {
  const { buf } = message;
  const id = message.ids[i];
  if (id === Header.via) {
    if (edits.popVia) {
      popElements(edits.cursor, message, Header.via, 1);
      if (edits.cursor.index === i) writeRest(writer, message, i, edits.cursor.at);
      return;
    }
    const via = message.topVia();
    assert(via !== undefined, 'a Via to be stamped has been read');
    writer.span(buf, message.nameStart[i], via.start);
    writeStampedVia(writer, buf, via, edits.fromIp, edits.fromPort);
    writer.span(buf, via.end, message.lineEnd[i]);
  } else if (id === Header.route) {
    if (i === edits.cursor.index) writeRest(writer, message, i, edits.cursor.at);
  } else if (id === Header.maxForwards) {
    const value = parseMaxForwards(buf, message.valueStart[i], message.valueEnd[i]);
    // The value was validated on arrival; one that cannot be read counts as absent.
    const lower = value < 0 ? DEFAULT_MAX_FORWARDS : value === 0 ? 0 : value - 1;
    writer.constant(MAX_FORWARDS).decimal(lower).crlf();
  }
}

/** Copies the header fields of a message whose head has no fault, with `edits`. A Content-Length that is not exactly right is left out too. */
export function copyHeaders(writer: OctetWriter, message: SipMessage, edits: HeaderEdits): void {
  assert(!message.bareLineEnds, 'lone line ends are not passed on');
  if (edits.decrementMaxForwards && !message.has(Header.maxForwards)) {
    writer.constant(MAX_FORWARDS).decimal(DEFAULT_MAX_FORWARDS).crlf();
  }
  const { buf, ids, lineEnd, headerCount } = message;
  const { dropped } = edits;
  let copied = message.headersStart;
  let read = copied;
  for (let i = 0; i < headerCount; i++) {
    const id = ids[i];
    const isDropped = dropped[id] !== 0;
    if (isDropped || (NEEDS_LOOK[id] !== 0 && isEdited(message, edits, i))) {
      if (read > copied) writer.span(buf, copied, read);
      if (!isDropped) writeEdited(writer, message, edits, i);
      copied = lineEnd[i];
    }
    read = lineEnd[i];
  }
  if (read > copied) writer.span(buf, copied, read);
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
