/**
 * What a client does with a message that reached it, live or pushed: shows it once, and drops what it has shown before.
 *
 * A pushed message is known again by its push Message-ID, which the server repeats with the same payload (A11, RFC 4975 section
 * 5.4), or by the key of the message it wraps (`message-key.ts`). Either way it is answered 200: the server may delete it.
 *
 * A user's devices share what they have shown: what one of them had is no message to another, only a copy.
 *
 * The `...Seen` and `note...` methods are the places where a saboteur may break a client.
 */
import type { Block, Ports } from '../../../sim/host/ports.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { SERVER_IDENTITY } from '../../addressing.js';
import { Observed } from '../../observations.js';
import { MsrpStatus } from '../../msrp/codes.js';
import type { ReceivedMessage } from '../../msrp/receiving/received-message.js';
import { Header } from '../../wire/sip/head/header-names.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { ContentType } from '../../wire/mime/content-type.js';
import type { Devices } from '../../devices.js';
import type { LogBounds } from '../../hash-log.js';
import type { ClientTable } from '../client-table.js';
import { MessageKey } from './message-key.js';
import type { Notifier } from './notifier.js';
import { Hash64, SeenLog } from './seen-log.js';

/** Messages of each user that are found quickly; likewise push Message-IDs. */
export const RECENT_KEPT = 64;
/**
 * Earlier ones. What was shown live is pushed all the same if its 200 was lost, and what was pushed is pushed again if its was: while she can be
 * reached, after the retries of the server, and after any absence, in which nothing comes that would displace it. So the newest stay
 * whatever their age, and all of an hour in which many come.
 */
export const EARLIER_KEPT: LogBounds = { atLeast: 4096, atMost: 65_536, windowNs: 3600 * NS_PER_S };

export class Inbox {
  /** Who looks whether what was shown asks for a notification (RFC 5438); undefined if nobody does. */
  notifier: Notifier | undefined;
  /** The IM Server told her that messages wait (rules 2.2, `notify`). */
  onNotice: ((user: number) => void) | undefined;
  protected readonly ports: Ports;
  protected readonly table: ClientTable;
  protected readonly pushIds: SeenLog;
  protected readonly keys: SeenLog;
  private readonly key = new MessageKey();
  private readonly idHash = new Hash64();
  private readonly type = new ContentType();

  constructor(
    ports: Ports,
    table: ClientTable,
    private readonly devices: Devices,
  ) {
    this.ports = ports;
    this.table = table;
    this.pushIds = new SeenLog(devices.subscribers, RECENT_KEPT, EARLIER_KEPT);
    this.keys = new SeenLog(devices.subscribers, RECENT_KEPT, EARLIER_KEPT);
  }

  /** A MESSAGE came outside of any push; the caller answers it. */
  live(user: number, message: SipMessage): void {
    const { hash } = this.key;
    const keyed = this.key.ofMessage(message);
    if (keyed && this.keySeen(user, hash.h1, hash.h2)) {
      this.show(Observed.duplicateDropped, user, message.buf, message.start, message.end);
      return;
    }
    if (keyed) this.noteKey(user, hash.h1, hash.h2);
    const own = isFromServer(message);
    const kind = own ? Observed.noticed : Observed.deliveredLive;
    const ordinal = this.show(kind, user, message.buf, message.start, message.end);
    this.notifier?.onShown(user, ordinal, message);
    if (own && !this.isCpim(message)) this.onNotice?.(user);
  }

  /** True for a disposition notification, as opposed to a notice that messages wait. */
  private isCpim(message: SipMessage): boolean {
    const { type } = this;
    const at = message.find(Header.contentType);
    if (at < 0) return false;
    type.parse(message.buf, message.valueStart[at], message.valueEnd[at]);
    return type.is('message', 'cpim');
  }

  /**
   * A SEND of this Content-Type begins: 200, or 415 for what is no multipart (R14, rules 2.3). Only a media type that cannot be read
   * is a fault here; a parameter may be odd, as in example E1 (rules 1.5).
   */
  judge(buf: Buffer, typeStart: number, typeEnd: number): number {
    const { type } = this;
    type.parse(buf, typeStart, typeEnd);
    return type.is('multipart', 'mixed') || type.is('multipart', 'alternative')
      ? MsrpStatus.ok
      : MsrpStatus.unsupportedType;
  }

  /** A pushed message is complete. Returns the status that answers it. */
  pushed(user: number, message: ReceivedMessage): number {
    const { octets } = this.ports;
    // First the block: a message of several segments is put together now, and the arena may grow.
    const { block, length } = message;
    const { buf } = octets;
    const start = octets.start(block);
    const end = start + length;
    const label = octets.start(message.label);
    const { idHash } = this;
    idHash.begin().span(buf, label + message.idStart, label + message.idEnd);
    let known = this.pushIdSeen(user, idHash.h1, idHash.h2);
    let keyed = false;
    if (!known) {
      this.notePushId(user, idHash.h1, idHash.h2);
      const { hash } = this.key;
      keyed = this.key.ofPayload(buf, start, end, label + message.typeStart, label + message.typeEnd);
      if (keyed) {
        known = this.keySeen(user, hash.h1, hash.h2);
        if (!known) this.noteKey(user, hash.h1, hash.h2);
      }
    }
    const ordinal = this.show(known ? Observed.duplicateDropped : Observed.presented, user, buf, start, end);
    if (keyed && !known) this.tell(user, ordinal, buf, end);
    return this.statusOfPushed();
  }

  /** She fetched a message herself: [start, end) of `buf` is its payload, as that of a push. */
  fetched(user: number, buf: Buffer, start: number, end: number, typeStart: number, typeEnd: number): void {
    const { hash } = this.key;
    const keyed = this.key.ofPayload(buf, start, end, typeStart, typeEnd);
    const known = keyed && this.keySeen(user, hash.h1, hash.h2);
    if (keyed && !known) this.noteKey(user, hash.h1, hash.h2);
    const ordinal = this.show(known ? Observed.duplicateDropped : Observed.presented, user, buf, start, end);
    if (keyed && !known) this.tell(user, ordinal, buf, end);
  }

  /** The message of the payload that `key` read last was shown; the payload ends at `end`. */
  private tell(user: number, ordinal: number, buf: Buffer, end: number): void {
    const { notifier, key } = this;
    if (notifier === undefined) return;
    const head = key.largeHead;
    if (head === undefined) notifier.onShown(user, ordinal, key.message);
    else
      notifier.onContent(user, ordinal, key.message, buf, head.typeStart, head.typeEnd, head.bodyStart, end);
  }

  /**
   * A Large Message came live, complete. `invite` holds the INVITE of its session: octets [inviteStart, inviteStart +
   * inviteOctets), relative to the block. Returns the status that answers it.
   */
  large(
    user: number,
    invite: Block,
    inviteStart: number,
    inviteOctets: number,
    message: ReceivedMessage,
  ): number {
    const { octets, observe } = this.ports;
    const { block, length } = message;
    const { buf } = octets;
    const from = octets.start(invite) + inviteStart;
    const label = octets.start(message.label);
    const { hash } = this.key;
    const keyed = this.key.ofLarge(
      buf,
      from,
      from + inviteOctets,
      label + message.idStart,
      label + message.idEnd,
    );
    const known = keyed && this.keySeen(user, hash.h1, hash.h2);
    const start = octets.start(block);
    if (known) {
      this.show(Observed.duplicateDropped, user, buf, start, start + length);
      return this.statusOfPushed();
    }
    if (keyed) this.noteKey(user, hash.h1, hash.h2);
    const ordinal = this.table.received[user];
    observe.emitOctets(Observed.largeLiveInvite, user, ordinal, 0, buf, from, from + inviteOctets);
    this.show(Observed.largeLive, user, buf, start, start + length);
    if (keyed) {
      const { typeStart, typeEnd } = message;
      const end = start + length;
      this.notifier?.onContent(
        user,
        ordinal,
        this.key.message,
        buf,
        label + typeStart,
        label + typeEnd,
        start,
        end,
      );
    }
    return this.statusOfPushed();
  }

  protected pushIdSeen(user: number, h1: number, h2: number): boolean {
    return this.pushIds.has(user, h1, h2);
  }

  protected notePushId(user: number, h1: number, h2: number): void {
    this.pushIds.add(user, h1, h2, this.ports.now());
  }

  protected keySeen(user: number, h1: number, h2: number): boolean {
    return this.keys.has(user, h1, h2);
  }

  protected noteKey(user: number, h1: number, h2: number): void {
    this.keys.add(user, h1, h2, this.ports.now());
  }

  protected statusOfPushed(): number {
    return MsrpStatus.ok;
  }

  /** Observes it; gives its ordinal at this client. */
  private show(kind: number, user: number, buf: Buffer, start: number, end: number): number {
    const isDuplicate = kind === Observed.duplicateDropped;
    const ordinal = isDuplicate ? 0 : this.table.received[user]++;
    const told = isDuplicate && this.devices.hasSeveral(user) ? Observed.copied : kind;
    this.ports.observe.emitOctets(told, user, ordinal, 0, buf, start, end);
    return ordinal;
  }
}

/** True for what the IM Server says on its own behalf: how many messages wait, or what became of one (rules 2.2, RFC 5438). */
function isFromServer(message: SipMessage): boolean {
  const from = message.from();
  if (from === undefined || from.uriEnd - from.uriStart !== SERVER_IDENTITY.length) return false;
  for (let i = 0; i < SERVER_IDENTITY.length; i++) {
    if (message.buf[from.uriStart + i] !== SERVER_IDENTITY.charCodeAt(i)) return false;
  }
  return true;
}
