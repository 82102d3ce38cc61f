/**
 * Receiving (RFC 3261 sections 17.1.3, 17.2.3, 18.1.2, 18.2.1, 18.3): parsing, matching, and handing to the transaction layer.
 *
 * One message is handled at a time, in one reusable object. What cannot be read is counted, answered with its status if it is a
 * request that can be answered, and dropped; that answer has no transaction.
 */
import { Observed } from '../observations.js';
import type { Block, Conn, Ports, TcpEnd } from '../../sim/host/ports.js';
import { faultStatus, faultWords, SipFault } from '../wire/sip/faults.js';
import { Header } from '../wire/sip/head/header-names.js';
import type { SipMessage } from '../wire/sip/message.js';
import { Method } from '../wire/sip/head/methods.js';
import { Framing, parseSip } from '../wire/sip/parse.js';
import { reasonOf } from '../wire/sip/response.js';
import { canBeAnswered, validate, validateResponse } from '../wire/sip/validate.js';
import type { Via } from '../wire/sip/values/via.js';
import { Branches } from './transport/branch.js';
import type { Connection, StreamUser } from './transport/connections.js';
import { ReplyAddress } from './transport/reply-address.js';
import { Core } from './core.js';
import { legOf, Transport, transportOf } from './legs.js';
import { Flag } from './transaction/records.js';
import { ServerKey } from './transaction/server-key.js';
import { Event, Machine, State } from './transaction/tables.js';
import type { Arrival, SipEndpointConfig, TransactionUser } from './user.js';

export class Inbound implements StreamUser {
  readonly core: Core;
  readonly branches: Branches;
  malformed = 0;
  readonly arrival: Arrival = {
    local: 0,
    fromIp: 0,
    fromPort: 0,
    leg: 0,
    conn: 0,
    block: 0,
    start: 0,
    length: 0,
  };
  private readonly ports: Ports;
  private readonly user: TransactionUser;
  private readonly config: SipEndpointConfig;
  private readonly key: ServerKey;
  private readonly reply = new ReplyAddress();
  private readonly message: SipMessage;

  constructor(ports: Ports, user: TransactionUser, config: SipEndpointConfig) {
    this.ports = ports;
    this.user = user;
    this.config = config;
    this.key = new ServerKey(ports.octets);
    this.branches = new Branches(ports, config.sentByHost, config.port, config.branchTag);
    this.core = new Core(ports, user, config, this);
    this.message = this.core.message;
  }

  // ---- from the ports ----

  onDatagram(
    local: number,
    fromIp: number,
    fromPort: number,
    block: Block,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    const fault = parseSip(buf, start, end, Framing.datagram, this.message);
    if (fault === SipFault.empty) return;
    const { arrival } = this;
    arrival.local = local;
    arrival.fromIp = fromIp;
    arrival.fromPort = fromPort;
    arrival.leg = legOf(Transport.udp, this.config.profileFor(fromIp));
    arrival.conn = 0;
    arrival.block = block;
    arrival.start = start - this.ports.octets.start(block);
    arrival.length = end - start;
    this.take(fault);
  }

  onTcpData(conn: Conn, buf: Buffer, start: number, end: number): boolean {
    const connection = this.core.outbound.connections.get(conn);
    if (connection === undefined) return false;
    this.core.outbound.connections.receive(connection, buf, start, end);
    return true;
  }

  onTcpClosed(conn: Conn, end: TcpEnd): boolean {
    return this.core.outbound.closed(conn, end);
  }

  onStreamMessage(connection: Connection, start: number, length: number): void {
    this.arrivedOn(connection, start, length);
    this.take(this.message.fault);
  }

  onStreamBroken(connection: Connection): void {
    const { framer } = connection;
    this.arrivedOn(connection, connection.from, connection.to - connection.from);
    // Over the limit and still incomplete: there is no message that could be answered.
    if (framer.fault === SipFault.none)
      this.message.reset(this.ports.octets.buf, this.ports.octets.start(connection.block));
    this.refuse(framer.fault !== SipFault.none ? framer.fault : SipFault.bodyTooLarge);
    this.core.outbound.close(connection);
  }

  // ---- matching ----

  private take(parsed: SipFault): void {
    const { message } = this;
    const check = message.isRequest ? validate : validateResponse;
    const fault = parsed !== SipFault.none ? parsed : check(message);
    const via = fault === SipFault.none ? message.topVia() : undefined;
    if (via === undefined) this.refuse(fault || SipFault.via);
    else if (message.isRequest) this.takeRequest(via);
    else this.takeResponse(via);
  }

  private takeRequest(via: Via): void {
    const { message, key } = this;
    const { layer } = this.core;
    const { method } = message;
    const merging = !this.config.isProxy && method !== Method.ack && method !== Method.cancel;
    key.build(message, via, merging);
    const slot = layer.findServer(key, method === Method.ack ? Method.invite : method, false);
    if (method === Method.ack) {
      if (slot === 0) this.user.onAck(message);
      else layer.feed(slot, Event.ack);
    } else if (slot !== 0) {
      if (layer.machine.stateOf(slot) !== State.terminated) layer.feed(slot, Event.again);
    } else if (merging && layer.isMerged(key, method, this.arrival.local)) {
      const status = this.user.onMerged?.(message) ?? 482;
      this.answerStateless(via, status, reasonOf(status));
    } else {
      this.openServer(method, via);
    }
  }

  private openServer(method: Method, via: Via): void {
    const { key, arrival } = this;
    const { layer } = this.core;
    const cancelled = method === Method.cancel ? layer.findServer(key, method, true) : 0;
    if (method === Method.cancel && cancelled === 0 && this.user.onStrayCancel !== undefined) {
      const status = this.user.onStrayCancel(this.message);
      if (status !== 0) this.answerStateless(via, status, reasonOf(status));
      return;
    }
    const slot = layer.openServer(method, arrival.leg, key);
    if (slot === 0) {
      this.answerStateless(via, 503, reasonOf(503));
      return;
    }
    const { records } = layer;
    records.local[slot] = arrival.local;
    records.peerIp[slot] = arrival.fromIp;
    records.peerPort[slot] = arrival.fromPort;
    const reply = this.replyTo(via);
    records.replyIp[slot] = reply.ip;
    records.replyPort[slot] = reply.port;
    records.conn[slot] = arrival.conn;
    this.ports.octets.retain(arrival.block);
    records.request[slot] = arrival.block;
    records.requestStart[slot] = arrival.start;
    records.requestLength[slot] = arrival.length;
    if (method !== Method.cancel) {
      layer.feed(slot, Event.start);
      return;
    }
    records.flags[slot] |= Flag.internal;
    layer.feed(slot, Event.start);
    this.answerCancel(slot, cancelled);
  }

  /** RFC 3261 section 9.2. */
  private answerCancel(slot: number, cancelled: number): void {
    const { message, core } = this;
    const { machine, records } = core.layer;
    const tx = cancelled === 0 ? 0 : machine.nameOf(cancelled);
    const status = cancelled === 0 ? 481 : 200;
    const tag = core.toTag(records.hashA[slot]);
    const { fromIp, fromPort } = this.arrival;
    const length = core.writeBare(message, status, reasonOf(status), tag, fromIp, fromPort);
    core.respond(slot, core.writer.end(), length, length, false);
    if (cancelled === 0 || machine.slotOf(tx) !== cancelled) return;
    if (machine.machineOf(cancelled) !== Machine.inviteServer) return;
    if (machine.stateOf(cancelled) === State.proceeding) this.user.onCancel(tx, message);
  }

  private takeResponse(via: Via): void {
    const { message, branches } = this;
    const { layer } = this.core;
    const cseq = message.cseq();
    if (cseq === undefined || message.status < 100 || message.status > 699) {
      this.count(SipFault.headerValue);
      return;
    }
    if (!branches.isOurs(message.buf, via, this.arrival.local)) return;
    if (!this.config.isProxy && message.hasFurtherVia()) {
      this.count(SipFault.repeatedOnce);
      return;
    }
    const slot = branches.read(message.buf, via.branchStart, via.branchEnd)
      ? layer.findClient(branches.hi, branches.lo, cseq.method)
      : 0;
    if (slot === 0) {
      this.user.onStrayResponse(message);
      return;
    }
    const { status } = message;
    if (layer.machine.stateOf(slot) === State.terminated) return;
    layer.feed(slot, status < 200 ? Event.got1xx : status < 300 ? Event.got2xx : Event.got3to6);
  }

  // ---- within ----

  private arrivedOn(connection: Connection, start: number, length: number): void {
    const { arrival } = this;
    arrival.local = connection.local;
    arrival.fromIp = connection.peerIp;
    arrival.fromPort = connection.peerPort;
    arrival.leg = legOf(Transport.tcp, this.config.profileFor(connection.peerIp));
    arrival.conn = connection.conn;
    arrival.block = connection.block;
    arrival.start = start;
    arrival.length = length;
  }

  private replyTo(via: Via): ReplyAddress {
    const { leg, fromIp, fromPort } = this.arrival;
    return this.reply.of(this.message.buf, via, transportOf(leg), fromIp, fromPort);
  }

  private count(fault: SipFault): void {
    this.malformed++;
    const { observe, hostId } = this.ports;
    const { message } = this;
    if (observe.wants(Observed.malformed)) {
      observe.emitOctets(Observed.malformed, hostId, 0, fault, message.buf, message.start, message.end);
    }
  }

  private refuse(fault: SipFault): void {
    this.count(fault);
    const via = this.message.answerableVia();
    if (via !== undefined && canBeAnswered(this.message))
      this.answerStateless(via, faultStatus(fault), faultWords(fault));
  }

  /** An answer without a transaction; the same tag for the same request (RFC 3261 section 8.2.7). */
  private answerStateless(via: Via, status: number, reason: string): void {
    const { message, arrival, core } = this;
    let hash = 0;
    const callId = message.find(Header.callId);
    const end = callId < 0 ? 0 : message.valueEnd[callId];
    for (let i = callId < 0 ? 0 : message.valueStart[callId]; i < end; i++)
      hash = Math.imul(hash ^ message.buf[i], 31);
    const length = core.writeBare(
      message,
      status,
      reason,
      core.toTag(hash),
      arrival.fromIp,
      arrival.fromPort,
    );
    const block = core.writer.end();
    const on = arrival.conn === 0 ? undefined : this.core.outbound.connections.get(arrival.conn);
    const { ip, port } = this.replyTo(via);
    if (!this.core.outbound.send(arrival.local, block, length, length, ip, port, arrival.leg, on)) {
      this.ports.octets.release(block);
    }
  }
}
