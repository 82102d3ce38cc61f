/**
 * Opening a TCP connection: SYN, SYN-ACK, ACK, each a packet on the path, with a refusal where nobody listens.
 *
 * The client repeats SYN after 1 s, 2 s, 4 s ... (RFC 6298 section 2.1) until `connectGiveUpNs`; the server repeats SYN-ACK only when a SYN
 * comes again. A machine that is down, a link that is down and an address that nobody has do not answer.
 *
 * Not modelled: simultaneous open, options, a limited accept queue.
 */
import { Phase } from '../kernel/kernel.js';
import { SegmentBits, TcpEnd } from '../host/ports.js';
import { Offer } from './link.js';
import { BARE_OCTETS, type TcpContext, TcpEvent } from './tcp-context.js';
import { type TcpEndpoint, TcpState } from './tcp-endpoint.js';
import type { TcpStream } from './tcp-stream.js';

const FIRST_EPHEMERAL = 49_152;
const EPHEMERAL_PORTS = 16_384;

export class TcpHandshake {
  /** By host: connections opened so far, for the ephemeral port. */
  private readonly opened: number[] = [];

  constructor(
    private readonly context: TcpContext,
    private readonly stream: TcpStream,
  ) {}

  /** Sends the first SYN; see `TcpPort.connect`. */
  connect(host: number, local: number, toIp: number, toPort: number): TcpEndpoint {
    const { table, fabric, kernel } = this.context;
    const end = table.take();
    const serial = this.opened[host] ?? 0;
    this.opened[host] = serial + 1;
    end.state = TcpState.synSent;
    end.host = host;
    end.local = local;
    end.port = FIRST_EPHEMERAL + (serial % EPHEMERAL_PORTS);
    end.peerHost = fabric.hostOf(toIp);
    end.peerLocal = end.peerHost < 0 ? 0 : toIp - fabric.hosts[end.peerHost].firstIp;
    end.peerPort = toPort;
    end.startNs = kernel.nowNs;
    this.context.showEnd(end, toIp);
    this.sendSyn(end);
    return end;
  }

  /** The SYN of `client` reached the host that it is for. */
  onSyn(client: TcpEndpoint): void {
    const { table, fabric } = this.context;
    const host = fabric.hosts[client.peerHost];
    if (client.state !== TcpState.synSent || !host.stackUp) return;
    const known = table.get(client.peerId);
    if (known !== undefined) {
      this.context.sendBare(known, TcpEvent.synAck, client.id, known.id);
      return;
    }
    if (!host.up || !host.tcpPorts.includes(client.peerPort)) {
      this.resetBack(client);
      return;
    }
    const server = table.take();
    server.state = TcpState.synReceived;
    server.host = client.peerHost;
    server.local = client.peerLocal;
    server.port = client.peerPort;
    server.peerHost = client.host;
    server.peerLocal = client.local;
    server.peerPort = client.port;
    server.peerId = client.id;
    client.peerId = server.id;
    this.context.showEnd(server, fabric.hosts[client.host].firstIp + client.local);
    this.context.sendBare(server, TcpEvent.synAck, client.id, server.id);
  }

  /** SYN-ACK reached the client: it is connected. */
  onSynAck(client: TcpEndpoint): void {
    if (client.state !== TcpState.synSent) return;
    const { fabric } = this.context;
    const { id } = client;
    this.context.stopTimer(client);
    client.state = TcpState.established;
    this.sendAck(client);
    fabric.hosts[client.host].receiver.onTcpConnected(id);
    if (client.id === id) this.stream.pump(client);
  }

  /** Repeats the ACK that was lost, unless data made it needless. */
  onAckAgain(client: TcpEndpoint): void {
    const server = this.context.table.get(client.peerId);
    if (server?.state === TcpState.synReceived) this.sendAck(client);
  }

  /** ACK, or data in its place, reached the server: the connection is its actor's now. */
  accept(server: TcpEndpoint): void {
    if (server.state !== TcpState.synReceived) return;
    const { fabric } = this.context;
    server.state = TcpState.established;
    const fromIp = fabric.hosts[server.peerHost].firstIp + server.peerLocal;
    fabric.hosts[server.host].receiver.onTcpAccepted(
      server.id,
      server.local,
      server.port,
      fromIp,
      server.peerPort,
    );
  }

  /** No answer to SYN in time. */
  onSynTimeout(client: TcpEndpoint): void {
    client.timer = -1;
    const { kernel, settings } = this.context;
    if (kernel.nowNs - client.startNs >= settings.connectGiveUpNs) {
      this.context.finish(client, TcpEnd.timeout);
    } else this.sendSyn(client);
  }

  /** The stack of the host that `end` talks to answers RST, for it knows no such connection. False if that is lost. */
  resetBack(end: TcpEndpoint): boolean {
    const { links, kernel, handler } = this.context;
    const lane = links.offer(end.peerHost, end.peerLocal, end.host, end.local, BARE_OCTETS, 1, false);
    const bits = SegmentBits.rst | SegmentBits.ack | SegmentBits.reverse;
    this.context.tap.bareSegment(end.peerHost, end.id, bits, lane === Offer.lost);
    if (lane >= 0) kernel.after(lane, handler, TcpEvent.resetBack, end.id, 0);
    else if (lane !== Offer.lost) {
      kernel.at(links.arrivalNs, Phase.network, handler, TcpEvent.resetBack, end.id, 0);
    }
    return lane !== Offer.lost;
  }

  private sendSyn(client: TcpEndpoint): void {
    const { kernel, settings, handler } = this.context;
    this.context.sendBare(client, TcpEvent.syn, client.id, 0);
    const first = client.backoff === 0;
    const waitNs = settings.connectRtoNs * (1 << client.backoff++);
    const leftNs = client.startNs + settings.connectGiveUpNs - kernel.nowNs;
    if (first && waitNs <= leftNs) {
      // Nearly always cancelled, so it waits in a lane.
      const lane = kernel.lane(waitNs, Phase.network);
      client.timer = kernel.after(lane, handler, TcpEvent.synTimeout, client.id, 0);
    } else {
      const atNs = kernel.nowNs + Math.min(waitNs, leftNs);
      client.timer = kernel.at(atNs, Phase.network, handler, TcpEvent.synTimeout, client.id, 0);
    }
  }

  private sendAck(client: TcpEndpoint): void {
    const { kernel, settings, handler } = this.context;
    client.backoff = 0;
    if (this.context.sendBare(client, TcpEvent.ack, client.peerId, 0)) return;
    const atNs = kernel.nowNs + settings.connectRtoNs;
    kernel.at(atNs, Phase.network, handler, TcpEvent.ackAgain, client.id, 0);
  }
}
