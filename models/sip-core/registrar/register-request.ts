/**
 * The REGISTER in hand, as the registrar reads it (RFC 3261 sections 10.2 and 10.3): whose it is, its Call-ID and CSeq, and of one Contact
 * after the other how it is named and for how long it asks. Nothing is judged here but whether it can be read.
 *
 * A malformed lifetime counts as absent in Expires, and as an hour in a Contact (section 20.10).
 */
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { parseAddress, SipAddress, SipContact } from '../../wire/sip/values/address.js';
import { ListCursor } from '../../wire/sip/values/list.js';
import { CSeq, parseCSeq, parseSeconds } from '../../wire/sip/values/scalars.js';
import { parseUri, SipUri, UriScheme } from '../../wire/sip/values/uri.js';
import { digest32 } from './bindings.js';

/** `SipContact.expiresSeconds` of a parameter that cannot be read, and what it counts as. */
const MALFORMED = -2;
const MALFORMED_EXPIRES_S = 3600;

export class RegisterRequest {
  /** The address-of-record. */
  readonly toUri = new SipUri();
  readonly cseq = new CSeq();
  /** Digest of Call-ID. */
  callIdHigh = 0;
  callIdLow = 0;
  /** Of Expires; -1 without one. */
  expiresHeaderS = -1;
  /** The Contact in hand: where it stands, what it says, and its URI. Who goes through them parses the latter two. */
  readonly list = new ListCursor();
  readonly contact = new SipContact();
  readonly uri = new SipUri();
  private readonly to = new SipAddress();

  /** `grantedS`: what a Contact gets that asks for nothing. */
  constructor(private readonly grantedS: number) {}

  /** Reads the address-of-record in To, which must be a SIP or SIPS URI (RFC 3261 section 10.2; RFC 4475 section 3.3.4). */
  readTo(message: SipMessage): boolean {
    const { buf } = message;
    const { to, toUri } = this;
    const at = message.find(Header.to);
    if (at < 0 || parseAddress(buf, message.valueStart[at], message.valueEnd[at], to) !== 0) return false;
    if (parseUri(buf, to.uriStart, to.uriEnd, toUri) !== 0) return false;
    return toUri.scheme === UriScheme.sip || toUri.scheme === UriScheme.sips;
  }

  /** Reads CSeq, Call-ID and Expires. */
  readScalars(message: SipMessage): boolean {
    const { buf } = message;
    const cseq = message.find(Header.cseq);
    const callId = message.find(Header.callId);
    if (cseq < 0 || callId < 0) return false;
    if (parseCSeq(buf, message.valueStart[cseq], message.valueEnd[cseq], this.cseq) !== 0) return false;
    this.callIdHigh = digest32(buf, message.valueStart[callId], message.valueEnd[callId], 0);
    this.callIdLow = digest32(buf, message.valueStart[callId], message.valueEnd[callId], 1);
    const expires = message.find(Header.expires);
    this.expiresHeaderS =
      expires < 0 ? -1 : parseSeconds(buf, message.valueStart[expires], message.valueEnd[expires]);
    return true;
  }

  /** The lifetime that the Contact in hand asks for, in seconds. */
  requestedS(): number {
    if (this.contact.expiresSeconds >= 0) return this.contact.expiresSeconds;
    if (this.contact.expiresSeconds === MALFORMED) return MALFORMED_EXPIRES_S;
    return this.expiresHeaderS >= 0 ? this.expiresHeaderS : this.grantedS;
  }

  /** `reg-id` of the Contact in hand, ignored without an instance (RFC 5626 section 6). */
  regId(): number {
    return this.contact.instanceEnd > this.contact.instanceStart ? this.contact.regId : -1;
  }
}
