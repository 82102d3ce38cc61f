/**
 * Messages that were offered and are not answered yet, one queue for each pair of sender and recipient, because a client has
 * at most one MESSAGE pending to a recipient (RFC 3428 section 8, rules 2.6). Pools of typed arrays with free lists: a queue
 * exists only while it holds something, and finding it costs one step whatever waits elsewhere.
 *
 * Not modelled: giving a message up before it was sent, however long its sender stays off the network.
 */
import { assert } from '../../../sim/kernel/assert.js';
import { widened } from '../../../sim/kernel/columns.js';
import { NONE } from '../client-table.js';
import type { PagerOffer } from '../config.js';

const FIRST_SLOTS = 64;
/** Slots fit into the token of a transaction beside its kind. */
export const OFFERS_LIMIT = 1 << 28;

/** What the body of an offer is. */
export const Content = {
  /** text/plain, the octets of the workload. */
  plain: 0,
  /** The same in message/cpim, which asks for notifications (RFC 5438). */
  asking: 1,
  /** message/cpim that is a notification. */
  notification: 2,
} as const;

export class Outbox {
  /** Offers held. */
  held = 0;
  /** Of an offer slot. */
  message = new Float64Array(FIRST_SLOTS);
  recipient = new Int32Array(FIRST_SLOTS);
  sender = new Int32Array(FIRST_SLOTS);
  sizeOctets = new Int32Array(FIRST_SLOTS);
  expiresS = new Float64Array(FIRST_SLOTS);
  intendedAtNs = new Float64Array(FIRST_SLOTS);
  anonymous = new Uint8Array(FIRST_SLOTS);
  /** Wall clock at which it left first, in milliseconds since 1970: its Date also if it leaves again, since it is the same message. */
  writtenAtMs = new Float64Array(FIRST_SLOTS);
  /** 1 if it was put back once. */
  again = new Uint8Array(FIRST_SLOTS);
  /** {@link Content}. */
  content = new Uint8Array(FIRST_SLOTS);
  /** Body of a notification, held for the slot; 0 for other messages. */
  body = new Int32Array(FIRST_SLOTS);
  /** Next offer of the same queue, or next free slot. */
  private nextOffer = new Int32Array(FIRST_SLOTS);
  private queueOf = new Int32Array(FIRST_SLOTS);
  private usedOffers = 0;
  private freeOffer = NONE;

  /** Of a queue. */
  private head = new Int32Array(FIRST_SLOTS);
  private tail = new Int32Array(FIRST_SLOTS);
  private pending = new Uint8Array(FIRST_SLOTS);
  /** Next queue in the same hash bucket, or next free queue. */
  private nextInBucket = new Int32Array(FIRST_SLOTS);
  private nextOfSender = new Int32Array(FIRST_SLOTS);
  private previousOfSender = new Int32Array(FIRST_SLOTS);
  private usedQueues = 0;
  private freeQueue = NONE;
  private buckets = new Int32Array(FIRST_SLOTS).fill(NONE);
  /** First and last queue of each sender. */
  private readonly firstOfSender: Int32Array;
  private readonly lastOfSender: Int32Array;

  constructor(subscribers: number) {
    this.firstOfSender = new Int32Array(subscribers).fill(NONE);
    this.lastOfSender = new Int32Array(subscribers).fill(NONE);
  }

  /** Takes an offer to the end of its queue. Returns its slot if it is the first there, else `NONE`: it has to wait. */
  add(offer: PagerOffer): number {
    const { sender, recipient } = offer;
    const slot = this.takeOffer();
    this.message[slot] = offer.message;
    this.sender[slot] = sender;
    this.recipient[slot] = recipient;
    this.sizeOctets[slot] = offer.sizeOctets;
    this.expiresS[slot] = offer.expiresS;
    this.intendedAtNs[slot] = offer.intendedAtNs;
    this.anonymous[slot] = offer.anonymous ? 1 : 0;
    this.again[slot] = 0;
    this.body[slot] = offer.notification ?? 0;
    if (offer.notification !== undefined) this.content[slot] = Content.notification;
    else this.content[slot] = offer.asksNotification === true ? Content.asking : Content.plain;
    this.nextOffer[slot] = NONE;
    this.held++;
    const queue = this.find(sender, recipient);
    if (queue !== NONE) {
      this.queueOf[slot] = queue;
      this.nextOffer[this.tail[queue]] = slot;
      this.tail[queue] = slot;
      return NONE;
    }
    this.openQueue(slot, sender, recipient);
    return slot;
  }

  /** The first offer of the queue leaves: nothing more of it until `settle`. */
  markPending(slot: number): void {
    const queue = this.queueOf[slot];
    assert(
      this.head[queue] === slot && this.pending[queue] === 0,
      'a second MESSAGE to one recipient is pending',
    );
    this.pending[queue] = 1;
  }

  /** The pending offer may leave once more, before all others of its queue. False if that is so for the second time. */
  putBack(slot: number): boolean {
    if (this.again[slot] === 1) return false;
    this.again[slot] = 1;
    this.pending[this.queueOf[slot]] = 0;
    return true;
  }

  /** The pending offer is answered and leaves the outbox. Returns the next of its queue, or `NONE`. */
  settle(slot: number): number {
    const queue = this.queueOf[slot];
    assert(
      this.head[queue] === slot && this.pending[queue] === 1,
      'an answer to a MESSAGE that is not pending',
    );
    this.pending[queue] = 0;
    const next = this.nextOffer[slot];
    this.nextOffer[slot] = this.freeOffer;
    this.freeOffer = slot;
    this.held--;
    if (next === NONE) this.closeQueue(queue, this.sender[slot], this.recipient[slot]);
    else this.head[queue] = next;
    return next;
  }

  /** First queue of `sender` in order of opening; `NONE` if she has none. */
  firstQueue(sender: number): number {
    return this.firstOfSender[sender];
  }

  nextQueue(queue: number): number {
    return this.nextOfSender[queue];
  }

  /** The offer at the head of `queue`, pending or not. */
  first(queue: number): number {
    return this.head[queue];
  }

  /** The offer of `queue` that may leave; `NONE` if one is pending. */
  ready(queue: number): number {
    return this.pending[queue] === 1 ? NONE : this.head[queue];
  }

  private find(sender: number, recipient: number): number {
    let queue = this.buckets[this.bucketOf(sender, recipient)];
    while (queue !== NONE) {
      const slot = this.head[queue];
      if (this.sender[slot] === sender && this.recipient[slot] === recipient) return queue;
      queue = this.nextInBucket[queue];
    }
    return NONE;
  }

  private bucketOf(sender: number, recipient: number): number {
    const hash = Math.imul(sender ^ Math.imul(recipient, 0x9e3779b1), 0x85ebca6b);
    return (hash ^ (hash >>> 15)) & (this.buckets.length - 1);
  }

  private openQueue(slot: number, sender: number, recipient: number): void {
    let queue = this.freeQueue;
    if (queue !== NONE) this.freeQueue = this.nextInBucket[queue];
    else {
      if (this.usedQueues === this.head.length) this.growQueues();
      queue = this.usedQueues++;
    }
    this.queueOf[slot] = queue;
    this.head[queue] = this.tail[queue] = slot;
    this.pending[queue] = 0;
    const bucket = this.bucketOf(sender, recipient);
    this.nextInBucket[queue] = this.buckets[bucket];
    this.buckets[bucket] = queue;
    const last = this.lastOfSender[sender];
    this.previousOfSender[queue] = last;
    this.nextOfSender[queue] = NONE;
    if (last === NONE) this.firstOfSender[sender] = queue;
    else this.nextOfSender[last] = queue;
    this.lastOfSender[sender] = queue;
  }

  private closeQueue(queue: number, sender: number, recipient: number): void {
    const bucket = this.bucketOf(sender, recipient);
    if (this.buckets[bucket] === queue) this.buckets[bucket] = this.nextInBucket[queue];
    else {
      let before = this.buckets[bucket];
      while (this.nextInBucket[before] !== queue) before = this.nextInBucket[before];
      this.nextInBucket[before] = this.nextInBucket[queue];
    }
    const previous = this.previousOfSender[queue];
    const next = this.nextOfSender[queue];
    if (previous === NONE) this.firstOfSender[sender] = next;
    else this.nextOfSender[previous] = next;
    if (next === NONE) this.lastOfSender[sender] = previous;
    else this.previousOfSender[next] = previous;
    this.nextInBucket[queue] = this.freeQueue;
    this.freeQueue = queue;
  }

  private takeOffer(): number {
    const free = this.freeOffer;
    if (free !== NONE) {
      this.freeOffer = this.nextOffer[free];
      return free;
    }
    if (this.usedOffers === this.message.length) this.growOffers();
    assert(this.usedOffers < OFFERS_LIMIT, 'more offers than a token can name');
    return this.usedOffers++;
  }

  private growOffers(): void {
    const length = this.message.length * 2;
    this.message = widened(this.message, new Float64Array(length));
    this.recipient = widened(this.recipient, new Int32Array(length));
    this.sender = widened(this.sender, new Int32Array(length));
    this.sizeOctets = widened(this.sizeOctets, new Int32Array(length));
    this.expiresS = widened(this.expiresS, new Float64Array(length));
    this.intendedAtNs = widened(this.intendedAtNs, new Float64Array(length));
    this.anonymous = widened(this.anonymous, new Uint8Array(length));
    this.writtenAtMs = widened(this.writtenAtMs, new Float64Array(length));
    this.again = widened(this.again, new Uint8Array(length));
    this.content = widened(this.content, new Uint8Array(length));
    this.body = widened(this.body, new Int32Array(length));
    this.nextOffer = widened(this.nextOffer, new Int32Array(length));
    this.queueOf = widened(this.queueOf, new Int32Array(length));
  }

  private growQueues(): void {
    const length = this.head.length * 2;
    this.head = widened(this.head, new Int32Array(length));
    this.tail = widened(this.tail, new Int32Array(length));
    this.pending = widened(this.pending, new Uint8Array(length));
    this.nextInBucket = widened(this.nextInBucket, new Int32Array(length));
    this.nextOfSender = widened(this.nextOfSender, new Int32Array(length));
    this.previousOfSender = widened(this.previousOfSender, new Int32Array(length));
    this.rehash(length);
  }

  /** Spreads the open queues, which are those of all senders, over twice the buckets. */
  private rehash(length: number): void {
    this.buckets = new Int32Array(length).fill(NONE);
    for (let sender = 0; sender < this.firstOfSender.length; sender++) {
      for (let queue = this.firstOfSender[sender]; queue !== NONE; queue = this.nextOfSender[queue]) {
        const slot = this.head[queue];
        const bucket = this.bucketOf(this.sender[slot], this.recipient[slot]);
        this.nextInBucket[queue] = this.buckets[bucket];
        this.buckets[bucket] = queue;
      }
    }
  }
}
