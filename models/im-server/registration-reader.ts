/**
 * Reads a third-party REGISTER of the SIP/IP Core (rules 2.3): whose, for how long, and whether a binding can take IM. The
 * feature tags are visible nowhere but in the body (message/sip), which is the registrar's 200 with all bindings here; the client's
 * own REGISTER is read as well (rules 4.4).
 *
 * Not modelled: service-info bodies, reg-event subscriptions.
 */
import { IM_TAG } from '../feature-tags.js';
import { Header } from '../wire/sip/head/header-names.js';
import { SipFault } from '../wire/sip/faults.js';
import { SipAddress, SipContact, parseAddress, parseContact } from '../wire/sip/values/address.js';
import { ListCursor } from '../wire/sip/values/list.js';
import { SipMessage } from '../wire/sip/message.js';
import { Framing, parseSip } from '../wire/sip/parse.js';
import { parseSeconds } from '../wire/sip/values/scalars.js';
import type { DeferralJudge } from './deferral/deferral.js';

export class RegistrationReader {
  user = -1;
  /** Lifetime of the binding; 0: the user is gone. */
  expiresS = 0;
  /** The body shows an IM-capable Contact; true as well for a lifetime of 0. */
  capable = false;
  private readonly address = new SipAddress();
  private readonly inner = new SipMessage();
  private readonly list = new ListCursor();
  private readonly contact = new SipContact();

  constructor(private readonly users: DeferralJudge) {}

  /** Reads `message`; gives the status that answers it. */
  read(message: SipMessage): number {
    const to = message.find(Header.to);
    const { address } = this;
    if (
      to < 0 ||
      parseAddress(message.buf, message.valueStart[to], message.valueEnd[to], address) !== SipFault.none
    ) {
      return 400;
    }
    this.user = this.users.userOf(message.buf, address.uriStart, address.uriEnd);
    if (this.user < 0) return 404;
    const expires = message.find(Header.expires);
    if (expires < 0) return 400;
    this.expiresS = parseSeconds(message.buf, message.valueStart[expires], message.valueEnd[expires]);
    if (this.expiresS < 0) return 400;
    this.capable = this.expiresS === 0 || this.bodyIsCapable(message);
    return 200;
  }

  private bodyIsCapable(message: SipMessage): boolean {
    const { inner } = this;
    if (message.bodyStart === message.bodyEnd) return false;
    const fault = parseSip(message.buf, message.bodyStart, message.bodyEnd, Framing.datagram, inner);
    if (fault !== SipFault.none) return false;
    const { list, contact } = this;
    for (list.open(inner, Header.contact); list.next();) {
      if (parseContact(inner.buf, list.start, list.end, contact) !== SipFault.none || contact.star) continue;
      if (contact.expiresSeconds === 0) continue;
      if (contact.cursor.open(inner.buf, contact.paramsStart, list.end).find(IM_TAG)) return true;
    }
    return false;
  }
}
