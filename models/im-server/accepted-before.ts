/**
 * What a server that was restarted must know of the requests that it had accepted (rules I8, RFC 3261 section 17.2): the
 * transactions died with the crash, the records did not. A MESSAGE that is sent again because its 202 was lost would be stored
 * a second time; its Call-ID, CSeq and From are in the record, so it is recognised and answered 202 again.
 *
 * A request is repeated for 64 T1 at most, so records older than that are not looked at, and all is forgotten 64 T1 after the
 * restart: the server then has transactions of its own again.
 *
 * Not covered: a message that was delivered and deleted before the crash, whose 202 never arrived. It is stored again; the client
 * knows it by its Message key and shows it once.
 */
import { Header } from '../wire/sip/header-names.js';
import { SipFault } from '../wire/sip/faults.js';
import { SipMessage } from '../wire/sip/message.js';
import { Framing, parseSip } from '../wire/sip/parse.js';
import { RecordMode, type StoredRecord } from './record.js';

export class AcceptedBefore {
  private readonly dmOf = new Map<string, number>();
  private readonly inner = new SipMessage();
  private untilNs = -1;

  /** `lifetimeNs`: for how long a request may be repeated, 64 T1 of the leg. */
  constructor(private readonly lifetimeNs: number) {}

  /** Notes a record found at recovery, at `nowNs`; older ones and Large Messages are left out. */
  add(record: StoredRecord, buf: Buffer, nowNs: number): void {
    if (record.mode !== RecordMode.pager || record.receivedAtNs + this.lifetimeNs <= nowNs) return;
    const { inner } = this;
    if (parseSip(buf, record.headStart, record.bodyEnd, Framing.datagram, inner) !== SipFault.none) return;
    this.untilNs = nowNs + this.lifetimeNs;
    this.dmOf.set(keyOf(inner, record.user), record.dm);
  }

  /** The deferred message that `message` for `user` is already; -1 if it is new. */
  find(message: SipMessage, user: number, nowNs: number): number {
    if (this.dmOf.size === 0) return -1;
    if (nowNs >= this.untilNs) {
      this.dmOf.clear();
      return -1;
    }
    return this.dmOf.get(keyOf(message, user)) ?? -1;
  }
}

/** Call-ID, CSeq and From as they came, and for whom: equal in a repetition, on whatever branch it comes. */
function keyOf(message: SipMessage, user: number): string {
  const part = (id: Header): string => {
    const at = message.find(id);
    return at < 0 ? '' : message.text(at);
  };
  return `${user}\n${part(Header.callId)}\n${part(Header.cseq)}\n${part(Header.from)}`;
}
