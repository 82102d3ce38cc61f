/**
 * The branch of a request that is forwarded without a transaction (RFC 3261 section 16.11): a hash of what a retransmission does not
 * change, 64 bits, so that nothing has to be kept and chance is not asked. It is made of the branch and sent-by that the request came
 * with and, where the branch has no magic cookie, of Call-ID, From tag and CSeq number. All of that stands in the response too, below our
 * own Via, so the branch can be told from one that was not made here.
 */
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import type { Via } from '../../wire/sip/values/via.js';

const SEEDS = [0x3c6ef372, 0x1f83d9ab] as const;
const PRIME = 0x01000193;

export class StatelessBranch {
  hi = 0;
  lo = 0;

  /** For `message` with `via` as the topmost Via that is not ours. */
  of(message: SipMessage, via: Via): this {
    this.hi = digest(message, via, SEEDS[0]);
    this.lo = digest(message, via, SEEDS[1]);
    return this;
  }
}

function digest(message: SipMessage, via: Via, seed: number): number {
  const { buf } = message;
  let hash = mix(seed, buf, via.branchStart, via.branchEnd);
  hash = mix(hash, buf, via.hostStart, via.hostEnd);
  hash = Math.imul(hash ^ via.port, PRIME);
  if (!via.hasCookie) {
    const from = message.from();
    const callId = message.find(Header.callId);
    if (from !== undefined) hash = mix(hash, buf, from.tagStart, from.tagEnd);
    if (callId >= 0) hash = mix(hash, buf, message.valueStart[callId], message.valueEnd[callId]);
    hash = Math.imul(hash ^ (message.cseq()?.number ?? 0), PRIME);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0xc2b2ae35);
  return hash ^ (hash >>> 15);
}

/** Without regard to case, as branch, host and tag are compared; a Call-ID that differs in case alone is rare enough. */
function mix(seed: number, buf: Uint8Array, start: number, end: number): number {
  let hash = seed;
  for (let i = start; i < end; i++) {
    const octet = buf[i];
    hash = Math.imul(hash ^ (octet >= 65 && octet <= 90 ? octet | 32 : octet), PRIME);
  }
  return Math.imul(hash ^ (end - start), PRIME);
}
