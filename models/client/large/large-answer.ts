/**
 * The answer to an INVITE for Large Messages, as its sender reads it (RFC 3264, RFC 4975 section 8): may she send, what does the peer take (A19),
 * where is the peer, and who connects (RFC 6135).
 *
 * Not modelled: an answer with several streams of MSRP, of which only the first counts.
 */
import { OfferContent } from '../../sip/offer-content.js';
import { MsrpUri, readNextHop } from '../../wire/msrp/uri.js';
import { Setup } from '../../wire/sdp/constants.js';
import { SessionDescription } from '../../wire/sdp/description.js';
import { offererConnects, takesContent } from '../../wire/sdp/negotiate.js';
import type { SipMessage } from '../../wire/sip/message.js';
import type { LargeItem } from './large-pair.js';
import { refusalOf } from './large-plan.js';

/** Of the answer that was read last. */
export class LargeAnswer {
  /** Path of the peer. */
  path = '';
  /** True if we connect, false if the peer does. */
  connects = false;
  private readonly description = new SessionDescription();
  private readonly content = new OfferContent();
  private readonly nextHop = new MsrpUri();
  private index = -1;

  /** Reads the body of `message`, which stays valid while the rest is asked. False if it opens no session in which anything can be sent. */
  read(message: SipMessage): boolean {
    const { description } = this;
    const { buf, bodyStart, bodyEnd } = message;
    if (!this.content.isPlainSdp(message)) return false;
    this.index = description.parse(buf, bodyStart, bodyEnd) ? description.msrpMedia() : -1;
    if (this.index < 0) return false;
    const media = description.media[this.index];
    this.path = buf.latin1Slice(media.pathStart, media.pathEnd);
    this.connects = offererConnects(Setup.actpass, media.setup);
    // Where the peer connects, nobody dials the path, but it is what every request is addressed to.
    return readNextHop(this.path, this.nextHop) && takesContent(media.direction);
  }

  /** The status with which the answer rules `item` out, 0 if it does not. */
  refusalOf(item: LargeItem): number {
    return refusalOf(item, this.description.buf, this.description.media[this.index]);
  }
}
