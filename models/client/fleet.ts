/**
 * The fleet of IM Clients: one actor on one host, whose `local` is the number of the client (`models/devices.ts`). It hands what the ports report to
 * its parts: registration, keep-alives, sending, receiving, push sessions.
 *
 * An idle client is a row of numbers (`client-table.ts`) and two pending timers; objects exist only while they are used.
 *
 * Not modelled: forwarding, presence, a client that is its own proxy.
 */
import type { Block, CommitStatus, Conn, Ports, TcpEnd } from '../../sim/host/ports.js';
import { unreachable } from '../../sim/kernel/assert.js';
import { MSRP_PORT, SIP_PORT } from '../addressing.js';
import { Devices } from '../devices.js';
import { HOP_CANARY, mark } from '../marks.js';
import { ClosingDialogs } from '../sip/closing-dialogs.js';
import { SipEndpoint } from '../sip/endpoint.js';
import { legOf, Transport } from '../sip/legs.js';
import { writeUnsupported } from '../sip/option-tags.js';
import type { TransactionUser, Tx } from '../sip/user.js';
import { OctetWriter } from '../wire/octet-writer.js';
import { Header } from '../wire/sip/head/header-names.js';
import type { SipMessage } from '../wire/sip/message.js';
import { Method } from '../wire/sip/head/methods.js';
import { DatagramKind, datagramKind } from '../wire/stun/stun.js';
import { contentRefusal, METHODS, UNDERSTOOD } from './capabilities.js';
import type { ClientFleet } from './client-fleet.js';
import { ClientTable } from './client-table.js';
import type { ClientFleetConfig, LargeOffer, PagerOffer } from './config.js';
import { FleetTimer, TokenKind, tokenKind, tokenNumber, type FleetContext } from './context.js';
import { DialogDesk } from './dialog-desk.js';
import { MessageFetcher } from './reception/fetcher.js';
import { Inbox } from './reception/inbox.js';
import { KeepAlive } from './registration/keep-alive.js';
import { largeOfferOf } from './large/large-plan.js';
import { LargeSender } from './large/large-sender.js';
import { MsrpDesk } from './msrp-desk.js';
import type { MsrpDriver } from '../msrp/driver.js';
import { Notifier } from './reception/notifier.js';
import { PagerSender } from './pager/pager-sender.js';
import { isTooLong } from './pager/pager-writer.js';
import { PushSessions } from './reception/push-session.js';
import { Registration } from './registration/registration.js';

/** Transactions of all clients together. */
const TRANSACTION_LIMIT = (1 << 22) - 1;
const CONNECTION_LIMIT = 1 << 20;
const REQUEST_TIMEOUT = 408;
const SERVICE_UNAVAILABLE = 503;

export class ImClientFleet implements ClientFleet, TransactionUser {
  protected readonly context: FleetContext;
  protected readonly endpoint: SipEndpoint;
  protected readonly inbox: Inbox;
  private readonly registration: Registration;
  private readonly keepAlive: KeepAlive;
  private readonly sender: PagerSender;
  private readonly push: PushSessions;
  private readonly large: LargeSender;
  private readonly dialogs: DialogDesk;
  private readonly msrp: MsrpDriver;
  /** Undefined if nobody fetches. */
  private readonly fetcher: MessageFetcher | undefined;
  /** Undefined if nobody sends notifications. */
  private readonly notifier: Notifier | undefined;

  constructor(ports: Ports, config: ClientFleetConfig) {
    const endpoint = new SipEndpoint(ports, this, {
      port: SIP_PORT,
      branchTag: config.canaries ? mark(HOP_CANARY, ports.hostId) : '',
      transactionLimit: TRANSACTION_LIMIT,
      connectionLimit: CONNECTION_LIMIT,
      profileFor: () => config.timers,
    });
    this.endpoint = endpoint;
    const devices = config.devices ?? new Devices(config.subscribers);
    this.context = {
      ports,
      config,
      devices,
      table: new ClientTable(devices.clients),
      endpoint,
      writer: new OctetWriter(ports.octets),
      leg: legOf(Transport.udp, config.timers),
      closing: new ClosingDialogs(),
    };
    this.inbox = this.makeInbox();
    this.registration = new Registration(this.context, this);
    this.keepAlive = new KeepAlive(this.context, this.registration);
    this.sender = new PagerSender(this.context, this.registration);
    const desk = new MsrpDesk(ports);
    this.msrp = desk.driver;
    this.push = new PushSessions(this.context, this.inbox, desk.driver);
    this.large = new LargeSender(this.context, desk.driver, this.registration);
    desk.serve(this.push, this.large);
    this.dialogs = new DialogDesk(this.context, this.push, this.large);
    const { fetch, takeNumber } = config;
    if (takeNumber !== undefined) this.notifier = new Notifier(this.context, this.sender, takeNumber);
    this.inbox.notifier = this.notifier;
    if (fetch !== undefined) {
      const fetcher = new MessageFetcher(this.context, fetch, this.inbox);
      this.inbox.onNotice = (user) => fetcher.onNotice(user);
      this.fetcher = fetcher;
    }
  }

  offerPager(offer: PagerOffer): void {
    if (isTooLong(offer)) this.large.offer(largeOfferOf(offer));
    else this.sender.offer(offer);
  }

  offerLarge(offer: LargeOffer): void {
    this.large.offer(offer);
  }

  get unanswered(): number {
    return this.sender.outbox.held + this.large.held;
  }

  get pushSessions(): number {
    return this.push.count;
  }

  // ---- where a saboteur may break a client ----

  protected makeInbox(): Inbox {
    const { ports, table, devices } = this.context;
    return new Inbox(ports, table, devices);
  }

  /** Answers a MESSAGE that reached `user` live: 200 without body or Contact (RFC 3428 section 7), shown once. */
  protected receiveMessage(tx: Tx, user: number, message: SipMessage): void {
    this.inbox.live(this.context.devices.userOf(user), message);
    this.endpoint.answer(tx, message, 200);
  }

  // ---- Actor ----

  start(): void {
    this.endpoint.start();
    this.context.ports.tcp.listen(MSRP_PORT);
    this.registration.start();
  }

  onDatagram(
    local: number,
    fromIp: number,
    fromPort: number,
    toPort: number,
    block: Block,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    if (toPort !== SIP_PORT) return;
    const kind = datagramKind(buf, start, end);
    if (kind === DatagramKind.sip) this.endpoint.onDatagram(local, fromIp, fromPort, block, buf, start, end);
    else if (kind === DatagramKind.stun) this.keepAlive.onDatagram(local, fromIp, fromPort, buf, start, end);
  }

  onTimer(kind: number, a: number, b: number): void {
    if (this.endpoint.onTimer(kind, a, b)) return;
    switch (kind) {
      case FleetTimer.register:
        this.registration.onTimer(a);
        break;
      case FleetTimer.ping:
        this.keepAlive.onPing(a);
        break;
      case FleetTimer.pingRepeat:
        this.keepAlive.onRepeat(a);
        break;
      case FleetTimer.session:
        this.push.onTimer(a);
        break;
      case FleetTimer.msrp:
        this.msrp.onTimer(a, b);
        break;
      case FleetTimer.large:
        this.large.onTimer(a);
        break;
      case FleetTimer.fetch:
        this.fetcher?.onTimer(a);
        break;
      case FleetTimer.notify:
        this.notifier?.onTimer(a);
        break;
      case FleetTimer.fetchGuard:
        this.fetcher?.onGuard(a);
        break;
      default:
        unreachable('a timer that nobody started');
    }
  }

  onTcpAccepted(conn: Conn, local: number, port: number, fromIp: number, fromPort: number): void {
    if (port === MSRP_PORT) this.msrp.onTcpAccepted(conn);
    else this.endpoint.onTcpAccepted(conn, local, port, fromIp, fromPort);
  }

  onTcpConnected(conn: Conn): void {
    if (this.msrp.owns(conn)) this.msrp.onTcpConnected(conn);
    else if (this.fetcher?.owns(conn) === true) this.fetcher.onTcpConnected(conn);
    else this.endpoint.onTcpConnected(conn);
  }

  onTcpData(conn: Conn, buf: Buffer, start: number, end: number): void {
    if (this.msrp.owns(conn)) this.msrp.onTcpData(conn, buf, start, end);
    else if (this.fetcher?.owns(conn) === true) this.fetcher.onTcpData(conn, buf, start, end);
    else this.endpoint.onTcpData(conn, buf, start, end);
  }

  onTcpWritable(conn: Conn): void {
    if (this.msrp.owns(conn)) this.msrp.onTcpWritable(conn);
    else if (this.fetcher?.owns(conn) !== true) this.endpoint.onTcpWritable(conn);
  }

  onTcpClosed(conn: Conn, end: TcpEnd): void {
    if (this.msrp.owns(conn)) this.msrp.onTcpClosed(conn, end);
    else if (this.fetcher?.owns(conn) === true) this.fetcher.onTcpClosed(conn, end);
    else this.endpoint.onTcpClosed(conn, end);
  }

  onLink(local: number, up: boolean): void {
    if (!up) {
      this.push.onLinkDown(local);
      this.large.onLinkDown(local);
      this.fetcher?.onLinkDown(local);
    }
    this.registration.onLink(local, up);
  }

  /**
   * A client crashes: registration, transactions, sessions and what she wanted to send are gone. What she has shown is not, nor
   * what she knows it by: both are written down before a message is answered 200, or the 200 would be a lie.
   */
  onCrash(local: number): void {
    this.push.onLinkDown(local);
    this.fetcher?.onLinkDown(local);
    this.notifier?.onCrash(local);
    this.large.onCrash(local);
    this.registration.onCrash(local);
    this.context.closing.forget(local);
    this.endpoint.forget(local);
    if (local < this.context.config.subscribers) this.sender.onCrash(local);
  }

  onCommitted(_token: number, _status: CommitStatus): void {
    unreachable('a client has no storage');
  }

  onServed(_token: number): void {
    unreachable('a client has no CPU station');
  }

  // ---- what the registration reports ----

  onRegistered(user: number): void {
    if (this.context.config.keepAlive) this.keepAlive.start(user);
    if (user >= this.context.config.subscribers) return; // another device: the first one sends
    this.sender.flush(user);
    this.large.flush(user);
    this.fetcher?.onRegistered(user);
  }

  onFlowLost(user: number): void {
    this.keepAlive.stop(user);
  }

  // ---- TransactionUser ----

  onRequest(tx: Tx, message: SipMessage): void {
    const user = this.endpoint.arrival.local;
    // RFC 3261 section 8.2.2.3; what is no method of hers is refused for that (section 8.2.1).
    const unsupported =
      message.has(Header.require) && METHODS.includes(message.method)
        ? writeUnsupported(message, Header.require, UNDERSTOOD)
        : '';
    if (unsupported !== '') {
      this.endpoint.answer(tx, message, 420, unsupported);
      return;
    }
    if (message.method !== Method.message) {
      this.dialogs.onRequest(tx, user, message);
      return;
    }
    const refusal = contentRefusal(message);
    if (refusal === undefined) this.receiveMessage(tx, user, message);
    else this.endpoint.answer(tx, message, refusal.status, refusal.lines);
  }

  onAck(message: SipMessage): void {
    this.push.onAck(this.endpoint.arrival.local, message);
  }

  onCancel(tx: Tx, message: SipMessage): void {
    // Every INVITE is answered in the call that brought it, so nothing is left to cancel; the protocol's answer all the same.
    this.endpoint.answer(tx, message, 487);
  }

  onResponse(tx: Tx, message: SipMessage): void {
    const token = this.endpoint.token(tx);
    const number = tokenNumber(token);
    switch (tokenKind(token)) {
      case TokenKind.register:
        this.registration.onResponse(tx, number, message);
        break;
      case TokenKind.message:
        if (message.status >= 200) this.sender.answered(number, message.status);
        break;
      case TokenKind.large:
        this.large.onResponse(tx, number, message);
        break;
      default:
        if (message.status >= 200) this.context.closing.settled(number, tx);
    }
  }

  onTimeout(tx: Tx): void {
    this.noAnswer(tx, REQUEST_TIMEOUT);
  }

  onTransportError(tx: Tx): void {
    this.noAnswer(tx, SERVICE_UNAVAILABLE);
  }

  onStrayResponse(_message: SipMessage): void {
    // Nothing waits for it (RFC 3261 section 18.1.2).
  }

  onNoAck(tx: Tx): void {
    this.push.onNoAck(tx, this.endpoint.localOf(tx));
  }

  private noAnswer(tx: Tx, status: number): void {
    const token = this.endpoint.token(tx);
    const number = tokenNumber(token);
    if (tokenKind(token) === TokenKind.register) this.registration.onNoAnswer(tx, number, status);
    else if (tokenKind(token) === TokenKind.message) this.sender.answered(number, status);
    else if (tokenKind(token) === TokenKind.large) this.large.onNoAnswer(tx, number, status);
    else this.context.closing.settled(number, tx);
  }
}

/** The fleet of IM Clients of a world. */
export function createClientFleet(ports: Ports, config: ClientFleetConfig): ClientFleet {
  return new ImClientFleet(ports, config);
}
