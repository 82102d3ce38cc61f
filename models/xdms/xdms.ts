/**
 * The IM XDMS: the XCAP server that holds the metadata of deferred messages (change request 12.2.2.3 item 4; rules 2.5).
 *
 * Requests of one delivery are carried out in order and committed together; their replies leave, in order, when the commit is
 * complete. If storage refuses a commit, the server does what it would do after a crash: it resets all connections and rebuilds
 * its state from what is durable.
 *
 * Volatile: connections, the table. Durable: the lists. Not modelled: TLS, idle time-outs, CPU time.
 */
import type { Actor, Conn, Ports } from '../../sim/host/ports.js';
import { CommitStatus, TcpEnd } from '../../sim/host/ports.js';
import { assert } from '../../sim/kernel/assert.js';
import { HTTP_PORT } from '../addressing.js';
import { Observed } from '../observations.js';
import { HttpFault, statusOfFault } from '../wire/http/faults.js';
import { HttpSide, HttpStream } from '../wire/http/stream.js';
import { OctetWriter } from '../wire/octet-writer.js';
import { XDMS_LIMITS, type XdmsConfig } from './config.js';
import { ListStore } from './list-store.js';
import { ReplyWriter } from './reply.js';
import { Resources } from './resources.js';

class Connection {
  readonly stream = new HttpStream(HttpSide.requests);
  /** Batches of replies that wait for their commit. */
  waiting = 0;
  /** Nothing more is read; it is closed once nothing waits. */
  closing = false;
  gone = false;

  constructor(
    readonly conn: Conn,
    readonly fromIp: number,
  ) {}
}

/** The replies to one delivery: block and length in turn. */
class Batch {
  connection: Connection | undefined;
  readonly pieces: number[] = [];
}

export class Xdms implements Actor {
  readonly store: ListStore;
  private readonly reply: ReplyWriter;
  private readonly resources: Resources;
  private readonly connections = new Map<Conn, Connection>();
  /** Batches whose commit is not complete, in the order of asking, which is the order of completion. */
  private batches: Batch[] = [];
  private readonly pool: Batch[] = [];
  /** Commits of the time before a storage failure that are still to end. */
  private draining = 0;

  constructor(
    private readonly ports: Ports,
    config: XdmsConfig,
  ) {
    const writer = new OctetWriter(ports.octets);
    this.store = new ListStore(ports, writer, config.subscribers);
    this.reply = new ReplyWriter(ports);
    this.resources = new Resources(config, ports.octets, this.store, writer, this.reply);
  }

  start(): void {
    this.store.recover();
    this.ports.tcp.listen(HTTP_PORT);
  }

  onTcpAccepted(conn: Conn, _local: number, _port: number, fromIp: number): void {
    if (this.connections.size >= XDMS_LIMITS.connections || this.draining > 0) {
      this.ports.tcp.abort(conn);
      return;
    }
    this.connections.set(conn, new Connection(conn, fromIp));
  }

  onTcpData(conn: Conn, buf: Buffer, start: number, end: number): void {
    const connection = this.connections.get(conn);
    if (connection === undefined || connection.closing) return;
    const { stream } = connection;
    const batch = this.pool.pop() ?? new Batch();
    this.reply.begin(batch.pieces);
    stream.feed(buf, start, end);
    while (!connection.closing && stream.next()) {
      const { message } = stream;
      this.reply.closes = !message.keepAlive;
      const status = this.resources.handle(message, connection.fromIp);
      this.ports.observe.emit(
        Observed.xdmsRequest,
        this.resources.user,
        message.method,
        status,
        message.end - message.start,
      );
      if (!message.keepAlive) connection.closing = true;
    }
    if (stream.awaitsContinue) this.reply.goOn();
    if (stream.fault !== HttpFault.none) {
      this.reply.closes = true;
      this.reply.plain(statusOfFault(stream.fault), 0);
      this.ports.observe.emitOctets(Observed.malformed, this.ports.hostId, 0, stream.fault, buf, start, end);
      connection.closing = true;
    }
    this.reply.end();
    this.dispatch(connection, batch);
  }

  onTcpWritable(conn: Conn): void {
    this.ports.tcp.pauseReading(conn, false);
  }

  onTcpClosed(conn: Conn, end: TcpEnd): void {
    const connection = this.connections.get(conn);
    if (connection === undefined) return;
    if (end === TcpEnd.fin) {
      connection.closing = true;
      this.closeIfDone(connection);
      return;
    }
    connection.gone = true;
    this.connections.delete(conn);
  }

  onCommitted(_token: number, status: CommitStatus): void {
    if (this.draining > 0) {
      this.draining--;
      if (this.draining === 0) this.store.recover();
      return;
    }
    const batch = this.batches.shift();
    assert(batch?.connection !== undefined, 'a commit that nobody asked for');
    if (status !== CommitStatus.ok) {
      this.recycle(batch);
      this.collapse();
      return;
    }
    const { connection } = batch;
    connection.waiting--;
    this.send(connection, batch);
    this.closeIfDone(connection);
  }

  onTimer(): void {
    // Starts none.
  }

  onTcpConnected(): void {
    // Opens none.
  }

  onDatagram(): void {
    // HTTP runs over TCP alone.
  }

  onLink(): void {
    // A server does not watch its own link.
  }

  onServed(): void {
    // Work here costs no time.
  }

  /** Sends the replies, or lets them wait for the commit of what they report, and of all that was seen before it. */
  private dispatch(connection: Connection, batch: Batch): void {
    const { store, ports } = this;
    if (batch.pieces.length === 0) {
      this.pool.push(batch);
      return;
    }
    if (!store.dirty && this.batches.length === 0) {
      this.send(connection, batch);
      this.closeIfDone(connection);
      return;
    }
    batch.connection = connection;
    connection.waiting++;
    this.batches.push(batch);
    store.dirty = false;
    ports.storage.commit(0);
  }

  private send(connection: Connection, batch: Batch): void {
    const { tcp } = this.ports;
    const { pieces } = batch;
    if (!connection.gone) {
      let open = true;
      for (let i = 0; i < pieces.length; i += 2)
        open = tcp.write(connection.conn, pieces[i], 0, pieces[i + 1], false);
      // A reader who does not read is not answered more.
      if (!open) tcp.pauseReading(connection.conn, true);
      pieces.length = 0;
    }
    this.recycle(batch);
  }

  private recycle(batch: Batch): void {
    for (let i = 0; i < batch.pieces.length; i += 2) this.ports.octets.release(batch.pieces[i]);
    batch.pieces.length = 0;
    batch.connection = undefined;
    this.pool.push(batch);
  }

  private closeIfDone(connection: Connection): void {
    if (!connection.closing || connection.waiting > 0 || connection.gone) return;
    connection.gone = true;
    this.connections.delete(connection.conn);
    this.ports.tcp.close(connection.conn);
  }

  /** Storage refused a commit: what is in memory is not what is durable. */
  private collapse(): void {
    for (const [conn, connection] of this.connections) {
      connection.gone = true;
      this.ports.tcp.abort(conn);
    }
    this.connections.clear();
    this.draining = this.batches.length;
    for (const batch of this.batches) this.recycle(batch);
    this.batches = [];
    if (this.draining === 0) this.store.recover();
  }
}

/** The IM XDMS of a world; an `ActorFactory`. */
export function createXdms(ports: Ports, config: XdmsConfig): Xdms {
  return new Xdms(ports, config);
}
