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
 * Not modelled: TLS, DNS (RFC 3263), multicast, sigcomp, authentication, and a Via `maddr`.
 */
import type { Block, Conn, Ports, TcpEnd } from '../../sim/host/ports.js';
import { unreachable } from '../../sim/kernel/assert.js';
import type { OctetWriter } from '../wire/octet-writer.js';
import type { SipMessage } from '../wire/sip/message.js';
import type { Leg } from './legs.js';
import type { Arrival, SipEndpointConfig, TransactionUser, Tx } from './user.js';

/** Timer kinds [SIP_TIMER_KINDS, SIP_TIMER_KINDS + 16) belong to the endpoint; actors use others. */
export const SIP_TIMER_KINDS = 1000;

/* eslint-disable @typescript-eslint/no-unused-vars -- signatures first */
export class SipEndpoint {
  /** Where the message of the current `on...` call came from. */
  readonly arrival!: Arrival;

  constructor(_ports: Ports, _user: TransactionUser, _config: Partial<SipEndpointConfig> = {}) {}

  /** Binds UDP and listens on TCP. Call once from `Actor.start`. */
  start(): void {
    unreachable('not yet');
  }

  // ---- what the ports report; each returns true if it was the endpoint's ----

  /** From `Actor.onDatagram`, for datagrams to the SIP port that are not STUN. */
  onDatagram(
    _local: number,
    _fromIp: number,
    _fromPort: number,
    _block: Block,
    _buf: Buffer,
    _start: number,
    _end: number,
  ): void {
    unreachable('not yet');
  }
  /** True if `kind` is in the endpoint's range. */
  onTimer(_kind: number, _a: number, _b: number): boolean {
    return unreachable('not yet');
  }
  /** True if `port` is the SIP port: the connection is the endpoint's from now on. */
  onTcpAccepted(_conn: Conn, _local: number, _port: number, _fromIp: number, _fromPort: number): boolean {
    return unreachable('not yet');
  }
  /** True if `conn` is the endpoint's. */
  onTcpConnected(_conn: Conn): boolean {
    return unreachable('not yet');
  }
  onTcpData(_conn: Conn, _buf: Buffer, _start: number, _end: number): boolean {
    return unreachable('not yet');
  }
  onTcpWritable(_conn: Conn): boolean {
    return unreachable('not yet');
  }
  onTcpClosed(_conn: Conn, _end: TcpEnd): boolean {
    return unreachable('not yet');
  }

  // ---- sending ----

  /** Writes our Via line with a new branch: `Via: SIP/2.0/UDP host:port;rport;branch=z9hG4bK...`. */
  writeVia(_writer: OctetWriter, _local: number, _leg: Leg): void {
    unreachable('not yet');
  }

  /**
   * Opens a client transaction for the request in octets [0, length) of `block`, whose top Via was written by the last
   * `writeVia`; the body is [bodyStart, length). Takes over the caller's hold. A request over the limit of RFC 3261 section
   * 18.1.1 goes by TCP whatever `leg` says. `userToken` is any 32-bit integer. NO_TX if the limit is reached: nothing was
   * sent; treat as 503.
   */
  request(
    _local: number,
    _block: Block,
    _length: number,
    _bodyStart: number,
    _toIp: number,
    _toPort: number,
    _leg: Leg,
    _userToken: number,
  ): Tx {
    return unreachable('not yet');
  }

  /**
   * Starts a response: status line, every Via of the request (with `received` and `rport` on the top one), From, To (with our
   * tag unless it has one, never in a 100), Call-ID, CSeq. The caller appends its headers, Content-Length, the empty line and a body, then `respond`.
   * `message` is the request: that of the current call, or `requestOf(tx)`.
   */
  beginResponse(_writer: OctetWriter, _tx: Tx, _message: SipMessage, _status: number): void {
    unreachable('not yet');
  }

  /**
   * Sends octets [0, length) of `block` as response to the server transaction `tx`. Takes over the hold. The transaction
   * keeps a final response and repeats it as the tables say. False if `tx` is gone or already answered: dropped.
   */
  respond(_tx: Tx, _block: Block, _length: number, _bodyStart: number): boolean {
    return unreachable('not yet');
  }

  /** As `respond`, with a 2xx to an INVITE that a UAS repeats until `acknowledged` (RFC 3261 section 13.3.1.4). */
  respondUntilAck(_tx: Tx, _block: Block, _length: number, _bodyStart: number): boolean {
    return unreachable('not yet');
  }

  /** The ACK of the 2xx came: repeats stop. Nothing happens if they had stopped. */
  acknowledged(_tx: Tx): void {
    unreachable('not yet');
  }

  /** `beginResponse`, `Content-Length: 0`, `respond` in one. `extraHeaders` are whole lines with CRLF. */
  answer(_tx: Tx, _message: SipMessage, _status: number, _extraHeaders = ''): boolean {
    return unreachable('not yet');
  }

  /** Sends a request outside of any transaction: the ACK of a 2xx. As `request` otherwise. */
  sendStateless(
    _local: number,
    _block: Block,
    _length: number,
    _bodyStart: number,
    _toIp: number,
    _toPort: number,
    _leg: Leg,
  ): void {
    unreachable('not yet');
  }

  /** Cancels an INVITE client transaction: CANCEL leaves once a provisional response came, never after a final one. The
   *  transaction ends in onResponse (487 as a rule) or, 64 T1 later, in onTimeout. */
  cancel(_tx: Tx): void {
    unreachable('not yet');
  }

  /** Ends a client transaction whose answer nobody wants, without a word; its responses become stray. */
  abandon(_tx: Tx): void {
    unreachable('not yet');
  }

  /**
   * For a proxy: writes every Via of the received request, the top one with `received` and `rport` (RFC 3261 section 18.2.1,
   * RFC 3581 section 4). Valid only for the message of the current call.
   */
  writeReceivedVias(_writer: OctetWriter, _message: SipMessage): void {
    unreachable('not yet');
  }

  /** For a proxy: true if the top Via of a response is ours. */
  topViaIsOurs(_message: SipMessage): boolean {
    return unreachable('not yet');
  }

  // ---- a transaction ----

  isLive(_tx: Tx): boolean {
    return unreachable('not yet');
  }
  token(_tx: Tx): number {
    return unreachable('not yet');
  }
  setToken(_tx: Tx, _value: number): void {
    unreachable('not yet');
  }
  /** Local index, peer address and leg of a transaction. */
  localOf(_tx: Tx): number {
    return unreachable('not yet');
  }
  peerIpOf(_tx: Tx): number {
    return unreachable('not yet');
  }
  peerPortOf(_tx: Tx): number {
    return unreachable('not yet');
  }
  legOfTx(_tx: Tx): Leg {
    return unreachable('not yet');
  }
  /** Block, first octet (relative) and octets of the kept request: of a server transaction until its final response, of a
   *  client transaction until it ends. */
  requestBlock(_tx: Tx): Block {
    return unreachable('not yet');
  }
  requestStart(_tx: Tx): number {
    return unreachable('not yet');
  }
  requestLength(_tx: Tx): number {
    return unreachable('not yet');
  }
  /** The kept request, parsed again into one reusable message of its own: valid until the next call of this. */
  requestOf(_tx: Tx): SipMessage {
    return unreachable('not yet');
  }
  /** Writes the To tag (16 hexadecimal digits) that `beginResponse` gives to responses of `tx`. */
  writeToTag(_writer: OctetWriter, _tx: Tx): void {
    unreachable('not yet');
  }
  /** Transactions alive. */
  get transactions(): number {
    return unreachable('not yet');
  }
}
