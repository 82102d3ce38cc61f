/**
 * The client's answer to the INVITE of a push, as the server reads it (RFC 3264, RFC 4975 section 8): what she takes (A19), where she is, and who
 * connects (RFC 6135; rules 3.4).
 *
 * Not modelled: an answer with several streams of MSRP, of which only the first that has a path counts.
 */
import { hostIp } from '../../msrp/host-ip.js';
import { OfferContent } from '../../sip/offer-content.js';
import { MsrpUri, readNextHop } from '../../wire/msrp/uri.js';
import { Setup } from '../../wire/sdp/constants.js';
import { SessionDescription, type SdpMedia } from '../../wire/sdp/description.js';
import { offererConnects } from '../../wire/sdp/negotiate.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { AcceptJudge } from './accept-judge.js';

/** Of the answer that was read last. */
export class PushAnswer {
  /** Path of the client. */
  path = '';
  /** True if we connect, false if she does. */
  connects = false;
  private readonly description = new SessionDescription();
  private readonly content = new OfferContent();
  private readonly nextHop = new MsrpUri();

  /** Reads the body of `message`. What she takes; undefined if nothing can be pushed. */
  read(message: SipMessage): AcceptJudge | undefined {
    const { description } = this;
    const { buf, bodyStart, bodyEnd } = message;
    if (!this.content.isPlainSdp(message)) return undefined;
    const media = description.parse(buf, bodyStart, bodyEnd) ? firstMsrp(description) : undefined;
    if (media === undefined) return undefined;
    const accepts = new AcceptJudge(buf, media);
    if (!accepts.root) return undefined;
    this.path = buf.latin1Slice(media.pathStart, media.pathEnd);
    this.connects = offererConnects(Setup.actpass, media.setup);
    return accepts;
  }

  /** True if there are relays between her and us. */
  get relayed(): boolean {
    return this.path.includes(' ');
  }

  /** Reads the first URI of the path, which is what is dialled (RFC 4975 section 8.2); false if it leads nowhere for us. */
  readNextHop(): boolean {
    return readNextHop(this.path, this.nextHop);
  }

  /** Address of the first URI; -1 if it is a name. */
  get ip(): number {
    return hostIp(this.nextHop.host);
  }

  /** Port of the first URI; -1 if it has none. */
  get port(): number {
    return this.nextHop.port;
  }
}

function firstMsrp(description: SessionDescription): SdpMedia | undefined {
  for (let i = 0; i < description.mediaCount; i++) {
    const media = description.media[i];
    if (media.isMsrp && !media.isTls && media.port > 0 && media.pathEnd > media.pathStart) return media;
  }
  return undefined;
}
