/**
 * Loss on a TCP direction: it stalls for a retransmission timeout (RFC 6298 section 5: doubling without progress) until it is given up,
 * and what was in flight behind the loss is sent again (go back N).
 *
 * Not modelled: fast retransmit, SACK, a measured round trip (the timeout is two of the path's own delays and not below a least).
 */
import { Phase } from '../kernel/kernel.js';
import { TcpEnd } from '../host/ports.js';
import { type TcpContext, TcpEvent } from './tcp-context.js';
import { type TcpEndpoint, TcpState } from './tcp-endpoint.js';

export class TcpLoss {
  constructor(private readonly context: TcpContext) {}

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

  /** Nothing more is sent until a retransmission timeout passed. */
  stall(end: TcpEndpoint): void {
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

  /** A retransmission timeout passed: true if the direction sends again, false if it was given up and its end has gone. */
  goesOn(end: TcpEndpoint): boolean {
    end.timer = -1;
    end.stalled = false;
    const { kernel, settings } = this.context;
    if (end.stallSinceNs < 0 || kernel.nowNs - end.stallSinceNs < settings.giveUpNs) return true;
    this.context.finish(end, TcpEnd.timeout);
    return false;
  }
}
