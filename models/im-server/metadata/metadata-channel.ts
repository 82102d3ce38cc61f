/**
 * One keep-alive connection to the IM XDMS with its queue: requests are pipelined up to a limit (PUT, GET and DELETE may be
 * repeated without harm, RFC 2616 sections 8.1.2.2 and 9.1.2), written in batches, and answered in order.
 *
 * A user's requests all go over one channel, so they arrive in order. A connection that breaks or stays silent is opened again
 * after a wait that doubles, as does the silence that is borne (`patience.ts`), and what was not answered is sent again. Not
 * modelled: TLS, HTTP Digest, closing when idle.
 */
import type { Conn, Lane, Ports } from '../../../sim/host/ports.js';
import { TcpEnd } from '../../../sim/host/ports.js';
import { HTTP_PORT } from '../../addressing.js';
import { Observed } from '../../observations.js';
import { HttpFault } from '../../wire/http/faults.js';
import type { HttpMessage } from '../../wire/http/message.js';
import { HttpSide, HttpStream } from '../../wire/http/stream.js';
import type { OctetWriter } from '../../wire/octet-writer.js';
import type { MetadataConfig } from '../config.js';
import { MetadataOp, MetadataQueue } from './metadata-queue.js';
import type { MetadataRequests } from './metadata-requests.js';
import { Patience } from './patience.js';
import { ImTimer } from '../timers.js';

/** A batch of requests leaves in blocks of about so much. */
const PIECE_OCTETS = 32_768;
const NONE = -1;
const State = { down: 0, connecting: 1, up: 2, waiting: 3 } as const;

/** Who decides what an answer means. */
export interface MetadataChannelOwner {
  /** The answer to the oldest request of `channel`, whose columns are at `place`; it leaves the queue after this. */
  onAnswer(channel: MetadataChannel, place: number, message: HttpMessage): void;
  /** The channel has nothing left to send. */
  onIdle(channel: MetadataChannel): void;
}

export class MetadataChannel {
  conn: Conn = NONE;
  readonly queue: MetadataQueue;
  private state: number = State.down;
  private stream = new HttpStream(HttpSide.responses);
  /** The first so many entries of the queue were sent on this connection. */
  private sent = 0;
  private failures = 0;
  /** Waits in a row that refusals caused. */
  private refusals = 0;
  private lingers = false;
  private guarded = false;
  private readonly patience: Patience;
  /** An answer asked for patience: nothing more is sent until the timer. */
  private heldBack = false;
  private readonly lingerLane: Lane;
  private readonly guardLane: Lane;

  constructor(
    private readonly number: number,
    private readonly ports: Ports,
    private readonly config: MetadataConfig,
    private readonly w: OctetWriter,
    private readonly requests: MetadataRequests,
    private readonly owner: MetadataChannelOwner,
  ) {
    this.queue = new MetadataQueue(config.queueLimit);
    this.patience = new Patience(config.timeoutNs, config.backoffMaxNs);
    this.lingerLane = ports.timer.lane(config.lingerNs);
    this.guardLane = ports.timer.lane(config.timeoutNs);
  }

  /** Requests that are not answered. */
  get open(): number {
    return this.queue.length;
  }

  /** Queues a request; false if the queue is full. */
  submit(
    op: MetadataOp,
    user: number,
    dm: number,
    random0: number,
    random1: number,
    attempts: number,
    madeNs = this.ports.now(),
  ): boolean {
    const { queue } = this;
    if (queue.full) return false;
    queue.push(op, user, dm, random0, random1, madeNs, attempts);
    if (!this.lingers && this.state !== State.waiting && this.state !== State.connecting) {
      this.lingers = true;
      this.ports.timer.start(this.lingerLane, ImTimer.metadataLinger, this.number, 0);
    }
    return true;
  }

  onLinger(): void {
    this.lingers = false;
    if (this.state === State.down) this.connect();
    else this.send();
  }

  /** A wait is over: after a failure, or for an answer that asked for patience. Both may run at once, and one connection will do. */
  onBackoff(): void {
    this.heldBack = false;
    if (this.state === State.up) this.send();
    else if (this.state !== State.connecting) this.connect();
  }

  /** Looks whether the answers still come. */
  onGuard(): void {
    const { ports, patience } = this;
    this.guarded = false;
    if (this.sent === 0 || this.state !== State.up) return;
    const silentNs = patience.silentNs(ports.now());
    if (silentNs >= patience.ns) {
      patience.lost();
      ports.tcp.abort(this.conn);
      this.broken();
      return;
    }
    this.guarded = true;
    ports.timer.after(patience.ns - silentNs, ImTimer.metadataGuard, this.number, 0);
  }

  onConnected(): void {
    this.state = State.up;
    this.send();
  }

  onClosed(end: TcpEnd): void {
    if (end === TcpEnd.fin) this.ports.tcp.close(this.conn);
    this.broken();
  }

  onData(buf: Buffer, start: number, end: number): void {
    const { stream, queue } = this;
    stream.feed(buf, start, end);
    this.patience.heard(this.ports.now());
    while (stream.next()) {
      const { message } = stream;
      if (message.status < 200) continue;
      if (this.sent === 0) return this.reset();
      this.failures = 0;
      this.owner.onAnswer(this, queue.place(0), message);
      queue.shift();
      this.sent--;
      this.passOver();
      if (!message.keepAlive) return this.reset();
    }
    if (stream.fault !== HttpFault.none) return this.reset();
    if (!this.lingers) this.send();
  }

  onWritable(): void {
    this.send();
  }

  /** An answer said that the server cannot do it now: nothing more leaves until a wait is over, twice as long as the one before. */
  holdBack(): void {
    if (this.heldBack) return;
    this.heldBack = true;
    this.ports.timer.after(this.waitNs(this.refusals++), ImTimer.metadataBackoff, this.number, 0);
  }

  /** A request was carried out: should another be refused, the waits begin anew. */
  carriedOut(): void {
    this.refusals = 0;
  }

  /** The wait after so many others: base, doubled each time, up to the ceiling. */
  private waitNs(before: number): number {
    return Math.min(this.config.backoffMaxNs, this.config.backoffBaseNs * (1 << Math.min(before, 20)));
  }

  private connect(): void {
    this.stream = new HttpStream(HttpSide.responses);
    this.state = State.connecting;
    this.conn = this.ports.tcp.connect(0, this.config.xdmsIp, HTTP_PORT);
  }

  private reset(): void {
    this.ports.tcp.abort(this.conn);
    this.broken();
  }

  /** The connection is gone: what was not answered waits, in its order, for the next one. */
  private broken(): void {
    const { queue, ports } = this;
    for (let n = 0; n < Math.max(1, this.sent) && n < queue.length; n++) {
      const at = queue.place(n);
      ports.observe.emit(Observed.metadataFailed, queue.user[at], queue.dm[at], 0, this.failures + 1);
    }
    this.sent = 0;
    this.conn = NONE;
    if (queue.length === 0) {
      this.state = State.down;
      // Had the connection lasted, `send` would have said so: what the owner has to ask opens the next one.
      this.owner.onIdle(this);
      return;
    }
    this.state = State.waiting;
    ports.timer.after(this.waitNs(this.failures++), ImTimer.metadataBackoff, this.number, 0);
  }

  /** Entries that were sent and need no answer leave the queue. */
  private passOver(): void {
    const { queue } = this;
    while (this.sent > 0 && queue.op[queue.place(0)] === MetadataOp.none) {
      queue.shift();
      this.sent--;
    }
  }

  /** Writes what may leave, in batches. Where all of a batch turns out to need no request, the next one goes instead. */
  private send(): void {
    const { queue, config } = this;
    if (this.state !== State.up || this.heldBack) return;
    do {
      if (this.sent === queue.length) this.owner.onIdle(this);
      const mayGo = this.sent < queue.length && this.sent < config.pipelining;
      if (!mayGo || !this.ports.tcp.writable(this.conn)) return;
      if (this.sent === 0) this.patience.asked(this.ports.now());
      this.sendBatch();
      this.passOver();
    } while (this.sent === 0);
    this.guard();
  }

  private sendBatch(): void {
    const { queue, config, w } = this;
    w.begin();
    while (this.sent < queue.length && this.sent < config.pipelining) {
      this.compose(queue.place(this.sent));
      this.sent++;
      if (w.length >= PIECE_OCTETS) {
        this.write();
        w.begin();
      }
    }
    if (w.length > 0) this.write();
    else w.discard();
  }

  private write(): void {
    const { length } = this.w;
    this.ports.tcp.write(this.conn, this.w.end(), 0, length, false);
  }

  private compose(at: number): void {
    const { queue, requests, w, ports } = this;
    const user = queue.user[at];
    switch (queue.op[at]) {
      case MetadataOp.put: {
        const key = queue.dm[at] + 1;
        const block = ports.storage.read(key);
        // The message is gone already; the DELETE that follows finds nothing.
        if (block === 0) queue.op[at] = MetadataOp.none;
        else requests.put(w, block, ports.storage.lengthOf(key));
        return;
      }
      case MetadataOp.delete:
        requests.delete(w, user, queue.random0[at], queue.random1[at]);
        return;
      case MetadataOp.document:
        requests.document(w, user);
        return;
      case MetadataOp.list:
        requests.list(w, user);
        return;
      default:
        return;
    }
  }

  private guard(): void {
    if (this.guarded) return;
    this.guarded = true;
    this.ports.timer.start(this.guardLane, ImTimer.metadataGuard, this.number, 0);
  }
}
