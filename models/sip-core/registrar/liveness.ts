/**
 * When a binding ends by itself: its lifetime is over (RFC 3261 section 10.3), or nothing came from its flow for `flowTimeout`
 * (RFC 5626 section 5.4: the edge may detect dead flows itself, with a grace period over Flow-Timer).
 *
 * One timer for each binding's lifetime, and one timer for all flows: the bindings stand in the order in which something came from
 * them, and it is set for the first of these as it was then. When it fires and that flow has spoken since, it is set anew for the one
 * that is silent for longest now. A keep-alive therefore costs no timer work, nor a timer for each flow.
 */
import type { Ports } from '../../../sim/host/ports.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { Observed } from '../../observations.js';
import { CoreTimer } from '../timers.js';
import type { Binding, Bindings } from './bindings.js';

/** Why a binding was dropped, as `Observed.bindingRemoved` says it. */
export const Removal = { expired: 0, unregistered: 1, flowFailed: 2 } as const;
export type Removal = (typeof Removal)[keyof typeof Removal];

/** Flow-Timer that is announced: five sixths of the time-out, so that a keep-alive at its very end still has a grace period. */
export function flowTimerSeconds(flowTimeoutNs: number): number {
  return Math.max(1, Math.floor((flowTimeoutNs * 5) / 6 / NS_PER_S));
}

export class Liveness {
  /** Called after a binding of `user` is gone. */
  onRemoved: (user: number) => void = () => undefined;
  private readonly ports: Ports;
  private readonly bindings: Bindings;
  private readonly flowTimeoutNs: number;
  /** The timer of all flows runs. */
  private watching = false;

  constructor(ports: Ports, bindings: Bindings, flowTimeoutNs: number) {
    this.ports = ports;
    this.bindings = bindings;
    this.flowTimeoutNs = flowTimeoutNs;
  }

  /** Watches a new or changed binding; `fresh` if it has no timer yet. */
  watch(binding: Binding, fresh: boolean): void {
    const { bindings, ports } = this;
    if (!fresh) ports.timer.cancel(bindings.timer[binding]);
    const delayNs = Math.max(0, bindings.expiresAtNs[binding] - ports.now());
    const generation = bindings.generation[binding];
    bindings.timer[binding] = ports.timer.after(delayNs, CoreTimer.lifetime, binding, generation);
    if (!this.watching) this.watchFlows();
  }

  /** Drops `binding` and tells so. */
  drop(binding: Binding, why: Removal): void {
    this.ports.timer.cancel(this.bindings.timer[binding]);
    this.forget(binding, why);
  }

  /** From `Actor.onTimer` with {@link CoreTimer.lifetime}. */
  lifetimeOver(binding: Binding, generation: number): void {
    if (this.bindings.generation[binding] === generation) this.forget(binding, Removal.expired);
  }

  /** From `Actor.onTimer` with {@link CoreTimer.flows}. */
  flowsDue(): void {
    const { bindings } = this;
    const now = this.ports.now();
    for (;;) {
      const { oldest } = bindings;
      if (oldest === 0 || bindings.lastSeenNs[oldest] + this.flowTimeoutNs > now) break;
      this.drop(oldest, bindings.expiresAtNs[oldest] <= now ? Removal.expired : Removal.flowFailed);
    }
    this.watchFlows();
  }

  /** Every binding that used this connection is dead (RFC 5626 section 7). */
  connectionClosed(user: number, conn: number): void {
    const { bindings } = this;
    let binding = bindings.firstOf(user);
    while (binding !== 0) {
      const next = bindings.next(binding);
      if (bindings.conn[binding] === conn) this.drop(binding, Removal.flowFailed);
      binding = next;
    }
  }

  private watchFlows(): void {
    const { oldest } = this.bindings;
    this.watching = oldest !== 0;
    if (!this.watching) return;
    const delayNs = this.bindings.lastSeenNs[oldest] + this.flowTimeoutNs - this.ports.now();
    this.ports.timer.after(delayNs, CoreTimer.flows, 0, 0);
  }

  private forget(binding: Binding, why: Removal): void {
    const user = this.bindings.user[binding];
    this.bindings.remove(binding);
    this.ports.observe.emit(Observed.bindingRemoved, user, 0, why, 0);
    this.onRemoved(user);
  }
}
