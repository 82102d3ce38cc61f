/**
 * The network tap: mixes every emitted octet into the fingerprint, once, and shows datagrams and streams to whoever listens to
 * the kinds of `Tap`. Without a listener it costs the mixing and a branch.
 *
 * Bodies stay out of the fingerprint here (only their length enters), as `UdpPort.send` and `TcpPort.write` promise.
 */
import type { Fingerprint } from '../kernel/fingerprint.js';
import type { Kernel } from '../kernel/kernel.js';
import { type PacketFate, SegmentBits, Tap, type Octets } from '../host/ports.js';
import type { ObservationHub } from '../host/observations.js';

/** Tells apart in the fingerprint what has the same numbers. */
const MIX_DATAGRAM = 0x64677261;
const MIX_STREAM = 0x73747265;

export class NetworkTap {
  private readonly wanted: Uint8Array;

  constructor(
    private readonly kernel: Kernel,
    private readonly octets: Octets,
    private readonly fingerprint: Fingerprint,
    private readonly hub: ObservationHub,
  ) {
    this.wanted = hub.wanted;
  }

  /** Octets [start, start + length) of the arena leave in a datagram; [bodyStart, bodyEnd) is relative to `start`. */
  datagramSent(
    host: number,
    local: number,
    toIp: number,
    ports: number,
    start: number,
    length: number,
    bodyStart: number,
    bodyEnd: number,
  ): void {
    const { fingerprint } = this;
    const { words } = this.octets;
    fingerprint.advance(this.kernel.nowNs);
    fingerprint.word(MIX_DATAGRAM ^ host);
    fingerprint.word(local);
    fingerprint.word(toIp);
    fingerprint.word(ports);
    fingerprint.integer(this.kernel.nowNs);
    if (bodyStart < bodyEnd) {
      fingerprint.octets(words, start, start + bodyStart);
      fingerprint.word(bodyEnd - bodyStart);
      if (bodyEnd < length) fingerprint.octets(words, start + bodyEnd, start + length);
    } else fingerprint.octets(words, start, start + length);
    if (this.wanted[Tap.datagramSent] !== 0) {
      this.hub.emitOctets(Tap.datagramSent, host, local, toIp, this.octets.buf, start, start + length);
    }
  }

  datagramDelivered(host: number, local: number, fromIp: number, start: number, end: number): void {
    if (this.wanted[Tap.datagramDelivered] === 0) return;
    this.hub.emitOctets(Tap.datagramDelivered, host, local, fromIp, this.octets.buf, start, end);
  }

  datagramLost(host: number, local: number, toIp: number, start: number, end: number): void {
    if (this.wanted[Tap.datagramLost] === 0) return;
    this.hub.emitOctets(Tap.datagramLost, host, local, toIp, this.octets.buf, start, end);
  }

  /** A datagram as a packet, with both its addresses; octets [start, end) of the arena are its payload. */
  datagramPacket(
    fate: PacketFate,
    fromIp: number,
    fromPort: number,
    toIp: number,
    toPort: number,
    start: number,
    end: number,
  ): void {
    if (this.wanted[Tap.datagramPacket] === 0) return;
    const from = addressOf(fromIp, fromPort);
    const to = addressOf(toIp, toPort);
    this.hub.emitOctets(Tap.datagramPacket, from, fate, to, this.octets.buf, start, end);
  }

  /** An end of a connection came to be. */
  connection(
    host: number,
    conn: number,
    ownIp: number,
    ownPort: number,
    peerIp: number,
    peerPort: number,
  ): void {
    if (this.wanted[Tap.connection] === 0) return;
    this.hub.emit(Tap.connection, addressOf(ownIp, ownPort), conn, addressOf(peerIp, peerPort), host);
  }

  get wantsSegments(): boolean {
    return this.wanted[Tap.segmentPacket] !== 0;
  }

  /** A segment without data; `bits` are of `SegmentBits`. */
  bareSegment(host: number, conn: number, bits: number, lost: boolean): void {
    if (this.wanted[Tap.segmentPacket] === 0) return;
    const all = lost ? bits | SegmentBits.lost : bits;
    this.hub.emitOctets(Tap.segmentPacket, conn, all, host, this.octets.buf, 0, 0);
  }

  /** Octets [start, end) of the arena are the data of a segment, or a part of it. */
  segment(host: number, conn: number, bits: number, start: number, end: number): void {
    this.hub.emitOctets(Tap.segmentPacket, conn, bits, host, this.octets.buf, start, end);
  }

  segmentsLost(conn: number, flightOctets: number, fin: boolean): void {
    if (this.wanted[Tap.segmentsLost] === 0) return;
    this.hub.emit(Tap.segmentsLost, conn, flightOctets, fin ? 1 : 0, 0);
  }

  /** Octets [start, end) of the arena were written to a stream; what of them is body counts by length only. */
  streamWritten(conn: number, start: number, end: number, body: boolean): void {
    const { fingerprint } = this;
    fingerprint.advance(this.kernel.nowNs);
    fingerprint.word(MIX_STREAM ^ conn);
    fingerprint.integer(this.kernel.nowNs);
    if (body) fingerprint.word(end - start);
    else fingerprint.octets(this.octets.words, start, end);
  }

  get wantsStreamSent(): boolean {
    return this.wanted[Tap.streamSent] !== 0;
  }

  streamSent(host: number, conn: number, local: number, start: number, end: number): void {
    this.hub.emitLater(Tap.streamSent, host, conn, local, start, end);
  }

  /** What leaves on streams from now on is shown together, in its order among all observations. */
  holdBack(): void {
    this.hub.defer();
  }

  /** Shows what was held back; not later than when the actor that wrote it returns, or a connection ends. */
  release(): void {
    this.hub.endDefer();
  }

  streamDelivered(host: number, conn: number, local: number, start: number, end: number): void {
    if (this.wanted[Tap.streamDelivered] === 0) return;
    this.hub.emitOctets(Tap.streamDelivered, host, conn, local, this.octets.buf, start, end);
  }

  streamEnded(host: number, conn: number, end: number, local: number): void {
    this.hub.emit(Tap.streamEnded, host, conn, end, local);
  }
}

/** Both in one number: below 2^47. */
function addressOf(ip: number, port: number): number {
  return ip * 65_536 + port;
}
