/**
 * The events of the TCP model: what each does to the end that it is about, if that is still there, and which of them a link that is down
 * keeps away. What an event leads to is in the parts: `tcp-handshake.ts`, `tcp-stream.ts`, `tcp-delivery.ts`, `tcp-loss.ts`.
 */
import { type EventHandler, Phase } from '../kernel/kernel.js';
import { TcpEnd } from '../host/ports.js';
import { LinkBits } from './link.js';
import { type TcpContext, TcpEvent } from './tcp-context.js';
import type { TcpDelivery } from './tcp-delivery.js';
import { type TcpEndpoint, TcpState } from './tcp-endpoint.js';
import { cutConnection } from './tcp-ending.js';
import type { TcpHandshake } from './tcp-handshake.js';
import type { TcpLoss } from './tcp-loss.js';
import type { TcpStream } from './tcp-stream.js';

export class TcpEvents implements EventHandler {
  constructor(
    private readonly context: TcpContext,
    private readonly handshake: TcpHandshake,
    private readonly stream: TcpStream,
    private readonly delivery: TcpDelivery,
    private readonly loss: TcpLoss,
  ) {}

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
        if (end.state === TcpState.established) cutConnection(this.context, end);
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
    if (end.state !== TcpState.established || !this.stream.hasRoom(end)) return;
    this.context.fabric.hosts[end.host].receiver.onTcpWritable(end.id);
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

  private isUp(end: TcpEndpoint): boolean {
    return this.context.links.isUp(end.host, end.local, LinkBits.in);
  }

  private reachesPeer(end: TcpEndpoint): boolean {
    return this.context.links.isUp(end.peerHost, end.peerLocal, LinkBits.in);
  }
}
