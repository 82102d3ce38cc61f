/**
 * Which requests may go to the IM Server for a served user who is not there (rules 2.1): all that a client sent, and of what an IM Server sent
 * a MESSAGE that is worth something late, such as a notification of failure. A notice with `Expires: 0` is not, and a session
 * that the server itself opens never is.
 */
import { Header } from '../../wire/sip/head/header-names.js';
import { Method } from '../../wire/sip/head/methods.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { parseSeconds } from '../../wire/sip/values/scalars.js';

/** `sender` is the client that sent `message`; negative for an IM Server. */
export function isDeferrable(message: SipMessage, sender: number): boolean {
  if (sender >= 0) return true;
  if (message.method !== Method.message) return false;
  const expires = message.find(Header.expires);
  return (
    expires < 0 || parseSeconds(message.buf, message.valueStart[expires], message.valueEnd[expires]) !== 0
  );
}
