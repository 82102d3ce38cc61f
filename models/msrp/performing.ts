/**
 * Performs what an MSRP endpoint wants done: its outputs, in their order, go to TCP, timers, observers and the owner of the sessions.
 *
 * Not here: the inputs, after each of which this is run (`driver.ts`), and what the outputs mean (`outputs.ts`).
 */
import type { Ports } from '../../sim/host/ports.js';
import { Observed } from '../observations.js';
import { MsrpStatus, type SessionEnd } from './codes.js';
import { TimerOf } from './context.js';
import type { MsrpEndpoint } from './endpoint.js';
import { Out } from './outputs.js';
import type { MsrpOwner } from './owner.js';

/** No octets: an arena that was left for a larger one must not be kept alive. */
const NOTHING: Buffer = Buffer.alloc(0);

export class Performing {
  private draining = false;
  /** Octets that came last, while what they brought about is performed. */
  private piece: Buffer = NOTHING;
  private pieceStart = 0;
  private pieceEnd = 0;

  /** `timerKind`: the kind of all timers that are started. */
  constructor(
    private readonly ports: Ports,
    private readonly timerKind: number,
    private readonly endpoint: MsrpEndpoint,
    private readonly owner: MsrpOwner,
  ) {}

  /** Performs all outputs, those that the owner's own calls add meanwhile too: so such a call need not, and does nothing here. */
  drain(): void {
    if (this.draining) return;
    this.draining = true;
    const { endpoint } = this;
    const now = this.ports.now();
    for (let op = endpoint.take(now); op !== Out.none; op = endpoint.take(now)) this.perform(op);
    this.draining = false;
  }

  /** The same after octets [start, end) of `buf` came. */
  drainAfter(buf: Buffer, start: number, end: number): void {
    this.piece = buf;
    this.pieceStart = start;
    this.pieceEnd = end;
    this.drain();
    this.piece = NOTHING;
  }

  private perform(op: Out): void {
    const { endpoint, owner } = this;
    const { tcp } = this.ports;
    const { a, b, c, d, e } = endpoint.out;
    switch (op) {
      case Out.write:
        if (!tcp.write(a, b, c, d, e === 1)) endpoint.blocked(a);
        return;
      case Out.close:
        return tcp.close(a);
      case Out.abort:
        return tcp.abort(a);
      case Out.pauseReading:
        return tcp.pauseReading(a, b === 1);
      case Out.timer:
        return this.startTimer(a, b, c);
      case Out.bound:
        return owner.onBound(a, b);
      case Out.message: {
        const status = owner.onMessage(a, b, endpoint.message(c));
        if (status !== MsrpStatus.later) endpoint.answer(this.ports.now(), c, status);
        return;
      }
      case Out.sent:
        return owner.onSent(a, b, c);
      case Out.settled:
        return owner.onSettled(a, b, c, d, e);
      case Out.lateFailure:
        return owner.onLateFailure?.(a, b, c, d);
      case Out.quiet:
        return owner.onQuiet?.(a, b);
      case Out.ended:
        return owner.onEnded(a, b, c as SessionEnd);
      case Out.malformed: {
        const { observe, hostId } = this.ports;
        observe.emitOctets(Observed.malformed, hostId, 0, b, this.piece, this.pieceStart, this.pieceEnd);
        return;
      }
      case Out.none:
    }
  }

  /** The delays are few and constant, but for what is left of one when the oldest of several was settled early. */
  private startTimer(delayNs: number, a: number, b: number): void {
    const { timer } = this.ports;
    const { config } = this.endpoint;
    const constant =
      b !== TimerOf.session || delayNs === config.transactionTimeoutNs || delayNs === config.partialTimeoutNs;
    if (constant) timer.start(timer.lane(delayNs), this.timerKind, a, b);
    else timer.after(delayNs, this.timerKind, a, b);
  }
}
