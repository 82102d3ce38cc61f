/**
 * The key by which a client knows a Pager Mode message again, whichever way it came: a hash of Call-ID and From tag, which
 * neither proxy nor store may change (P5, S1). With it a message that was delivered live, while the network thought that it was
 * not and deferred it, is shown once.
 *
 * A message inside a dialog (its To has a tag) has no key: all of a dialog share Call-ID and tag, and the CSeq that tells them
 * apart is not pushed.
 *
 * The key of a Large Message is the URI in From and its Message-ID, which stays when a session is replaced (R15), while Call-ID and
 * tag change. A Message-ID below {@link GOOD_ID_OCTETS} may be one of those that sloppy senders use again (`456` in the change
 * request): it counts with the Call-ID only.
 */
import { parseAddress, SipAddress } from '../../wire/sip/values/address.js';
import { Header } from '../../wire/sip/head/header-names.js';
import { SipMessage } from '../../wire/sip/message.js';
import { Method } from '../../wire/sip/head/methods.js';
import { SipFault } from '../../wire/sip/faults.js';
import { Framing, parseSip } from '../../wire/sip/parse.js';
import { FragmentHead } from '../../wire/fragments/msrpfrag.js';
import { SipFragment } from '../../wire/fragments/sipfrag.js';
import { ContentType } from '../../wire/mime/content-type.js';
import { Multipart } from '../../wire/mime/multipart.js';
import { Hash64 } from './seen-log.js';

/** Shortest Message-ID that is taken to be random: 64 bits in base 62 (R1, R2). */
export const GOOD_ID_OCTETS = 11;

export class MessageKey {
  /** The key found last. */
  readonly hash = new Hash64();
  private readonly address = new SipAddress();
  private readonly outerType = new ContentType();
  private readonly partType = new ContentType();
  private readonly multipart = new Multipart();
  private readonly fragment = new SipFragment(new SipMessage());
  private readonly head = new FragmentHead();

  /** The message that {@link ofPayload} found last, while it gave true. */
  get message(): SipMessage {
    return this.fragment.message;
  }

  /** The fragment of its SEND, if {@link ofPayload} found a Large Message. */
  get largeHead(): FragmentHead | undefined {
    return this.message.method === Method.invite ? this.head : undefined;
  }

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
   * Finds the key of a Large Message: [start, end) is its INVITE or the fragment of it, [idStart, idEnd) its Message-ID. False if
   * From or Call-ID cannot be read.
   */
  ofLarge(buf: Buffer, start: number, end: number, idStart: number, idEnd: number): boolean {
    const { fragment } = this;
    return fragment.parse(buf, start, end) && this.ofInvite(fragment.message, buf, idStart, idEnd);
  }

  private ofInvite(message: SipMessage, buf: Buffer, idStart: number, idEnd: number): boolean {
    const { address, hash } = this;
    const callId = message.find(Header.callId);
    const from = message.find(Header.from);
    const { valueStart, valueEnd } = message;
    if (callId < 0 || from < 0 || idEnd === idStart) return false;
    if (parseAddress(message.buf, valueStart[from], valueEnd[from], address) !== 0) return false;
    hash.begin().span(message.buf, address.uriStart, address.uriEnd).span(buf, idStart, idEnd);
    if (idEnd - idStart < GOOD_ID_OCTETS) hash.span(message.buf, valueStart[callId], valueEnd[callId]);
    return true;
  }

  /**
   * Finds the key of the message that a pushed payload [start, end) wraps in its first message/sipfrag or message/sip part (P6);
   * [typeStart, typeEnd) is its Content-Type. False if there is no such part, or it has no key.
   */
  ofPayload(buf: Buffer, start: number, end: number, typeStart: number, typeEnd: number): boolean {
    const { outerType, partType, multipart, fragment } = this;
    const first = firstSipfrag(buf, start, end, typeStart, typeEnd);
    if (first >= 0 && parseSip(buf, first, end, Framing.datagram, fragment.message) === SipFault.none) {
      if (fragment.message.method !== Method.invite) return this.ofMessage(fragment.message);
      const second = msrpfragAfter(buf, fragment.message.bodyStart, end);
      if (second >= 0 && this.head.parse(buf, second, end)) {
        return this.ofInvite(fragment.message, buf, this.head.idStart, this.head.idEnd);
      }
    }
    if (!outerType.parse(buf, typeStart, typeEnd)) return false;
    multipart.parseWith(buf, start, end, outerType);
    for (let i = 0; i < multipart.count; i++) {
      const part = multipart.parts[i];
      if (!multipart.findHeader(buf, part, 'content-type')) continue;
      if (!partType.parse(buf, multipart.valueStart, multipart.valueEnd)) continue;
      if (!partType.is('message', 'sipfrag') && !partType.is('message', 'sip')) continue;
      fragment.parse(buf, part.bodyStart, part.bodyEnd);
      if (fragment.message.method !== Method.invite) return this.ofMessage(fragment.message);
      if (i + 1 === multipart.count) return false;
      const large = multipart.parts[i + 1];
      if (!this.head.parse(buf, large.bodyStart, large.bodyEnd)) return false;
      return this.ofInvite(fragment.message, buf, this.head.idStart, this.head.idEnd);
    }
    return false;
  }
}

/** What stands between the first delimiter and the fragment in the usual payload. */
const SIPFRAG_HEAD = Buffer.from('\r\nContent-Type: message/sipfrag\r\n\r\n', 'latin1');
const DASH = 45;
const QUOTE = 34;
const EQUALS = 61;
/** `--` and the longest boundary of RFC 2046. */
const DELIMITER_LIMIT_OCTETS = 72;

/**
 * The short way for the usual payload: it begins with the delimiter, the boundary is the last parameter of its Content-Type, and
 * the one header line of the first part is exactly as above. The first octet of the fragment then, else -1: take the long way.
 * What follows the fragment is left to its Content-Length.
 */
function firstSipfrag(buf: Buffer, start: number, end: number, typeStart: number, typeEnd: number): number {
  let boundaryEnd = typeEnd;
  if (boundaryEnd > typeStart && buf[boundaryEnd - 1] === QUOTE) boundaryEnd--;
  let at = start + 2;
  const limit = Math.min(end, start + DELIMITER_LIMIT_OCTETS + 1);
  if (at >= limit || buf[start] !== DASH || buf[start + 1] !== DASH) return -1;
  while (at < limit && buf[at] !== SIPFRAG_HEAD[0]) at++;
  const length = at - start - 2;
  const boundaryStart = boundaryEnd - length;
  if (length === 0 || boundaryStart <= typeStart + 1 || at + SIPFRAG_HEAD.length > end) return -1;
  for (let i = 0; i < length; i++) if (buf[boundaryStart + i] !== buf[start + 2 + i]) return -1;
  const before = buf[boundaryStart - 1];
  if (before !== EQUALS && !(before === QUOTE && buf[boundaryStart - 2] === EQUALS)) return -1;
  for (let i = 0; i < SIPFRAG_HEAD.length; i++) if (buf[at + i] !== SIPFRAG_HEAD[i]) return -1;
  return at + SIPFRAG_HEAD.length;
}

/** What stands between the delimiter of the second part and its fragment in the usual payload of a Large Message. */
const MSRPFRAG_HEAD = Buffer.from('\r\nContent-Type: message/msrpfrag\r\n\r\n', 'latin1');

/** The short way again: the first octet of the message/msrpfrag whose delimiter line begins at `start`, else -1. */
function msrpfragAfter(buf: Buffer, start: number, end: number): number {
  let at = start;
  const limit = Math.min(end - MSRPFRAG_HEAD.length, start + DELIMITER_LIMIT_OCTETS + 1);
  while (at < limit && buf[at] !== MSRPFRAG_HEAD[0]) at++;
  if (at >= limit || buf[start] !== DASH || buf[start + 1] !== DASH) return -1;
  for (let i = 0; i < MSRPFRAG_HEAD.length; i++) if (buf[at + i] !== MSRPFRAG_HEAD[i]) return -1;
  return at + MSRPFRAG_HEAD.length;
}
