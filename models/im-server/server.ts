/**
 * The IM Server: the actor. It receives what the SIP/IP Core's terminating trigger hands it, stores it (change request
 * 12.2.2.3), and pushes it when the user registers (12.2.2.5).
 *
 * Volatile: transactions, the index, push sessions, who is registered. Durable: the records of deferred messages, and the
 * numbers given out. Accepted means committed: 202 leaves after the commit.
 *
 * Not modelled: controlling and chat functions, group lists.
 */
import type { Actor, Block, CommitStatus, Conn, Ports, TcpEnd } from '../../sim/host/ports.js';
import { assert } from '../../sim/kernel/assert.js';
import { CORE_HOST, HTTP_PORT, imServerHost, MSRP_PORT } from '../addressing.js';
import type { MsrpDriver } from '../msrp/driver.js';
import { Observed } from '../observations.js';
import { SipEndpoint } from '../sip/endpoint.js';
import type { TransactionUser, Tx } from '../sip/user.js';
import { OctetWriter } from '../wire/octet-writer.js';
import { Method } from '../wire/sip/head/methods.js';
import type { SipMessage } from '../wire/sip/message.js';
import { ALLOW, RETRY_AFTER } from './deferral/answer-lines.js';
import { AcceptedRequests } from './deferral/accepted-requests.js';
import { answerOptions, unsupportedBy } from './capabilities.js';
import { ALONE, ImServerWork, type ImServerConfig } from './config.js';
import { DeferralJudge } from './deferral/deferral.js';
import { NO_USER, PagerDeferral } from './deferral/pager-deferral.js';
import type { DeferredAccess } from './deferred-access.js';
import { DialogDesk } from './dialog-desk.js';
import { DeferredIndex } from './store/deferred-index.js';
import { expiryFault } from './store/expiry.js';
import { ExpiryTimer } from './store/expiry-timer.js';
import { BUILT_IN_PARTS, type ImServerParts } from './parts.js';
import { LargeSessions } from './large/large-sessions.js';
import type { MetadataKeeper } from './metadata/metadata.js';
import { MsrpDesk } from './msrp-desk.js';
import type { Push } from './push/push.js';
import { RegistrationReader } from './registration-reader.js';
import type { DeferredStore, StoreListener } from './store/store.js';
import { NoticeDesk } from './notices/notice-desk.js';
import { SenderNotification } from './notices/sender-notification.js';
import { ServiceSettings } from './settings.js';
import { StreamDesk } from './stream-desk.js';
import { ImTimer } from './timers.js';
import { WaitingNotice } from './notices/waiting-notice.js';
import { WorkDesk } from './work.js';

export class ImServer implements Actor, TransactionUser, StoreListener {
  readonly index: DeferredIndex;
  readonly store: DeferredStore;
  readonly push: Push;
  readonly large: LargeSessions;
  private readonly notification: SenderNotification;
  /** Undefined if the operator keeps no metadata. */
  readonly metadata: MetadataKeeper | undefined;
  /** What users fetch and delete themselves. */
  private readonly access: DeferredAccess;
  private readonly streams: StreamDesk;
  private readonly dialogs: DialogDesk;
  private readonly msrp: MsrpDriver;
  private readonly endpoint: SipEndpoint;
  private readonly judge: DeferralJudge;
  private readonly accepted: AcceptedRequests;
  private readonly pager: PagerDeferral;
  private readonly registrations: RegistrationReader;
  private readonly desk: WorkDesk;
  private readonly instance: number;
  /** The request that is being received, while its work may be done in the same call. */
  private current: SipMessage | undefined;
  private currentTx: Tx = 0;
  private readonly lifetimes: ExpiryTimer;

  constructor(
    private readonly ports: Ports,
    config: ImServerConfig,
    parts: ImServerParts = BUILT_IN_PARTS,
  ) {
    const fault = expiryFault(config.expiry);
    assert(fault === undefined, fault ?? '');
    const writer = new OctetWriter(ports.octets);
    const cluster = config.cluster ?? ALONE;
    this.instance = cluster.instance;
    this.index = new DeferredIndex(config.subscribers);
    const policy = parts.policy(config);
    this.store = parts.store(ports, this.index, this, writer, policy, cluster);
    this.lifetimes = new ExpiryTimer(ports, this.store);
    if (config.metadata !== undefined) {
      this.metadata = parts.metadata(ports, config.metadata, this.index, writer, config.subscribers);
      this.store.watcher = this.metadata;
    }
    const settings = new ServiceSettings(ports.random, config);
    this.accepted = new AcceptedRequests(ports, config.timers);
    this.judge = new DeferralJudge(config, this.index, settings);
    this.registrations = new RegistrationReader(this.judge);
    this.desk = new WorkDesk(ports.cpu, (kind, value) => this.perform(kind, value));
    this.endpoint = new SipEndpoint(ports, this, {
      sentByHost: imServerHost(cluster.instance),
      profileFor: () => config.timers,
    });
    const msrp = new MsrpDesk(ports, config);
    this.msrp = msrp.driver;
    const { index, store, desk, endpoint, judge } = this;
    this.pager = new PagerDeferral(ports, endpoint, writer, judge, this.accepted, store);
    const notices = new NoticeDesk(ports, config, endpoint, writer);
    const notice = new WaitingNotice(ports, notices, writer);
    const sessions = [ports, config, index, store, desk, this.msrp, endpoint, writer, policy] as const;
    this.push = parts.push(...sessions, settings, notice);
    this.notification = new SenderNotification(ports, config, judge, notices, writer, policy);
    this.large = new LargeSessions(ports, config, store, judge, desk, this.msrp, endpoint, writer);
    msrp.serve(this.push, this.large);
    this.dialogs = new DialogDesk(endpoint, this.push.signalling, this.large, notices);
    this.access = parts.access(ports, config, index, store, desk, writer, policy);
    this.streams = new StreamDesk(this.metadata, this.access, endpoint, this.msrp);
  }

  // ---- Actor ----

  start(): void {
    this.endpoint.start();
    this.ports.tcp.listen(MSRP_PORT);
    this.ports.tcp.listen(HTTP_PORT);
    this.store.recover((...found) => {
      this.accepted.recall(...found);
      this.large.finishedBefore.add(...found);
    });
    this.metadata?.recover();
    this.lifetimes.arm();
    this.push.recover();
  }

  onDatagram(
    local: number,
    fromIp: number,
    fromPort: number,
    _toPort: number,
    block: Block,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    this.endpoint.onDatagram(local, fromIp, fromPort, block, buf, start, end);
  }

  onTimer(kind: number, a: number, b: number): void {
    if (this.endpoint.onTimer(kind, a, b) || this.metadata?.onTimer(kind, a) === true) return;
    switch (kind) {
      case ImTimer.msrp:
        this.msrp.onTimer(a, b);
        return;
      case ImTimer.largeLimit:
        this.large.onTimer(a);
        return;
      case ImTimer.expiry:
        this.lifetimes.fired();
        return;
      default:
        this.push.onTimer(kind, a);
    }
  }

  onTcpAccepted(conn: Conn, local: number, port: number, fromIp: number, fromPort: number): void {
    this.streams.onTcpAccepted(conn, local, port, fromIp, fromPort);
  }

  onTcpConnected(conn: Conn): void {
    this.streams.onTcpConnected(conn);
  }

  onTcpData(conn: Conn, buf: Buffer, start: number, end: number): void {
    this.streams.onTcpData(conn, buf, start, end);
  }

  onTcpWritable(conn: Conn): void {
    this.streams.onTcpWritable(conn);
  }

  onTcpClosed(conn: Conn, end: TcpEnd): void {
    this.streams.onTcpClosed(conn, end);
  }

  /** A server does not watch its own link. */
  onLink(): void {}

  onCommitted(token: number, status: CommitStatus): void {
    this.store.onCommitted(token, status);
  }

  onUntold(token: number): void {
    this.store.onUntold(token);
  }

  onServed(token: number): void {
    this.desk.onServed(token);
  }

  // ---- TransactionUser ----

  onRequest(tx: Tx, message: SipMessage): void {
    const unsupported = unsupportedBy(message);
    if (unsupported !== '') return this.pager.refuse(tx, message, NO_USER, 420, unsupported);
    if (this.dialogs.onRequest(tx, message)) return;
    switch (message.method) {
      case Method.message:
        this.receive(tx, message, ImServerWork.message);
        return;
      case Method.register:
        this.receive(tx, message, ImServerWork.register);
        return;
      case Method.invite:
        this.receive(tx, message, ImServerWork.session);
        return;
      case Method.options:
        answerOptions(this.endpoint, this.judge, this.instance, this.ports.now(), tx, message);
        return;
      default:
        this.endpoint.answer(tx, message, 405, ALLOW);
    }
  }

  onMerged(message: SipMessage): number {
    return message.method === Method.message ? this.pager.statusOfMerged(message) : 482;
  }

  onAck(message: SipMessage): void {
    this.large.onAck(message);
  }

  onCancel(tx: Tx): void {
    this.endpoint.answer(tx, this.endpoint.requestOf(tx), 487);
  }

  onResponse(tx: Tx, message: SipMessage): void {
    this.dialogs.onResponse(tx, message);
  }

  onTimeout(tx: Tx): void {
    this.dialogs.onNoResponse(tx, 408);
  }

  onTransportError(tx: Tx): void {
    this.dialogs.onNoResponse(tx, 503);
  }

  onStrayResponse(): void {
    // Late answers of transactions that were given up.
  }

  onNoAck(tx: Tx): void {
    this.large.onNoAck(tx);
  }

  // ---- store ----

  onStored(
    tx: number,
    user: number,
    dm: number,
    receivedAtNs: number,
    response: Block,
    length: number,
    request0: number,
    request1: number,
  ): void {
    this.accepted.add(request0, request1, dm);
    this.endpoint.respond(tx, response, length, length);
    this.ports.observe.emit(Observed.storeAnswered, user, dm, 202, receivedAtNs);
    this.onFiled(user, dm);
  }

  onStoreFailed(tx: number, user: number, status: CommitStatus, response: Block): void {
    this.pager.storeFailed(tx, user, status, response);
  }

  onLargeStored(handle: number, user: number, dm: number, receivedAtNs: number): void {
    this.large.assembled.onStored(handle);
    this.ports.observe.emit(Observed.storeAnswered, user, dm, 200, receivedAtNs);
    this.onFiled(user, dm);
  }

  private onFiled(user: number, dm: number): void {
    this.lifetimes.arm();
    this.notification.onStored(dm);
    this.push.onStored(user);
  }

  onLargeFailed(handle: number, user: number, status: CommitStatus): void {
    this.large.assembled.onStoreFailed(handle, user, status);
  }

  onUndeliverable(dm: number): void {
    this.notification.onFailed(dm);
  }

  onGone(_user: number, dm: number): void {
    this.access.onGone(dm);
  }

  // ---- work ----

  /** Queues the request at the CPU station; with a free station it is dealt with before this returns. */
  private receive(tx: Tx, message: SipMessage, kind: ImServerWork): void {
    this.current = message;
    this.currentTx = tx;
    const accepted = this.desk.spend(kind, message.end - message.start, tx);
    this.current = undefined;
    if (!accepted) this.pager.refuse(tx, message, NO_USER, 503, RETRY_AFTER);
  }

  private perform(kind: ImServerWork, value: number): void {
    switch (kind) {
      case ImServerWork.message:
        this.pager.defer(value, this.requestOf(value));
        return;
      case ImServerWork.register:
        this.registration(value, this.requestOf(value));
        return;
      case ImServerWork.push:
        this.push.onPushServed(value);
        return;
      case ImServerWork.send:
        this.push.onSendServed(value);
        return;
      case ImServerWork.session:
        // A CANCEL may have ended it while it waited for the station.
        if (this.endpoint.isLive(value) && this.endpoint.requestBlock(value) !== 0) {
          this.large.onInvite(value, this.requestOf(value));
        }
        return;
      case ImServerWork.large:
        this.large.assembled.onServed(value);
        return;
      case ImServerWork.fetch:
        this.access.onServed(value);
    }
  }

  private requestOf(tx: Tx): SipMessage {
    return this.current !== undefined && this.currentTx === tx ? this.current : this.endpoint.requestOf(tx);
  }

  private registration(tx: Tx, message: SipMessage): void {
    const { registrations } = this;
    const status = registrations.read(message);
    const expires = `Contact: <sip:${CORE_HOST}>;expires=${registrations.expiresS}\r\n`;
    this.endpoint.answer(tx, message, status, status === 200 && registrations.expiresS > 0 ? expires : '');
    if (status === 200) {
      this.push.onRegistration(registrations.user, registrations.expiresS, registrations.capable);
    }
  }
}

/** The factory of `ActorFactory`. */
export function createImServer(ports: Ports, config: ImServerConfig): ImServer {
  return new ImServer(ports, config);
}
