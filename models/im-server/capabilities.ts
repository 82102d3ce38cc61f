/**
 * What the IM Server can do, and what of a request it cannot. OPTIONS (RFC 3261 section 11.2) is answered with the status that an
 * INVITE would have got from the one who is addressed, and with a 200 what can be done here. Who addresses the server itself,
 * without a user, is always answered.
 *
 * Not modelled: an SDP body of the capabilities; Contact.
 */
import { imServerHost } from '../addressing.js';
import type { SipEndpoint } from '../sip/endpoint.js';
import { writeUnsupported } from '../sip/option-tags.js';
import type { Tx } from '../sip/user.js';
import { equalsText } from '../wire/mime/octets.js';
import { Header } from '../wire/sip/head/header-names.js';
import { Method } from '../wire/sip/head/methods.js';
import type { SipMessage } from '../wire/sip/message.js';
import { ACCEPTED, type DeferralJudge } from './deferral/deferral.js';
import { ALLOW, SUPPORTED } from './deferral/answer-lines.js';

/** Any content is stored; no coding, no extension and no language but these. */
export const CAPABILITIES = `${ALLOW}Accept: */*\r\nAccept-Encoding: identity\r\nAccept-Language: en\r\n${SUPPORTED}`;

/** Methods of requests that are understood, but for ACK and CANCEL, which require nothing (section 8.2.2.3). */
const METHODS: readonly Method[] = [
  Method.message,
  Method.register,
  Method.invite,
  Method.bye,
  Method.options,
];

/**
 * Unsupported line for what a request within a dialog, or a REGISTER, requires (RFC 3261 sections 10.3 and 12.2.2); `''` if nothing.
 * What addresses a user is judged with her (`deferral.ts`). A method that is none of ours is refused for that (section 8.2.1).
 */
export function unsupportedBy(message: SipMessage): string {
  const { method } = message;
  if (!message.has(Header.require) || (!message.hasToTag && method !== Method.register)) return '';
  if (!METHODS.includes(method)) return '';
  return writeUnsupported(message, Header.require, []);
}

/** Answers the OPTIONS `tx` at instance `instance` of a cluster; no dialog of ours has it. */
export function answerOptions(
  endpoint: SipEndpoint,
  judge: DeferralJudge,
  instance: number,
  nowNs: number,
  tx: Tx,
  message: SipMessage,
): void {
  const uri = message.uri();
  if (message.hasToTag) {
    endpoint.answer(tx, message, 481);
  } else if (
    uri !== undefined &&
    !uri.hasUser &&
    equalsText(message.buf, uri.hostStart, uri.hostEnd, imServerHost(instance))
  ) {
    const lines = writeUnsupported(message, Header.require, []);
    endpoint.answer(tx, message, lines === '' ? 200 : 420, lines === '' ? CAPABILITIES : lines);
  } else {
    const verdict = judge.judge(message, nowNs, 0, true);
    if (verdict.status === ACCEPTED) endpoint.answer(tx, message, 200, CAPABILITIES);
    else endpoint.answer(tx, message, verdict.status, verdict.headers);
  }
}
