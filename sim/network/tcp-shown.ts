/**
 * What the taps see of a TCP direction as it sends: each octet once as it leaves (of octets that leave again, nothing), and, where
 * segments are wanted, each packet with its flags, also when it leaves again.
 *
 * Not here: what arrives (`tcp-delivery.ts`), and the segments without data of opening and ending (`tcp-context.ts`), but FIN.
 */
import { SegmentBits } from '../host/ports.js';
import type { TcpContext } from './tcp-context.js';
import type { TcpEndpoint } from './tcp-endpoint.js';

export class TcpShown {
  private shownFrom: TcpEndpoint | undefined;
  /** Of the packet that is being shown: its bits, and octets that are still to come. */
  private shownBits = 0;
  private shownLeft = 0;

  constructor(private readonly context: TcpContext) {}

  /** Shows octets to the tap as they leave, each once. */
  octets(end: TcpEndpoint, octets: number): void {
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
  packet(end: TcpEndpoint, octets: number, lost: boolean): void {
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
