/**
 * The interpreter of the transaction tables: sans-IO, numbers in, numbers out. It knows states and timers; octets, addresses and
 * keys belong to the owner (`endpoint.ts`), which feeds events and drains outputs.
 *
 * State is a struct of arrays with a free list: opening and ending a transaction allocates nothing. A transaction is named by
 * slot and generation in 31 bits (`Tx`), so a stale name is recognised. At most two timers are pending for each: one that
 * repeats, one that ends a state.
 *
 * Contract
 * - `handle(slot, event)` queues outputs in the order of the row's actions; a row's `deliver` comes after its timers, and
 *   `terminated` last, after the stop of every timer still pending. The owner drains before anything else happens.
 * - An output is (op, slot, argument). A started timer is reported back by `repeatFired` or `lifeFired`, never after its stop.
 * - After `terminated` the slot is free only when the owner calls `release`.
 *
 * Time does not appear: delays are codes (`timers.ts`), relative to the instant at which the owner drains.
 */
import { widened } from '../../../sim/kernel/columns.js';
import { assert } from '../../../sim/kernel/assert.js';
import type { Leg } from '../legs.js';
import { profileOf } from '../legs.js';
import { cappedInterval, Delay, lifeDelay, repeatInterval } from './timers.js';
import { ACTIONS, ACTIONS_MAX, NEXT, NO_ROW, rowAt } from './compiled-tables.js';
import { Out, OutQueue } from './out-queue.js';
import { Action, Event, Machine, State } from './tables.js';
import type { Tx } from '../user.js';

const SLOT_BITS = 22;
/** Most transactions that one interpreter can name. */
export const MAX_TRANSACTIONS = (1 << SLOT_BITS) - 1;
const GENERATIONS = 511;
const INITIAL_SLOTS = 256;

/** Event of the repeat timer once a machine retransmits; servers start with the 100 instead. */
const REPEAT_EVENT: readonly Event[] = [Event.timerA, Event.timerE, Event.timerG, Event.timer100];
/** Event of the life timer by action, from `lifeB`. */
const LIFE_EVENT: readonly Event[] = [
  Event.timerB,
  Event.timerD,
  Event.timerF,
  Event.timerH,
  Event.timerI,
  Event.timerJ,
  Event.timerK,
  Event.timerL,
  Event.timerM,
];

export class Transactions {
  /** Transactions alive. */
  alive = 0;
  /** What the owner has to do, in this order. */
  readonly out = new OutQueue();
  private readonly limit: number;
  private slots = INITIAL_SLOTS;
  private state = new Uint8Array(INITIAL_SLOTS);
  private machine = new Uint8Array(INITIAL_SLOTS);
  private leg = new Uint8Array(INITIAL_SLOTS);
  /** How many intervals of the repeat timer passed. */
  private intervals = new Uint8Array(INITIAL_SLOTS);
  /** Event that the pending repeat and life timer will be; 255: not pending. */
  private repeatEvent = new Uint8Array(INITIAL_SLOTS).fill(NO_ROW);
  private lifeEvent = new Uint8Array(INITIAL_SLOTS).fill(NO_ROW);
  private generation = new Uint16Array(INITIAL_SLOTS);
  private nextFree = new Int32Array(INITIAL_SLOTS);
  private firstFree = 0;
  /** Slot 0 is never used, so that no transaction is named 0. */
  private fresh = 1;

  constructor(limit: number) {
    assert(limit > 0 && limit <= MAX_TRANSACTIONS, 'transaction limit out of range');
    this.limit = limit;
  }

  /** A slot for a new transaction in state `none`; 0 if the limit is reached. */
  open(machine: Machine, leg: Leg): number {
    if (this.alive === this.limit) return 0;
    let slot = this.firstFree;
    if (slot !== 0) this.firstFree = this.nextFree[slot];
    else {
      slot = this.fresh++;
      if (slot === this.slots) this.grow();
    }
    this.alive++;
    this.state[slot] = State.none;
    this.machine[slot] = machine;
    this.leg[slot] = leg;
    this.intervals[slot] = 0;
    return slot;
  }

  /** Applies the row of (state, event). The row must exist. */
  handle(slot: number, event: Event): void {
    const at = rowAt(this.machine[slot] as Machine, this.state[slot] as State, event);
    const next = NEXT[at];
    assert(next !== NO_ROW, 'a transaction got an event that cannot happen in its state');
    this.state[slot] = next;
    for (let i = at * ACTIONS_MAX, end = i + ACTIONS_MAX; i < end; i++) {
      const action = ACTIONS[i];
      if (action === Action.none) break;
      this.act(slot, action as Action);
    }
    if (this.state[slot] === State.terminated) this.terminate(slot);
  }

  /** True if there is a row: for inputs that a user may try at any time. */
  accepts(slot: number, event: Event): boolean {
    return NEXT[rowAt(this.machine[slot] as Machine, this.state[slot] as State, event)] !== NO_ROW;
  }

  /** The repeat timer of `slot` fired. The owner has forgotten its id. */
  repeatFired(slot: number): void {
    const event = this.repeatEvent[slot];
    assert(event !== NO_ROW, 'a repeat timer fired that was not pending');
    this.repeatEvent[slot] = NO_ROW;
    this.handle(slot, event as Event);
    if (event === Event.put2xx) this.nextRepeatOf2xx(slot, this.intervals[slot] + 1);
  }

  /** The life timer of `slot` fired. */
  lifeFired(slot: number): void {
    const event = this.lifeEvent[slot];
    assert(event !== NO_ROW, 'a life timer fired that was not pending');
    this.lifeEvent[slot] = NO_ROW;
    this.handle(slot, event as Event);
  }

  /** CANCEL left: the INVITE client transaction waits 64 T1 more at most (RFC 3261 section 9.1). */
  startCancelTimer(slot: number): void {
    assert(this.state[slot] === State.proceeding, 'CANCEL outside of Proceeding');
    this.stopLife(slot);
    this.lifeEvent[slot] = Event.timerCancel;
    this.out.push(Out.startLife, slot, Delay.t1x64);
  }

  /**
   * The user is a UAS that repeats its 2xx until the ACK comes: T1, doubling up to T2, over any transport (RFC 3261 section
   * 13.3.1.4). Ends in `acknowledged`, or with Timer L, which then says `noAck`.
   */
  repeatUntilAck(slot: number): void {
    assert(
      this.state[slot] === State.accepted && this.repeatEvent[slot] === NO_ROW,
      'repeats of a 2xx in another state',
    );
    this.nextRepeatOf2xx(slot, 0);
  }

  acknowledged(slot: number): void {
    if (this.repeatEvent[slot] === Event.put2xx) this.stopRepeat(slot);
  }

  /** True while a 2xx is repeated. */
  awaitsAck(slot: number): boolean {
    return this.repeatEvent[slot] === Event.put2xx;
  }

  /** Begins again on another leg, as if new (RFC 3261 section 18.1.1: TCP was refused, so UDP after all). */
  restart(slot: number, leg: Leg): void {
    assert(
      this.state[slot] === State.calling || this.state[slot] === State.trying,
      'restart of an answered request',
    );
    this.stopRepeat(slot);
    this.stopLife(slot);
    this.state[slot] = State.none;
    this.leg[slot] = leg;
    this.intervals[slot] = 0;
    this.handle(slot, Event.start);
  }

  /** Ends a transaction without a word: who it belonged to is no more. */
  drop(slot: number): void {
    if (this.state[slot] === State.none || this.state[slot] === State.terminated) return;
    this.state[slot] = State.terminated;
    this.terminate(slot);
  }

  /** Gives the slot back; its names become stale. */
  release(slot: number): void {
    assert(this.state[slot] === State.terminated, 'release of a living transaction');
    const idle = this.repeatEvent[slot] === NO_ROW && this.lifeEvent[slot] === NO_ROW;
    assert(idle, 'timer of a removed transaction');
    this.state[slot] = State.none;
    this.generation[slot] = (this.generation[slot] + 1) % GENERATIONS;
    this.nextFree[slot] = this.firstFree;
    this.firstFree = slot;
    this.alive--;
  }

  // ---- names and state ----

  /** The name of a slot in use. */
  nameOf(slot: number): Tx {
    return ((this.generation[slot] + 1) << SLOT_BITS) | slot;
  }

  /** The slot of a living transaction; 0 if the name is stale. */
  slotOf(tx: Tx): number {
    const slot = tx & MAX_TRANSACTIONS;
    if (slot === 0 || slot >= this.fresh || this.generation[slot] + 1 !== tx >>> SLOT_BITS) return 0;
    const state = this.state[slot];
    return state === State.none ? 0 : slot;
  }

  stateOf(slot: number): State {
    return this.state[slot] as State;
  }

  machineOf(slot: number): Machine {
    return this.machine[slot] as Machine;
  }

  legOf(slot: number): Leg {
    return this.leg[slot] as Leg;
  }

  /** How often the repeat timer of `slot` was set: the ordinal of a retransmission. */
  intervalsOf(slot: number): number {
    return this.intervals[slot];
  }

  /** Slots ever used, which the owner's columns must hold. */
  get capacity(): number {
    return this.slots;
  }

  // ---- within ----

  private act(slot: number, action: Action): void {
    switch (action) {
      case Action.send:
      case Action.repeat:
      case Action.sendAck:
      case Action.send100:
        this.out.push(action as Out, slot, 0);
        return;
      case Action.startRepeat:
        this.startRepeat(slot);
        return;
      case Action.backOff:
        this.nextRepeat(slot, repeatInterval(this.machineOf(slot), this.legOf(slot), ++this.intervals[slot]));
        return;
      case Action.repeatAtT2:
        this.intervals[slot]++;
        this.nextRepeat(slot, Delay.t2);
        return;
      case Action.stopRepeat:
        this.stopRepeat(slot);
        return;
      case Action.stopLife:
        this.stopLife(slot);
        return;
      case Action.deliver:
      case Action.timeout:
      case Action.failed:
        this.out.push((action - Action.deliver + Out.deliver) as Out, slot, 0);
        return;
      case Action.noAck:
        if (this.repeatEvent[slot] === Event.put2xx) this.out.push(Out.noAck, slot, 0);
        return;
      default:
        this.startLife(slot, action);
    }
  }

  private startRepeat(slot: number): void {
    const machine = this.machine[slot] as Machine;
    const state = this.state[slot];
    if (machine >= Machine.inviteServer && state !== State.completed) {
      this.repeatEvent[slot] = Event.timer100;
      this.out.push(
        Out.startRepeat,
        slot,
        machine === Machine.inviteServer ? Delay.invite100 : Delay.other100,
      );
      return;
    }
    this.intervals[slot] = 0;
    this.nextRepeat(slot, repeatInterval(machine, this.legOf(slot), 0));
  }

  private nextRepeat(slot: number, delay: Delay): void {
    if (delay === Delay.off) return;
    this.repeatEvent[slot] = REPEAT_EVENT[this.machine[slot]];
    this.out.push(Out.startRepeat, slot, delay);
  }

  private nextRepeatOf2xx(slot: number, interval: number): void {
    this.intervals[slot] = interval;
    this.repeatEvent[slot] = Event.put2xx;
    this.out.push(Out.startRepeat, slot, cappedInterval(profileOf(this.legOf(slot)), interval));
  }

  private stopRepeat(slot: number): void {
    if (this.repeatEvent[slot] === NO_ROW) return;
    this.repeatEvent[slot] = NO_ROW;
    this.out.push(Out.stopRepeat, slot, 0);
  }

  private startLife(slot: number, action: Action): void {
    this.stopLife(slot);
    const delay = lifeDelay(action, this.legOf(slot));
    const event = LIFE_EVENT[action - Action.lifeB];
    if (delay === Delay.zero) {
      this.state[slot] = NEXT[rowAt(this.machine[slot] as Machine, this.state[slot] as State, event)];
    } else {
      this.lifeEvent[slot] = event;
      this.out.push(Out.startLife, slot, delay);
    }
  }

  private stopLife(slot: number): void {
    if (this.lifeEvent[slot] === NO_ROW) return;
    this.lifeEvent[slot] = NO_ROW;
    this.out.push(Out.stopLife, slot, 0);
  }

  private terminate(slot: number): void {
    this.stopRepeat(slot);
    this.stopLife(slot);
    this.out.push(Out.terminated, slot, 0);
  }

  private grow(): void {
    const slots = this.slots * 2;
    this.state = widened(this.state, new Uint8Array(slots));
    this.machine = widened(this.machine, new Uint8Array(slots));
    this.leg = widened(this.leg, new Uint8Array(slots));
    this.intervals = widened(this.intervals, new Uint8Array(slots));
    this.repeatEvent = widened(this.repeatEvent, new Uint8Array(slots).fill(NO_ROW));
    this.lifeEvent = widened(this.lifeEvent, new Uint8Array(slots).fill(NO_ROW));
    this.generation = widened(this.generation, new Uint16Array(slots));
    this.nextFree = widened(this.nextFree, new Int32Array(slots));
    this.slots = slots;
  }
}
