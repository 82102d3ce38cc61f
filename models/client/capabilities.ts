/**
 * What a client says of herself, and what content of a MESSAGE she refuses for it (RFC 3261 sections 8.2.3, 11.2, 20.5 and 20.15).
 *
 * Not modelled: BYE and ACK say nothing of extensions.
 */
import { Header } from '../wire/sip/head/header-names.js';
import { Method } from '../wire/sip/head/methods.js';
import type { SipMessage } from '../wire/sip/message.js';
import { ListCursor } from '../wire/sip/values/list.js';

export const ALLOW = 'Allow: MESSAGE, INVITE, ACK, BYE, CANCEL, OPTIONS\r\n';
/** Those of them that come to her as a request of their own. */
export const METHODS: readonly Method[] = [Method.message, Method.invite, Method.bye, Method.options];
const CODING = 'Accept-Encoding: identity\r\n';
/** Extensions that she understands, and that a request to her may require. */
export const UNDERSTOOD: readonly string[] = ['path', 'outbound'];
/** They are named in MESSAGE, REGISTER, INVITE and its 2xx (RFC 3261 section 13.2.1, RFC 5626 section 4.3). */
export const SUPPORTED = `Supported: ${UNDERSTOOD.join(', ')}\r\n`;
/** A MESSAGE may have any content, and nothing but that may be required. */
export const CAPABILITIES = `${ALLOW}Accept: */*\r\n${CODING}Accept-Language: en\r\n${SUPPORTED}`;
/** With the 488 to a re-INVITE (section 14.2). */
export const NO_CHANGE = 'Warning: 399 client.invalid "a session is not changed here"\r\n';

/** With the 488 to an offer that has nothing for her (section 21.4.26). */
export const NO_MSRP = 'Warning: 304 client.invalid "an offer of TCP/MSRP with a path is needed"\r\n';

/** Why the content of a MESSAGE is not shown: status and header lines; undefined if it is. */
export interface ContentRefusal {
  readonly status: number;
  readonly lines: string;
}

const NO_TYPE: ContentRefusal = { status: 400, lines: '' };
const CODED: ContentRefusal = { status: 415, lines: CODING };

/** 400 for a body of no type (section 20.15), 415 for one that is encoded (section 8.2.3). */
export function contentRefusal(message: SipMessage): ContentRefusal | undefined {
  if (message.bodyOctets > 0 && !message.has(Header.contentType)) return NO_TYPE;
  if (!message.has(Header.contentEncoding)) return undefined;
  const list = new ListCursor().open(message, Header.contentEncoding);
  while (list.next()) {
    if (message.buf.latin1Slice(list.start, list.end).toLowerCase() !== 'identity') return CODED;
  }
  return undefined;
}
