/**
 * TCP for all hosts of a world: what `TcpPort` asks for, and the events of the model. The contract is in `sim/host/ports.ts`; how
 * data travels and what is not modelled is in `tcp-stream.ts`, how connections open in `tcp-handshake.ts`.
 *
 * Ends. FIN goes after all data; when both FINs were read the connection is gone without a TIME-WAIT. RST is not repeated: if
 * it is lost, the peer is half-open until it sends something. A machine that crashes forgets its ends silently; one that runs
 * again answers RST to what it does not know. A process that crashes leaves its stack behind, which resets all.
 */
import { assert } from '../kernel/assert.js';
import { type EventHandler, type Kernel, Phase } from '../kernel/kernel.js';
import type { Chance } from '../kernel/random.js';
import { type Block, type Conn, type Octets, TcpEnd } from '../host/ports.js';
import type { Fabric } from './fabric.js';
import { type Links, LinkBits } from './link.js';
import type { NetworkTap } from './tap.js';
import { TcpContext, TcpEvent } from './tcp-context.js';
import { type TcpEndpoint, TcpState } from './tcp-endpoint.js';
import { TcpDelivery } from './tcp-delivery.js';
import { TcpHandshake } from './tcp-handshake.js';
import { TcpLoss } from './tcp-loss.js';
import type { Toxic } from './tcp-toxics.js';
import type { TcpSettings } from './tcp-settings.js';
import { TcpStream } from './tcp-stream.js';

export class Tcp implements EventHandler {
  private readonly context: TcpContext;
  private readonly delivery: TcpDelivery;
  private readonly loss: TcpLoss;
  private readonly stream: TcpStream;
  private readonly handshake: TcpHandshake;

  constructor(
    kernel: Kernel,
    octets: Octets,
    chance: Chance,
    fabric: Fabric,
    links: Links,
    tap: NetworkTap,
    settings: TcpSettings,
  ) {
    const { segmentMinOctets: least, segmentMaxOctets: most, windowOctets } = settings;
    assert(least >= 1 && least <= most, 'TCP segments of 1 octet or more, and not above the maximum');
    assert(
      windowOctets >= 1 && settings.highWaterOctets >= 1,
      'a TCP window and buffer of at least an octet',
    );
    this.context = new TcpContext(kernel, octets, chance, fabric, links, tap, settings);
    this.context.handler = kernel.register(this);
    this.delivery = new TcpDelivery(this.context);
    this.loss = new TcpLoss(this.context);
    this.stream = new TcpStream(this.context, this.loss, this.delivery);
    this.handshake = new TcpHandshake(this.context, this.stream);
  }

  /** Ends that exist, ghosts included. */
  get endpoints(): number {
    return this.context.table.live;
  }

  connect(host: number, local: number, toIp: number, toPort: number): Conn {
    return this.handshake.connect(host, local, toIp, toPort).id;
  }

  /** See `TcpPort.write`. On a connection that is over, the octets are dropped and the answer is true. */
  write(host: number, conn: Conn, block: Block, start: number, end: number, body: boolean): boolean {
    assert(start >= 0 && start <= end, 'a span that ends before it starts');
    const { octets, tap } = this.context;
    const from = this.find(host, conn);
    if (from === undefined || start === end) {
      octets.release(block);
      return true;
    }
    assert(!from.finQueued, 'a write after close');
    const first = octets.start(block);
    tap.streamWritten(conn, first + start, first + end, body);
    from.ring.push(octets, block, start, end);
    this.stream.written(from, end - start);
    return this.hasRoom(from);
  }

  /** See `TcpPort.writable`. */
  writable(host: number, conn: Conn): boolean {
    const end = this.find(host, conn);
    return end !== undefined && this.hasRoom(end);
  }

  /** See `TcpPort.holds`. */
  holds(host: number, conn: Conn): boolean {
    const end = this.find(host, conn);
    return end !== undefined && end.unsent + end.flight > 0;
  }

  /** See `TcpPort.close`; a connection that is not up yet is forgotten. */
  close(host: number, conn: Conn): void {
    const end = this.find(host, conn);
    if (end === undefined || end.finQueued) return;
    this.context.tap.release();
    if (end.state === TcpState.synSent) this.context.retire(end, true);
    else {
      end.finQueued = true;
      this.stream.pump(end);
    }
  }

  abort(host: number, conn: Conn): void {
    // Octets that are held back lie in blocks that go with the connection.
    this.context.tap.release();
    const end = this.find(host, conn);
    if (end !== undefined) this.forget(end, true);
  }

  pauseReading(host: number, conn: Conn, paused: boolean): void {
    const end = this.find(host, conn);
    if (end === undefined || end.readPaused === paused) return;
    end.readPaused = paused;
    if (!paused) this.readOn(end);
  }

  /** Ends all connections of a host: with RST if its stack lives on (`answering`), else silently. */
  crash(host: number, answering: boolean): void {
    for (const end of this.context.table.ofHost(host)) {
      // An end may go with another one before it in this list.
      if (end.state === TcpState.ghost || end.state === TcpState.free) continue;
      this.forget(end, answering);
    }
  }

  /** The same for some addresses of a host; the actor, which lives on, is told of each. */
  crashMembers(
    host: number,
    locals: readonly number[],
    answering: boolean,
    told: (conn: Conn) => void,
  ): void {
    for (const end of this.endsOf(host, locals)) {
      if (end.state === TcpState.ghost || end.state === TcpState.free) continue;
      const { id } = end;
      this.forget(end, answering);
      told(id);
    }
  }

  /** Puts a toxic on links of a host: each of `locals`, outwards and inwards as said. Streams count octets from now on. */
  addToxic(host: number, locals: readonly number[], out: boolean, into: boolean, toxic: Toxic): void {
    const { toxics } = this.context;
    for (const local of locals) {
      if (out) toxics.add(host, local, true, toxic);
      if (into) toxics.add(host, local, false, toxic);
    }
    for (const end of this.endsOf(host, locals)) {
      for (const one of [end, this.context.table.get(end.peerId)]) {
        if (one === undefined) continue;
        one.mergeOctets = 0;
        one.countedFrom = one.passed;
      }
    }
  }

  /** Takes it off, and lets go on what it held back. */
  removeToxic(host: number, locals: readonly number[], out: boolean, into: boolean, toxic: Toxic): void {
    const { toxics, table } = this.context;
    for (const local of locals) {
      if (out) toxics.remove(host, local, true, toxic);
      if (into) toxics.remove(host, local, false, toxic);
    }
    for (const end of this.endsOf(host, locals)) {
      const { id, peerId } = end;
      for (const one of [id, peerId]) {
        const stream = table.get(one);
        if (stream?.state === TcpState.established) this.stream.pump(stream);
      }
    }
  }

  /** Resets every connection of these local addresses, as something on the path would: both ends are told. */
  cut(host: number, locals: readonly number[]): void {
    for (const end of this.endsOf(host, locals)) {
      if (end.state === TcpState.established) this.cutConnection(end);
    }
  }

  /** A host that was paused reads on. */
  resume(host: number): void {
    for (const end of this.context.table.ofHost(host)) {
      if (end.state === TcpState.established) this.readOn(end);
    }
  }

  onEvent(kind: number, id: number, b: number): void {
    const end = this.context.table.get(id);
    if (end === undefined) {
      this.onEventOfNobody(kind, b);
      return;
    }
    switch (kind) {
      case TcpEvent.segment:
        this.onSegment(end, b);
        break;
      case TcpEvent.farQueue:
        this.stream.reachedFarLink(end, b);
        break;
      case TcpEvent.open:
        if (b === 1) this.onWritable(end);
        else {
          end.openPending = false;
          this.stream.pump(end);
        }
        break;
      case TcpEvent.wake:
        end.wakePending = false;
        this.stream.pump(end);
        break;
      case TcpEvent.read:
        this.onRead(end);
        break;
      case TcpEvent.retransmit:
        this.stream.retransmit(end);
        break;
      case TcpEvent.synTimeout:
        this.handshake.onSynTimeout(end);
        break;
      case TcpEvent.syn:
        if (this.reachesPeer(end)) this.handshake.onSyn(end);
        break;
      case TcpEvent.synAck:
        if (this.isUp(end)) this.handshake.onSynAck(end);
        break;
      case TcpEvent.ack:
        this.onAck(end);
        break;
      case TcpEvent.ackAgain:
        if (end.state === TcpState.established) this.handshake.onAckAgain(end);
        break;
      case TcpEvent.resetBack:
        this.onResetBack(end);
        break;
      case TcpEvent.cut:
        if (end.state === TcpState.established) this.cutConnection(end);
        break;
      default:
        this.onReset(end, b === 1);
    }
  }

  private onSegment(end: TcpEndpoint, epoch: number): void {
    if (epoch !== end.epoch) return;
    if (!this.reachesPeer(end)) {
      this.loss.goBack(end);
      return;
    }
    const reader = this.context.table.get(end.peerId);
    if (reader === undefined || reader.state === TcpState.ghost) {
      const { stackUp } = this.context.fabric.hosts[end.peerHost];
      const answered = end.state !== TcpState.ghost && stackUp && this.handshake.resetBack(end);
      if (!answered) this.loss.goBack(end);
      return;
    }
    const { id } = end;
    this.handshake.accept(reader);
    // The actor may have ended the connection when it was told of it.
    if (end.id === id && reader.state === TcpState.established) this.stream.arrived(end, reader);
  }

  private onAck(server: TcpEndpoint): void {
    if (this.isUp(server)) this.handshake.accept(server);
    else {
      const client = this.context.table.get(server.peerId);
      const { kernel, settings, handler } = this.context;
      if (client === undefined) return;
      const atNs = kernel.nowNs + settings.connectRtoNs;
      kernel.at(atNs, Phase.network, handler, TcpEvent.ackAgain, client.id, 0);
    }
  }

  private onResetBack(end: TcpEndpoint): void {
    if (end.state === TcpState.ghost || !this.isUp(end)) return;
    this.context.finish(end, end.state === TcpState.synSent ? TcpEnd.refused : TcpEnd.reset);
  }

  /** The RST of a ghost arrives, or (`lost`) the last of what it sent has arrived. */
  private onReset(ghost: TcpEndpoint, lost: boolean): void {
    const peer = this.context.table.get(ghost.peerId);
    ghost.drained = true;
    if (!lost && this.reachesPeer(ghost) && peer !== undefined && peer.state !== TcpState.ghost) {
      // Ends the ghost too.
      this.context.finish(peer, TcpEnd.reset);
    } else this.context.releaseIfDone(ghost);
  }

  private onWritable(end: TcpEndpoint): void {
    if (end.state !== TcpState.established || !this.hasRoom(end)) return;
    this.context.fabric.hosts[end.host].receiver.onTcpWritable(end.id);
  }

  /** Whether what waits is not above the mark. Whoever is told that it is will be told when there is room again. */
  private hasRoom(end: TcpEndpoint): boolean {
    if (end.unsent <= this.context.settings.highWaterOctets) return true;
    end.blocked = true;
    return false;
  }

  private onRead(reader: TcpEndpoint): void {
    const from = this.context.table.get(reader.peerId);
    if (from !== undefined && reader.state === TcpState.established) this.delivery.deliver(from, reader);
  }

  /** A SYN-ACK for a client that gave up: the server's end is reset. Anything else is stale. */
  private onEventOfNobody(kind: number, serverId: number): void {
    if (kind !== TcpEvent.synAck) return;
    const server = this.context.table.get(serverId);
    if (server?.state === TcpState.synReceived) this.context.table.release(server);
  }

  private endsOf(host: number, locals: readonly number[]): TcpEndpoint[] {
    const members = new Set(locals);
    return this.context.table.ofHost(host).filter(({ local }) => members.has(local));
  }

  private cutConnection(end: TcpEndpoint): void {
    const { peerId } = end;
    this.context.finish(end, TcpEnd.reset);
    const peer = this.context.table.get(peerId);
    const alive = peer?.state === TcpState.established || peer?.state === TcpState.synReceived;
    if (peer !== undefined && alive) this.context.finish(peer, TcpEnd.reset);
  }

  private readOn(end: TcpEndpoint): void {
    const { kernel, handler } = this.context;
    kernel.at(kernel.nowNs, Phase.network, handler, TcpEvent.read, end.id, 0);
  }

  private forget(end: TcpEndpoint, withReset: boolean): void {
    const { context } = this;
    if (end.state !== TcpState.established) {
      context.retire(end, true);
      return;
    }
    const sent = withReset && context.sendBare(end, TcpEvent.reset, end.id, 0);
    if (!sent) {
      const atNs = Math.max(context.kernel.nowNs, end.lastArrivalNs);
      context.kernel.at(atNs, Phase.network, context.handler, TcpEvent.reset, end.id, 1);
    }
    context.retire(end, false);
  }

  /** The connection, if it still is; one that never was, or is another host's, is an assertion. */
  private find(host: number, conn: Conn): TcpEndpoint | undefined {
    const end = this.context.table.get(conn);
    if (end === undefined || end.state === TcpState.ghost) {
      assert(this.context.table.wasGiven(conn), 'a connection that never was');
      return undefined;
    }
    assert(end.host === host, "another host's connection");
    return end;
  }

  private isUp(end: TcpEndpoint): boolean {
    return this.context.links.isUp(end.host, end.local, LinkBits.in);
  }

  private reachesPeer(end: TcpEndpoint): boolean {
    return this.context.links.isUp(end.peerHost, end.peerLocal, LinkBits.in);
  }
}
