/**
 * How large the segments of a TCP direction are: what the settings say, drawn anew for each where they give a range, and on a path with
 * chance or a rate at most a few packets, so that loss and queues stay those of packets.
 *
 * Not modelled: a maximum segment size option, path MTU discovery. Both ends know the smaller MTU of the two links.
 */
import { NETWORK_PURPOSE } from './link-chance.js';
import { BARE_OCTETS, type TcpContext } from './tcp-context.js';
import type { TcpEndpoint } from './tcp-endpoint.js';

/** Packets of a segment on a path with chance or a rate. */
const PACKETS_AT_RISK = 4;

export class TcpSegmentSizes {
  /** All segments may be of the one largest size: what is written at one instant may join the last of them. */
  readonly bulk: boolean;

  constructor(private readonly context: TcpContext) {
    const { segmentMinOctets, segmentMaxOctets } = context.settings;
    this.bulk = segmentMinOctets === segmentMaxOctets;
  }

  /** Octets of data in a packet from `end`. */
  packetOctets(end: TcpEndpoint): number {
    const { links } = this.context;
    const own = links.profileOf(end.host, end.local).mtuOctets;
    const there = links.profileOf(end.peerHost, end.peerLocal).mtuOctets;
    return (own < there ? own : there) - BARE_OCTETS;
  }

  /** Octets of the next segment of `end`, at most. */
  segmentOctets(end: TcpEndpoint): number {
    const { settings, chance, links } = this.context;
    let most = settings.segmentMaxOctets;
    if (!this.bulk) {
      const bits = chance.addressed(NETWORK_PURPOSE.segment, end.id, end.segmentOrdinal++);
      most = settings.segmentMinOctets + ((bits >>> 0) % (most - settings.segmentMinOctets + 1));
    }
    if (this.context.toxics.inForce > 0) {
      const slice = this.context.toxics.on(end)?.sliceOctets ?? Infinity;
      if (slice < most) most = slice;
    }
    if (links.plainLane(end.host, end.local, end.peerHost, end.peerLocal) >= 0) return most;
    return Math.min(most, PACKETS_AT_RISK * this.packetOctets(end));
  }
}
