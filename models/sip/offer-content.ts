/**
 * The content of an INVITE as a UAS must look at it before it reads the offer (RFC 3261 sections 8.2.3, 20.1 and 21.4.13; RFC 4475
 * sections 3.3.6 and 3.3.15): a body that is no SDP, or is encoded, is answered 415, and who takes no SDP in return 406.
 *
 * Not modelled: multipart bodies with an offer in one part, q values, Content-Disposition.
 */
import { ContentType } from '../wire/mime/content-type.js';
import { Header } from '../wire/sip/head/header-names.js';
import { ListCursor } from '../wire/sip/values/list.js';
import type { SipMessage } from '../wire/sip/message.js';

/** Header lines of a 415: what would be taken. */
export const TAKEN_CONTENT = 'Accept: application/sdp\r\nAccept-Encoding: identity\r\n';

export class OfferContent {
  private readonly type = new ContentType();
  private readonly list = new ListCursor();

  /** 415, 406, or 0 if the body may be read as an offer (an empty one may, and is none). */
  refusal(message: SipMessage): number {
    if (message.bodyOctets > 0 && !this.isPlainSdp(message)) return 415;
    return !message.has(Header.accept) || this.takesSdp(message) ? 0 : 406;
  }

  /** True if the body is SDP and not encoded, be it an offer or an answer. */
  isPlainSdp(message: SipMessage): boolean {
    const { type } = this;
    const at = message.find(Header.contentType);
    if (at < 0 || !type.parse(message.buf, message.valueStart[at], message.valueEnd[at])) return false;
    if (!type.is('application', 'sdp')) return false;
    const list = this.list.open(message, Header.contentEncoding);
    while (list.next()) if (this.textOf(message) !== 'identity') return false;
    return true;
  }

  /** An element of Accept that cannot be read names nothing. */
  private takesSdp(message: SipMessage): boolean {
    const { type } = this;
    const list = this.list.open(message, Header.accept);
    while (list.next()) {
      if (!type.parse(message.buf, list.start, list.end)) continue;
      if (type.is('application', 'sdp') || type.is('application', '*') || type.is('*', '*')) return true;
    }
    return false;
  }

  private textOf(message: SipMessage): string {
    return message.buf.latin1Slice(this.list.start, this.list.end).toLowerCase();
  }
}
