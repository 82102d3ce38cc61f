/**
 * Tells a sender what became of her message at the IM Server, if she asked for it and the operator wants it (RFC 5438 sections 8.1,
 * 8.2 and 12.2): the processing notification `stored` once it is committed, the delivery notification `failed` when its lifetime
 * ends or it is dead-lettered (rules 2.4, A18). She asks in the message/cpim body of her message; the answer is a MESSAGE to the URI
 * of CPIM's From, through the Core. `delivered` is never said here: that is the recipient's word (section 12.2).
 *
 * None for an IMDN, which may not ask for one (section 7.2.1), and none for who hides her identity (section 12.1.1). One failure for
 * a message (section 8.2): a dead letter that expires was told before. The body of the message itself is stored and pushed octet
 * for octet like any other.
 *
 * A failure is deferred in turn for a sender who is away: the Core hands it to the IM Server that serves him. It is told before the
 * record is gone or marked, so a crash between the two makes it be told again: then as the same message, since Call-ID, tag and
 * imdn.Message-ID grow from the record, and whoever had it knows it by them and shows it once.
 *
 * What would make the MESSAGE longer than 1300 octets is not sent, as at a client (O14): a notification quotes the whole id, and Original-To
 * whenever there is one (RFC 5438 section 11.1.4).
 *
 * Not modelled: IMDN-Record-Route, `processed` and `error`, senders outside of the domain.
 */
import type { Ports } from '../../../sim/host/ports.js';
import { IM_SERVER_HOST, SERVER_IDENTITY, userUri } from '../../addressing.js';
import { Observed } from '../../observations.js';
import { ImdnReader, ImdnStatus, ImdnWriter, NOTIFICATION_LIMIT_OCTETS } from '../../wire/cpim/imdn.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import type { ImServerConfig } from '../config.js';
import type { DeferralJudge } from '../deferral/deferral.js';
import type { HeaderPolicy } from '../store/header-policy.js';
import { IdPurpose, idText } from '../store/record-ids.js';
import { RecordFault, StoredRecord } from '../store/record.js';
import { PushWrapper } from '../push/wrapper.js';
import { NotSent, type NoticeDesk } from './notice-desk.js';

/** Base-62 characters of an id: 65 bits, more than the 64 of RFC 5438 section 6.3. */
const ID_CHARS = 11;
/** What an id of a notification is. */
const IdOf = { tag: 0, callId: 1, message: 2 } as const;
const IDS = 3;

export class SenderNotification {
  private readonly record = new StoredRecord();
  private readonly reader = new ImdnReader();
  private readonly imdn = new ImdnWriter();
  /** Tells the media type of a record. */
  private readonly leafTypes: PushWrapper;

  constructor(
    private readonly ports: Ports,
    private readonly config: ImServerConfig,
    private readonly users: DeferralJudge,
    private readonly desk: NoticeDesk,
    private readonly writer: OctetWriter,
    policy: HeaderPolicy,
  ) {
    this.leafTypes = new PushWrapper(ports.octets, writer, policy, IM_SERVER_HOST);
  }

  /** The message `dm` is committed. */
  onStored(dm: number): void {
    if (this.config.storedNotification === true) this.tell(dm, 'processing', ImdnStatus.stored);
  }

  /** The message `dm`, still in storage, will not be delivered: its lifetime is over, or it is to be dead-lettered. */
  onFailed(dm: number): void {
    if (this.config.failureNotification === true) this.tell(dm, 'negative-delivery', ImdnStatus.failed);
  }

  private tell(dm: number, wish: string, status: 1 | 2): void {
    const { ports, record, reader, users } = this;
    const { octets, storage } = ports;
    const start = octets.start(storage.read(dm + 1));
    if (record.read(octets.buf, start, start + storage.lengthOf(dm + 1)) !== RecordFault.none) return;
    if (record.anonymous || this.leafTypes.leafType(record) !== 'message/cpim') return;
    if (status === ImdnStatus.failed && record.deadLettered) return;
    if (!reader.read(octets.buf, record.bodyStart, record.bodyEnd) || reader.isNotification) return;
    if (!reader.asks(wish) || !reader.hasId() || !reader.uriOf('From')) return;
    const sender = users.userOf(octets.buf, reader.uriStart, reader.uriEnd);
    if (sender < 0 || !reader.uriOf('To')) return;
    const kind = status === ImdnStatus.stored ? Observed.storedNotified : Observed.failureNotified;
    if (!reader.fits()) this.desk.notSent(sender, kind, dm, NotSent.tooLong);
    else this.send(sender, dm, status, kind);
  }

  private send(sender: number, dm: number, status: 1 | 2, kind: Observed): void {
    const { writer: w, desk, record } = this;
    const { random0, random1 } = record;
    const id = (of: number): string =>
      idText(random0, random1, IdPurpose.notification, status * IDS + of, ID_CHARS);
    const uri = userUri(sender);
    desk.begin(sender);
    w.ascii(`${id(IdOf.tag)}\r\nTo: <${uri}>\r\nCall-ID: imdn${id(IdOf.callId)}`);
    w.ascii(`@${IM_SERVER_HOST}\r\nCSeq: 1 MESSAGE\r\nP-Asserted-Identity: <${SERVER_IDENTITY}>\r\n`);
    // Late, `stored` is worth nothing, so nobody may defer it (A9); a failure is worth being told whenever she comes.
    if (status === ImdnStatus.stored) w.ascii('Expires: 0\r\n');
    w.ascii('Content-Type: message/cpim\r\nContent-Length: ');
    const lengthAt = w.length;
    w.ascii('0000\r\n\r\n');
    const bodyAt = w.length;
    this.imdn.head(w, userUri(record.user), uri);
    w.ascii(id(IdOf.message));
    this.imdn.content(w, this.reader, record.receivedAtMs, status);
    w.patchDecimal(lengthAt, 4, w.length - bodyAt);
    if (w.length - bodyAt > NOTIFICATION_LIMIT_OCTETS) {
      w.discard();
      desk.notSent(sender, kind, dm, NotSent.tooLong);
      return;
    }
    desk.send(sender, bodyAt, kind, dm, 0);
  }
}
