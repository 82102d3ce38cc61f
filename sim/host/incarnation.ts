/**
 * One incarnation of a host, from boot to crash: the `Ports` of its actor, with the volatile parts (timers, CPU, chance) that go
 * with it. What outlives it, the network and the storage device, is passed through.
 */
import { type EventHandler, type Kernel, Phase } from '../kernel/kernel.js';
import type { Chance } from '../kernel/random.js';
import type { Tcp } from '../network/tcp.js';
import type { Udp } from '../network/udp.js';
import type { HostClock } from './clock.js';
import { CpuStation } from './cpu.js';
import { SharedCpu } from './shared-cpu.js';
import type { Station } from './station.js';
import type {
  Actor,
  Block,
  Conn,
  Lane,
  ObservePort,
  Octets,
  Ports,
  RandomPort,
  RandomStream,
  StoragePort,
  TcpPort,
  TimerId,
  TimerPort,
  UdpPort,
} from './ports.js';
import type { CpuSpec } from './specs.js';
import type { StationMeter } from './station-meter.js';

/** The host as its incarnations see it. */
export interface Home {
  readonly id: number;
  readonly firstIp: number;
  readonly receiver: Actor;
  /** The actor is stopped for a while; what comes for it goes to {@link keep}. */
  readonly paused: boolean;
  keep(call: (actor: Actor) => void): void;
  readonly udpPorts: number[];
  readonly tcpPorts: number[];
  readonly cpuMeter: StationMeter;
}

/** What all hosts of a world share. */
export interface Surroundings {
  readonly kernel: Kernel;
  readonly octets: Octets;
  readonly chance: Chance;
  readonly udp: Udp;
  readonly tcp: Tcp;
  readonly observe: ObservePort;
}

/** Timers of one incarnation; after its end they come to nothing. */
class HostTimers implements TimerPort, EventHandler {
  live = true;
  private readonly handler: number;
  /** Came due during a pause; held in the kernel until the actor goes on, or cancels them before it gets to them. */
  private readonly parked = new Set<TimerId>();

  constructor(
    private readonly kernel: Kernel,
    private readonly home: Home,
  ) {
    this.handler = kernel.register(this);
  }

  lane(delayNs: number): Lane {
    return this.kernel.lane(delayNs, Phase.timer);
  }

  start(lane: Lane, kind: number, a: number, b: number): TimerId {
    return this.kernel.after(lane, this.handler, kind, a, b);
  }

  after(delayNs: number, kind: number, a: number, b: number): TimerId {
    return this.kernel.at(this.kernel.nowNs + delayNs, Phase.timer, this.handler, kind, a, b);
  }

  cancel(timer: TimerId): void {
    this.kernel.cancel(timer);
    if (this.parked.size > 0) this.parked.delete(timer);
  }

  onEvent(kind: number, a: number, b: number): void {
    if (!this.live) return;
    if (!this.home.paused) {
      this.home.receiver.onTimer(kind, a, b);
      return;
    }
    const id = this.kernel.park();
    this.parked.add(id);
    this.home.keep((actor) => {
      if (this.parked.delete(id)) {
        this.kernel.unpark(id);
        actor.onTimer(kind, a, b);
      }
    });
  }

  end(): void {
    this.live = false;
    for (const id of this.parked) this.kernel.unpark(id);
    this.parked.clear();
  }
}

class HostUdp implements UdpPort {
  constructor(
    private readonly udp: Udp,
    private readonly home: Home,
    private readonly id: number,
  ) {}

  bind(port: number): void {
    if (!this.home.udpPorts.includes(port)) this.home.udpPorts.push(port);
  }

  send(
    local: number,
    fromPort: number,
    toIp: number,
    toPort: number,
    block: Block,
    length: number,
    bodyStart: number,
    bodyEnd: number,
  ): void {
    this.udp.send(this.id, local, fromPort, toIp, toPort, block, length, bodyStart, bodyEnd);
  }

  pathMtu(toIp: number): number {
    return this.udp.pathMtu(this.id, toIp);
  }
}

class HostTcp implements TcpPort {
  constructor(
    private readonly tcp: Tcp,
    private readonly home: Home,
    private readonly id: number,
  ) {}

  listen(port: number): void {
    if (!this.home.tcpPorts.includes(port)) this.home.tcpPorts.push(port);
  }

  connect(local: number, toIp: number, toPort: number): Conn {
    return this.tcp.connect(this.id, local, toIp, toPort);
  }

  write(conn: Conn, block: Block, start: number, end: number, body: boolean): boolean {
    return this.tcp.write(this.id, conn, block, start, end, body);
  }

  writable(conn: Conn): boolean {
    return this.tcp.writable(this.id, conn);
  }

  holds(conn: Conn): boolean {
    return this.tcp.holds(this.id, conn);
  }

  close(conn: Conn): void {
    this.tcp.close(this.id, conn);
  }

  abort(conn: Conn): void {
    this.tcp.abort(this.id, conn);
  }

  pauseReading(conn: Conn, paused: boolean): void {
    this.tcp.pauseReading(this.id, conn, paused);
  }
}

class HostRandom implements RandomPort {
  constructor(
    private readonly chance: Chance,
    private readonly id: number,
    private readonly incarnation: number,
  ) {}

  stream(purpose: string): RandomStream {
    return this.chance.stream(purpose, this.id, this.incarnation);
  }

  addressed(purpose: number, entity: number, ordinal: number): number {
    return this.chance.addressed(purpose, entity, ordinal);
  }
}

export class Incarnation implements Ports {
  readonly hostId: number;
  readonly octets: Octets;
  readonly timer: TimerPort;
  readonly udp: UdpPort;
  readonly tcp: TcpPort;
  readonly cpu: Station;
  readonly random: RandomPort;
  readonly observe: ObservePort;
  private readonly timers: HostTimers;
  private readonly kernel: Kernel;

  constructor(
    surroundings: Surroundings,
    private readonly home: Home,
    readonly incarnation: number,
    readonly storage: StoragePort,
    cpu: CpuSpec,
    private readonly clock: HostClock,
  ) {
    const { kernel, octets, chance } = surroundings;
    this.kernel = kernel;
    this.hostId = home.id;
    this.octets = octets;
    this.timers = new HostTimers(kernel, home);
    this.timer = this.timers;
    this.udp = new HostUdp(surroundings.udp, home, home.id);
    this.tcp = new HostTcp(surroundings.tcp, home, home.id);
    const stream = chance.stream('cpu', home.id, incarnation);
    const sink = () => home.receiver;
    const { cpuMeter: meter } = home;
    this.cpu =
      cpu.discipline === 'processor-sharing'
        ? new SharedCpu({ kernel, spec: cpu, stream, sink, pausable: home, meter })
        : new CpuStation(kernel, cpu, stream, sink, home, meter);
    this.random = new HostRandom(chance, home.id, incarnation);
    this.observe = surroundings.observe;
  }

  ipOf(local: number): number {
    return this.home.firstIp + local;
  }

  now(): number {
    return this.kernel.nowNs;
  }

  wallClock(): number {
    return this.clock.wallMs(this.kernel.nowNs);
  }

  /** The host crashed: timers and jobs come to nothing. */
  end(): void {
    this.timers.end();
    this.cpu.stop();
  }
}
