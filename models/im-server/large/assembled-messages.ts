/**
 * Large Messages that are whole and not answered yet (change request 12.2.2.3 item 3; rules 2.6, 3.5): each waits for the station, then for its
 * commit, and its last 200 and success REPORT leave after that. Room for it is taken from the moment it is whole (D-017).
 *
 * It becomes a deferred message of its own, with the headers of the INVITE of its session, which is held as long.
 */
import { CommitStatus, type Ports } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import { MsrpStatus } from '../../msrp/codes.js';
import type { MsrpDriver } from '../../msrp/driver.js';
import type { ReceivedMessage } from '../../msrp/receiving/received-message.js';
import { Observed } from '../../observations.js';
import { SipMessage } from '../../wire/sip/message.js';
import { Framing, parseSip } from '../../wire/sip/parse.js';
import { ImServerWork } from '../config.js';
import { Deferral, type DeferralJudge } from '../deferral/deferral.js';
import type { DeferredStore } from '../store/store.js';
import type { WorkDesk } from '../work.js';
import type { LargeSession } from './large-session.js';

interface Assembled {
  readonly session: LargeSession;
  readonly message: ReceivedMessage;
}

export class AssembledMessages {
  /** By the handle of the MSRP endpoint. */
  private readonly assembled = new Map<number, Assembled>();
  private readonly invite = new SipMessage();
  private readonly deferral = new Deferral();

  constructor(
    private readonly ports: Ports,
    private readonly store: DeferredStore,
    private readonly judge: DeferralJudge,
    private readonly desk: WorkDesk,
    private readonly msrp: MsrpDriver,
  ) {}

  /** `message` of `session` is whole. Returns the status that answers it, `MsrpStatus.later` as a rule. */
  take(session: LargeSession, message: ReceivedMessage): number {
    const { ports } = this;
    ports.observe.emit(
      Observed.assembled,
      session.user,
      message.chunks,
      message.length,
      message.firstChunkNs,
    );
    if (message.droppedContentHeaders > 0) {
      const { droppedContentHeaders } = message;
      ports.observe.emit(Observed.contentHeadersDropped, session.user, 0, droppedContentHeaders, 0);
    }
    const { judge } = this;
    if (!judge.hasRoom(session.user, message.length)) return this.full(session);
    session.pending++;
    judge.holdRoom(session.user, message.length);
    this.assembled.set(message.handle, { session, message });
    if (!this.desk.spend(ImServerWork.large, message.length, message.handle)) {
      judge.giveRoomBack(session.user, message.length);
      this.assembled.delete(message.handle);
      session.pending--;
      return this.full(session);
    }
    return MsrpStatus.later;
  }

  /** There is no room for a message of `session` (rules 2.6). The status by which its sender must stop. */
  full(session: LargeSession): number {
    this.ports.observe.emit(Observed.rejected, session.user, -1, MsrpStatus.stopSending, 0);
    return MsrpStatus.stopSending;
  }

  /** The station has done the work of an assembled message. */
  onServed(handle: number): void {
    const entry = this.assembled.get(handle);
    assert(entry !== undefined, 'an assembled message that nobody knows');
    const { session, message } = entry;
    const { ports, store, invite, deferral, judge } = this;
    const start = ports.octets.start(session.invite) + session.inviteStart;
    parseSip(ports.octets.buf, start, start + session.inviteOctets, Framing.datagram, invite);
    deferral.user = session.user;
    deferral.anonymous = session.anonymous;
    deferral.dateMs = session.dateMs;
    deferral.expiresAtNs = judge.defaultExpiry(ports.now());
    const octets = message.length;
    judge.giveRoomBack(session.user, octets);
    ports.observe.emit(Observed.deferralRequested, session.user, -1, octets, message.firstChunkNs);
    store.saveLarge(invite, message, deferral, ports.wallClock());
  }

  /** Committed: now the sender may know (200 and success REPORT). */
  onStored(handle: number): void {
    this.settle(handle, MsrpStatus.ok);
  }

  onStoreFailed(handle: number, user: number, status: CommitStatus): void {
    this.ports.observe.emit(Observed.rejected, user, -1, MsrpStatus.stopSending, status);
    this.settle(handle, status === CommitStatus.full ? MsrpStatus.stopSending : MsrpStatus.badRequest);
  }

  private settle(handle: number, status: number): void {
    const entry = this.assembled.get(handle);
    assert(entry !== undefined, 'the commit of a message that nobody knows');
    this.assembled.delete(handle);
    entry.session.pending--;
    this.msrp.answer(handle, status);
    this.releaseIfOver(entry.session);
  }

  /** Lets go of the INVITE of a session that takes nothing any more, once nothing of it is pending. */
  releaseIfOver({ over, pending, invite }: LargeSession): void {
    if (over && pending === 0) this.ports.octets.release(invite);
  }
}
