/**
 * What a server that was restarted must know of the Large Messages that it had stored (R15, I8): a sender whose last 200 the crash
 * took sends again in a new session, under the same Message-ID. The ids of a failed session are kept for such a session; those of
 * a session that died with the server are found in its records, for as long as the resume window lasts.
 *
 * Who resumes is told by the asserted identity, since From is the sender's own choice, and the same for all who are anonymous: one
 * may not go on where another stopped. A record has no identity of an anonymous sender (S2), so after a restart such ids count
 * for every anonymous sender who writes to that user, if they are long enough to be random: she who sends one of them again
 * made it herself, or spoils nothing but her own message.
 *
 * Not covered: a message that was delivered and deleted before the crash, whose 200 never arrived. It is stored again; the client
 * knows it by its key and shows it once. Partials of the crash are gone: their senders begin again (R15).
 */
import type { MsrpDriver } from '../../msrp/driver.js';
import { GOOD_ID_OCTETS } from '../../msrp/receiving/after-bye.js';
import { SipFault } from '../../wire/sip/faults.js';
import { Header } from '../../wire/sip/head/header-names.js';
import { SipMessage } from '../../wire/sip/message.js';
import { Framing, parseSip } from '../../wire/sip/parse.js';
import { RecordMode, type StoredRecord } from './record.js';

const MESSAGE_ID = 'Message-ID: ';

export class FinishedBefore {
  private readonly invite = new SipMessage();
  /** Messages of anonymous senders, by what their sessions have in common beside the hidden identity. */
  private readonly hidden = new Map<string, { readonly id: Buffer; readonly untilNs: number }[]>();

  constructor(
    private readonly msrp: Pick<MsrpDriver, 'recall'>,
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
    const end = record.fragmentStart + fragment.indexOf('\r', at);
    if (!record.anonymous) this.msrp.recall(peerKey(invite, false), buf, start, end, lastsNs);
    else if (end - start >= GOOD_ID_OCTETS) {
      const key = partiesOf(invite);
      const ids = this.hidden.get(key) ?? [];
      // A copy: the record's block may go.
      ids.push({ id: Buffer.from(buf.subarray(start, end)), untilNs: nowNs + lastsNs });
      this.hidden.set(key, ids);
    }
  }

  /** Before the session of an anonymous sender opens: the ids that count for her too become those of her `key`. */
  reveal(message: SipMessage, key: string, nowNs: number): void {
    const parties = partiesOf(message);
    const ids = this.hidden.get(parties)?.filter((one) => one.untilNs > nowNs);
    if (ids === undefined) return;
    if (ids.length === 0) this.hidden.delete(parties);
    else this.hidden.set(parties, ids);
    for (const { id, untilNs } of ids) this.msrp.recall(key, id, 0, id.length, untilNs - nowNs);
  }
}

/**
 * Names a session's asserted sender, From and recipient: what a replacement session has in common with the failed one (R15). Empty,
 * and nothing is resumed, if an anonymous sender has no asserted identity: nothing tells her from the next.
 */
export function peerKey(message: SipMessage, anonymous: boolean): string {
  const { buf, ids, headerCount } = message;
  let identity = '';
  for (let i = 0; i < headerCount; i++) {
    if (ids[i] !== Header.pAssertedIdentity) continue;
    identity += ` ${buf.latin1Slice(message.valueStart[i], message.valueEnd[i])}`;
  }
  return anonymous && identity === '' ? '' : partiesOf(message) + identity;
}

/** From and recipient. */
function partiesOf(message: SipMessage): string {
  const from = message.from();
  const fromText = from === undefined ? '' : message.buf.latin1Slice(from.uriStart, from.uriEnd);
  return `${fromText} ${message.uriText()}`;
}
