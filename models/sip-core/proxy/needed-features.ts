/**
 * What a request needs of a binding (rules 2.1 and 2.3; RFC 3841 section 7.2.4): a MESSAGE one that takes IM, any request what an
 * Accept-Contact with `require` names. A binding without it is no target.
 *
 * Not modelled: other feature tags, Reject-Contact, preferences among bindings that fit.
 */
import { Feature, IM_TAG, LARGE_TAG } from '../../feature-tags.js';
import { Header } from '../../wire/sip/head/header-names.js';
import { Method } from '../../wire/sip/head/methods.js';
import { ListCursor } from '../../wire/sip/values/list.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { ParamCursor } from '../../wire/sip/values/params.js';

const SEMICOLON = 59;

export class NeededFeatures {
  /** Bits of `Feature` that the request read last needs. */
  features = 0;
  private readonly list = new ListCursor();
  private readonly params = new ParamCursor();

  /** Reads them from `message`. */
  of(message: SipMessage): number {
    this.features = message.method === Method.message ? Feature.im : 0;
    if (message.has(Header.acceptContact)) this.readAcceptContact(message);
    return this.features;
  }

  private readAcceptContact(message: SipMessage): void {
    const { list, params } = this;
    const { buf } = message;
    for (list.open(message, Header.acceptContact); list.next();) {
      let at = list.start;
      while (at < list.end && buf[at] !== SEMICOLON) at++;
      if (!params.open(buf, at, list.end).find('require')) continue;
      if (params.open(buf, at, list.end).find(IM_TAG)) this.features |= Feature.im;
      if (params.open(buf, at, list.end).find(LARGE_TAG)) this.features |= Feature.large;
    }
  }
}
