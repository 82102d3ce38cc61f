/**
 * When a binding ends by itself: its lifetime is over (RFC 3261 section 10.3), or nothing came from its flow for `flowTimeout`
 * (RFC 5626 section 5.4: the edge may detect dead flows itself, with a grace period over Flow-Timer).
 *
 * Lazy: one timer for each binding, set for the earlier of the two ends as they were known then. When it fires the ends are
 * computed anew from `lastSeenNs`; only if they moved is it set again. A keep-alive therefore costs no timer work.
 */
import type { Ports } from '../../sim/host/ports.js';
import { NS_PER_S } from '../../sim/kernel/time.js';
import { Observed } from '../observations.js';
import type { Binding, Bindings } from './bindings.js';

/** Why a binding was dropped, as `Observed.bindingRemoved` says it. */
export const Removal = { expired: 0, unregistered: 1, flowFailed: 2 } as const;
export type Removal = (typeof Removal)[keyof typeof Removal];

/** Timer kind of the Core: a is the binding, b the generation of its slot. */
export const LIVENESS_TIMER = 1;

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

  constructor(ports: Ports, bindings: Bindings, flowTimeoutNs: number) {
    this.ports = ports;
    this.bindings = bindings;
    this.flowTimeoutNs = flowTimeoutNs;
  }

  /** Watches a new or changed binding; `fresh` if it has no timer yet. */
  watch(binding: Binding, fresh: boolean): void {
    if (!fresh) this.ports.timer.cancel(this.bindings.timer[binding]);
    this.arm(binding);
  }

  /** Drops `binding` and tells so. */
  drop(binding: Binding, why: Removal): void {
    this.ports.timer.cancel(this.bindings.timer[binding]);
    this.forget(binding, why);
  }

  /** From `Actor.onTimer` with {@link LIVENESS_TIMER}. */
  fired(binding: Binding, generation: number): void {
    const { bindings } = this;
    if (bindings.generation[binding] !== generation) return;
    const now = this.ports.now();
    if (bindings.expiresAtNs[binding] <= now) this.forget(binding, Removal.expired);
    else if (bindings.lastSeenNs[binding] + this.flowTimeoutNs <= now)
      this.forget(binding, Removal.flowFailed);
    else this.arm(binding);
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

  private arm(binding: Binding): void {
    const { bindings } = this;
    const end = Math.min(bindings.expiresAtNs[binding], bindings.lastSeenNs[binding] + this.flowTimeoutNs);
    const delay = Math.max(0, end - this.ports.now());
    bindings.timer[binding] = this.ports.timer.after(
      delay,
      LIVENESS_TIMER,
      binding,
      bindings.generation[binding],
    );
  }

  private forget(binding: Binding, why: Removal): void {
    const user = this.bindings.user[binding];
    this.bindings.remove(binding);
    this.ports.observe.emit(Observed.bindingRemoved, user, 0, why, 0);
    this.onRemoved(user);
  }
}
