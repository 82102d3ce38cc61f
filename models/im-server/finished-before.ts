/**
 * What a server that was restarted must know of the Large Messages that it had stored (R15, I8): a sender whose last 200 the crash
 * took sends again in a new session, under the same Message-ID. The ids of a failed session are kept for such a session; those of
 * a session that died with the server are found in its records, for as long as the resume window lasts.
 *
 * Not covered: a message that was delivered and deleted before the crash, whose 200 never arrived. It is stored again; the client
 * knows it by its key and shows it once. Partials of the crash are gone: their senders begin again (R15).
 */
import type { MsrpDriver } from '../msrp/driver.js';
import { SipFault } from '../wire/sip/faults.js';
import { SipMessage } from '../wire/sip/message.js';
import { Framing, parseSip } from '../wire/sip/parse.js';
import { RecordMode, type StoredRecord } from './record.js';

const MESSAGE_ID = 'Message-ID: ';

export class FinishedBefore {
  private readonly invite = new SipMessage();

  constructor(
    private readonly msrp: MsrpDriver,
    private readonly resumeWindowNs: number,
  ) {}

  /** Notes a record found at recovery, at `nowNs`; older ones and Pager Mode messages are left out. */
  add(record: StoredRecord, buf: Buffer, nowNs: number): void {
    const lastsNs = record.receivedAtNs + this.resumeWindowNs - nowNs;
    if (record.mode !== RecordMode.large || lastsNs <= 0) return;
    const { invite } = this;
    if (parseSip(buf, record.headStart, record.headEnd, Framing.datagram, invite) !== SipFault.none) return;
    const fragment = buf.latin1Slice(record.fragmentStart, record.fragmentEnd);
    const at = fragment.indexOf(MESSAGE_ID);
    if (at < 0) return;
    const start = record.fragmentStart + at + MESSAGE_ID.length;
    this.msrp.recall(peerKey(invite), buf, start, record.fragmentStart + fragment.indexOf('\r', at), lastsNs);
  }
}

/** Names (From, To) of a session: what a replacement session has in common with the failed one (R15). */
export function peerKey(message: SipMessage): string {
  const from = message.from();
  const fromText = from === undefined ? '' : message.buf.latin1Slice(from.uriStart, from.uriEnd);
  return `${fromText} ${message.uriText()}`;
}
