/**
 * The kernel: virtual time and the total order of events.
 *
 * An event is five numbers (handler, kind, a, b and the instant) in typed arrays; nothing is allocated for it. Events are
 * carried out in the order (time, phase, sequence), so that all work of an instant is drained before time moves, and two runs
 * of one world do the same things in the same order. Constant delays wait in lanes, all others in a heap, both under that one
 * order. What is cancelled is dropped when it comes up.
 *
 * Not modelled: real time, priorities within a phase, more than 16.7 million pending events outside of lanes.
 */
import { assert } from './assert.js';
import { EventHeap } from './heap.js';
import { laneOf, LaneRing } from './lane.js';
import { LaneHeads } from './lane-heads.js';
import { LATEST_NS } from './time.js';
import { mix32 } from './mix.js';

/** Receives the events that were scheduled under its handler number. */
export interface EventHandler {
  onEvent(kind: number, a: number, b: number): void;
}

/** Within one instant, lower phases go first. */
export const Phase = { fault: 0, network: 1, host: 2, timer: 3, workload: 4 } as const;

/** Why `runUntil` returned. */
export const RunOutcome = { reached: 'reached', idle: 'idle', eventLimit: 'event-limit' } as const;
export type RunOutcome = (typeof RunOutcome)[keyof typeof RunOutcome];

/** Sees each event just before it is carried out. */
export type EventTrace = (
  index: number,
  timeNs: number,
  handler: number,
  kind: number,
  a: number,
  b: number,
) => void;

const PHASE_SPAN = 2 ** 46;
/** In the id of an event of the heap. */
const IN_HEAP = 1 << 30;

export interface KernelOptions {
  /** If given, events of one instant and phase are permuted by this seed instead of going in order of scheduling. */
  readonly tieSeed?: number;
}

export class Kernel {
  /** Virtual time, in nanoseconds. */
  nowNs = 0;
  /** Events carried out so far. */
  executed = 0;
  /** Events that wait. */
  pending = 0;
  trace: EventTrace | undefined;

  private readonly handlers: EventHandler[] = [];
  private readonly heap = new EventHeap();
  private readonly lanes: LaneRing[] = [];
  private readonly heads = new LaneHeads();
  /** Events that came due and whose owner keeps them for later. */
  private readonly parked = new Set<number>();
  /** What is being carried out: the id of an event from a lane, or {@link IN_HEAP} and the slot of one from the heap. */
  private current = 0;
  private sequence = 0;
  private readonly tieSeed: number | undefined;

  constructor(options: KernelOptions = {}) {
    this.tieSeed = options.tieSeed;
  }

  /** Gives `handler` a number under which it schedules events. */
  register(handler: EventHandler): number {
    return this.handlers.push(handler) - 1;
  }

  /** The lane of this constant delay and phase; asking twice gives the same one. */
  lane(delayNs: number, phase: number = Phase.timer): number {
    assert(Number.isInteger(delayNs) && delayNs >= 0, 'a delay is a non-negative integer of nanoseconds');
    for (let i = 0; i < this.lanes.length; i++) {
      if (this.lanes[i].delayNs === delayNs && this.lanes[i].phase === phase) return i;
    }
    const lane = this.lanes.length;
    this.lanes.push(new LaneRing(delayNs, phase, lane));
    this.heads.reach(lane);
    return lane;
  }

  /** Schedules an event after the lane's delay. Returns its id, a non-negative 31-bit integer. */
  after(lane: number, handler: number, kind: number, a: number, b: number): number {
    const ring = this.lanes[lane];
    const timeNs = this.nowNs + ring.delayNs;
    assert(timeNs <= LATEST_NS, 'virtual time past 2^53 ns');
    const key = this.nextKey(ring.phase);
    this.pending++;
    // A place that a parked event still goes by is not given to another one, though millions passed since.
    if (ring.full || (this.parked.size > 0 && this.parked.has(ring.nextId())))
      return IN_HEAP | this.heap.push(timeNs, key, handler, kind, a, b);
    // A permuted key may be below that of an earlier event of the same instant; the lane keeps its order all the same.
    if (ring.empty) this.heads.enter(lane, timeNs, key);
    return ring.push(timeNs, key, handler, kind, a, b);
  }

  /** Schedules an event at an instant that is not in the past. Returns its id, a non-negative 31-bit integer. */
  at(atNs: number, phase: number, handler: number, kind: number, a: number, b: number): number {
    assert(atNs >= this.nowNs && Number.isInteger(atNs), 'an event in the past or at a fractional instant');
    assert(atNs <= LATEST_NS, 'virtual time past 2^53 ns');
    this.pending++;
    return IN_HEAP | this.heap.push(atNs, this.nextKey(phase), handler, kind, a, b);
  }

  /** Takes back an event that has not been carried out yet; anything else is an assertion. */
  cancel(id: number): void {
    if (this.parked.size > 0 && this.unpark(id)) return;
    assert(this.isWaiting(id), 'cancel of an event that is no longer pending');
    this.pending--;
    if ((id & IN_HEAP) !== 0) this.heap.cancel(id & ~IN_HEAP);
    else {
      const ring = this.lanes[laneOf(id)];
      if (ring.id() === id) this.shiftLane(ring, laneOf(id));
      else ring.cancel(id);
    }
  }

  /** True until the event of this id is carried out or cancelled; a parked one counts as pending. */
  isPending(id: number): boolean {
    return this.parked.has(id) || this.isWaiting(id);
  }

  /**
   * Keeps the event that is being carried out under its id, for a handler that cannot deal with it now. Only as the first thing
   * that `onEvent` does. {@link unpark} ends it; `cancel` too. A parked event has no instant any more.
   */
  park(): number {
    const { current } = this;
    const id = (current & IN_HEAP) === 0 ? current : IN_HEAP | this.heap.slots.retain(current & ~IN_HEAP);
    this.parked.add(id);
    return id;
  }

  /** Ends the keeping of a parked event; false if it was cancelled meanwhile. */
  unpark(id: number): boolean {
    if (!this.parked.delete(id)) return false;
    if ((id & IN_HEAP) !== 0) this.heap.slots.release(this.heap.slots.slotOf(id & ~IN_HEAP));
    return true;
  }

  /** Instant of the next event; Infinity if none is pending. */
  nextNs(): number {
    const laneNs = this.heads.earliest();
    const heapNs = this.heap.earliest();
    return heapNs < laneNs ? heapNs : laneNs;
  }

  /**
   * Carries out all events up to and including `limitNs`, which is not in the past, at most `maxEvents` of them. Time then stands at
   * `limitNs`, or at the last event if the event limit came first: if one more was due.
   */
  runUntil(limitNs: number, maxEvents = Infinity): RunOutcome {
    assert(limitNs >= this.nowNs, 'a run to an instant in the past');
    const { heap, heads } = this;
    const { slots } = heap;
    let left = maxEvents;
    for (;;) {
      const laneNs = heads.earliest();
      const heapNs = heap.earliest();
      const timeNs = heapNs < laneNs ? heapNs : laneNs;
      if (timeNs > limitNs || timeNs === Infinity) break;
      if (left <= 0) return RunOutcome.eventLimit;
      const fromHeap = heapNs < laneNs || (heapNs === laneNs && slots.key(heap.first()) < heads.firstKey());
      this.nowNs = timeNs;
      this.pending--;
      left--;
      if (fromHeap) {
        const slot = heap.first();
        const handler = slots.handler(slot);
        const kind = slots.kind(slot);
        const a = slots.a(slot);
        const b = slots.b(slot);
        heap.shift();
        this.current = IN_HEAP | slot;
        this.carryOut(handler, kind, a, b);
      } else {
        const lane = heads.first();
        const ring = this.lanes[lane];
        const handler = ring.handler();
        const kind = ring.kind();
        const a = ring.a();
        const b = ring.b();
        this.current = ring.id();
        this.shiftLane(ring, lane);
        this.carryOut(handler, kind, a, b);
      }
    }
    if (this.pending === 0) {
      if (limitNs !== Infinity) this.nowNs = limitNs;
      return RunOutcome.idle;
    }
    assert(limitNs !== Infinity, 'a run without limit that left events behind');
    this.nowNs = limitNs;
    return RunOutcome.reached;
  }

  private carryOut(handler: number, kind: number, a: number, b: number): void {
    if (this.trace !== undefined) this.trace(this.executed, this.nowNs, handler, kind, a, b);
    this.executed++;
    this.handlers[handler].onEvent(kind, a, b);
  }

  /** The key of the next event: by phase, then in order of scheduling, or permuted. */
  private nextKey(phase: number): number {
    const sequence = this.sequence++;
    if (this.tieSeed === undefined) return phase * PHASE_SPAN + sequence;
    return phase * PHASE_SPAN + (mix32(sequence | 0, this.tieSeed) >>> 0) * 16384 + (sequence & 16383);
  }

  private isWaiting(id: number): boolean {
    return (id & IN_HEAP) === 0 ? this.lanes[laneOf(id)].has(id) : this.heap.slots.isLive(id & ~IN_HEAP);
  }

  /** Takes the front of a lane off. */
  private shiftLane(ring: LaneRing, lane: number): void {
    ring.shift();
    if (ring.empty) this.heads.leave(lane);
    else this.heads.replace(lane, ring.time(), ring.key());
  }
}
