/**
 * Disposition notifications in message/cpim bodies (RFC 5438): what a message asks for, what a notification says, and the body of
 * one, written octet by octet.
 *
 * Not modelled: IMDN-Route and IMDN-Record-Route, Subject in a notification, aggregated notifications, reading the XML
 * beyond its one status element.
 */
import { Octet, findText } from '../mime/octets.js';
import type { OctetWriter } from '../octet-writer.js';
import { DateTimeWriter } from '../xcap/date-time.js';
import { writeEscaped } from '../xcap/xml-text.js';
import { CPIM_NAMESPACE, CpimMessage } from './cpim.js';

/** Namespace of the CPIM header fields of section 6.1. */
export const IMDN_NAMESPACE = 'urn:ietf:params:imdn';

/**
 * Largest message/cpim body of a notification: with the headers that a client or a server writes, and those that the Core adds, the MESSAGE
 * stays within 1300 octets (RFC 3428 section 8).
 */
export const NOTIFICATION_LIMIT_OCTETS = 680;

/** What a notification says of its message. */
export const ImdnStatus = { delivered: 0, failed: 1, stored: 2, other: 3, displayed: 4 } as const;
export type ImdnStatus = (typeof ImdnStatus)[keyof typeof ImdnStatus];

/** The notification elements and the status in them, by {@link ImdnStatus}. */
const ELEMENTS = ['delivery', 'delivery', 'processing', '', 'display'] as const;
const STATUS = ['delivered', 'failed', 'stored', '', 'displayed'] as const;
/** The value may be folded (RFC 3862 section 2.4: content headers are MIME's). */
const NOTIFICATION =
  /^content-disposition[ \t]*:(?:\r\n)?[ \t]*notification[ \t]*(?:\r\n[ \t]+)?(?:;|\r?$)/im;
const LESS_THAN = 0x3c;
const GREATER_THAN = 0x3e;
const COLON = 0x3a;

/** Reads message/cpim bodies. Reuse one object; the spans are positions in the buffer that was read. */
export class ImdnReader {
  readonly cpim = new CpimMessage();
  buf: Buffer = Buffer.alloc(0);
  /** Value of the imdn.Message-ID, once {@link hasId} was asked. */
  idStart = 0;
  idEnd = 0;
  /** The URI that {@link uriOf} found last. */
  uriStart = 0;
  uriEnd = 0;

  /** Reads the body [start, end) of `buf`; false if it is no message/cpim. */
  read(buf: Buffer, start: number, end: number): boolean {
    this.buf = buf;
    return this.cpim.parse(buf, start, end);
  }

  /** True if it is a notification itself (section 7.1.2), for which none is ever sent. */
  get isNotification(): boolean {
    const { contentHeadersStart, contentHeadersEnd } = this.cpim;
    return NOTIFICATION.test(this.buf.latin1Slice(contentHeadersStart, contentHeadersEnd));
  }

  /** True if the message asks for a notification of this kind (section 6.2), in lower case: `positive-delivery`, `processing`. */
  asks(kind: string): boolean {
    const { cpim } = this;
    const wish = cpim.findByLocalName(IMDN_NAMESPACE, 'Disposition-Notification');
    if (wish < 0) return false;
    return cpim
      .text(wish)
      .split(',')
      .some((one) => one.split(';')[0].trim().toLowerCase() === kind);
  }

  /** Finds the id that a notification quotes (section 6.3). */
  hasId(): boolean {
    const { cpim } = this;
    const id = cpim.findByLocalName(IMDN_NAMESPACE, 'Message-ID');
    if (id < 0) return false;
    this.idStart = cpim.valueStart[id];
    this.idEnd = cpim.valueEnd[id];
    return this.idEnd > this.idStart;
  }

  /** Finds the URI between `<` and `>` of a CPIM header field, behind a name that may be quoted (RFC 3862 section 4). */
  uriOf(name: string): boolean {
    return this.uriAt(this.cpim.findByLocalName(CPIM_NAMESPACE, name));
  }

  /** The same for the header field that says whom the message was for before somebody changed To (section 6.4). */
  originalUri(): boolean {
    return this.uriAt(this.cpim.findByLocalName(IMDN_NAMESPACE, 'Original-To'));
  }

  /**
   * True if what a notification quotes leaves it room; after {@link hasId} and `uriOf('To')`. A Large Message may have an id of any length, which
   * must not be written before it is known to fit.
   */
  fits(): boolean {
    const { cpim } = this;
    const sent = cpim.findByLocalName(CPIM_NAMESPACE, 'DateTime');
    const original = cpim.findByLocalName(IMDN_NAMESPACE, 'Original-To');
    let octets = this.idEnd - this.idStart + this.uriEnd - this.uriStart;
    if (sent >= 0) octets += cpim.valueEnd[sent] - cpim.valueStart[sent];
    if (original >= 0) octets += cpim.valueEnd[original] - cpim.valueStart[original];
    return octets <= NOTIFICATION_LIMIT_OCTETS;
  }

  private uriAt(index: number): boolean {
    const { cpim, buf } = this;
    if (index < 0) return false;
    const end = cpim.valueEnd[index];
    let open = quotedEnd(buf, cpim.valueStart[index], end);
    while (open < end && buf[open] !== LESS_THAN) open++;
    let close = open;
    while (close < end && buf[close] !== GREATER_THAN) close++;
    if (close >= end) return false;
    this.uriStart = open + 1;
    this.uriEnd = close;
    return true;
  }

  /**
   * What the notification says; `forbidden` and `error` of a delivery are failures as well. Of a display or of processing they say nothing
   * about the delivery (section 11.1.7).
   */
  get status(): ImdnStatus {
    if (this.says('delivered')) return ImdnStatus.delivered;
    if (this.says('failed')) return ImdnStatus.failed;
    const refused = this.says('error') || this.says('forbidden');
    if (refused && this.says('delivery-notification')) return ImdnStatus.failed;
    if (this.says('displayed')) return ImdnStatus.displayed;
    return this.says('stored') ? ImdnStatus.stored : ImdnStatus.other;
  }

  /** True if the content has an element of this name, under whatever prefix it gives to the namespace. */
  private says(element: string): boolean {
    const { buf } = this;
    const { contentStart, contentEnd } = this.cpim;
    for (let at = contentStart; ; at++) {
      at = findText(buf, at, contentEnd, element);
      if (at < 0) return false;
      let start = at;
      if (start > contentStart && buf[start - 1] === COLON) {
        start--;
        while (start > contentStart && isNameOctet(buf[start - 1])) start--;
      }
      const opened = start > contentStart && buf[start - 1] === LESS_THAN;
      if (opened && !isNameOctet(buf[at + element.length])) return true;
    }
  }
}

/** The octet after the quoted string that begins at `start`; `start` if none does. */
function quotedEnd(buf: Buffer, start: number, end: number): number {
  if (start >= end || buf[start] !== Octet.quote) return start;
  let at = start + 1;
  while (at < end && buf[at] !== Octet.quote) at += buf[at] === Octet.backslash ? 2 : 1;
  return Math.min(at + 1, end);
}

/** Letters, digits, `-`, `.` and `_`: what names of elements and prefixes are made of here. */
function isNameOctet(octet: number): boolean {
  const lower = octet | 32;
  const digit = octet >= 48 && octet <= 57;
  return digit || (lower >= 97 && lower <= 122) || octet === 45 || octet === 46 || octet === 95;
}

/** Writes the bodies of notifications. */
export class ImdnWriter {
  private readonly dates = new DateTimeWriter();

  /** Appends the CPIM head up to the notification's own id, which the caller appends next, and then {@link content}. */
  head(w: OctetWriter, from: string, to: string): void {
    w.ascii(`From: <${from}>\r\nTo: <${to}>\r\nNS: imdn <${IMDN_NAMESPACE}>\r\nimdn.Message-ID: `);
  }

  /**
   * Appends the rest: that of `asked`, whose id and To were found by `hasId` and `uriOf('To')` and are quoted. `sentMs` stands in
   * where the message has no DateTime (section 11.1.2).
   */
  content(w: OctetWriter, asked: ImdnReader, sentMs: number, status: Exclude<ImdnStatus, 3>): void {
    const { buf, cpim } = asked;
    const element = ELEMENTS[status];
    w.ascii('\r\n\r\nContent-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n');
    w.ascii(
      '<?xml version="1.0" encoding="UTF-8"?>\r\n<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>',
    );
    writeEscaped(w, buf, asked.idStart, asked.idEnd);
    w.ascii('</message-id><datetime>');
    const sent = cpim.findByLocalName(CPIM_NAMESPACE, 'DateTime');
    if (sent < 0) this.dates.write(w, sentMs);
    else writeEscaped(w, buf, cpim.valueStart[sent], cpim.valueEnd[sent]);
    w.ascii('</datetime><recipient-uri>');
    writeEscaped(w, buf, asked.uriStart, asked.uriEnd);
    // The schema of section 11.1.9 wants both or none, though section 11.1.4 calls the second one optional.
    w.ascii('</recipient-uri><original-recipient-uri>');
    const { uriStart, uriEnd } = asked;
    asked.originalUri();
    writeEscaped(w, buf, asked.uriStart, asked.uriEnd);
    // Another notification of the same message may follow.
    asked.uriStart = uriStart;
    asked.uriEnd = uriEnd;
    w.ascii(`</original-recipient-uri><${element}-notification><status><${STATUS[status]}/></status>`);
    w.ascii(`</${element}-notification></imdn>`);
  }
}
