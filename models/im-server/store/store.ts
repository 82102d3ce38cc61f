/**
 * The store of the Deferred Messaging Function (change request 12.2.2.3): writes records, keeps the index in step with what
 * is committed, deletes what left, and rebuilds the index after a crash.
 *
 * A message counts as stored when its commit completes, and is gone when its deletion is committed; between the two it is in
 * the index. Deletions are grouped: one commit is under way at a time, and takes all that asked meanwhile.
 *
 * Not here: decisions about a message (`deferral.ts`), pushing, metadata (`metadata.ts` watches the store).
 */
import { CommitStatus, type Block, type Ports, type RandomStream } from '../../../sim/host/ports.js';
import { assert } from '../../../sim/kernel/assert.js';
import { emptied } from '../../lists.js';
import { Observed } from '../../observations.js';
import type { ReceivedMessage } from '../../msrp/receiving/received-message.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { ALONE } from '../config.js';
import type { Deferral } from '../deferral/deferral.js';
import { Amendments } from './amendments.js';
import { Leaves, RowState, type DeferredIndex } from './deferred-index.js';
import { ExpiryQueue } from './expiry-queue.js';
import type { HeaderPolicy } from './header-policy.js';
import { PendingStores } from './pending-stores.js';
import { RecordWriter } from './record-writer.js';
import { observeLeft, observeStored, recordKey } from './store-observations.js';
import { At, RecordFault, RecordFlag, StoredRecord } from './record.js';

/** Key of the record that reserves message numbers; messages have `dm + 1`. */
const COUNTER_KEY = 0;
/** Message numbers are reserved in storage so many at a time, so that a restart never gives one out twice. */
const COUNTER_STEP = 4096;
const COUNTER_OCTETS = 8;
/** In place of the kept answer: a Large Message has none, its MSRP transaction is answered instead. */
const NO_RESPONSE = 0;

/** Keys from here on belong to others than the store: see {@link StoreWatcher}. */
export const OTHER_KEYS = 0x200000000;

/** What a commit token names, in its lowest two bits. */
const TOKEN = { save: 0, leave: 1, counter: 2, amend: 3 } as const;

/** What the store tells its owner. */
export interface StoreListener {
  /**
   * The message of `tx` is durable as `dm`; `response` is the answer kept for it, its hold goes with the call; `request0` and
   * `request1` are the digest of the request.
   */
  onStored(
    tx: number,
    user: number,
    dm: number,
    receivedAtNs: number,
    response: Block,
    length: number,
    request0: number,
    request1: number,
  ): void;
  /** The Large Message `handle` is durable as `dm`. */
  onLargeStored(handle: number, user: number, dm: number, receivedAtNs: number): void;
  /** Storage refused the Large Message `handle`. */
  onLargeFailed(handle: number, user: number, status: CommitStatus): void;
  /** Storage refused the message of `tx`; the hold of `response` goes with the call. */
  onStoreFailed(tx: number, user: number, status: CommitStatus, response: Block): void;
  /** A message, still in storage, will not be delivered: its lifetime is over, or it becomes a dead letter. */
  onUndeliverable(dm: number): void;
  /** A message that left is gone for good. */
  onGone(user: number, dm: number): void;
}

/** Who keeps something in step with the store. Every method is called in the order of what happened to a message. */
export interface StoreWatcher {
  /** A record of `user` is about to be committed; what is put into storage now, under {@link OTHER_KEYS}, goes with it. */
  onSaving(user: number): void;
  /** That commit failed. */
  onSaveFailed(user: number): void;
  /** A record is durable. */
  onKept(user: number, dm: number, random0: number, random1: number): void;
  /** A record is gone for good. */
  onLeft(user: number, dm: number, random0: number, random1: number): void;
}

export class DeferredStore {
  /** Set once, before anything is stored. */
  watcher: StoreWatcher | undefined;
  readonly expiries = new ExpiryQueue();
  private readonly pending = new PendingStores();
  private readonly writer: RecordWriter;
  private readonly amendments: Amendments;
  private readonly random: RandomStream;
  private readonly record = new StoredRecord();
  private leaving: number[] = [];
  private leavingNow: number[] = [];
  /** The servers of a cluster give out numbers in turns, so that none is given twice. */
  private nextDm: number;
  private reservedDm: number;
  private readonly dmStep: number;
  /** The last reservation of numbers did not become durable: make it again before the next number is given out. */
  private counterLost = false;

  constructor(
    private readonly ports: Ports,
    private readonly index: DeferredIndex,
    private readonly listener: StoreListener,
    writer: OctetWriter,
    policy: HeaderPolicy,
    cluster: { readonly instance: number; readonly instances: number } = ALONE,
  ) {
    this.writer = new RecordWriter(ports.octets, writer, policy);
    this.amendments = new Amendments(ports, index, TOKEN.amend);
    this.random = ports.random.stream('im-server/deferred-message-id');
    this.nextDm = this.reservedDm = cluster.instance;
    this.dmStep = cluster.instances;
  }

  /**
   * Rebuilds the index from what storage has: at the start, and after a crash. `visit` sees each record, in `buf`. Returns how
   * many messages there are.
   */
  recover(visit: (record: StoredRecord, buf: Buffer, nowNs: number) => void = () => {}): number {
    const { ports, index, record } = this;
    const nowNs = ports.now();
    ports.storage.scan((key, block, length) => {
      const start = ports.octets.start(block);
      if (key === COUNTER_KEY) {
        this.nextDm = ports.octets.buf.readDoubleLE(start);
        return;
      }
      if (key >= OTHER_KEYS) return;
      const fault = record.read(ports.octets.buf, start, start + length);
      assert(fault === RecordFault.none && record.dm + 1 === key, 'storage holds a record that is not ours');
      // Storage may have refused the reservation and then taken a message with a number from it.
      this.nextDm = Math.max(this.nextDm, record.dm + this.dmStep);
      const row = index.append(record.dm, record.user, length, record.receivedAtNs, record.expiresAtNs);
      index.random0[row] = record.random0;
      index.random1[row] = record.random1;
      index.wrappersRefused[row] = record.wrappersRefused;
      if (record.deadLettered) index.state[row] = RowState.deadLettered;
      else if (record.tooLarge) index.state[row] = RowState.passedOver;
      if (record.expiresAtNs >= 0) this.expiries.push(record.expiresAtNs, row, record.dm);
      visit(record, ports.octets.buf, nowNs);
    });
    this.reservedDm = this.nextDm;
    return index.rows;
  }

  /**
   * Writes the record of `message` and commits it; ends in `onStored` or `onStoreFailed` with `tx`. `response` is the answer
   * that may leave once the commit is complete; its hold is taken over.
   */
  save(
    tx: number,
    message: SipMessage,
    deferral: Deferral,
    receivedMs: number,
    response: Block,
    responseLength: number,
  ): void {
    this.prepare(deferral, receivedMs);
    const block = this.writer.writePager(message);
    const slot = this.commit(tx, deferral, block);
    this.pending.response[slot] = response;
    this.pending.responseLength[slot] = responseLength;
    this.pending.request0[slot] = deferral.request0;
    this.pending.request1[slot] = deferral.request1;
  }

  /** As `save`, for an assembled Large Message of the session that `invite` opened; ends in `onLargeStored` or `onLargeFailed`. */
  saveLarge(invite: SipMessage, message: ReceivedMessage, deferral: Deferral, receivedMs: number): void {
    this.prepare(deferral, receivedMs);
    const block = this.writer.writeLarge(invite, message);
    const slot = this.commit(message.handle, deferral, block);
    this.pending.response[slot] = NO_RESPONSE;
  }

  private prepare(deferral: Deferral, receivedMs: number): void {
    const { fields } = this.writer;
    fields.user = deferral.user;
    fields.dm = this.takeNumber();
    fields.receivedAtNs = this.ports.now();
    fields.receivedAtMs = receivedMs;
    fields.expiresAtNs = deferral.expiresAtNs;
    fields.anonymous = deferral.anonymous;
    fields.dateMs = deferral.dateMs;
    fields.random0 = this.random.int32();
    fields.random1 = this.random.int32();
  }

  private commit(tx: number, deferral: Deferral, block: Block): number {
    const { ports, pending, writer } = this;
    const { dm, receivedAtNs } = writer.fields;
    this.observeDrops(deferral.user, dm);
    const slot = pending.add(tx, deferral.user, dm, receivedAtNs, deferral.expiresAtNs, writer.length);
    this.index.promise(deferral.user, writer.length);
    ports.storage.put(recordKey(dm), block, writer.length);
    this.watcher?.onSaving(deferral.user);
    ports.storage.commit(slot * 4 + TOKEN.save);
    return slot;
  }

  /** From `Actor.onCommitted`. */
  onCommitted(token: number, status: CommitStatus): void {
    const kind = token & 3;
    if (kind === TOKEN.save) this.saved(token >>> 2, status);
    else if (kind === TOKEN.leave) this.left(status);
    else if (kind === TOKEN.counter) this.counterLost = status !== CommitStatus.ok;
    // For an amendment there is nothing to do: `amendments.ts` says why.
  }

  /** From `Actor.onUntold`: observes what the disk did, as long as it did not lie. */
  onUntold(token: number): void {
    const { ports, index } = this;
    const kind = token & 3;
    if (kind === TOKEN.save) {
      const slot = token >>> 2;
      const { dm, user, receivedAtNs, expiresAtNs, octets } = this.pending;
      if (ports.storage.read(recordKey(dm[slot])) === 0) return;
      observeStored(ports, user[slot], dm[slot], receivedAtNs[slot], expiresAtNs[slot], octets[slot]);
    } else if (kind === TOKEN.leave) {
      for (const row of this.leavingNow) {
        if (ports.storage.read(recordKey(index.dm[row])) === 0) observeLeft(ports, index, row);
      }
    }
  }

  /** A message leaves: delivered, or expired. It is gone once the deletion is committed. */
  leave(row: number, expired: boolean): void {
    this.leaveAs(row, expired ? Leaves.expired : Leaves.settled);
  }

  /** A message leaves because its user wants it deleted, unread. */
  discard(row: number): void {
    this.leaveAs(row, Leaves.discarded);
  }

  private leaveAs(row: number, why: Leaves): void {
    const { index } = this;
    assert(index.state[row] !== RowState.leaving, 'a deferred message leaves twice');
    index.state[row] = RowState.leaving;
    index.leavesAs[row] = why;
    if (why === Leaves.expired) this.listener.onUndeliverable(index.dm[row]);
    this.leaving.push(row);
    if (this.leavingNow.length === 0) this.commitLeaving();
  }

  /** The committed record of a row: its block, and its length is `index.octets`. */
  blockOf(row: number): Block {
    const block = this.ports.storage.read(recordKey(this.index.dm[row]));
    assert(block !== 0, 'an indexed message that storage does not have');
    return block;
  }

  /**
   * Takes every message whose lifetime is over out of the queue of instants, and lets it leave unless a SEND with it is under
   * way (then the push decides when that is settled, A25).
   */
  expireDue(nowNs: number): void {
    const { expiries, index } = this;
    while (expiries.earliestNs <= nowNs) {
      const row = expiries.earliestRow;
      const same = index.dm[row] === expiries.earliestDm;
      expiries.shift();
      if (!same) continue;
      const state = index.state[row];
      if (state === RowState.waiting || state === RowState.passedOver || state === RowState.deadLettered) {
        this.leave(row, true);
      }
    }
  }

  /** A dead letter stays one after a restart: its record says so (A18). */
  rememberDeadLetter(row: number): void {
    this.listener.onUndeliverable(this.index.dm[row]);
    this.amendments.write(row, RecordFlag.deadLettered);
  }

  /** A client answered 415: the wrapper is not tried again, after a restart neither (A18). */
  rememberRefused(row: number): void {
    this.amendments.write(row, 0);
  }

  /** A client answered 413: it waits for a registration, after a restart as well (A18). */
  rememberTooLarge(row: number): void {
    this.amendments.write(row, RecordFlag.tooLarge);
  }

  isExpired(row: number, nowNs: number): boolean {
    const atNs = this.index.expiresAtNs[row];
    return atNs >= 0 && atNs <= nowNs;
  }

  private saved(slot: number, status: CommitStatus): void {
    const { pending, index, ports } = this;
    const tx = pending.tx[slot];
    const user = pending.user[slot];
    const response = pending.response[slot];
    index.unpromise(user, pending.octets[slot]);
    if (status !== CommitStatus.ok) {
      pending.remove(slot);
      this.watcher?.onSaveFailed(user);
      if (response === NO_RESPONSE) this.listener.onLargeFailed(tx, user, status);
      else this.listener.onStoreFailed(tx, user, status, response);
      return;
    }
    const dm = pending.dm[slot];
    const octets = pending.octets[slot];
    const receivedAtNs = pending.receivedAtNs[slot];
    const expiresAtNs = pending.expiresAtNs[slot];
    const responseLength = pending.responseLength[slot];
    const request0 = pending.request0[slot];
    const request1 = pending.request1[slot];
    pending.remove(slot);
    const row = index.append(dm, user, octets, receivedAtNs, expiresAtNs);
    if (expiresAtNs >= 0) this.expiries.push(expiresAtNs, row, dm);
    const start = ports.octets.start(this.blockOf(row));
    const random0 = ports.octets.buf.readInt32LE(start + At.random0);
    const random1 = ports.octets.buf.readInt32LE(start + At.random1);
    index.random0[row] = random0;
    index.random1[row] = random1;
    observeStored(ports, user, dm, receivedAtNs, expiresAtNs, octets);
    if (response === NO_RESPONSE) this.listener.onLargeStored(tx, user, dm, receivedAtNs);
    else this.listener.onStored(tx, user, dm, receivedAtNs, response, responseLength, request0, request1);
    this.watcher?.onKept(user, dm, random0, random1);
  }

  private commitLeaving(): void {
    const rows = this.leaving;
    this.leaving = this.leavingNow;
    this.leavingNow = rows;
    const { storage } = this.ports;
    for (let i = 0; i < rows.length; i++) storage.delete(recordKey(this.index.dm[rows[i]]));
    storage.commit(TOKEN.leave);
  }

  private left(status: CommitStatus): void {
    const rows = this.leavingNow;
    const { index, ports } = this;
    if (status === CommitStatus.ok) {
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i];
        const user = index.user[row];
        observeLeft(ports, index, row);
        const dm = index.dm[row];
        const random0 = index.random0[row];
        const random1 = index.random1[row];
        index.remove(row);
        this.listener.onGone(user, dm);
        this.watcher?.onLeft(user, dm, random0, random1);
      }
    } else {
      // A deletion that storage refused is asked again: what was delivered must not come a second time.
      for (let i = 0; i < rows.length; i++) this.leaving.push(rows[i]);
    }
    emptied(rows);
    if (this.leaving.length > 0 && this.leavingNow.length === 0) this.commitLeaving();
  }

  private takeNumber(): number {
    if (this.nextDm === this.reservedDm || this.counterLost) {
      const { octets, storage } = this.ports;
      this.counterLost = false;
      if (this.nextDm === this.reservedDm) this.reservedDm += COUNTER_STEP * this.dmStep;
      const block = octets.alloc(COUNTER_OCTETS);
      octets.buf.writeDoubleLE(this.reservedDm, octets.start(block));
      storage.put(COUNTER_KEY, block, COUNTER_OCTETS);
      storage.commit(TOKEN.counter);
    }
    const dm = this.nextDm;
    this.nextDm += this.dmStep;
    return dm;
  }

  private observeDrops(user: number, dm: number): void {
    const { observe } = this.ports;
    const { writer } = this;
    if (!observe.wants(Observed.headerDropped)) return;
    for (let i = 0; i < writer.dropCount; i++) {
      observe.emit(Observed.headerDropped, user, dm, writer.dropIds[i], writer.dropClasses[i]);
    }
  }
}
