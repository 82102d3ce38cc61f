/**
 * rxjs over virtual time: the only door through which its schedulers and time operators come in. Left alone those run on host
 * timers without a word, so every one that a workload may use is bound here to the kernel.
 *
 * rxjs composes workloads (arrivals, stages, storms) and never carries packets: each action costs an object.
 */
import {
  delay as rxDelay,
  interval as rxInterval,
  timer as rxTimer,
  type MonoTypeOperatorFunction,
  type Observable,
  type SchedulerAction,
  type SchedulerLike,
  Subscription,
} from 'rxjs';
import { assert } from './kernel/assert.js';
import { Phase, type EventHandler, type Kernel } from './kernel/kernel.js';
import { NS_PER_MS } from './kernel/time.js';

/** One piece of work of an rxjs operator, waiting for its virtual instant. */
class VirtualAction<T> extends Subscription implements SchedulerAction<T> {
  private readonly scheduler: VirtualScheduler;
  private readonly work: (this: SchedulerAction<T>, state?: T) => void;
  private state: T | undefined;
  private ticket = -1;

  constructor(scheduler: VirtualScheduler, work: (this: SchedulerAction<T>, state?: T) => void) {
    super();
    this.scheduler = scheduler;
    this.work = work;
  }

  schedule(state?: T, delayMs = 0): Subscription {
    if (this.closed) return this;
    this.withdraw();
    this.state = state;
    this.ticket = this.scheduler.enqueue(this, delayMs);
    return this;
  }

  run(): void {
    this.ticket = -1;
    if (!this.closed) this.work(this.state);
  }

  override unsubscribe(): void {
    this.withdraw();
    super.unsubscribe();
  }

  private withdraw(): void {
    if (this.ticket >= 0) this.scheduler.withdraw(this.ticket);
    this.ticket = -1;
  }
}

/** A `SchedulerLike` whose clock is the kernel's. `now()` and delays are in milliseconds, as rxjs has them; fractions are kept to the nanosecond. */
export class VirtualScheduler implements SchedulerLike, EventHandler {
  private readonly kernel: Kernel;
  private readonly handler: number;
  /** By ticket: the action that waits, and its event. A ticket is used again once its action ran or was withdrawn. */
  private readonly waiting: ({ run(): void } | undefined)[] = [];
  private readonly timers: number[] = [];
  private readonly freeTickets: number[] = [];

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    this.handler = kernel.register(this);
  }

  now(): number {
    return this.kernel.nowNs / NS_PER_MS;
  }

  schedule<T>(
    work: (this: SchedulerAction<T>, state?: T) => void,
    delayMs?: number,
    state?: T,
  ): Subscription {
    return new VirtualAction(this, work).schedule(state, delayMs);
  }

  /** Queues `action`; gives a ticket for `withdraw`. */
  enqueue(action: { run(): void }, delayMs: number): number {
    const ticket = this.freeTickets.pop() ?? this.waiting.length;
    const atNs = this.kernel.nowNs + Math.max(0, Math.round(delayMs * NS_PER_MS));
    this.waiting[ticket] = action;
    this.timers[ticket] = this.kernel.at(atNs, Phase.workload, this.handler, 0, ticket, 0);
    return ticket;
  }

  withdraw(ticket: number): void {
    assert(this.waiting[ticket] !== undefined, 'a ticket is withdrawn once, and not after its action ran');
    this.kernel.cancel(this.timers[ticket]);
    this.free(ticket);
  }

  onEvent(_kind: number, ticket: number): void {
    const action = this.waiting[ticket];
    assert(action !== undefined, 'an rxjs action without its ticket');
    this.free(ticket);
    action.run();
  }

  private free(ticket: number): void {
    this.waiting[ticket] = undefined;
    this.freeTickets.push(ticket);
  }

  /** `rxjs.timer` in virtual time. */
  timer(dueMs: number, periodMs?: number): Observable<number> {
    return periodMs === undefined ? rxTimer(dueMs, this) : rxTimer(dueMs, periodMs, this);
  }

  /** `rxjs.interval` in virtual time. */
  interval(periodMs: number): Observable<number> {
    return rxInterval(periodMs, this);
  }

  /** `rxjs.delay` in virtual time. */
  delay<T>(dueMs: number): MonoTypeOperatorFunction<T> {
    return rxDelay(dueMs, this);
  }
}
