/**
 * UDP: datagrams from (host, local, port) to (address, port) over the two access links.
 *
 * A datagram above the path's MTU travels in IP fragments: each can be lost, and the datagram is lost if one of them is, which is how
 * fragmentation shows to a receiver. Duplication, jitter and corruption are drawn once for the datagram.
 *
 * Not modelled: ICMP, so a datagram to an address or port where nobody listens vanishes (for the sender, as if lost); socket
 * buffers; checksums; fragments that arrive apart; multicast.
 */
import { assert } from '../kernel/assert.js';
import { type EventHandler, type Kernel, Phase } from '../kernel/kernel.js';
import { type Block, type Octets, PacketFate } from '../host/ports.js';
import type { Fabric } from './fabric.js';
import type { NetworkTap } from './tap.js';
import { DatagramField as F, DatagramPool } from './datagram-pool.js';
import { type Links, LinkBits, Offer } from './link.js';

/** Octets of the IPv4 header without options, and of the UDP header. */
export const IP_HEADER_OCTETS = 20;
export const UDP_HEADER_OCTETS = 8;
/** Largest payload of a UDP datagram over IPv4. */
export const UDP_PAYLOAD_LIMIT = 65_507;
/** Up to the least MTU that IPv4 lets hosts count on (RFC 791 section 3.1: 576), no profile needs to be asked. */
const UNFRAGMENTED_OCTETS = 576 - IP_HEADER_OCTETS - UDP_HEADER_OCTETS;

const ARRIVE = 0;
const FAR_QUEUE = 1;

export class Udp implements EventHandler {
  private readonly handler: number;
  private readonly pool = new DatagramPool();

  constructor(
    private readonly kernel: Kernel,
    private readonly octets: Octets,
    private readonly fabric: Fabric,
    private readonly links: Links,
    private readonly tap: NetworkTap,
  ) {
    this.handler = kernel.register(this);
  }

  /** Datagrams on their way. */
  get inFlight(): number {
    return this.pool.inUse;
  }

  /** Sends octets [0, length) of `block`, taking over one hold; see `UdpPort.send`. */
  send(
    fromHost: number,
    fromLocal: number,
    fromPort: number,
    toIp: number,
    toPort: number,
    block: Block,
    length: number,
    bodyStart: number,
    bodyEnd: number,
  ): void {
    assert(length >= 0 && length <= UDP_PAYLOAD_LIMIT, 'a UDP payload of at most 65,507 octets');
    const start = this.octets.start(block);
    const ports = (fromPort << 16) | toPort;
    this.tap.datagramSent(fromHost, fromLocal, toIp, ports, start, length, bodyStart, bodyEnd);
    const toHost = this.fabric.hostOf(toIp);
    const fromIp = this.fabric.hosts[fromHost].firstIp + fromLocal;
    const finish = start + length;
    if (toHost < 0) {
      this.tap.datagramPacket(PacketFate.lost, fromIp, fromPort, toIp, toPort, start, finish);
      this.tap.datagramLost(fromHost, fromLocal, toIp, start, finish);
      this.octets.release(block);
      return;
    }
    const { links } = this;
    const toLocal = toIp - this.fabric.hosts[toHost].firstIp;
    let packets = 1;
    if (length > UNFRAGMENTED_OCTETS) packets = this.fragments(length, fromHost, fromLocal, toHost, toLocal);
    const wire = length + UDP_HEADER_OCTETS + packets * IP_HEADER_OCTETS;
    const lane = links.offer(fromHost, fromLocal, toHost, toLocal, wire, packets, true);
    if (lane === Offer.lost) {
      this.tap.datagramPacket(PacketFate.lost, fromIp, fromPort, toIp, toPort, start, finish);
      this.tap.datagramLost(fromHost, fromLocal, toIp, start, finish);
      this.octets.release(block);
      return;
    }
    this.tap.datagramPacket(PacketFate.sent, fromIp, fromPort, toIp, toPort, start, finish);
    const row = this.pool.take();
    const { rows } = this.pool;
    rows[row + F.length] = length;
    rows[row + F.fromHost] = fromHost;
    rows[row + F.fromLocal] = fromLocal;
    rows[row + F.fromPort] = fromPort;
    rows[row + F.toHost] = toHost;
    rows[row + F.toLocal] = toLocal;
    rows[row + F.toPort] = toPort;
    rows[row + F.block] = lane < 0 && links.corruptBits >= 0 ? this.damaged(row, block) : block;
    if (lane >= 0) {
      this.kernel.after(lane, this.handler, ARRIVE, row, 0);
      return;
    }
    const kind = lane === Offer.farQueue ? FAR_QUEUE : ARRIVE;
    const again = links.duplicate ? this.copyOf(row) : -1;
    this.kernel.at(links.arrivalNs, Phase.network, this.handler, kind, row, wire);
    if (again < 0) return;
    this.tap.datagramPacket(PacketFate.duplicate, fromIp, fromPort, toIp, toPort, start, finish);
    this.kernel.at(links.duplicateNs, Phase.network, this.handler, kind, again, wire);
  }

  /** Largest payload that goes unfragmented from the first address of `fromHost` to `toIp`. */
  pathMtu(fromHost: number, toIp: number): number {
    const toHost = this.fabric.hostOf(toIp);
    const own = this.links.profileOf(fromHost, 0).mtuOctets;
    const headers = IP_HEADER_OCTETS + UDP_HEADER_OCTETS;
    if (toHost < 0) return own - headers;
    const there = this.links.profileOf(toHost, toIp - this.fabric.hosts[toHost].firstIp);
    return Math.min(own, there.mtuOctets) - headers;
  }

  onEvent(kind: number, row: number, wire: number): void {
    const { rows } = this.pool;
    const toHost = rows[row + F.toHost];
    const toLocal = rows[row + F.toLocal];
    if (kind === FAR_QUEUE) {
      const throughNs = this.links.queueIn(toHost, toLocal, wire, true);
      if (throughNs < 0) this.lose(row);
      else this.kernel.at(throughNs, Phase.network, this.handler, ARRIVE, row, wire);
      return;
    }
    const host = this.fabric.hosts[toHost];
    const toPort = rows[row + F.toPort];
    if (!host.up || !this.links.isUp(toHost, toLocal, LinkBits.in) || !host.udpPorts.includes(toPort)) {
      this.lose(row);
      return;
    }
    const block = rows[row + F.block];
    const start = this.octets.start(block);
    const end = start + rows[row + F.length];
    const fromIp = this.fabric.hosts[rows[row + F.fromHost]].firstIp + rows[row + F.fromLocal];
    const fromPort = rows[row + F.fromPort];
    this.pool.give(row);
    this.tap.datagramDelivered(toHost, toLocal, fromIp, start, end);
    host.receiver.onDatagram(toLocal, fromIp, fromPort, toPort, block, this.octets.buf, start, end);
    this.octets.release(block);
  }

  private lose(row: number): void {
    const { rows } = this.pool;
    const block = rows[row + F.block];
    const start = this.octets.start(block);
    const toIp = this.fabric.hosts[rows[row + F.toHost]].firstIp + rows[row + F.toLocal];
    const end = start + rows[row + F.length];
    const fromHost = rows[row + F.fromHost];
    const fromLocal = rows[row + F.fromLocal];
    const fromIp = this.fabric.hosts[fromHost].firstIp + fromLocal;
    const { fromPort, toPort } = F;
    this.tap.datagramPacket(
      PacketFate.lost,
      fromIp,
      rows[row + fromPort],
      toIp,
      rows[row + toPort],
      start,
      end,
    );
    this.tap.datagramLost(fromHost, fromLocal, toIp, start, end);
    this.pool.give(row);
    this.octets.release(block);
  }

  /** A copy of the datagram with one octet altered, in the place of `block`: blocks are never written once they were sent. */
  private damaged(row: number, block: Block): Block {
    const { octets, links } = this;
    const { rows } = this.pool;
    const length = rows[row + F.length];
    if (length === 0) return block;
    const copy = octets.alloc(length);
    const { buf } = octets;
    const from = octets.start(block);
    const to = octets.start(copy);
    buf.copyWithin(to, from, from + length);
    buf[to + ((links.corruptBits >>> 8) % length)] ^= links.corruptBits & 0xff || 1;
    links.alterWatch?.(
      rows[row + F.fromHost],
      rows[row + F.fromLocal],
      rows[row + F.toHost],
      rows[row + F.toLocal],
      buf,
      from,
      to,
      length,
    );
    octets.release(block);
    return copy;
  }

  private copyOf(row: number): number {
    const copy = this.pool.copy(row);
    this.octets.retain(this.pool.rows[copy + F.block]);
    return copy;
  }

  private fragments(
    length: number,
    fromHost: number,
    fromLocal: number,
    toHost: number,
    toLocal: number,
  ): number {
    const own = this.links.profileOf(fromHost, fromLocal).mtuOctets;
    const there = this.links.profileOf(toHost, toLocal).mtuOctets;
    const mtu = own < there ? own : there;
    const datagram = length + UDP_HEADER_OCTETS;
    if (datagram + IP_HEADER_OCTETS <= mtu) return 1;
    // Fragments other than the last carry a multiple of 8 octets (RFC 791 section 3.2).
    return Math.ceil(datagram / ((mtu - IP_HEADER_OCTETS) & ~7));
  }
}
