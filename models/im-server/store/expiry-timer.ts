/** The one timer for all lifetimes in the store (`ExpiryQueue` in `expiry.ts`): it is armed for the earliest of them. */
import type { Ports, TimerId } from '../../../sim/host/ports.js';
import type { DeferredStore } from './store.js';
import { ImTimer } from '../timers.js';

const NONE = -1;

export class ExpiryTimer {
  private timer: TimerId = NONE;
  private atNs = Infinity;

  constructor(
    private readonly ports: Ports,
    private readonly store: DeferredStore,
  ) {}

  /** A lifetime may have come that ends before all others. */
  arm(): void {
    const { earliestNs } = this.store.expiries;
    if (earliestNs >= this.atNs) return;
    const { timer } = this.ports;
    if (this.timer !== NONE) timer.cancel(this.timer);
    this.timer = timer.after(Math.max(0, earliestNs - this.ports.now()), ImTimer.expiry, 0, 0);
    this.atNs = earliestNs;
  }

  /** It fired: what is over leaves. */
  fired(): void {
    this.timer = NONE;
    this.atNs = Infinity;
    this.store.expireDue(this.ports.now());
    this.arm();
  }
}
