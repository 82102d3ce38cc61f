/**
 * The answer to an INVITE for Large Messages, as its sender reads it (RFC 3264, RFC 4975 section 8): may she send, what does the peer take (A19),
 * where is the peer, and who connects (RFC 6135).
 *
 * Not modelled: an answer with several streams of MSRP, of which only the first counts.
 */
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
  private index = -1;

  /** Reads the body of `message`, which stays valid while the rest is asked. False if it opens no session in which anything can be sent. */
  read({ buf, bodyStart, bodyEnd }: SipMessage): boolean {
    const { description } = this;
    this.index = description.parse(buf, bodyStart, bodyEnd) ? description.msrpMedia() : -1;
    if (this.index < 0) return false;
    const media = description.media[this.index];
    this.path = buf.latin1Slice(media.pathStart, media.pathEnd);
    this.connects = offererConnects(Setup.actpass, media.setup);
    return takesContent(media.direction);
  }

  /** The status with which the answer rules `item` out, 0 if it does not. */
  refusalOf(item: LargeItem): number {
    return refusalOf(item, this.description.buf, this.description.media[this.index]);
  }
}
