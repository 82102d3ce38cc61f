/** What a client reads in an INVITE that reached it, and copies from it. */
import { LARGE_TAG } from '../../feature-tags.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';

/** Copies every Record-Route line of the INVITE into the 2xx (RFC 3261 section 12.1.1). */
export function copyRecordRoute(writer: OctetWriter, message: SipMessage): void {
  for (let i = message.find(Header.recordRoute); i >= 0 && i < message.headerCount; i++) {
    if (message.ids[i] !== Header.recordRoute) continue;
    writer.span(message.buf, message.nameStart[i], message.lineEnd[i]);
  }
}

/** True if the INVITE opens a session of another client for Large Messages, and no push: the feature tag in Contact says so. */
export function isLive(message: SipMessage): boolean {
  const contact = message.find(Header.contact);
  return contact >= 0 && message.text(contact).includes(LARGE_TAG);
}
