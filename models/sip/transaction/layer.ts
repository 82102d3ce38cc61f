/**
 * The transaction layer: interpreter, records, key indexes and timers put together. It owns what a transaction holds and gives
 * all of it back when it ends; what goes over the wire and what the user hears is its owner's (`endpoint.ts`).
 *
 * Outputs are drained in order. A transaction that ended is freed only when the outermost call is done, so the user can still
 * read it in the call that tells her of its end, whatever else she starts there.
 */
import type { Block, Lane, Ports } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import { Method } from '../../wire/sip/head/methods.js';
import { profileOf, type Leg } from '../legs.js';
import { Flag, Records } from './records.js';
import type { ServerKey } from './server-key.js';
import { SlotIndex } from './slot-index.js';
import { type Event, Machine, State } from './tables.js';
import { delayNs, DELAYS } from './timers.js';
import { Out } from './out-queue.js';
import { Transactions } from './transactions.js';

/** First timer kind of the endpoint; actors use kinds outside [SIP_TIMER_KINDS, SIP_TIMER_KINDS + 16). */
export const SIP_TIMER_KINDS = 1000;
export const TimerKind = {
  repeat: SIP_TIMER_KINDS,
  life: SIP_TIMER_KINDS + 1,
  idle: SIP_TIMER_KINDS + 2,
} as const;

/** What the layer asks of its owner; every argument is a slot. */
export interface LayerOwner {
  /** Send the kept request or response; `ordinal` counts retransmissions by timer from 1, 0 for anything else. */
  transmit(slot: number, ordinal: number): void;
  sendAck(slot: number): void;
  send100(slot: number): void;
  deliver(slot: number): void;
  timedOut(slot: number): void;
  failed(slot: number): void;
  noAck(slot: number): void;
  /** The transaction is about to be freed. */
  ended(slot: number): void;
}

export class TransactionLayer {
  readonly machine: Transactions;
  readonly records = new Records();
  private readonly ports: Ports;
  private readonly owner: LayerOwner;
  private readonly lanes: Lane[] = new Array<Lane>(2 * DELAYS).fill(-1);
  private readonly clients = new SlotIndex();
  private readonly servers = new SlotIndex();
  private readonly merged = new SlotIndex();
  private readonly ended: number[] = [];
  private depth = 0;
  private firing = false;

  constructor(ports: Ports, owner: LayerOwner, limit: number) {
    this.ports = ports;
    this.owner = owner;
    this.machine = new Transactions(limit);
    this.records.fit(this.machine.capacity);
  }

  /** A new client transaction with the branch (hi, lo); 0 at the limit. Nothing is sent before `feed(slot, Event.start)`. */
  openClient(method: Method, leg: Leg, hi: number, lo: number): number {
    const slot = this.machine.open(method === Method.invite ? Machine.inviteClient : Machine.client, leg);
    if (slot === 0) return 0;
    const { records } = this;
    records.fit(this.machine.capacity);
    records.clear(slot);
    records.method[slot] = method;
    records.hashA[slot] = hi;
    records.hashB[slot] = lo;
    this.clients.insert(slot, lo);
    return slot;
  }

  /** A new server transaction with `key`, whose block it takes over; 0 at the limit. */
  openServer(method: Method, leg: Leg, key: ServerKey): number {
    const slot = this.machine.open(method === Method.invite ? Machine.inviteServer : Machine.server, leg);
    if (slot === 0) return 0;
    const { records } = this;
    records.fit(this.machine.capacity);
    records.clear(slot);
    records.method[slot] = method;
    records.hashA[slot] = key.hash;
    records.key[slot] = key.take();
    records.keyLength[slot] = key.length;
    records.mergedLength[slot] = 0;
    this.servers.insert(slot, key.hash);
    if (key.outOfDialog) {
      records.flags[slot] = Flag.outOfDialog;
      records.hashB[slot] = key.mergedHash;
      records.mergedLength[slot] = key.mergedLength;
      this.merged.insert(slot, key.mergedHash);
    }
    return slot;
  }

  /** The client transaction of a response with this branch and CSeq method; 0 if there is none. */
  findClient(hi: number, lo: number, method: Method): number {
    const { records, clients } = this;
    for (let at = clients.find(lo); at >= 0; at = clients.findNext(at, lo)) {
      const slot = clients.slotAt(at);
      if (records.hashA[slot] === hi && records.method[slot] === method) return slot;
    }
    return 0;
  }

  /** The server transaction with this key and method or, if `cancelled`, the one that a CANCEL with this key means. */
  findServer(key: ServerKey, method: Method, cancelled: boolean): number {
    const { records, servers } = this;
    for (let at = servers.find(key.hash); at >= 0; at = servers.findNext(at, key.hash)) {
      const slot = servers.slotAt(at);
      const fits = cancelled ? records.method[slot] !== Method.cancel : records.method[slot] === method;
      if (fits && key.equals(records.key[slot], records.keyLength[slot])) return slot;
    }
    return 0;
  }

  /**
   * True if the key's request is merged: an ongoing transaction has its From tag, Call-ID and CSeq, but another key. Each local address
   * is a user agent of its own: several devices of one user get the same request rightly.
   */
  isMerged(key: ServerKey, method: Method, local: number): boolean {
    if (!key.outOfDialog) return false;
    const { records, merged } = this;
    for (let at = merged.find(key.mergedHash); at >= 0; at = merged.findNext(at, key.mergedHash)) {
      const slot = merged.slotAt(at);
      if (records.method[slot] !== method || records.local[slot] !== local) continue;
      if (key.mergedEquals(records.key[slot], records.keyLength[slot], records.mergedLength[slot]))
        return true;
    }
    return false;
  }

  /** Feeds an event and does what follows from it. */
  feed(slot: number, event: Event): void {
    this.machine.handle(slot, event);
    this.drain();
  }

  /** Ends all transactions of `local` without a word. */
  forget(local: number): void {
    const { machine, records } = this;
    for (let slot = 1; slot < machine.capacity; slot++) if (records.local[slot] === local) machine.drop(slot);
    this.drain();
  }

  onTimer(kind: number, slot: number): void {
    this.firing = true;
    if (kind === TimerKind.repeat) this.machine.repeatFired(slot);
    else this.machine.lifeFired(slot);
    this.drain();
    this.firing = false;
  }

  /** Carries out the queued outputs. */
  drain(): void {
    const { out } = this.machine;
    this.depth++;
    while (out.next()) this.carryOut(out.op, out.slot, out.argument);
    this.depth--;
    if (this.depth > 0) return;
    while (this.ended.length > 0) this.free(this.ended.pop() as number);
  }

  private carryOut(op: Out, slot: number, argument: number): void {
    const { records, ports, owner } = this;
    switch (op) {
      case Out.send:
        owner.transmit(
          slot,
          this.firing && this.machine.awaitsAck(slot) ? this.machine.intervalsOf(slot) : 0,
        );
        return;
      case Out.repeat:
        // The back-off of the same row is already counted when its outputs are drained.
        owner.transmit(slot, this.firing ? this.machine.intervalsOf(slot) : 0);
        return;
      case Out.sendAck:
        owner.sendAck(slot);
        return;
      case Out.send100:
        owner.send100(slot);
        return;
      case Out.startRepeat:
        records.repeatTimer[slot] = ports.timer.start(this.lane(slot, argument), TimerKind.repeat, slot, 0);
        return;
      case Out.stopRepeat:
        ports.timer.cancel(records.repeatTimer[slot]);
        return;
      case Out.startLife:
        records.lifeTimer[slot] = ports.timer.start(this.lane(slot, argument), TimerKind.life, slot, 0);
        return;
      case Out.stopLife:
        ports.timer.cancel(records.lifeTimer[slot]);
        return;
      case Out.deliver:
        owner.deliver(slot);
        return;
      case Out.timeout:
        owner.timedOut(slot);
        return;
      case Out.failed:
        owner.failed(slot);
        return;
      case Out.noAck:
        owner.noAck(slot);
        return;
      case Out.terminated:
        this.ended.push(slot);
    }
  }

  private lane(slot: number, delay: number): Lane {
    const profile = profileOf(this.machine.legOf(slot));
    const at = profile * DELAYS + delay;
    if (this.lanes[at] < 0) this.lanes[at] = this.ports.timer.lane(delayNs(profile, delay));
    return this.lanes[at];
  }

  private free(slot: number): void {
    const { machine, records } = this;
    const { octets } = this.ports;
    assert(machine.stateOf(slot) === State.terminated, 'a living transaction is freed');
    this.owner.ended(slot);
    records.releaseRequest(octets, slot);
    records.releaseResponse(octets, slot);
    if (machine.machineOf(slot) <= Machine.client) {
      this.clients.remove(slot, records.hashB[slot]);
    } else {
      this.servers.remove(slot, records.hashA[slot]);
      if ((records.flags[slot] & Flag.outOfDialog) !== 0) this.merged.remove(slot, records.hashB[slot]);
      const key: Block = records.key[slot];
      octets.release(key);
      records.key[slot] = 0;
    }
    machine.release(slot);
  }
}
