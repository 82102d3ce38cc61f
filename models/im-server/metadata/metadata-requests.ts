/**
 * The HTTP requests by which the IM Server keeps the metadata of deferred messages (rules 2.5), written octet by octet: no XML
 * tree is built for an entry.
 *
 * An entry says what the store knows: size of the body, expiry, Subject, Date, and in `pager` the time of receipt, From and To
 * as they came, and the asserted identity as `auth-id` unless the sender asked for anonymity (S2, O13). Both modes are written
 * so. A long value is cut: metadata are for a list, the message has the whole. Not here: what the answers mean.
 */
import type { Block, Octets } from '../../../sim/host/ports.js';
import { NS_PER_MS } from '../../../sim/kernel/time.js';
import { IM_SERVER_HOST, XDMS_HOST, userUri } from '../../addressing.js';
import { beginLength, endLength } from '../../wire/http/write.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { formatDate } from '../../wire/sip/values/date.js';
import { SipFault } from '../../wire/sip/faults.js';
import { Header } from '../../wire/sip/head/header-names.js';
import { SipMessage } from '../../wire/sip/message.js';
import { Framing, parseSip } from '../../wire/sip/parse.js';
import { DateTimeWriter } from '../../wire/xcap/date-time.js';
import {
  DEFERRED_LIST_AUID,
  DEFERRED_LIST_DOCUMENT,
  DEFERRED_LIST_TYPE,
  ELEMENT_TYPE,
  HISTORY_NAMESPACE,
} from '../../wire/xcap/history.js';
import { writeEscaped } from '../../wire/xcap/xml-text.js';
import { RecordFlag, RecordMode, StoredRecord } from '../store/record.js';

/** Octets of a header value that an entry carries at most. */
export const METADATA_VALUE_OCTETS = 512;

const USERS = ` /${DEFERRED_LIST_AUID}/users/`;
const NODE = `/${DEFERRED_LIST_DOCUMENT}/~~/history-list/history%5b@history-reference=%22sip:`;
const NODE_END = `@${IM_SERVER_HOST}%22%5d HTTP/1.1\r\nHost: ${XDMS_HOST}\r\n`;
const DOCUMENT_END = `/${DEFERRED_LIST_DOCUMENT} HTTP/1.1\r\nHost: ${XDMS_HOST}\r\n`;
const EMPTY_LIST = `<?xml version="1.0" encoding="UTF-8"?><history-list xmlns="${HISTORY_NAMESPACE}"></history-list>`;
const NEW_DOCUMENT =
  `If-None-Match: *\r\nContent-Type: ${DEFERRED_LIST_TYPE}\r\nContent-Length: ${EMPTY_LIST.length}\r\n\r\n` +
  EMPTY_LIST;

export class MetadataRequests {
  private readonly record = new StoredRecord();
  private readonly message = new SipMessage();
  private readonly dates = new DateTimeWriter();

  constructor(private readonly octets: Octets) {}

  /** Appends the PUT that makes the user's document, if there is none. */
  document(w: OctetWriter, user: number): void {
    w.ascii('PUT').ascii(USERS).ascii(userUri(user)).ascii(DOCUMENT_END).ascii(NEW_DOCUMENT);
  }

  /** Appends the GET of the user's list. */
  list(w: OctetWriter, user: number): void {
    w.ascii('GET').ascii(USERS).ascii(userUri(user)).ascii(DOCUMENT_END).crlf();
  }

  /** Appends the DELETE of one node. */
  delete(w: OctetWriter, user: number, random0: number, random1: number): void {
    this.node(w, 'DELETE', user, random0, random1);
    w.crlf();
  }

  /** Appends the PUT of the node of the record in `block`, `length` octets. */
  put(w: OctetWriter, block: Block, length: number): void {
    const { record } = this;
    const start = this.octets.start(block);
    record.read(this.octets.buf, start, start + length);
    this.node(w, 'PUT', record.user, record.random0, record.random1);
    w.ascii(`Content-Type: ${ELEMENT_TYPE}\r\n`);
    const room = beginLength(w);
    w.crlf();
    const from = w.length;
    this.element(w);
    endLength(w, room, from);
  }

  private node(w: OctetWriter, method: string, user: number, random0: number, random1: number): void {
    w.ascii(method).ascii(USERS).ascii(userUri(user)).ascii(NODE);
    w.hex32(random0).hex32(random1).ascii(NODE_END);
  }

  private element(w: OctetWriter): void {
    const { record, message, dates } = this;
    w.ascii('<history history-reference="sip:').hex32(record.random0).hex32(record.random1);
    w.ascii(`@${IM_SERVER_HOST}"><size>`).decimal(record.bodyOctets).ascii('</size>');
    if (record.expiresAtNs >= 0) {
      w.ascii('<expiry>');
      dates.write(w, record.receivedAtMs + (record.expiresAtNs - record.receivedAtNs) / NS_PER_MS);
      w.ascii('</expiry>');
    }
    // A Content-Length in the head of a MESSAGE is about the body that follows it.
    const end = record.mode === RecordMode.large ? record.headEnd : record.bodyEnd;
    const reads =
      parseSip(this.octets.buf, record.headStart, end, Framing.datagram, message) === SipFault.none;
    if (reads) {
      this.value(w, Header.subject, 'subject');
      if ((record.flags & RecordFlag.dateInvalid) === 0) this.value(w, Header.date, 'date');
      else w.ascii('<date>').ascii(formatDate(record.receivedAtMs)).ascii('</date>');
    }
    w.ascii('<pager><time-stamp>');
    dates.write(w, record.receivedAtMs);
    w.ascii('</time-stamp>');
    if (reads) {
      this.value(w, Header.from, 'from');
      this.value(w, Header.to, 'to');
      if (!record.anonymous) this.value(w, Header.pAssertedIdentity, 'auth-id');
    }
    w.ascii('</pager></history>');
  }

  /** Appends the first header field `id` as an element, if the message has it. */
  private value(w: OctetWriter, id: Header, name: string): void {
    const { message } = this;
    const i = message.find(id);
    if (i < 0) return;
    w.octet(60).ascii(name).octet(62);
    if (message.folded[i] === 0) {
      const { buf } = message;
      const start = message.valueStart[i];
      writeEscaped(w, buf, start, cutAt(buf, start, message.valueEnd[i]));
    } else {
      const text = Buffer.from(message.text(i));
      writeEscaped(w, text, 0, cutAt(text, 0, text.length));
    }
    w.octet(60).octet(47).ascii(name).octet(62);
  }
}

/** Where the value [start, end) is cut: not within a UTF-8 sequence. */
function cutAt(buf: Uint8Array, start: number, end: number): number {
  if (end - start <= METADATA_VALUE_OCTETS) return end;
  let at = start + METADATA_VALUE_OCTETS;
  while (at > start && (buf[at] & 0xc0) === 0x80) at--;
  return at;
}
