/**
 * The data of TCP: sending within window and line rate, and arrival in order. How large segments are is in `tcp-segment-sizes.ts`, what
 * loss does in `tcp-loss.ts`, what readers get in `tcp-delivery.ts`, what taps see in `tcp-shown.ts`.
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
import { Offer } from './link.js';
import { BARE_OCTETS, type TcpContext, TcpEvent } from './tcp-context.js';
import type { TcpDelivery } from './tcp-delivery.js';
import { type TcpEndpoint, TcpState } from './tcp-endpoint.js';
import type { TcpLoss } from './tcp-loss.js';
import { TcpSegmentSizes } from './tcp-segment-sizes.js';
import { TcpShown } from './tcp-shown.js';

/** A line that is busy for longer takes no further segment for now. */
const LINE_AHEAD_NS = 20_000_000;

export class TcpStream {
  private readonly sizes: TcpSegmentSizes;
  private readonly shown: TcpShown;

  constructor(
    private readonly context: TcpContext,
    private readonly loss: TcpLoss,
    private readonly delivery: TcpDelivery,
  ) {
    this.sizes = new TcpSegmentSizes(context);
    this.shown = new TcpShown(context);
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
      this.shown.packet(end, octets, false);
      end.flight += octets;
      this.shown.octets(end, octets);
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
      const octets = Math.min(end.unsent, room, this.sizes.segmentOctets(end));
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

  /** Whether what waits is not above the mark. Whoever is told that it is will be told when there is room again. */
  hasRoom(end: TcpEndpoint): boolean {
    if (end.unsent <= this.context.settings.highWaterOctets) return true;
    end.blocked = true;
    return false;
  }

  /** A segment reached the receiver's link; it goes through the queue there. */
  reachedFarLink(end: TcpEndpoint, epoch: number): void {
    if (epoch !== end.epoch) return;
    const { links, kernel, handler } = this.context;
    const octets = end.headSegment() + BARE_OCTETS;
    const throughNs = links.queueIn(end.peerHost, end.peerLocal, octets, false);
    if (throughNs < 0) this.loss.goBack(end);
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
    this.delivery.deliver(end, reader);
  }

  /** A retransmission timeout of `end` passed. */
  retransmit(end: TcpEndpoint): void {
    if (this.loss.goesOn(end)) this.pump(end);
  }

  /** The connection is reset by something on the path, once what arrives at this instant was read. */
  cutSoon(end: TcpEndpoint): void {
    if (end.cutPending) return;
    end.cutPending = true;
    const { kernel, handler } = this.context;
    kernel.at(kernel.nowNs, Phase.network, handler, TcpEvent.cut, end.id, 0);
  }

  /** Sends the next `octets` (0: FIN). False if they were lost: then the direction is stalled. */
  private transmit(end: TcpEndpoint, octets: number): boolean {
    const { links, kernel } = this.context;
    const packet = this.sizes.packetOctets(end);
    const packets = octets <= packet ? 1 : Math.ceil(octets / packet);
    const wire = octets + packets * BARE_OCTETS;
    const lane = links.offer(end.host, end.local, end.peerHost, end.peerLocal, wire, packets, false);
    this.shown.octets(end, octets);
    const lost = lane === Offer.lost || !this.context.returnUp(end);
    this.shown.packet(end, octets, lost);
    if (lost) {
      end.resend += octets;
      this.loss.stall(end);
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
    if (this.sizes.bulk && octets > 0 && !sliced && lane !== Offer.farQueue) {
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
}
