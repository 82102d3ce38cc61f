/**
 * Require and Proxy-Require: which option tags of a request are not understood (RFC 3261 sections 8.2.2.3 and 16.3 item 5).
 */
import type { Header } from '../wire/sip/head/header-names.js';
import { ListCursor } from '../wire/sip/values/list.js';
import type { SipMessage } from '../wire/sip/message.js';

/**
 * The Unsupported header line, with CRLF, for the option tags in header `id` of `message` that are not in `known` (lower case);
 * empty if all are.
 */
export function writeUnsupported(message: SipMessage, id: Header, known: readonly string[]): string {
  let tags = '';
  const list = new ListCursor().open(message, id);
  while (list.next()) {
    const tag = message.buf.toString('latin1', list.start, list.end);
    if (!known.includes(tag.toLowerCase())) tags += tags === '' ? tag : `, ${tag}`;
  }
  return tags === '' ? '' : `Unsupported: ${tags}\r\n`;
}
