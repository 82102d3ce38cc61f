/**
 * The kernel: virtual time and the total order of events.
 *
 * An event is five numbers (handler, kind, a, b and the instant) in one typed array; nothing is allocated for it. Events are
 * carried out in the order (time, phase, sequence), so that all work of an instant is drained before time moves, and two runs
 * of one world do the same things in the same order. Constant delays wait in lanes, all others in a heap, both under that one
 * order. Cancelling frees the event at once; its place in heap or lane is dropped when it comes up.
 *
 * Not modelled: real time, priorities within a phase, more than 16.7 million pending events.
 */
import { assert } from './assert.js';
import { EventHeap } from './heap.js';
import { LaneRing } from './lane.js';
import { LaneHeads } from './lane-heads.js';
import { LATEST_NS } from './time.js';
import { mix32 } from './mix.js';
import { widened } from './columns.js';

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

const SLOT_BITS = 24;
const SLOT_MASK = (1 << SLOT_BITS) - 1;
const GENERATION_MASK = 0x7f;

/**
 * A slot is 32 octets, half a line of the processor's cache, because an event that waited long is cold when it comes due: three
 * doubles and, in the last eight octets, two 32-bit integers.
 */
const SLOT_DOUBLES = 4;
const KEY = 0;
const A = 1;
const B = 2;
const SLOT_INTS = 8;
/** Handler in the low 23 bits, then whether the event waits in the heap, then the generation. */
const HEAD = 6;
const KIND = 7;
const IN_HEAP = 1 << 23;
const HANDLER_MASK = IN_HEAP - 1;
/** All but the sign bit, into which the generation must not run over. */
const GENERATIONS = 0x7fffffff;
const PHASE_SPAN = 2 ** 46;
const FREE = -1;
/** In the place of a key: the event came due, and its owner keeps it for later ({@link Kernel.park}). */
const PARKED = -2;

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
  private heapDead = 0;
  private readonly lanes: LaneRing[] = [];
  private readonly heads = new LaneHeads();

  /** The slots as doubles, and the same memory as integers. */
  private doubles = freeFrom(new Float64Array(1024 * SLOT_DOUBLES), 0);
  private ints = new Int32Array(this.doubles.buffer);
  private freeSlots = new Int32Array(1024);
  private freeCount = 0;
  private usedSlots = 0;
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
    const lane = this.lanes.push(new LaneRing(delayNs, phase)) - 1;
    this.heads.reach(lane);
    return lane;
  }

  /** Schedules an event after the lane's delay. */
  after(lane: number, handler: number, kind: number, a: number, b: number): number {
    const ring = this.lanes[lane];
    const timeNs = this.nowNs + ring.delayNs;
    assert(timeNs <= LATEST_NS, 'virtual time past 2^53 ns');
    const slot = this.takeSlot(ring.phase, handler, 0, kind, a, b);
    const key = this.doubles[slot * SLOT_DOUBLES + KEY];
    // A permuted key may be below that of an earlier event of the same instant; the lane keeps its order all the same.
    if (ring.empty) this.heads.enter(lane, timeNs, key);
    ring.push(timeNs, key, slot);
    return this.idOf(slot);
  }

  /** Schedules an event at an instant that is not in the past. */
  at(atNs: number, phase: number, handler: number, kind: number, a: number, b: number): number {
    assert(atNs >= this.nowNs && Number.isInteger(atNs), 'an event in the past or at a fractional instant');
    assert(atNs <= LATEST_NS, 'virtual time past 2^53 ns');
    const slot = this.takeSlot(phase, handler, IN_HEAP, kind, a, b);
    this.heap.push(atNs, this.doubles[slot * SLOT_DOUBLES + KEY], slot);
    return this.idOf(slot);
  }

  /** Takes back an event that has not been carried out yet; anything else is an assertion. */
  cancel(id: number): void {
    const slot = id & SLOT_MASK;
    assert(this.isPending(id), 'cancel of an event that is no longer pending');
    if (this.doubles[slot * SLOT_DOUBLES + KEY] === PARKED) {
      this.freeParked(slot);
      return;
    }
    if ((this.ints[slot * SLOT_INTS + HEAD] & IN_HEAP) !== 0) this.heapDead++;
    this.freeSlot(slot);
    if (this.heapDead > 1024 && this.heapDead * 2 > this.heap.size) {
      this.heap.prune((key, dead) => this.doubles[dead * SLOT_DOUBLES + KEY] !== key);
      this.heapDead = 0;
    }
  }

  /** True until the event of this id is carried out or cancelled; a parked one counts as pending. */
  isPending(id: number): boolean {
    const slot = id & SLOT_MASK;
    return this.doubles[slot * SLOT_DOUBLES + KEY] !== FREE && this.idOf(slot) === id;
  }

  /**
   * Keeps the event that is being carried out under its id, for a handler that cannot deal with it now. Only as the first thing
   * that `onEvent` does. {@link unpark} ends it; `cancel` too. A parked event has no instant any more.
   */
  park(): number {
    assert(this.freeCount > 0, 'parking outside of an event');
    const slot = this.freeSlots[--this.freeCount];
    const head = this.ints[slot * SLOT_INTS + HEAD];
    const generation = ((head >>> SLOT_BITS) - 1) & GENERATION_MASK;
    this.ints[slot * SLOT_INTS + HEAD] = (head & SLOT_MASK) | (generation << SLOT_BITS);
    this.doubles[slot * SLOT_DOUBLES + KEY] = PARKED;
    return this.idOf(slot);
  }

  /** Ends the keeping of a parked event; false if it was cancelled meanwhile. */
  unpark(id: number): boolean {
    if (!this.isPending(id)) return false;
    this.freeParked(id & SLOT_MASK);
    return true;
  }

  /** Instant of the next event; Infinity if none is pending. */
  nextNs(): number {
    const lane = this.earliestLane();
    const laneTime = lane < 0 ? Infinity : this.heads.timeOf(lane);
    this.dropDeadHeapHead();
    return this.heap.size > 0 && this.heap.minTime() < laneTime ? this.heap.minTime() : laneTime;
  }

  /**
   * Carries out all events up to and including `limitNs`, at most `maxEvents` of them. Time then stands at `limitNs`, or at the
   * last event if the event limit came first.
   */
  runUntil(limitNs: number, maxEvents = Infinity): RunOutcome {
    let left = maxEvents;
    for (;;) {
      if (left <= 0) return RunOutcome.eventLimit;
      const lane = this.earliestLane();
      let timeNs = lane < 0 ? Infinity : this.heads.timeOf(lane);
      let slot: number;
      this.dropDeadHeapHead();
      const { heap } = this;
      if (
        heap.size > 0 &&
        (heap.minTime() < timeNs || (heap.minTime() === timeNs && heap.minKey() < this.heads.keyOf(lane)))
      ) {
        timeNs = heap.minTime();
        if (timeNs > limitNs) break;
        slot = heap.minSlot();
        heap.shift();
      } else {
        if (lane < 0 || timeNs > limitNs) break;
        slot = this.lanes[lane].headSlot();
        this.shiftLane(lane);
      }
      this.nowNs = timeNs;
      const handler = this.ints[slot * SLOT_INTS + HEAD] & HANDLER_MASK;
      const kind = this.ints[slot * SLOT_INTS + KIND];
      const a = this.doubles[slot * SLOT_DOUBLES + A];
      const b = this.doubles[slot * SLOT_DOUBLES + B];
      this.freeSlot(slot);
      if (this.trace !== undefined) this.trace(this.executed, timeNs, handler, kind, a, b);
      this.executed++;
      left--;
      this.handlers[handler].onEvent(kind, a, b);
    }
    if (this.pending === 0) {
      if (limitNs !== Infinity) this.nowNs = limitNs;
      return RunOutcome.idle;
    }
    assert(limitNs !== Infinity, 'a run without limit that left events behind');
    this.nowNs = limitNs;
    return RunOutcome.reached;
  }

  private takeSlot(
    phase: number,
    handler: number,
    inHeap: number,
    kind: number,
    a: number,
    b: number,
  ): number {
    let slot: number;
    if (this.freeCount > 0) slot = this.freeSlots[--this.freeCount];
    else {
      if (this.usedSlots === this.freeSlots.length) this.enlarge();
      slot = this.usedSlots++;
      assert(slot <= SLOT_MASK, 'more than 16.7 million pending events');
    }
    const sequence = this.sequence++;
    const { doubles, ints } = this;
    const double = slot * SLOT_DOUBLES;
    const int = slot * SLOT_INTS;
    doubles[double + KEY] =
      phase * PHASE_SPAN +
      (this.tieSeed === undefined
        ? sequence
        : (mix32(sequence | 0, this.tieSeed) >>> 0) * 16384 + (sequence & 16383));
    doubles[double + A] = a;
    doubles[double + B] = b;
    ints[int + HEAD] = (ints[int + HEAD] & ~SLOT_MASK) | inHeap | handler;
    ints[int + KIND] = kind;
    this.pending++;
    return slot;
  }

  private freeSlot(slot: number): void {
    this.doubles[slot * SLOT_DOUBLES + KEY] = FREE;
    const head = this.ints[slot * SLOT_INTS + HEAD];
    this.ints[slot * SLOT_INTS + HEAD] = (head + (1 << SLOT_BITS)) & GENERATIONS;
    this.freeSlots[this.freeCount++] = slot;
    this.pending--;
  }

  private idOf(slot: number): number {
    return slot | (this.ints[slot * SLOT_INTS + HEAD] & ~SLOT_MASK);
  }

  private freeParked(slot: number): void {
    this.freeSlot(slot);
    this.pending++;
  }

  private dropDeadHeapHead(): void {
    const { heap } = this;
    while (heap.size > 0 && this.doubles[heap.minSlot() * SLOT_DOUBLES + KEY] !== heap.minKey()) {
      heap.shift();
      this.heapDead--;
    }
  }

  /** The lane with the earliest live head; -1 if all are empty. */
  private earliestLane(): number {
    for (;;) {
      const lane = this.heads.earliest();
      if (lane < 0) return -1;
      const ring = this.lanes[lane];
      if (this.doubles[ring.headSlot() * SLOT_DOUBLES + KEY] === ring.headKey()) return lane;
      this.shiftLane(lane);
    }
  }

  /** Takes the head of the earliest lane off. */
  private shiftLane(lane: number): void {
    const ring = this.lanes[lane];
    ring.shift();
    if (ring.empty) this.heads.leave(lane);
    else this.heads.replace(lane, ring.headTime(), ring.headKey());
  }

  private enlarge(): void {
    const { doubles } = this;
    this.doubles = freeFrom(widened(doubles, new Float64Array(doubles.length * 2)), doubles.length);
    this.ints = new Int32Array(this.doubles.buffer);
    this.freeSlots = widened(this.freeSlots, new Int32Array(this.freeSlots.length * 2));
  }
}

/** Marks the slots from this double on as free. */
function freeFrom(doubles: Float64Array<ArrayBuffer>, first: number): Float64Array<ArrayBuffer> {
  for (let i = first; i < doubles.length; i += SLOT_DOUBLES) doubles[i + KEY] = FREE;
  return doubles;
}
