/**
 * Makes a binding of a Contact: the block that is kept of it, and its row (`bindings.ts`). The element is kept without `expires`, which
 * each listing computes anew (RFC 3261 section 10.3 step 8), and behind it, where that is another one, the URI that requests are sent to.
 *
 * Not modelled: Path, `pub-gruu` and `temp-gruu`, q values.
 */
import type { Ports } from '../../../sim/host/ports.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { Feature, IM_TAG, LARGE_TAG } from '../../feature-tags.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { ParamCursor } from '../../wire/sip/values/params.js';
import { mustBeCut, writeTargetUri } from '../../wire/sip/values/target-uri.js';
import { sameText } from '../identity.js';
import type { Source } from '../source.js';
import type { Binding, Bindings } from './bindings.js';
import type { RegisterRequest } from './register-request.js';

export class BindingWriter {
  private readonly params = new ParamCursor();

  constructor(
    private readonly ports: Ports,
    private readonly writer: OctetWriter,
    private readonly bindings: Bindings,
    private readonly request: RegisterRequest,
  ) {}

  /** Binds `user` to the Contact in hand for so long: anew, or in the place of `found` if that is not 0. */
  write(message: SipMessage, user: number, found: Binding, seconds: number, source: Source): Binding {
    const { bindings, request, params, writer } = this;
    const { contact, list, uri } = request;
    const now = this.ports.now();
    writer.begin();
    writer.span(message.buf, list.start, contact.paramsStart);
    params.open(message.buf, contact.paramsStart, contact.paramsEnd);
    let instanceAt = 0;
    let features = 0;
    while (params.next()) {
      const { nameStart, nameEnd, valueStart, valueEnd } = params;
      if (params.is(IM_TAG)) features |= Feature.im;
      else if (params.is(LARGE_TAG)) features |= Feature.large;
      if (sameText(message.buf, nameStart, nameEnd, 'expires')) continue;
      writer.octet(0x3b).span(message.buf, nameStart, nameEnd);
      if (!params.hasValue) continue;
      writer.octet(0x3d);
      const delta = contact.instanceStart - valueStart;
      if (contact.instanceStart > valueStart && contact.instanceEnd < valueEnd)
        instanceAt = writer.length + delta;
      writer.span(message.buf, valueStart, valueEnd);
    }
    const { length } = writer;
    const cut = mustBeCut(message.buf, uri, params);
    if (cut) writeTargetUri(writer, message.buf, uri, params);
    const octets = writer.length;
    const block = writer.end();
    const binding = found === 0 ? bindings.add(user, block) : found;
    if (found !== 0) bindings.setContact(binding, block);
    bindings.contactLength[binding] = length;
    bindings.uriStart[binding] = contact.uriStart - list.start;
    bindings.uriEnd[binding] = contact.uriEnd - list.start;
    bindings.targetStart[binding] = cut ? length : bindings.uriStart[binding];
    bindings.targetEnd[binding] = cut ? octets : bindings.uriEnd[binding];
    bindings.instanceStart[binding] = instanceAt;
    bindings.instanceEnd[binding] = instanceAt + contact.instanceEnd - contact.instanceStart;
    bindings.features[binding] = features;
    bindings.regId[binding] = request.regId();
    bindings.callIdHigh[binding] = request.callIdHigh;
    bindings.callIdLow[binding] = request.callIdLow;
    bindings.cseq[binding] = request.cseq.number;
    bindings.expiresAtNs[binding] = now + seconds * NS_PER_S;
    bindings.touch(binding, now);
    bindings.setFlow(binding, source.ip, source.port, source.conn, source.leg);
    return binding;
  }
}
