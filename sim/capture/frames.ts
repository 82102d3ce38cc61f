/**
 * Synthetic IPv4, UDP and TCP headers around the octets that the simulated hosts exchanged (RFC 791, RFC 768, RFC 9293), with
 * correct checksums.
 *
 * Not modelled, and therefore constant: time to live, type of service, IP options. A datagram is never fragmented here, nor a
 * segment cut at the MTU, so a packet may be larger than the path would carry. A SYN carries the window scale option
 * (RFC 7323), so that the window, which is constant too, is never the limit in an analysis.
 */
import { assert } from '../kernel/assert.js';
import { SegmentBits } from '../host/ports.js';
import { checksumOf, sumOctets } from './checksum.js';

const IP_OCTETS = 20;
const UDP_OCTETS = 8;
const TCP_OCTETS = 20;
/** Maximum segment size and window scale, padded. */
const SYN_OPTIONS = [2, 4, 0xff, 0xd7, 3, 3, 14, 1];
const PROTOCOL = { tcp: 6, udp: 17 } as const;
const TIME_TO_LIVE = 64;
const WINDOW = 65_535;
const PUSH = 0x08;
/** Largest data of a segment in one packet without options. */
export const SEGMENT_LIMIT = 65_535 - IP_OCTETS - TCP_OCTETS;
/** Where data begin in a frame: behind the longest headers. */
const DATA_AT = 64;

/** An address as the tap gives it: IPv4 address * 65,536 + port. */
type Address = number;

/** Builds one packet at a time. Append its data first, then close it with its headers. */
export class FrameBuilder {
  /** The packet that was closed last: octets [start, end). */
  readonly octets = new Uint8Array(DATA_AT + 65_536);
  start = DATA_AT;
  end = DATA_AT;
  private readonly view = new DataView(this.octets.buffer);
  private identification = 0;

  /** Octets appended since the last packet. */
  get dataOctets(): number {
    return this.end - DATA_AT;
  }

  clear(): void {
    this.start = DATA_AT;
    this.end = DATA_AT;
  }

  append(buf: Uint8Array, start: number, end: number): void {
    assert(this.end + end - start <= this.octets.length, 'data beyond the largest packet');
    this.octets.set(buf.subarray(start, end), this.end);
    this.end += end - start;
  }

  /** Puts UDP and IP headers before the data. */
  closeDatagram(from: Address, to: Address): void {
    const length = this.dataOctets + UDP_OCTETS;
    const at = DATA_AT - UDP_OCTETS;
    this.ports(at, from, to);
    this.view.setUint16(at + 4, length);
    this.view.setUint16(at + 6, 0);
    const sum = checksumOf(
      this.pseudoHeader(from, to, PROTOCOL.udp, length) + sumOctets(0, this.octets, at, this.end),
    );
    // A sum of 0 means none, so it is sent as its complement (RFC 768).
    this.view.setUint16(at + 6, sum === 0 ? 0xffff : sum);
    this.header(at, from, to, PROTOCOL.udp);
  }

  /** Puts TCP and IP headers before the data. `sequence` and `acknowledgement` are taken modulo 2^32. */
  closeSegment(from: Address, to: Address, bits: number, sequence: number, acknowledgement: number): void {
    const syn = (bits & SegmentBits.syn) !== 0;
    const headerOctets = TCP_OCTETS + (syn ? SYN_OPTIONS.length : 0);
    const length = this.dataOctets + headerOctets;
    const at = DATA_AT - headerOctets;
    const { view } = this;
    const flags = (bits & 0x3f) | (this.dataOctets > 0 ? PUSH : 0);
    this.ports(at, from, to);
    view.setUint32(at + 4, sequence % 4_294_967_296);
    view.setUint32(at + 8, (bits & SegmentBits.ack) === 0 ? 0 : acknowledgement % 4_294_967_296);
    view.setUint8(at + 12, (headerOctets / 4) << 4);
    view.setUint8(at + 13, flags);
    view.setUint16(at + 14, (bits & SegmentBits.rst) === 0 ? WINDOW : 0);
    view.setUint32(at + 16, 0);
    if (syn) this.octets.set(SYN_OPTIONS, at + TCP_OCTETS);
    const sum = this.pseudoHeader(from, to, PROTOCOL.tcp, length) + sumOctets(0, this.octets, at, this.end);
    view.setUint16(at + 16, checksumOf(sum));
    this.header(at, from, to, PROTOCOL.tcp);
  }

  private ports(at: number, from: Address, to: Address): void {
    this.view.setUint16(at, from % 65_536);
    this.view.setUint16(at + 2, to % 65_536);
  }

  private pseudoHeader(from: Address, to: Address, protocol: number, length: number): number {
    const a = Math.floor(from / 65_536);
    const b = Math.floor(to / 65_536);
    return (a >>> 16) + (a & 0xffff) + (b >>> 16) + (b & 0xffff) + protocol + length;
  }

  private header(payloadAt: number, from: Address, to: Address, protocol: number): void {
    const at = payloadAt - IP_OCTETS;
    const { view } = this;
    view.setUint8(at, 0x45);
    view.setUint8(at + 1, 0);
    view.setUint16(at + 2, this.end - at);
    view.setUint16(at + 4, this.identification++ & 0xffff);
    // May be fragmented: no flags.
    view.setUint16(at + 6, 0);
    view.setUint8(at + 8, TIME_TO_LIVE);
    view.setUint8(at + 9, protocol);
    view.setUint16(at + 10, 0);
    view.setUint32(at + 12, Math.floor(from / 65_536));
    view.setUint32(at + 16, Math.floor(to / 65_536));
    view.setUint16(at + 10, checksumOf(sumOctets(0, this.octets, at, payloadAt)));
    this.start = at;
  }
}
