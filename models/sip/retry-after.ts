/** The Retry-After of a response (RFC 3261 sections 20.33 and 21.5.4), for whoever may ask again. */
import { NS_PER_S } from '../../sim/kernel/time.js';
import { Header } from '../wire/sip/head/header-names.js';
import type { SipMessage } from '../wire/sip/message.js';
import { parseRetryAfter } from '../wire/sip/values/scalars.js';

/** How long `response` asks to be left in peace; 0 if it does not say, or says nothing that can be read. */
export function retryAfterNs(response: SipMessage): number {
  const at = response.find(Header.retryAfter);
  if (at < 0) return 0;
  return parseRetryAfter(response.buf, response.valueStart[at], response.valueEnd[at]) * NS_PER_S;
}
