/**
 * Arrival processes: observables of the virtual instants at which something is asked for. Open loop: the instants do not depend
 * on how the system fares, so a slow system cannot hide behind a load that slowed down with it.
 */
import { Observable } from 'rxjs';
import type { RandomStream } from '../../sim/host/ports.js';
import { assert } from '../../sim/kernel/assert.js';
import { exponential } from '../../sim/kernel/distributions.js';
import { NS_PER_MS, NS_PER_S } from '../../sim/kernel/time.js';
import type { VirtualScheduler } from '../../sim/rx.js';

/** Gives the instant after `atNs`. Instants are integer nanoseconds and never decrease. */
export type NextArrival = (atNs: number) => number;

/** A Poisson process: independent exponential gaps with mean 1/`ratePerSecond`. One uniform of `stream` each. */
export function poisson(stream: RandomStream, ratePerSecond: number): NextArrival {
  assert(ratePerSecond > 0, 'a Poisson process needs a rate above 0');
  const meanNs = NS_PER_S / ratePerSecond;
  return (atNs) => Math.round(atNs + exponential(stream, meanNs));
}

/** Emits each instant of the process in (`fromNs`, `untilNs`) when virtual time has come to it, then completes. */
export function arrivals(
  scheduler: VirtualScheduler,
  next: NextArrival,
  fromNs: number,
  untilNs: number,
): Observable<number> {
  return new Observable((subscriber) => {
    const nowNs = () => Math.round(scheduler.now() * NS_PER_MS);
    let dueNs = next(fromNs);
    const delayMs = () => Math.max(0, dueNs - nowNs()) / NS_PER_MS;
    if (dueNs >= untilNs) {
      subscriber.complete();
      return undefined;
    }
    return scheduler.schedule<undefined>(function () {
      const atNs = dueNs;
      dueNs = next(atNs);
      if (dueNs < untilNs) this.schedule(undefined, delayMs());
      subscriber.next(atNs);
      if (dueNs >= untilNs) subscriber.complete();
    }, delayMs());
  });
}
