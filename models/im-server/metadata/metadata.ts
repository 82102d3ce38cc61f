/**
 * Metadata of deferred messages in the IM XDMS (S7; O12, O13): one PUT of one node when a message is stored, one DELETE of that node
 * when it is gone, never the whole list. The store comes first and stays authoritative; nobody waits for the metadata.
 *
 * Volatile: connections, queues. Durable: a mark for each user who ever had metadata, written with the record that is the first.
 * After a restart the list of each such user is fetched and compared with the store; the same is done for a user whose
 * request found the queue full, or was refused again and again (D-146). Not modelled: changes that others make to a list.
 */
import { assert } from '../../../sim/kernel/assert.js';
import type { Conn, Ports, TcpEnd } from '../../../sim/host/ports.js';
import { IM_SERVER_HOST } from '../../addressing.js';
import { Observed } from '../../observations.js';
import type { HttpMessage } from '../../wire/http/message.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import { HistoryField } from '../../wire/xcap/history.js';
import { HistoryReader } from '../../wire/xcap/history-reader.js';
import type { MetadataConfig } from '../config.js';
import type { DeferredIndex } from '../store/deferred-index.js';
import { MetadataChannel, type MetadataChannelOwner } from './metadata-channel.js';
import { MetadataOp } from './metadata-queue.js';
import { MetadataRequests } from './metadata-requests.js';
import { dmIdText } from '../store/record-ids.js';
import { OTHER_KEYS, type StoreWatcher } from '../store/store.js';
import { ImTimer } from '../timers.js';

const NO_DM = -1;
/** A request that was refused so often is given up, and the user's list compared with the store: that asks again what is still to be asked. */
const ATTEMPTS_LIMIT = 12;
/** Comparisons that one channel carries at a time. */
const COMPARISONS = 4;
const REFERENCE = new RegExp(`^sip:([0-9a-f]{8})([0-9a-f]{8})@${IM_SERVER_HOST.replace(/\./g, '\\.')}$`);

export class MetadataKeeper implements StoreWatcher, MetadataChannelOwner {
  private readonly channels: MetadataChannel[] = [];
  private readonly reader = new HistoryReader();
  /** 1: the user's mark is durable, or on its way with a record. */
  private readonly marked: Uint8Array;
  /** 1: the user's document was asked for, and nothing spoke against it since. */
  private readonly documented: Uint8Array;
  /** Users whose lists have to be compared with the store, by channel. */
  private readonly doubtful: number[][] = [];
  private readonly isDoubtful: Uint8Array;

  constructor(
    private readonly ports: Ports,
    private readonly config: MetadataConfig,
    private readonly index: DeferredIndex,
    w: OctetWriter,
    subscribers: number,
  ) {
    this.marked = new Uint8Array(subscribers);
    this.documented = new Uint8Array(subscribers);
    this.isDoubtful = new Uint8Array(subscribers);
    const requests = new MetadataRequests(ports.octets);
    for (let n = 0; n < config.connections; n++) {
      this.channels.push(new MetadataChannel(n, ports, config, w, requests, this));
      this.doubtful.push([]);
    }
  }

  /** Requests that wait, for a send or for an answer. */
  get open(): number {
    return this.channels.reduce((sum, channel) => sum + channel.open, 0);
  }

  /** After the index was rebuilt: every user who ever had metadata is in doubt. */
  recover(): void {
    this.ports.storage.scan((key) => {
      if (key < OTHER_KEYS) return;
      const user = key - OTHER_KEYS;
      this.marked[user] = 1;
      this.doubt(user);
    });
    for (const channel of this.channels) this.onIdle(channel);
  }

  // ---- StoreWatcher ----

  onSaving(user: number): void {
    if (this.marked[user] === 1) return;
    this.marked[user] = 1;
    const { octets, storage } = this.ports;
    const block = octets.alloc(1);
    octets.buf[octets.start(block)] = 1;
    storage.put(OTHER_KEYS + user, block, 1);
  }

  onSaveFailed(user: number): void {
    this.marked[user] = 0;
  }

  onKept(user: number, dm: number, random0: number, random1: number): void {
    this.put(user, dm, random0, random1);
  }

  onLeft(user: number, dm: number, random0: number, random1: number): void {
    if (!this.channelOf(user).submit(MetadataOp.delete, user, dm, random0, random1, 0)) this.doubt(user);
  }

  // ---- events of the actor ----

  /** True if `conn` is one of ours. */
  owns(conn: Conn): boolean {
    const { channels } = this;
    for (let i = 0; i < channels.length; i++) if (channels[i].conn === conn) return true;
    return false;
  }

  onTcpConnected(conn: Conn): void {
    this.channelAt(conn)?.onConnected();
  }

  onTcpData(conn: Conn, buf: Buffer, start: number, end: number): void {
    this.channelAt(conn)?.onData(buf, start, end);
  }

  onTcpWritable(conn: Conn): void {
    this.channelAt(conn)?.onWritable();
  }

  onTcpClosed(conn: Conn, end: TcpEnd): void {
    this.channelAt(conn)?.onClosed(end);
  }

  /** True if the timer was one of ours. */
  onTimer(kind: number, channel: number): boolean {
    if (kind === ImTimer.metadataLinger) this.channels[channel].onLinger();
    else if (kind === ImTimer.metadataBackoff) this.channels[channel].onBackoff();
    else if (kind === ImTimer.metadataGuard) this.channels[channel].onGuard();
    else return false;
    return true;
  }

  // ---- MetadataChannelOwner ----

  onAnswer(channel: MetadataChannel, place: number, message: HttpMessage): void {
    const { queue } = channel;
    const { status } = message;
    const user = queue.user[place];
    const ok = status === 200 || status === 201;
    switch (queue.op[place]) {
      case MetadataOp.document:
        if (!ok && status !== 412) this.failed(channel, place, status);
        return;
      case MetadataOp.put:
        if (ok) this.done(channel, place, Observed.metadataPut, status);
        else {
          // 409 mostly means that there is no document: it is made before the next try.
          this.documented[user] = 0;
          this.failed(channel, place, status);
        }
        return;
      case MetadataOp.delete:
        if (ok || status === 404) this.done(channel, place, Observed.metadataDeleted, status);
        else this.failed(channel, place, status);
        return;
      case MetadataOp.list:
        if (status !== 200 && status !== 404) {
          this.failed(channel, place, status);
          return;
        }
        channel.carriedOut();
        if (status === 404) this.documented[user] = 0;
        this.compare(user, status === 200 ? message : undefined);
        return;
      default:
        return;
    }
  }

  onIdle(channel: MetadataChannel): void {
    const waiting = this.doubtful[this.channels.indexOf(channel)];
    // Half of the queue is left to what the comparisons find, or they would find the same again and again.
    const most = this.config.queueLimit >> 1;
    for (let n = 0; n < COMPARISONS && channel.queue.length < most; n++) {
      const user = waiting.pop();
      if (user === undefined) return;
      this.isDoubtful[user] = 0;
      const taken = channel.submit(MetadataOp.list, user, NO_DM, 0, 0, 0);
      assert(taken, 'a queue with room took no request');
    }
  }

  private done(channel: MetadataChannel, place: number, kind: Observed, status: number): void {
    const { queue } = channel;
    channel.carriedOut();
    const sinceNs = this.ports.now() - queue.madeNs[place];
    this.ports.observe.emit(kind, queue.user[place], queue.dm[place], status, sinceNs);
  }

  /** The request at `place` was refused: once more, later, behind all others. */
  protected failed(channel: MetadataChannel, place: number, status: number): void {
    const { queue } = channel;
    const user = queue.user[place];
    const dm = queue.dm[place];
    const attempts = queue.attempts[place] + 1;
    this.ports.observe.emit(Observed.metadataFailed, user, dm, status, attempts);
    channel.holdBack();
    if (attempts >= ATTEMPTS_LIMIT) {
      this.doubt(user);
      return;
    }
    // A document that went away took other entries with it.
    if (status === 409 && attempts === 1) this.doubt(user);
    const op = queue.op[place] as MetadataOp;
    const random0 = queue.random0[place];
    const random1 = queue.random1[place];
    const madeNs = queue.madeNs[place];
    // From here on `place` means nothing: the queue may have grown.
    if (op === MetadataOp.put) this.ensureDocument(user);
    if (!channel.submit(op, user, dm, random0, random1, attempts, madeNs)) this.doubt(user);
  }

  private put(user: number, dm: number, random0: number, random1: number): void {
    this.ensureDocument(user);
    if (!this.channelOf(user).submit(MetadataOp.put, user, dm, random0, random1, 0)) this.doubt(user);
  }

  private ensureDocument(user: number): void {
    if (this.documented[user] === 1) return;
    this.documented[user] = 1;
    if (!this.channelOf(user).submit(MetadataOp.document, user, NO_DM, 0, 0, 0)) this.doubt(user);
  }

  private doubt(user: number): void {
    if (this.isDoubtful[user] === 1) return;
    this.isDoubtful[user] = 1;
    this.documented[user] = 0;
    this.doubtful[user % this.config.connections].push(user);
  }

  /** Compares the user's list, as it came, with the store: puts what is missing, deletes what is surplus. */
  private compare(user: number, message: HttpMessage | undefined): void {
    const { index, reader } = this;
    const missing = new Map<string, number>();
    for (const row of index.rowsOf(user)) {
      missing.set(dmIdText(index.random0[row], index.random1[row], IM_SERVER_HOST), row);
    }
    let surplus = 0;
    if (message !== undefined) {
      reader.document(message.buf, message.bodyStart, message.bodyEnd);
      while (reader.nextEntry()) {
        const { reference } = HistoryField;
        const text = reader.buf.latin1Slice(reader.fieldStart[reference], reader.fieldEnd[reference]);
        if (missing.delete(text)) continue;
        const match = REFERENCE.exec(text);
        if (match === null) continue;
        surplus++;
        this.onLeft(user, NO_DM, Number.parseInt(match[1], 16) | 0, Number.parseInt(match[2], 16) | 0);
      }
    }
    for (const row of missing.values()) this.put(user, index.dm[row], index.random0[row], index.random1[row]);
    this.ports.observe.emit(Observed.metadataReconciled, user, missing.size, surplus, 0);
  }

  private channelOf(user: number): MetadataChannel {
    return this.channels[user % this.config.connections];
  }

  private channelAt(conn: Conn): MetadataChannel | undefined {
    return this.channels.find((channel) => channel.conn === conn);
  }
}
