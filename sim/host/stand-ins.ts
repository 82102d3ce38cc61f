/**
 * Stand-ins for an actor while its host is down or paused. The network and the devices always call a receiver, so that the hot
 * path asks nothing; which receiver it is says what happens.
 */
import { CommitStatus, type Actor, type Block, type Conn, type Octets, type TcpEnd } from './ports.js';

/** Drops everything: the host is down. */
export class DownActor implements Actor {
  start(): void {}
  onDatagram(): void {}
  onTimer(): void {}
  onTcpAccepted(): void {}
  onTcpConnected(): void {}
  onTcpData(): void {}
  onTcpWritable(): void {}
  onTcpClosed(): void {}
  onLink(): void {}
  onCommitted(): void {}
  onServed(): void {}
}

type Call = (actor: Actor) => void;

/**
 * Keeps everything, in order, for when the host goes on: a process that was stopped and whose sockets wait. Streams are not kept
 * here, they wait in the network; timers and CPU jobs ask to be kept ({@link keep}). Not on a hot path, so it keeps closures.
 */
export class PausedActor implements Actor {
  private calls: Call[] = [];
  private readonly blocks: Block[] = [];
  /** Tokens of the commits that became durable. */
  private readonly durable: number[] = [];
  private datagrams = 0;

  /** Datagrams beyond `datagramLimit` are dropped, as by a full socket buffer. */
  constructor(
    private readonly octets: Octets,
    private readonly datagramLimit: number,
  ) {}

  /** Keeps something that has a way of its own to the actor. */
  keep(call: Call): void {
    this.calls.push(call);
  }

  /** Hands everything to the actor that goes on. `goesOn` is asked before each: false ends it, for the host crashed. */
  replay(actor: Actor, goesOn: () => boolean): void {
    const { calls } = this;
    this.calls = [];
    for (let i = 0; i < calls.length && goesOn(); i++) calls[i](actor);
    this.discard();
  }

  /** Tells the actor that crashed which of its commits became durable; see {@link Actor.onUntold}. */
  tellDurable(actor: Actor): void {
    for (const token of this.durable) actor.onUntold?.(token);
  }

  /** Gives the kept blocks back: after a replay, or when the host crashed meanwhile. */
  discard(): void {
    this.calls.length = 0;
    for (const block of this.blocks) this.octets.release(block);
    this.blocks.length = 0;
    this.durable.length = 0;
    this.datagrams = 0;
  }

  start(): void {}

  onDatagram(
    local: number,
    fromIp: number,
    fromPort: number,
    toPort: number,
    block: Block,
    _buf: Buffer,
    start: number,
    end: number,
  ): void {
    if (this.datagrams++ >= this.datagramLimit) return;
    this.octets.retain(block);
    this.blocks.push(block);
    this.calls.push((actor) =>
      actor.onDatagram(local, fromIp, fromPort, toPort, block, this.octets.buf, start, end),
    );
  }

  /** Timers are parked in the kernel instead, so that the actor may still cancel them. */
  onTimer(): void {}

  onTcpAccepted(conn: Conn, local: number, port: number, fromIp: number, fromPort: number): void {
    this.calls.push((actor) => actor.onTcpAccepted(conn, local, port, fromIp, fromPort));
  }

  onTcpConnected(conn: Conn): void {
    this.calls.push((actor) => actor.onTcpConnected(conn));
  }

  onTcpData(): void {}

  onTcpWritable(conn: Conn): void {
    this.calls.push((actor) => actor.onTcpWritable(conn));
  }

  onTcpClosed(conn: Conn, end: TcpEnd): void {
    this.calls.push((actor) => actor.onTcpClosed(conn, end));
  }

  onLink(local: number, up: boolean): void {
    this.calls.push((actor) => actor.onLink(local, up));
  }

  onCommitted(token: number, status: CommitStatus): void {
    if (status === CommitStatus.ok) this.durable.push(token);
    this.calls.push((actor) => actor.onCommitted(token, status));
  }

  /** The end of a job waits at the CPU station instead. */
  onServed(): void {}
}
