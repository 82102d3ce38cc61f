/**
 * What the parts of the TCP model share: the world around it, the table of endpoints, the events, and how a connection ends.
 */
import { type Kernel, Phase } from '../kernel/kernel.js';
import type { Chance } from '../kernel/random.js';
import { type Octets, SegmentBits, type TcpEnd } from '../host/ports.js';
import type { Fabric } from './fabric.js';
import { type Links, LinkBits, Offer } from './link.js';
import type { NetworkTap } from './tap.js';
import { EndpointTable, type TcpEndpoint, TcpState } from './tcp-endpoint.js';
import type { TcpSettings } from './tcp-settings.js';
import { TcpToxics } from './tcp-toxics.js';
import { IP_HEADER_OCTETS } from './udp.js';

/** Events; `a` is the endpoint that they are about. */
export const TcpEvent = {
  syn: 0,
  synAck: 1,
  ack: 2,
  ackAgain: 3,
  synTimeout: 4,
  /** RST by a stack that knows no such connection. */
  resetBack: 5,
  /** RST of the ghost `a` arrives; `b` is 1 if it was lost. */
  reset: 6,
  /** A segment reached the receiver's link, where it queues; `b`: epoch. */
  farQueue: 7,
  /** A segment arrives; `b`: epoch. */
  segment: 8,
  retransmit: 9,
  /** The window opened, as the sender learns. */
  open: 10,
  /** The sender's line has room again. */
  wake: 11,
  /** The reader goes on. */
  read: 12,
  /** Something on the path cuts the connection: both ends are reset. */
  cut: 13,
} as const;

export const TCP_HEADER_OCTETS = 20;
/** Octets of a segment without data. */
export const BARE_OCTETS = IP_HEADER_OCTETS + TCP_HEADER_OCTETS;

/** Flags of the segments without data, by event. */
const BITS_OF_BARE: readonly (number | undefined)[] = [
  SegmentBits.syn,
  SegmentBits.syn | SegmentBits.ack,
  SegmentBits.ack,
  undefined,
  undefined,
  SegmentBits.rst | SegmentBits.ack,
  SegmentBits.rst | SegmentBits.ack,
];

export class TcpContext {
  readonly table: EndpointTable;
  readonly toxics = new TcpToxics();
  handler = -1;

  constructor(
    readonly kernel: Kernel,
    readonly octets: Octets,
    readonly chance: Chance,
    readonly fabric: Fabric,
    readonly links: Links,
    readonly tap: NetworkTap,
    readonly settings: TcpSettings,
  ) {
    this.table = new EndpointTable(octets);
  }

  /** Shows a new end to the tap. */
  showEnd(end: TcpEndpoint, peerIp: number): void {
    const ip = this.fabric.hosts[end.host].firstIp + end.local;
    this.tap.connection(end.host, end.id, ip, end.port, peerIp, end.peerPort);
  }

  /** True if what the other side sends reaches this end, as far as the two links go. */
  returnUp(end: TcpEndpoint): boolean {
    return (
      this.links.isUp(end.peerHost, end.peerLocal, LinkBits.out) &&
      this.links.isUp(end.host, end.local, LinkBits.in)
    );
  }

  /** Sends a segment without data to the peer's host; false if it is lost at once. It does not overtake data. */
  sendBare(from: TcpEndpoint, kind: number, a: number, b: number): boolean {
    const bits = BITS_OF_BARE[kind] ?? SegmentBits.ack;
    if (from.peerHost < 0) {
      this.tap.bareSegment(from.host, from.id, bits, true);
      return false;
    }
    const { links, kernel } = this;
    const lane = links.offer(from.host, from.local, from.peerHost, from.peerLocal, BARE_OCTETS, 1, false);
    this.tap.bareSegment(from.host, from.id, bits, lane === Offer.lost);
    if (lane === Offer.lost) return false;
    const delayNs = links.delayNs(from.host, from.local, from.peerHost, from.peerLocal);
    const arrivalNs = lane >= 0 ? kernel.nowNs + delayNs : links.arrivalNs;
    this.schedule(from, lane, arrivalNs, kind, a, b);
    return true;
  }

  /** Puts an arrival into its lane, or into the heap if it must wait for what was sent before. */
  schedule(from: TcpEndpoint, lane: number, arrivalNs: number, kind: number, a: number, b: number): void {
    if (lane >= 0 && arrivalNs >= from.lastArrivalNs) {
      from.lastArrivalNs = arrivalNs;
      this.kernel.after(lane, this.handler, kind, a, b);
      return;
    }
    if (arrivalNs > from.lastArrivalNs) from.lastArrivalNs = arrivalNs;
    this.kernel.at(from.lastArrivalNs, Phase.network, this.handler, kind, a, b);
  }

  /** Tells the actor of `end` that the peer's direction, or the whole connection, is over. */
  tellClosed(end: TcpEndpoint, reason: TcpEnd): void {
    this.tap.streamEnded(end.host, end.id, reason, end.local);
    this.fabric.hosts[end.host].receiver.onTcpClosed(end.id, reason);
  }

  /** The connection is over for this end: by RST, time-out or refusal. Its actor is told last. */
  finish(end: TcpEndpoint, reason: TcpEnd): void {
    const { id, host, local } = end;
    const visible = end.state !== TcpState.synReceived;
    this.retire(end, true);
    if (!visible) return;
    this.tap.streamEnded(host, id, reason, local);
    this.fabric.hosts[host].receiver.onTcpClosed(id, reason);
  }

  /**
   * Takes an end away from its host. It stays as a ghost while octets of it are unread, or (`drained` false) until the event
   * `reset` that the caller scheduled.
   */
  retire(end: TcpEndpoint, drained: boolean): void {
    this.stopTimer(end);
    const peer = this.table.get(end.peerId);
    if (end.state === TcpState.synSent && peer !== undefined && peer.state === TcpState.synReceived) {
      this.table.release(peer);
    }
    end.state = TcpState.ghost;
    end.unsent = 0;
    end.finQueued = false;
    end.drained = drained;
    this.releaseIfDone(end);
    if (peer !== undefined && peer.state === TcpState.ghost) this.releaseIfDone(peer);
  }

  /** Frees a ghost whose octets have all been read, or have no reader. */
  releaseIfDone(ghost: TcpEndpoint): void {
    if (!ghost.drained) return;
    const peer = this.table.get(ghost.peerId);
    const reader = peer !== undefined && peer.state !== TcpState.ghost;
    if (!reader || ghost.arrived === 0) this.table.release(ghost);
  }

  stopTimer(end: TcpEndpoint): void {
    if (end.timer >= 0) this.kernel.cancel(end.timer);
    end.timer = -1;
  }
}
