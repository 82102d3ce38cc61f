/**
 * Sending (RFC 3261 sections 18.1.1 and 18.2.2): the choice of transport by size, connection reuse, and what a lost connection
 * means for the transactions on it.
 */
import type { Block, Conn, Ports, TcpEnd } from '../../../sim/host/ports.js';
import { TcpEnd as End } from '../../../sim/host/ports.js';
import { Connections, IDLE_NS, type Connection, type StreamUser } from './connections.js';
import type { SipMessage } from '../../wire/sip/message.js';
import { TimerKind, type TransactionLayer } from '../transaction/layer.js';
import { legOf, profileOf, Transport, transportOf, type Leg } from '../legs.js';
import { Flag } from '../transaction/records.js';
import { Event, Machine, State } from '../transaction/tables.js';
import type { SipEndpointConfig } from '../user.js';

/** RFC 3261 section 18.1.1: with unknown path MTU, and the margin to a known one. */
const UNKNOWN_MTU_OCTETS = 1300;
const MTU_MARGIN_OCTETS = 200;

export class Outbound {
  readonly connections: Connections;
  private readonly ports: Ports;
  private readonly layer: TransactionLayer;
  private readonly port: number;

  constructor(
    ports: Ports,
    layer: TransactionLayer,
    config: SipEndpointConfig,
    message: SipMessage,
    streams: StreamUser,
  ) {
    this.ports = ports;
    this.layer = layer;
    this.port = config.port;
    this.connections = new Connections(
      ports,
      config.connectionLimit,
      config.messageLimitOctets,
      message,
      streams,
    );
  }

  /** The leg that a request of this size really takes. */
  legFor(leg: Leg, length: number, toIp: number): Leg {
    if (transportOf(leg) === Transport.tcp) return leg;
    const mtu = this.ports.udp.pathMtu(toIp);
    const limit = mtu > 0 ? mtu - MTU_MARGIN_OCTETS : UNKNOWN_MTU_OCTETS;
    return length > limit || length > UNKNOWN_MTU_OCTETS ? legOf(Transport.tcp, profileOf(leg)) : leg;
  }

  /** False if this would need a connection more than the limit. */
  canReach(local: number, toIp: number, toPort: number, leg: Leg): boolean {
    return transportOf(leg) === Transport.udp || this.open(local, toIp, toPort) !== undefined;
  }

  /** Notes in the records what a new client transaction sends, and where. Takes over the hold of `block`. */
  adopt(
    slot: number,
    local: number,
    block: Block,
    length: number,
    bodyStart: number,
    toIp: number,
    toPort: number,
    transportAt: number,
    switched: boolean,
  ): void {
    const { records, machine } = this.layer;
    records.local[slot] = local;
    records.peerIp[slot] = toIp;
    records.peerPort[slot] = toPort;
    records.request[slot] = block;
    records.requestStart[slot] = 0;
    records.requestLength[slot] = length;
    records.requestBody[slot] = bodyStart;
    records.keyLength[slot] = transportAt;
    if (!switched) return;
    records.flags[slot] |= Flag.switchedToTcp;
    this.patchTransport(block, transportAt, machine.legOf(slot));
  }

  /** Changes the transport of our Via in a request that was not sent yet, or whose connection was refused. */
  patchTransport(block: Block, transportAt: number, leg: Leg): void {
    const { octets } = this.ports;
    const at = octets.start(block) + transportAt;
    const text = transportOf(leg) === Transport.tcp ? 'TCP' : 'UDP';
    for (let i = 0; i < 3; i++) octets.buf[at + i] = text.charCodeAt(i);
  }

  /** Sends the kept request of a client transaction; the transaction keeps its hold. */
  sendRequest(slot: number): void {
    const { records, machine } = this.layer;
    const leg = machine.legOf(slot);
    const local = records.local[slot];
    const toIp = records.peerIp[slot];
    const toPort = records.peerPort[slot];
    const block = records.request[slot];
    const length = records.requestLength[slot];
    this.ports.octets.retain(block);
    if (transportOf(leg) === Transport.udp) {
      this.ports.udp.send(local, this.port, toIp, toPort, block, length, records.requestBody[slot], length);
      return;
    }
    const connection = this.connections.get(records.conn[slot]) ?? this.open(local, toIp, toPort);
    if (connection === undefined) {
      this.ports.octets.release(block);
      return;
    }
    if (records.conn[slot] !== connection.conn) this.link(slot, connection);
    this.connections.send(connection, block, length, records.requestBody[slot]);
  }

  /** Sends a response of a server transaction: on the connection of its request, else as RFC 3261 section 18.2.2. Takes over the hold. */
  sendResponse(slot: number, block: Block, length: number, bodyStart: number): void {
    const { records, machine } = this.layer;
    const local = records.local[slot];
    const leg = machine.legOf(slot);
    const own = records.conn[slot] === 0 ? undefined : this.connections.get(records.conn[slot]);
    if (
      !this.send(local, block, length, bodyStart, records.replyIp[slot], records.replyPort[slot], leg, own)
    ) {
      this.ports.octets.release(block);
    }
  }

  /** Sends octets; takes over the hold unless it returns false (no connection can be had). */
  send(
    local: number,
    block: Block,
    length: number,
    bodyStart: number,
    toIp: number,
    toPort: number,
    leg: Leg,
    on: Connection | undefined,
  ): boolean {
    if (transportOf(leg) === Transport.udp) {
      this.ports.udp.send(local, this.port, toIp, toPort, block, length, bodyStart, length);
      return true;
    }
    const connection = on ?? this.open(local, toIp, toPort);
    if (connection === undefined) return false;
    this.connections.send(connection, block, length, bodyStart);
    return true;
  }

  owns(conn: Conn): boolean {
    return this.connections.get(conn) !== undefined;
  }

  accepted(conn: Conn, local: number, fromIp: number, fromPort: number): void {
    const connection = this.connections.accept(conn, local, fromIp, fromPort);
    if (connection !== undefined) this.startIdle(connection, IDLE_NS);
  }

  connected(conn: Conn): boolean {
    const connection = this.connections.get(conn);
    if (connection === undefined) return false;
    this.connections.connected(connection);
    return true;
  }

  /** Closes a connection on our own account: idle, or broken. */
  close(connection: Connection): void {
    this.drop(connection);
    this.ports.tcp.close(connection.conn);
  }

  /** The peer's direction ended (RFC 3261 sections 17.1.4 and 18.4). False if the connection is not ours. */
  closed(conn: Conn, end: TcpEnd): boolean {
    const connection = this.connections.get(conn);
    if (connection === undefined) return false;
    const { ready } = connection;
    const waiting = this.drop(connection);
    // After an orderly end the peer may still answer, on a connection of its own (section 18.2.2).
    if (end === End.fin) this.ports.tcp.close(conn);
    else for (const tx of waiting) this.lost(tx, !ready && (end === End.refused || end === End.reset));
    return true;
  }

  onIdleTimer(conn: Conn): void {
    const connection = this.connections.get(conn);
    if (connection === undefined) return;
    connection.idleRuns = false;
    const restNs = connection.usedAtNs + IDLE_NS - this.ports.now();
    if (restNs > 0 || connection.firstTx !== 0) this.startIdle(connection, restNs > 0 ? restNs : IDLE_NS);
    else this.close(connection);
  }

  /** Takes a client transaction off the list of its connection. */
  unlink(slot: number): void {
    const { records } = this.layer;
    const connection = this.connections.get(records.conn[slot]);
    if (connection === undefined) return;
    const next = records.nextOnConn[slot];
    const previous = records.previousOnConn[slot];
    if (previous !== 0) records.nextOnConn[previous] = next;
    else if (connection.firstTx === slot) connection.firstTx = next;
    if (next !== 0) records.previousOnConn[next] = previous;
    records.nextOnConn[slot] = records.previousOnConn[slot] = 0;
    records.conn[slot] = 0;
  }

  private open(local: number, toIp: number, toPort: number): Connection | undefined {
    const connection = this.connections.to(local, toIp, toPort);
    if (connection !== undefined && !connection.idleRuns) this.startIdle(connection, IDLE_NS);
    return connection;
  }

  private startIdle(connection: Connection, delayNs: number): void {
    connection.idleRuns = true;
    connection.idleTimer = this.ports.timer.after(delayNs, TimerKind.idle, connection.conn, 0);
  }

  private link(slot: number, connection: Connection): void {
    const { records } = this.layer;
    records.conn[slot] = connection.conn;
    records.previousOnConn[slot] = 0;
    records.nextOnConn[slot] = connection.firstTx;
    if (connection.firstTx !== 0) records.previousOnConn[connection.firstTx] = slot;
    connection.firstTx = slot;
  }

  /** Forgets a connection; returns the names of the client transactions that were on it. */
  private drop(connection: Connection): number[] {
    const { records, machine } = this.layer;
    const names: number[] = [];
    for (let slot = connection.firstTx; slot !== 0;) {
      const next = records.nextOnConn[slot];
      names.push(machine.nameOf(slot));
      records.conn[slot] = records.nextOnConn[slot] = records.previousOnConn[slot] = 0;
      slot = next;
    }
    connection.firstTx = 0;
    if (connection.idleRuns) this.ports.timer.cancel(connection.idleTimer);
    connection.idleRuns = false;
    this.connections.remove(connection);
    return names;
  }

  private lost(tx: number, refused: boolean): void {
    const { machine, records } = this.layer;
    const slot = machine.slotOf(tx);
    if (slot === 0 || machine.stateOf(slot) === State.terminated) return;
    const state = machine.stateOf(slot);
    const fresh = state === State.calling || state === State.trying;
    if (refused && fresh && (records.flags[slot] & Flag.switchedToTcp) !== 0) {
      // Section 18.1.1: only its size made it TCP, so the request is tried over UDP.
      const leg = legOf(Transport.udp, profileOf(machine.legOf(slot)));
      records.flags[slot] &= ~Flag.switchedToTcp;
      this.patchTransport(records.request[slot], records.keyLength[slot], leg);
      machine.restart(slot, leg);
      this.layer.drain();
      return;
    }
    if (machine.machineOf(slot) <= Machine.client) this.layer.feed(slot, Event.transportError);
  }
}
