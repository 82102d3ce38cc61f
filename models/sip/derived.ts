/**
 * Requests that a client transaction makes from its own INVITE: the ACK of a 3xx-6xx (RFC 3261 section 17.1.1.3) and CANCEL
 * (section 9.1). Both keep the top Via with its branch, the Request-URI, From, Call-ID, the number of CSeq and all Route.
 */
import type { OctetWriter } from '../wire/octet-writer.js';
import { Header } from '../wire/sip/head/header-names.js';
import type { SipMessage } from '../wire/sip/message.js';
import { CSeq, parseCSeq } from '../wire/sip/values/scalars.js';

/** Copies the header line at `index` as it came. */
export function copyLine(writer: OctetWriter, message: SipMessage, index: number): void {
  writer.span(message.buf, message.nameStart[index], message.lineEnd[index]);
}

/** Copies every header line `id`. */
export function copyLines(writer: OctetWriter, message: SipMessage, id: Header): void {
  for (let i = message.find(id); i >= 0 && i < message.headerCount; i++) {
    if (message.ids[i] === id) copyLine(writer, message, i);
  }
}

/**
 * Writes the whole of a request `method` (ACK or CANCEL) derived from `invite`, whose top Via is a line of its own. `to` has the
 * To that it must carry: for ACK the response, for CANCEL the INVITE itself.
 */
export function writeDerived(writer: OctetWriter, method: string, invite: SipMessage, to: SipMessage): void {
  const cseq = new CSeq();
  const at = invite.find(Header.cseq);
  parseCSeq(invite.buf, invite.valueStart[at], invite.valueEnd[at], cseq);
  writer.ascii(method).octet(32).span(invite.buf, invite.uriStart, invite.uriEnd).ascii(' SIP/2.0\r\n');
  copyLine(writer, invite, invite.find(Header.via));
  writer.ascii('Max-Forwards: 70\r\n');
  copyLines(writer, invite, Header.route);
  copyLine(writer, invite, invite.find(Header.from));
  copyLine(writer, to, to.find(Header.to));
  copyLine(writer, invite, invite.find(Header.callId));
  writer.ascii('CSeq: ').decimal(cseq.number).octet(32).ascii(method).ascii('\r\nContent-Length: 0\r\n\r\n');
}
