/**
 * TCP for all hosts of a world, as `TcpPort` asks for it. The contract is in `sim/host/ports.ts`; how data travels and what is not
 * modelled is in `tcp-stream.ts`, how connections open in `tcp-handshake.ts`, the events of the model in `tcp-events.ts`, what faults do in
 * `tcp-faults.ts`.
 *
 * Ends. FIN goes after all data; when both FINs were read the connection is gone without a TIME-WAIT. RST is not repeated: if
 * it is lost, the peer is half-open until it sends something. A machine that crashes forgets its ends silently; one that runs
 * again answers RST to what it does not know. A process that crashes leaves its stack behind, which resets all.
 */
import { assert } from '../kernel/assert.js';
import { type Kernel, Phase } from '../kernel/kernel.js';
import type { Chance } from '../kernel/random.js';
import type { Block, Conn, Octets } from '../host/ports.js';
import type { Fabric } from './fabric.js';
import type { Links } from './link.js';
import type { NetworkTap } from './tap.js';
import { TcpContext, TcpEvent } from './tcp-context.js';
import { type TcpEndpoint, TcpState } from './tcp-endpoint.js';
import { TcpDelivery } from './tcp-delivery.js';
import { forget } from './tcp-ending.js';
import { TcpEvents } from './tcp-events.js';
import { TcpFaults } from './tcp-faults.js';
import { TcpHandshake } from './tcp-handshake.js';
import { TcpLoss } from './tcp-loss.js';
import type { TcpSettings } from './tcp-settings.js';
import { TcpStream } from './tcp-stream.js';

export class Tcp {
  /** What faults do to connections. */
  readonly faults: TcpFaults;
  private readonly context: TcpContext;
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
    const { context } = this;
    const delivery = new TcpDelivery(context);
    const loss = new TcpLoss(context);
    this.stream = new TcpStream(context, loss, delivery);
    this.handshake = new TcpHandshake(context, this.stream);
    this.faults = new TcpFaults(context, this.stream);
    context.handler = kernel.register(new TcpEvents(context, this.handshake, this.stream, delivery, loss));
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
    return this.stream.hasRoom(from);
  }

  /** See `TcpPort.writable`. */
  writable(host: number, conn: Conn): boolean {
    const end = this.find(host, conn);
    return end !== undefined && this.stream.hasRoom(end);
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
    if (end !== undefined) forget(this.context, end, true);
  }

  pauseReading(host: number, conn: Conn, paused: boolean): void {
    const end = this.find(host, conn);
    if (end === undefined || end.readPaused === paused) return;
    end.readPaused = paused;
    if (!paused) this.readOn(end);
  }

  /** A host that was paused reads on. */
  resume(host: number): void {
    for (const end of this.context.table.ofHost(host)) {
      if (end.state === TcpState.established) this.readOn(end);
    }
  }

  private readOn(end: TcpEndpoint): void {
    const { kernel, handler } = this.context;
    kernel.at(kernel.nowNs, Phase.network, handler, TcpEvent.read, end.id, 0);
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
}
