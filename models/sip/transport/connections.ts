/**
 * TCP under SIP (RFC 3261 sections 18.1.1, 18.2.2 and 18.3): which connection leads where, what waits for a handshake, and the
 * cutting of the stream into messages. One object a connection; SIP over TCP is for what is too large for UDP.
 *
 * A message is cut inside a block of the arena, so that whoever needs it can retain it. A stream that holds more than the limit
 * of one message, or cannot be cut, is answered where possible and closed. Connections stay open until they are idle for
 * longer than any transaction (section 18: at least 64 T1), the peer closes, or the stream is broken.
 *
 * Not modelled: sending keep-alives (RFC 5626 section 4.4.1); a ping of the peer is answered.
 */
import type { Block, Conn, Ports } from '../../../sim/host/ports.js';
import { NS_PER_S } from '../../../sim/kernel/time.js';
import { mixPeer } from './peer-hash.js';
import { FrameStatus, StreamFramer } from '../../wire/sip/frame.js';
import type { SipMessage } from '../../wire/sip/message.js';

/** Idle time after which a connection is closed: more than 64 T1 of the IMS profile and the 3 minutes of Timer C. */
export const IDLE_NS = 200 * NS_PER_S;
const IN_BLOCK_OCTETS = 2048;

export class Connection {
  ready: boolean;
  /** Virtual time of the last message in either direction. */
  usedAtNs = 0;
  /** The idle timer, if it runs: any number may name a timer. */
  idleTimer = 0;
  idleRuns = false;
  /** Head of the list of client transactions that wait for an answer here; 0 is none. */
  firstTx = 0;
  /** Messages that wait for the handshake: block, length, body, in turn. */
  waiting: number[] = [];
  /** Unparsed octets [from, to), relative to `block`. */
  block: Block = 0;
  from = 0;
  to = 0;
  /** Line ends seen in a row: two are a ping. */
  lineEnds = 0;
  next: Connection | undefined;
  readonly framer = new StreamFramer();

  constructor(
    readonly conn: Conn,
    readonly local: number,
    readonly peerIp: number,
    readonly peerPort: number,
    ready: boolean,
  ) {
    this.ready = ready;
  }
}

/** What a stream gives: a message in `message`, or a broken one; `start` is relative to `connection.block`. */
export interface StreamUser {
  onStreamMessage(connection: Connection, start: number, length: number): void;
  onStreamBroken(connection: Connection): void;
}

export class Connections {
  private readonly ports: Ports;
  private readonly byConn = new Map<Conn, Connection>();
  private readonly byPeer = new Map<number, Connection>();
  private readonly limit: number;
  private readonly messageLimit: number;
  private readonly message: SipMessage;
  private readonly user: StreamUser;

  constructor(ports: Ports, limit: number, messageLimit: number, message: SipMessage, user: StreamUser) {
    this.ports = ports;
    this.limit = limit;
    this.messageLimit = messageLimit;
    this.message = message;
    this.user = user;
  }

  get size(): number {
    return this.byConn.size;
  }

  get(conn: Conn): Connection | undefined {
    return this.byConn.get(conn);
  }

  /** The open or opening connection to a peer; opens one if there is none. Undefined if the limit is reached. */
  to(local: number, peerIp: number, peerPort: number): Connection | undefined {
    let found = this.byPeer.get(mixPeer(local, peerIp, peerPort));
    while (found !== undefined) {
      if (found.local === local && found.peerIp === peerIp && found.peerPort === peerPort) return found;
      found = found.next;
    }
    if (this.byConn.size >= this.limit) return undefined;
    return this.add(this.ports.tcp.connect(local, peerIp, peerPort), local, peerIp, peerPort, false);
  }

  /** Takes in an accepted connection; false if the limit is reached and it was aborted. */
  accept(conn: Conn, local: number, peerIp: number, peerPort: number): Connection | undefined {
    if (this.byConn.size >= this.limit) {
      this.ports.tcp.abort(conn);
      return undefined;
    }
    return this.add(conn, local, peerIp, peerPort, true);
  }

  /** Sends octets [0, length) of `block`; takes over the hold. */
  send(connection: Connection, block: Block, length: number, body: number): void {
    connection.usedAtNs = this.ports.now();
    if (!connection.ready) {
      connection.waiting.push(block, length, body);
      return;
    }
    const { tcp, octets } = this.ports;
    if (body < length) {
      octets.retain(block);
      tcp.write(connection.conn, block, 0, body, false);
      tcp.write(connection.conn, block, body, length, true);
    } else {
      tcp.write(connection.conn, block, 0, length, false);
    }
  }

  /** The handshake is done: what waited leaves in order. */
  connected(connection: Connection): void {
    connection.ready = true;
    const { waiting } = connection;
    connection.waiting = [];
    for (let i = 0; i < waiting.length; i += 3)
      this.send(connection, waiting[i], waiting[i + 1], waiting[i + 2]);
  }

  /** Forgets a connection that is gone; the caller sees to its transactions. */
  remove(connection: Connection): void {
    const { octets } = this.ports;
    this.byConn.delete(connection.conn);
    const key = mixPeer(connection.local, connection.peerIp, connection.peerPort);
    let at = this.byPeer.get(key);
    if (at === connection) {
      if (connection.next === undefined) this.byPeer.delete(key);
      else this.byPeer.set(key, connection.next);
    } else {
      while (at !== undefined && at.next !== connection) at = at.next;
      if (at !== undefined) at.next = connection.next;
    }
    for (let i = 0; i < connection.waiting.length; i += 3) octets.release(connection.waiting[i]);
    connection.waiting = [];
    if (connection.block !== 0) octets.release(connection.block);
    connection.block = 0;
  }

  /** Takes in stream octets and hands out the messages that they complete. */
  receive(connection: Connection, buf: Buffer, start: number, end: number): void {
    connection.usedAtNs = this.ports.now();
    this.append(connection, buf, start, end);
    const { octets } = this.ports;
    while (connection.from < connection.to && this.byConn.get(connection.conn) === connection) {
      const base = octets.start(connection.block);
      const { framer } = connection;
      const status = framer.next(octets.buf, base + connection.from, base + connection.to, this.message);
      if (status === FrameStatus.incomplete) break;
      if (status === FrameStatus.broken) {
        this.user.onStreamBroken(connection);
        return;
      }
      const at = connection.from;
      connection.from += framer.taken;
      if (status === FrameStatus.lineEnd) {
        this.lineEnd(connection);
      } else {
        connection.lineEnds = 0;
        this.user.onStreamMessage(connection, at, framer.taken);
      }
    }
    if (this.byConn.get(connection.conn) !== connection) return;
    if (connection.from === connection.to) {
      octets.release(connection.block);
      connection.block = connection.from = connection.to = 0;
    } else if (connection.to - connection.from > this.messageLimit) {
      this.user.onStreamBroken(connection);
    }
  }

  private add(conn: Conn, local: number, peerIp: number, peerPort: number, ready: boolean): Connection {
    const connection = new Connection(conn, local, peerIp, peerPort, ready);
    connection.usedAtNs = this.ports.now();
    this.byConn.set(conn, connection);
    const key = mixPeer(local, peerIp, peerPort);
    connection.next = this.byPeer.get(key);
    this.byPeer.set(key, connection);
    return connection;
  }

  /** Appends to the block, or moves on to a larger one: what was handed out in the old one stays as it is. */
  private append(connection: Connection, buf: Buffer, start: number, end: number): void {
    const { octets } = this.ports;
    const length = end - start;
    const kept = connection.to - connection.from;
    if (connection.block === 0 || connection.to + length > octets.capacity(connection.block)) {
      const larger = octets.alloc(
        Math.max(IN_BLOCK_OCTETS, kept + length, connection.framer.needed, 2 * kept),
      );
      if (connection.block !== 0) {
        const from = octets.start(connection.block) + connection.from;
        octets.buf.copyWithin(octets.start(larger), from, from + kept);
        octets.release(connection.block);
      }
      connection.block = larger;
      connection.from = 0;
      connection.to = kept;
    }
    // `buf` may be the arena, even an older one: its octets are the same.
    const at = octets.start(connection.block) + connection.to;
    if (buf === octets.buf) octets.buf.copyWithin(at, start, end);
    else octets.buf.set(buf.subarray(start, end), at);
    connection.to += length;
  }

  /** RFC 5626 section 3.5.1: a double CRLF is a ping, answered by a single one. */
  private lineEnd(connection: Connection): void {
    if (++connection.lineEnds < 2) return;
    connection.lineEnds = 0;
    const { octets, tcp } = this.ports;
    const pong = octets.alloc(2);
    const at = octets.start(pong);
    octets.buf[at] = 13;
    octets.buf[at + 1] = 10;
    tcp.write(connection.conn, pong, 0, 2, false);
  }
}
