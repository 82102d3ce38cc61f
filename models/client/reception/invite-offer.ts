/**
 * What a client reads in an INVITE that reached her: is it for her, who invites, to a push or to a live session, and what does the offer
 * say of MSRP (RFC 3261 section 8.2, RFC 4975 section 8). Whether she has room for the session is not asked here.
 *
 * Not modelled: INVITE without an offer (488), TLS, host names, an offer of which not the first stream of MSRP is taken.
 */
import { userOfUserPart } from '../../addressing.js';
import type { Devices } from '../../devices.js';
import { LARGE_TAG } from '../../feature-tags.js';
import { OfferContent } from '../../sip/offer-content.js';
import { MsrpUri, readNextHop } from '../../wire/msrp/uri.js';
import { SessionDescription, type SdpMedia } from '../../wire/sdp/description.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { parseAddress, SipAddress } from '../../wire/sip/values/address.js';
import { parseUri, SipUri } from '../../wire/sip/values/uri.js';
import { hostIp } from '../../msrp/host-ip.js';

/** Of the INVITE that was read last; all of it holds if that is not refused. */
export class InviteOffer {
  readonly description = new SessionDescription();
  /** Which stream of the description is taken. */
  index = -1;
  /** The path of who invites, and the first URI of it, which is where to connect. */
  path = '';
  readonly nextHop = new MsrpUri();
  private readonly content = new OfferContent();
  private readonly uri = new SipUri();
  private readonly from = new SipAddress();

  constructor(private readonly devices: Devices) {}

  /** Reads an INVITE to `user` outside of a dialog: the status that refuses it, or 0. */
  refusal(user: number, message: SipMessage): number {
    const { description, uri } = this;
    const { buf } = message;
    if (parseUri(buf, message.uriStart, message.uriEnd, uri) !== 0) return 400;
    if (userOfUserPart(buf, uri.userStart, uri.userEnd) !== this.devices.userOf(user)) return 404;
    if (!this.readFrom(message)) return 400;
    const unfit = this.content.refusal(message);
    if (unfit !== 0) return unfit;
    if (message.bodyOctets === 0) return 488;
    if (!description.parse(buf, message.bodyStart, message.bodyEnd)) return 488;
    this.index = description.msrpMedia();
    return this.index < 0 || !this.readPath() ? 488 : 0;
  }

  /** The stream that is taken. */
  get media(): SdpMedia {
    return this.description.media[this.index];
  }

  /** URI of From in `message`, the INVITE that was read: who invites. */
  peerIn({ buf }: SipMessage): string {
    return buf.latin1Slice(this.from.uriStart, this.from.uriEnd);
  }

  private readFrom(message: SipMessage): boolean {
    const at = message.find(Header.from);
    return (
      at >= 0 && parseAddress(message.buf, message.valueStart[at], message.valueEnd[at], this.from) === 0
    );
  }

  private readPath(): boolean {
    const { pathStart, pathEnd } = this.media;
    this.path = this.description.buf.latin1Slice(pathStart, pathEnd);
    return readNextHop(this.path, this.nextHop) && hostIp(this.nextHop.host) >= 0;
  }
}

/** True if the INVITE opens a session of another client for Large Messages, and no push: the feature tag in Contact says so. */
export function isLive(message: SipMessage): boolean {
  const contact = message.find(Header.contact);
  return contact >= 0 && message.text(contact).includes(LARGE_TAG);
}
