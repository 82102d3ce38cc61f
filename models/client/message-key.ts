/**
 * The key by which a client knows a Pager Mode message again, whichever way it came: a hash of Call-ID and From tag, which
 * neither proxy nor store may change (P5, S1). With it a message that was delivered live, while the network thought that it was
 * not and deferred it, is shown once.
 *
 * A message inside a dialog (its To has a tag) has no key: all of a dialog share Call-ID and tag, and the CSeq that tells them
 * apart is not pushed. A Large Message has none either: it is never delivered live here.
 */
import { parseAddress, SipAddress } from '../wire/sip/address.js';
import { Header } from '../wire/sip/header-names.js';
import { SipMessage } from '../wire/sip/message.js';
import { Method } from '../wire/sip/methods.js';
import { SipFragment } from '../wire/fragments/sipfrag.js';
import { ContentType } from '../wire/mime/content-type.js';
import { Multipart } from '../wire/mime/multipart.js';
import { Hash64 } from './seen-log.js';

export class MessageKey {
  /** The key found last. */
  readonly hash = new Hash64();
  private readonly address = new SipAddress();
  private readonly outerType = new ContentType();
  private readonly partType = new ContentType();
  private readonly multipart = new Multipart();
  private readonly fragment = new SipFragment(new SipMessage());

  /** Finds the key of a MESSAGE request or fragment. False if it has none. */
  ofMessage(message: SipMessage): boolean {
    const { address, hash } = this;
    const callId = message.find(Header.callId);
    const from = message.find(Header.from);
    const to = message.find(Header.to);
    if (message.method !== Method.message || callId < 0 || from < 0 || to < 0) return false;
    const { buf, valueStart, valueEnd } = message;
    if (parseAddress(buf, valueStart[to], valueEnd[to], address) !== 0) return false;
    if (address.tagEnd > address.tagStart) return false;
    if (parseAddress(buf, valueStart[from], valueEnd[from], address) !== 0) return false;
    if (address.tagEnd === address.tagStart) return false;
    hash.begin().span(buf, valueStart[callId], valueEnd[callId]).span(buf, address.tagStart, address.tagEnd);
    return true;
  }

  /**
   * Finds the key of the message that a pushed payload [start, end) wraps in its first message/sipfrag or message/sip part (P6);
   * [typeStart, typeEnd) is its Content-Type. False if there is no such part, or it has no key.
   */
  ofPayload(buf: Buffer, start: number, end: number, typeStart: number, typeEnd: number): boolean {
    const { outerType, partType, multipart, fragment } = this;
    if (!outerType.parse(buf, typeStart, typeEnd)) return false;
    multipart.parseWith(buf, start, end, outerType);
    for (let i = 0; i < multipart.count; i++) {
      const part = multipart.parts[i];
      if (!multipart.findHeader(buf, part, 'content-type')) continue;
      if (!partType.parse(buf, multipart.valueStart, multipart.valueEnd)) continue;
      if (!partType.is('message', 'sipfrag') && !partType.is('message', 'sip')) continue;
      fragment.parse(buf, part.bodyStart, part.bodyEnd);
      return this.ofMessage(fragment.message);
    }
    return false;
  }
}
