/**
 * The data of TCP: sending within window and line rate, arrival in order, reading, loss and retransmission.
 *
 * How it differs from a real stack, and why an application sees the same kind of thing:
 * - A segment may be much larger than a packet (`segmentMaxOctets`). Each packet that it would be can be lost, but jitter and
 *   corruption are drawn once for all of it. On a path with chance or a rate, segments are at most four packets.
 * - A lost segment stalls its direction for a retransmission timeout (RFC 6298: doubling), then is sent again; what was sent before
 *   it still arrives. There is no fast retransmit, no SACK, no congestion window: throughput is window over round trip, or the rate.
 * - Acknowledgements are not packets. A direction makes progress only while all four link directions are up; a sender that
 *   waits for the window learns of its opening after the return delay, one that does not wait knows at once.
 * - A segment that arrives at a link that is down is lost with all behind it (go back N).
 *
 * Not modelled besides: keep-alive, urgent data, silly windows, Nagle, delayed acknowledgements, checksums, SYN cookies.
 */
import { Phase } from '../kernel/kernel.js';
import { SegmentBits, TcpEnd } from '../host/ports.js';
import { Offer } from './link.js';
import { NETWORK_PURPOSE } from './link-chance.js';
import { BARE_OCTETS, type TcpContext, TcpEvent } from './tcp-context.js';
import { type TcpEndpoint, TcpState } from './tcp-endpoint.js';

/** Packets of a segment on a path with chance or a rate. */
const PACKETS_AT_RISK = 4;
/** Octets that a reader gets at once, at most, where they lie in several spans. */
const READ_OCTETS = 65_536;
/** A line that is busy for longer takes no further segment for now. */
const LINE_AHEAD_NS = 20_000_000;

export class TcpStream {
  private readonly bulk: boolean;
  private shownFrom: TcpEndpoint | undefined;
  /** Of the packet that is being shown: its bits, and octets that are still to come. */
  private shownBits = 0;
  private shownLeft = 0;

  constructor(private readonly context: TcpContext) {
    const { segmentMinOctets, segmentMaxOctets } = context.settings;
    this.bulk = segmentMinOctets === segmentMaxOctets;
  }

  /** Takes new octets of `end`, which are in its ring already, and sends what can be sent. */
  written(end: TcpEndpoint, octets: number): void {
    const { settings, kernel } = this.context;
    const fits =
      end.unsent === 0 &&
      end.segmentCount > 0 &&
      end.sentNs === kernel.nowNs &&
      octets <= end.mergeOctets &&
      end.flight + end.arrived + octets <= settings.windowOctets;
    if (fits) {
      end.growSegment(octets);
      end.mergeOctets -= octets;
      this.showPacket(end, octets, false);
      end.flight += octets;
      this.show(end, octets);
      return;
    }
    end.unsent += octets;
    this.pump(end);
  }

  /** Sends what window and line allow; then FIN, if everything before it is sent. */
  pump(end: TcpEndpoint): void {
    const { settings, links, kernel, handler } = this.context;
    if (end.state !== TcpState.established || end.stalled) return;
    const toxic = this.context.toxics.inForce > 0 ? this.context.toxics.on(end) : undefined;
    if (toxic !== undefined && toxic.stall) return;
    const limit = toxic === undefined ? Infinity : end.countedFrom + toxic.limitOctets;
    const slowCloseNs = toxic === undefined ? 0 : toxic.slowCloseNs;
    while (end.unsent > 0) {
      const room = Math.min(
        settings.windowOctets - end.flight - end.arrived,
        limit - end.passed - end.flight,
      );
      if (room <= 0) {
        if (end.passed >= limit) this.cutSoon(end);
        break;
      }
      const backlogNs = links.backlogNs(end.host, end.local);
      if (backlogNs > LINE_AHEAD_NS) {
        if (!end.wakePending) {
          const atNs = Math.ceil(kernel.nowNs + backlogNs - LINE_AHEAD_NS / 2);
          kernel.at(atNs, Phase.network, handler, TcpEvent.wake, end.id, 0);
        }
        end.wakePending = true;
        break;
      }
      const octets = Math.min(end.unsent, room, this.segmentOctets(end));
      if (!this.transmit(end, octets)) break;
    }
    if (
      end.finQueued &&
      !end.finSent &&
      end.unsent === 0 &&
      !end.stalled &&
      this.mayFinish(end, slowCloseNs)
    ) {
      this.transmit(end, 0);
    }
    if (end.blocked && end.unsent <= settings.highWaterOctets / 2) {
      end.blocked = false;
      kernel.at(kernel.nowNs, Phase.network, handler, TcpEvent.open, end.id, 1);
    }
  }

  /** A segment reached the receiver's link; it goes through the queue there. */
  reachedFarLink(end: TcpEndpoint, epoch: number): void {
    if (epoch !== end.epoch) return;
    const { links, kernel, handler } = this.context;
    const octets = end.headSegment() + BARE_OCTETS;
    const throughNs = links.queueIn(end.peerHost, end.peerLocal, octets, false);
    if (throughNs < 0) this.goBack(end);
    else kernel.at(throughNs, Phase.network, handler, TcpEvent.segment, end.id, epoch);
  }

  /** The oldest segment in flight of `end` arrives; `reader` is its peer, if that is still there. */
  arrived(end: TcpEndpoint, reader: TcpEndpoint): void {
    const octets = end.headSegment();
    end.shiftSegment();
    end.backoff = 0;
    end.stallSinceNs = -1;
    if (octets === 0) end.finArrived = true;
    else {
      end.flight -= octets;
      end.arrived += octets;
      end.passed += octets;
      const toxic = this.context.toxics.inForce > 0 ? this.context.toxics.on(end) : undefined;
      if (toxic !== undefined && end.passed >= end.countedFrom + toxic.limitOctets) this.cutSoon(end);
    }
    this.deliver(end, reader);
  }

  /** The connection is reset by something on the path, once what arrives at this instant was read. */
  cutSoon(end: TcpEndpoint): void {
    if (end.cutPending) return;
    end.cutPending = true;
    const { kernel, handler } = this.context;
    kernel.at(kernel.nowNs, Phase.network, handler, TcpEvent.cut, end.id, 0);
  }

  /** Hands what arrived from `end` to the actor of `reader`, in order, then FIN. */
  deliver(end: TcpEndpoint, reader: TcpEndpoint): void {
    const { fabric, octets, tap } = this.context;
    const host = fabric.hosts[reader.host];
    const { id: endId } = end;
    const { id: readerId } = reader;
    while (end.arrived > 0) {
      if (reader.readPaused || host.paused) return;
      if (end.ring.headOctets() < end.arrived || end.flipAt >= 0) this.deliverCopy(end, reader);
      else {
        const { ring, arrived: count } = end;
        const block = ring.headBlock();
        const start = octets.start(block) + ring.headStart();
        end.arrived = 0;
        const whole = ring.consume(count);
        tap.streamDelivered(reader.host, readerId, reader.local, start, start + count);
        // A span that goes on is held by the ring, but the actor may end the connection, which clears it.
        if (!whole) octets.retain(block);
        tap.holdBack();
        host.receiver.onTcpData(readerId, octets.buf, start, start + count);
        tap.release();
        octets.release(block);
      }
      if (reader.id !== readerId || reader.state !== TcpState.established) return;
      if (end.id !== endId) return;
    }
    if (reader.readPaused || host.paused) return;
    if (end.finArrived && !end.finDelivered) {
      end.finDelivered = true;
      this.context.tellClosed(reader, TcpEnd.fin);
      if (end.id !== endId || reader.id !== readerId) return;
    }
    this.afterReading(end, reader);
  }

  /** A retransmission timeout passed. */
  retransmit(end: TcpEndpoint): void {
    end.timer = -1;
    end.stalled = false;
    const { kernel, settings } = this.context;
    if (end.stallSinceNs >= 0 && kernel.nowNs - end.stallSinceNs >= settings.giveUpNs) {
      this.context.finish(end, TcpEnd.timeout);
    } else this.pump(end);
  }

  /** Everything in flight is lost: it is sent again after a retransmission timeout. */
  goBack(end: TcpEndpoint): void {
    end.epoch++;
    this.context.tap.segmentsLost(end.id, end.flight, end.finSent && !end.finArrived);
    end.dropSegments();
    if (end.flipAt >= end.arrived) end.flipAt = -1;
    end.unsent += end.flight;
    end.resend += end.flight;
    end.flight = 0;
    if (end.finSent && !end.finArrived) end.finSent = false;
    this.stall(end);
  }

  private afterReading(end: TcpEndpoint, reader: TcpEndpoint): void {
    const { links, kernel, table, handler } = this.context;
    if (end.state === TcpState.ghost) {
      this.context.releaseIfDone(end);
      return;
    }
    if (end.finDelivered && reader.finDelivered) {
      this.context.stopTimer(end);
      this.context.stopTimer(reader);
      table.release(end);
      table.release(reader);
      return;
    }
    if (end.unsent === 0 || end.stalled || end.openPending) return;
    end.openPending = true;
    const lane = links.plainLane(reader.host, reader.local, end.host, end.local);
    if (lane >= 0) kernel.after(lane, handler, TcpEvent.open, end.id, 0);
    else {
      const delayNs = links.delayNs(reader.host, reader.local, end.host, end.local);
      kernel.at(kernel.nowNs + delayNs, Phase.network, handler, TcpEvent.open, end.id, 0);
    }
  }

  /** Sends the next `octets` (0: FIN). False if they were lost: then the direction is stalled. */
  private transmit(end: TcpEndpoint, octets: number): boolean {
    const { links, kernel } = this.context;
    const packet = this.packetOctets(end);
    const packets = octets <= packet ? 1 : Math.ceil(octets / packet);
    const wire = octets + packets * BARE_OCTETS;
    const lane = links.offer(end.host, end.local, end.peerHost, end.peerLocal, wire, packets, false);
    this.show(end, octets);
    const lost = lane === Offer.lost || !this.context.returnUp(end);
    this.showPacket(end, octets, lost);
    if (lost) {
      end.resend += octets;
      this.stall(end);
      return false;
    }
    if (lane < 0 && links.corruptBits >= 0 && octets > 0 && end.flipAt < 0) {
      end.flipAt = end.arrived + end.flight + ((links.corruptBits >>> 8) % octets);
      end.flipBits = links.corruptBits & 0xff || 1;
      links.alterWatch?.(end.host, end.local, end.peerHost, end.peerLocal);
    }
    end.unsent -= octets;
    end.flight += octets;
    if (octets === 0) end.finSent = true;
    end.pushSegment(octets);
    end.sentNs = kernel.nowNs;
    end.mergeOctets = 0;
    const sliced = this.context.toxics.inForce > 0 && this.context.toxics.on(end) !== undefined;
    if (this.bulk && octets > 0 && !sliced && lane !== Offer.farQueue) {
      const whole = lane >= 0 ? this.context.settings.segmentMaxOctets : packet;
      if (lane >= 0 || links.backlogNs(end.host, end.local) === 0) {
        end.mergeOctets = Math.max(0, whole - octets);
      }
    }
    const plainNs = kernel.nowNs + links.delayNs(end.host, end.local, end.peerHost, end.peerLocal);
    const arrivalNs = lane >= 0 ? plainNs : links.arrivalNs;
    const kind = lane === Offer.farQueue ? TcpEvent.farQueue : TcpEvent.segment;
    this.context.schedule(end, lane, arrivalNs, kind, end.id, end.epoch);
    return true;
  }

  /** True if FIN may leave now; otherwise it is looked at again when it may. */
  private mayFinish(end: TcpEndpoint, slowCloseNs: number): boolean {
    const { kernel, handler } = this.context;
    if (end.finNotBeforeNs < 0) {
      if (slowCloseNs === 0) return true;
      end.finNotBeforeNs = kernel.nowNs + slowCloseNs;
      kernel.at(end.finNotBeforeNs, Phase.network, handler, TcpEvent.wake, end.id, 0);
    }
    return kernel.nowNs >= end.finNotBeforeNs;
  }

  /**
   * Hands out what arrived in several spans as one piece, put together as a stack does in the buffer of the reader, {@link READ_OCTETS}
   * at most; and one in which an octet was altered on the way: blocks are never written once they were sent.
   */
  private deliverCopy(end: TcpEndpoint, reader: TcpEndpoint): void {
    const { octets, fabric, tap } = this.context;
    const count = end.arrived < READ_OCTETS ? end.arrived : READ_OCTETS;
    const { id, host } = reader;
    const copy = octets.alloc(count);
    const { buf } = octets;
    const start = octets.start(copy);
    end.ring.moveTo(octets, start, count);
    end.arrived -= count;
    tap.streamDelivered(host, id, reader.local, start, start + count);
    if (end.flipAt >= 0 && end.flipAt < count) {
      buf[start + end.flipAt] ^= end.flipBits;
      end.flipAt = -1;
    } else if (end.flipAt >= 0) end.flipAt -= count;
    tap.holdBack();
    fabric.hosts[host].receiver.onTcpData(id, buf, start, start + count);
    tap.release();
    octets.release(copy);
  }

  private stall(end: TcpEndpoint): void {
    const { kernel, links, settings, handler } = this.context;
    if (end.state === TcpState.ghost || end.stalled) return;
    const there = links.delayNs(end.host, end.local, end.peerHost, end.peerLocal);
    const back = links.delayNs(end.peerHost, end.peerLocal, end.host, end.local);
    let rtoNs = Math.max(settings.minRtoNs, 2 * (there + back));
    for (let i = 0; i < end.backoff && rtoNs < settings.maxRtoNs; i++) rtoNs *= 2;
    rtoNs = Math.min(rtoNs, settings.maxRtoNs);
    end.backoff++;
    end.stalled = true;
    if (end.stallSinceNs < 0) end.stallSinceNs = kernel.nowNs;
    // Not later than the instant of giving up.
    const atNs = Math.min(kernel.nowNs + rtoNs, end.stallSinceNs + settings.giveUpNs);
    const firstNs = Math.max(atNs, kernel.nowNs);
    end.timer = kernel.at(firstNs, Phase.network, handler, TcpEvent.retransmit, end.id, 0);
  }

  private packetOctets(end: TcpEndpoint): number {
    const { links } = this.context;
    const own = links.profileOf(end.host, end.local).mtuOctets;
    const there = links.profileOf(end.peerHost, end.peerLocal).mtuOctets;
    return (own < there ? own : there) - BARE_OCTETS;
  }

  private segmentOctets(end: TcpEndpoint): number {
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

  /** Shows octets to the tap as they leave, each once. */
  private show(end: TcpEndpoint, octets: number): void {
    const { tap } = this.context;
    const again = Math.min(end.resend, octets);
    end.resend -= again;
    if (octets === again || !tap.wantsStreamSent) return;
    const start = end.ring.nextSent(this.context.octets, octets - again);
    if (start >= 0) return tap.streamSent(end.host, end.id, end.local, start, start + octets - again);
    this.shownFrom = end;
    end.ring.showSent(this.context.octets, octets - again, this.showSpan);
  }

  /** Shows the next `octets` that leave (0: FIN) as a packet, also when they leave again. */
  private showPacket(end: TcpEndpoint, octets: number, lost: boolean): void {
    const { tap } = this.context;
    if (!tap.wantsSegments) return;
    if (octets === 0) {
      tap.bareSegment(end.host, end.id, SegmentBits.fin | SegmentBits.ack, lost);
      return;
    }
    this.shownFrom = end;
    this.shownBits = lost ? SegmentBits.ack | SegmentBits.lost : SegmentBits.ack;
    this.shownLeft = octets;
    end.ring.showFrom(this.context.octets, end.arrived + end.flight, octets, this.showPart);
  }

  private readonly showPart = (start: number, finish: number): void => {
    const end = this.shownFrom as TcpEndpoint;
    this.shownLeft -= finish - start;
    const bits = this.shownLeft > 0 ? this.shownBits | SegmentBits.more : this.shownBits;
    this.context.tap.segment(end.host, end.id, bits, start, finish);
  };

  private readonly showSpan = (start: number, finish: number): void => {
    const end = this.shownFrom as TcpEndpoint;
    this.context.tap.streamSent(end.host, end.id, end.local, start, finish);
  };
}
