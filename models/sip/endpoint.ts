/**
 * The SIP endpoint that an actor owns: codec, transactions (RFC 3261 section 17), transport (section 18, RFC 3581) behind a
 * few calls with integers. The actor passes on what the ports report, and implements {@link TransactionUser}.
 *
 * How an actor sends a request
 *
 *     writer.begin(); writer.ascii('MESSAGE sip:... SIP/2.0\r\n');
 *     endpoint.writeVia(writer, local, leg);          // own Via, new branch: the one that `request` takes
 *     ... all other headers, body ...
 *     const bodyStart = ...; const length = writer.length; const block = writer.end();
 *     const tx = endpoint.request(local, block, length, bodyStart, toIp, toPort, leg, token);
 *
 * A proxy passes a request on with `HeaderEdits` of `models/wire/sip/forward` whose `fromIp` and `fromPort` are those of
 * `endpoint.arrival` (received and rport, RFC 3261 section 18.2.1), after its own `writeVia`.
 *
 * Not modelled: authentication, TLS, DNS (RFC 3263), multicast, sigcomp.
 */
import type { Block, Conn, Ports, TcpEnd } from '../../sim/host/ports.js';
import { assert } from '../../sim/kernel/assert.js';
import type { OctetWriter } from '../wire/octet-writer.js';
import { beginResponse, endWithoutBody, reasonOf } from '../wire/sip/response.js';
import type { SipMessage } from '../wire/sip/message.js';
import { methodOf, Method } from '../wire/sip/head/methods.js';
import type { Core } from './core.js';
import { Inbound } from './inbound.js';
import { SIP_TIMER_KINDS, TimerKind } from './transaction/layer.js';
import type { Leg } from './legs.js';
import { Stateless } from './stateless.js';
import { Flag } from './transaction/records.js';
import { Event, Machine, State } from './transaction/tables.js';
import type { Arrival, SipEndpointConfig, TransactionUser, Tx } from './user.js';
import { endpointDefaults, NO_TX } from './user.js';

const SIP_TIMER_KINDS_END = SIP_TIMER_KINDS + 16;

export class SipEndpoint {
  /** Where the message of the current `on...` call came from. */
  readonly arrival: Arrival;
  /** What is sent outside of any transaction. */
  readonly stateless: Stateless;
  private readonly ports: Ports;
  private readonly config: SipEndpointConfig;
  private readonly inbound: Inbound;
  private readonly core: Core;

  constructor(ports: Ports, user: TransactionUser, config: Partial<SipEndpointConfig> = {}) {
    this.ports = ports;
    this.config = Object.assign(endpointDefaults(), config);
    this.inbound = new Inbound(ports, user, this.config);
    this.core = this.inbound.core;
    this.arrival = this.inbound.arrival;
    this.stateless = new Stateless(ports, this.config, this.inbound);
  }

  /** Binds UDP and listens on TCP. Call once from `Actor.start`. */
  start(): void {
    this.ports.udp.bind(this.config.port);
    this.ports.tcp.listen(this.config.port);
  }

  // ---- what the ports report; each returns true if it was the endpoint's ----

  /** From `Actor.onDatagram`, for datagrams to the SIP port that are not STUN. */
  onDatagram(
    local: number,
    fromIp: number,
    fromPort: number,
    block: Block,
    buf: Buffer,
    start: number,
    end: number,
  ): void {
    this.inbound.onDatagram(local, fromIp, fromPort, block, buf, start, end);
  }

  /** True if `kind` is in the endpoint's range. */
  onTimer(kind: number, a: number, _b: number): boolean {
    if (kind < SIP_TIMER_KINDS || kind >= SIP_TIMER_KINDS_END) return false;
    if (kind === TimerKind.idle) this.core.outbound.onIdleTimer(a);
    else this.core.layer.onTimer(kind, a);
    return true;
  }

  /** True if `port` is the SIP port: the connection is the endpoint's from now on. */
  onTcpAccepted(conn: Conn, local: number, port: number, fromIp: number, fromPort: number): boolean {
    if (port !== this.config.port) return false;
    this.core.outbound.accepted(conn, local, fromIp, fromPort);
    return true;
  }

  /** True if `conn` is the endpoint's. */
  onTcpConnected(conn: Conn): boolean {
    return this.core.outbound.connected(conn);
  }

  onTcpData(conn: Conn, buf: Buffer, start: number, end: number): boolean {
    return this.inbound.onTcpData(conn, buf, start, end);
  }

  /** The endpoint bounds what it queues by its transactions, not by the send buffer; nothing waits for this. */
  onTcpWritable(conn: Conn): boolean {
    return this.core.outbound.owns(conn);
  }

  onTcpClosed(conn: Conn, end: TcpEnd): boolean {
    return this.inbound.onTcpClosed(conn, end);
  }

  // ---- sending ----

  /** Writes our Via line with a new branch: `Via: SIP/2.0/UDP host:port;rport;branch=z9hG4bK...`. */
  writeVia(writer: OctetWriter, local: number, leg: Leg): void {
    this.inbound.branches.write(writer, local, leg);
  }

  /**
   * Opens a client transaction for the request in octets [0, length) of `block`, whose top Via was written by the last
   * `writeVia`; the body is [bodyStart, length). Takes over the caller's hold. A request over the limit of RFC 3261 section
   * 18.1.1 goes by TCP whatever `leg` says. `userToken` is any 32-bit integer. NO_TX if the limit is reached: nothing was
   * sent; treat as 503.
   */
  request(
    local: number,
    block: Block,
    length: number,
    bodyStart: number,
    toIp: number,
    toPort: number,
    leg: Leg,
    userToken: number,
  ): Tx {
    const { layer, outbound } = this.core;
    const { branches } = this.inbound;
    const { octets } = this.ports;
    const start = octets.start(block);
    const method = methodOf(octets.buf, start, endOfMethod(octets.buf, start));
    assert(method !== Method.ack && method !== Method.cancel, 'ACK and CANCEL are not requested');
    const actual = outbound.legFor(leg, length, toIp);
    if (!outbound.canReach(local, toIp, toPort, actual)) return this.refused(block);
    const slot = layer.openClient(method, actual, branches.hi, branches.lo);
    if (slot === 0) return this.refused(block);
    outbound.adopt(slot, local, block, length, bodyStart, toIp, toPort, branches.transportAt, actual !== leg);
    layer.records.token[slot] = userToken;
    const tx = layer.machine.nameOf(slot);
    layer.feed(slot, Event.start);
    return tx;
  }

  /**
   * Starts a response: status line, every Via of the request (with `received` and `rport` on the top one), From, To (with our
   * tag unless it has one, never in a 100), Call-ID, CSeq. The caller appends its headers, Content-Length, the empty line and a
   * body, then `respond`. `message` is the request: that of the current call, or `requestOf(tx)`.
   */
  beginResponse(writer: OctetWriter, tx: Tx, message: SipMessage, status: number): void {
    const slot = this.slotOf(tx);
    const { records } = this.core.layer;
    const tag = status === 100 ? '' : this.core.toTag(records.hashA[slot]);
    writer.begin();
    beginResponse(
      writer,
      message,
      status,
      reasonOf(status),
      tag,
      records.peerIp[slot],
      records.peerPort[slot],
    );
  }

  /**
   * Sends octets [0, length) of `block` as response to the server transaction `tx`. Takes over the hold. The transaction
   * keeps a final response and repeats it as the tables say. False if `tx` is gone or already answered: dropped. A 408 to
   * anything but INVITE is never sent (RFC 4320 section 4.2), nor is a provisional one but 100.
   */
  respond(tx: Tx, block: Block, length: number, bodyStart: number): boolean {
    return this.core.respond(this.core.layer.machine.slotOf(tx), block, length, bodyStart, false);
  }

  /** As `respond`, with a 2xx to an INVITE that a UAS repeats until `acknowledged` (RFC 3261 section 13.3.1.4). */
  respondUntilAck(tx: Tx, block: Block, length: number, bodyStart: number): boolean {
    return this.core.respond(this.core.layer.machine.slotOf(tx), block, length, bodyStart, true);
  }

  /** The ACK of the 2xx came: repeats stop. Nothing happens if they had stopped. */
  acknowledged(tx: Tx): void {
    const { layer } = this.core;
    const slot = layer.machine.slotOf(tx);
    if (slot === 0 || !layer.machine.awaitsAck(slot)) return;
    layer.machine.acknowledged(slot);
    layer.drain();
    layer.records.releaseResponse(this.ports.octets, slot);
  }

  /** True while the 2xx of `respondUntilAck` waits for its ACK: no BYE may leave (RFC 3261 section 15). */
  awaitsAck(tx: Tx): boolean {
    const { machine } = this.core.layer;
    const slot = machine.slotOf(tx);
    return slot !== 0 && machine.awaitsAck(slot);
  }

  /** `beginResponse`, `Content-Length: 0`, `respond` in one. `extraHeaders` are whole lines with CRLF. */
  answer(tx: Tx, message: SipMessage, status: number, extraHeaders = ''): boolean {
    const { writer } = this.core;
    if (!this.isLive(tx)) return false;
    this.beginResponse(writer, tx, message, status);
    if (extraHeaders !== '') writer.ascii(extraHeaders);
    endWithoutBody(writer);
    const length = writer.length;
    return this.respond(tx, writer.end(), length, length);
  }

  /** Cancels an INVITE client transaction: CANCEL leaves once a provisional response came, never after a final one. The
   *  transaction ends in onResponse (487 as a rule) or, 64 T1 later, in onTimeout. */
  cancel(tx: Tx): void {
    const { layer } = this.core;
    const slot = layer.machine.slotOf(tx);
    if (slot === 0 || layer.machine.machineOf(slot) !== Machine.inviteClient) return;
    const state = layer.machine.stateOf(slot);
    if (state !== State.calling && state !== State.proceeding) return;
    layer.records.flags[slot] |= Flag.cancelWanted;
    if (state === State.proceeding) this.core.sendCancel(slot);
  }

  /** Ends a client transaction whose answer nobody wants, without a word; its responses become stray. */
  abandon(tx: Tx): void {
    const { layer } = this.core;
    const slot = layer.machine.slotOf(tx);
    if (slot === 0 || layer.machine.stateOf(slot) === State.terminated) return;
    assert(layer.machine.machineOf(slot) <= Machine.client, 'a server transaction cannot be abandoned');
    layer.feed(slot, Event.abandon);
  }

  /** The process behind `local` is no more: its transactions end without a word. What still comes for them is stray. */
  forget(local: number): void {
    this.core.layer.forget(local);
  }

  // ---- a transaction ----

  isLive(tx: Tx): boolean {
    return this.core.layer.machine.slotOf(tx) !== 0;
  }

  token(tx: Tx): number {
    return this.core.layer.records.token[this.slotOf(tx)];
  }

  setToken(tx: Tx, value: number): void {
    this.core.layer.records.token[this.slotOf(tx)] = value;
  }

  /** Local index, peer address and leg of a transaction. */
  localOf(tx: Tx): number {
    return this.core.layer.records.local[this.slotOf(tx)];
  }

  peerIpOf(tx: Tx): number {
    return this.core.layer.records.peerIp[this.slotOf(tx)];
  }

  peerPortOf(tx: Tx): number {
    return this.core.layer.records.peerPort[this.slotOf(tx)];
  }

  legOfTx(tx: Tx): Leg {
    return this.core.layer.machine.legOf(this.slotOf(tx));
  }

  /** Block, first octet (relative) and octets of the kept request, until the final response was handed over; 0 afterwards. */
  requestBlock(tx: Tx): Block {
    return this.core.layer.records.request[this.slotOf(tx)];
  }

  requestStart(tx: Tx): number {
    return this.core.layer.records.requestStart[this.slotOf(tx)];
  }

  requestLength(tx: Tx): number {
    return this.core.layer.records.requestLength[this.slotOf(tx)];
  }

  /** The kept request, parsed again into one reusable message of its own: valid until the next call of this, or of anything
   *  that sends ACK, CANCEL or 100. */
  requestOf(tx: Tx): SipMessage {
    return this.core.requestOf(this.slotOf(tx));
  }

  /** The To tag that `beginResponse` gives to responses of `tx`: 32 bits, written as eight hexadecimal digits. */
  toTagOf(tx: Tx): number {
    return this.core.toTag(this.core.layer.records.hashA[this.slotOf(tx)]);
  }

  /** Transactions alive. */
  get transactions(): number {
    return this.core.layer.machine.alive;
  }

  /** Connections open or opening. */
  get connections(): number {
    return this.core.outbound.connections.size;
  }

  /** Messages that could not be read, since the start. */
  get malformed(): number {
    return this.inbound.malformed;
  }

  private slotOf(tx: Tx): number {
    const slot = this.core.layer.machine.slotOf(tx);
    assert(slot !== 0, 'a stale transaction was named');
    return slot;
  }

  private refused(block: Block): Tx {
    this.ports.octets.release(block);
    return NO_TX;
  }
}

/** The end of the first word, at most as far as any known method goes: cheaper than a call into the engine. */
function endOfMethod(buf: Uint8Array, start: number): number {
  let end = start;
  while (end < start + 16 && buf[end] !== 32) end++;
  return end;
}
