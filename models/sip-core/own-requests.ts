/**
 * What the Core answers where it is the end of the road: a request whose Request-URI names it or its domain and no user, or an
 * OPTIONS whose Max-Forwards has run out (RFC 3261 sections 8.2, 11.2 and 16.3 item 3). OPTIONS tells what it can do; of everything
 * else only REGISTER is for it, which goes to the registrar before it comes here.
 *
 * The 200 has no Allow: "it is ambiguous since a proxy is method agnostic" (section 11.2). A 405 must have it (section 8.2.1).
 *
 * Not modelled: Contact and a body in the 200.
 */
import type { SipEndpoint } from '../sip/endpoint.js';
import { writeUnsupported } from '../sip/option-tags.js';
import type { Tx } from '../sip/user.js';
import { Header } from '../wire/sip/head/header-names.js';
import type { SipMessage } from '../wire/sip/message.js';
import { Method } from '../wire/sip/head/methods.js';

/** The option tags that the Core understands as a UAS and registrar, lower case. */
export const KNOWN_OPTIONS: readonly string[] = ['outbound'];

const ALLOW = 'Allow: ACK, CANCEL, OPTIONS, REGISTER\r\n';
const CAPABILITIES =
  'Accept: */*\r\nAccept-Encoding: identity\r\nAccept-Language: en\r\n' +
  `Supported: ${KNOWN_OPTIONS.join(', ')}\r\n`;

/** Answers the request `tx`. */
export function answerOwn(endpoint: SipEndpoint, tx: Tx, message: SipMessage): void {
  if (message.method !== Method.options) {
    endpoint.answer(tx, message, 405, ALLOW);
    return;
  }
  const unsupported = writeUnsupported(message, Header.require, KNOWN_OPTIONS);
  if (unsupported !== '') endpoint.answer(tx, message, 420, unsupported);
  else endpoint.answer(tx, message, 200, CAPABILITIES);
}
