/**
 * A host: an address range, a storage device, a clock, and one incarnation of an actor after the other.
 *
 * A crash drops the actor, its timers and jobs, the open and unfinished storage batches and its sockets. What the *machine* loses
 * silently (peers stay half-open and their packets vanish), a *process* loses with notice: its stack resets the connections
 * and refuses new ones. A restart builds the actor anew, on the same storage, with the next incarnation; it recovers in `start`.
 *
 * Not modelled: memory limits, boot time (a restart is instant; plan its instant), a clock that is lost with the machine.
 */
import { assert } from '../kernel/assert.js';
import type { NetworkHost } from '../network/network-host.js';
import { HostClock } from './clock.js';
import { Incarnation, type Surroundings } from './incarnation.js';
import type { Actor, Ports } from './ports.js';
import type { ClockSpec, CpuSpec, StorageSpec } from './specs.js';
import { DownActor, PausedActor } from './stand-ins.js';
import { StationMeter } from './station-meter.js';
import { StorageDevice } from './storage.js';

/** Datagrams that the sockets of a paused host keep. */
const PAUSED_DATAGRAMS = 4096;

export interface HostParts {
  readonly id: number;
  readonly name: string;
  readonly firstIp: number;
  readonly addresses: number;
  readonly epochMs: number;
  readonly cpu: CpuSpec;
  readonly storage: StorageSpec;
  readonly clock: ClockSpec;
  /** Makes the actor of an incarnation. */
  readonly boot: (ports: Ports) => Actor;
}

export class Host implements NetworkHost {
  readonly id: number;
  readonly name: string;
  readonly firstIp: number;
  readonly addresses: number;
  readonly storage: StorageDevice;
  /** What passed through its CPU, over all incarnations. */
  readonly cpuMeter: StationMeter;
  readonly clock: HostClock;
  readonly udpPorts: number[] = [];
  readonly tcpPorts: number[] = [];
  stackUp = false;
  up = false;
  paused = false;
  /** Of the present or last incarnation; -1 before the first. */
  incarnation = -1;
  receiver: Actor;

  private readonly down = new DownActor();
  private readonly kept: PausedActor;
  private current: Actor | undefined;
  private present: Incarnation | undefined;
  /** What faults multiply CPU costs with; kept here, for it outlasts a restart. */
  private readonly slowdowns: number[] = [];

  constructor(
    private readonly parts: HostParts,
    private readonly surroundings: Surroundings,
  ) {
    this.id = parts.id;
    this.name = parts.name;
    this.firstIp = parts.firstIp;
    this.addresses = parts.addresses;
    this.clock = new HostClock(parts.epochMs, parts.clock);
    this.receiver = this.down;
    this.kept = new PausedActor(surroundings.octets, PAUSED_DATAGRAMS);
    const { kernel, octets, chance } = surroundings;
    this.cpuMeter = new StationMeter(kernel, parts.cpu.servers);
    this.storage = new StorageDevice(kernel, octets, chance, parts.id, parts.storage, () => this.receiver);
  }

  /** The actor of the present incarnation. */
  get actor(): Actor {
    assert(this.current !== undefined, 'the actor of a host that is down');
    return this.current;
  }

  /** The ports of the present incarnation. */
  get ports(): Incarnation {
    assert(this.present !== undefined, 'the ports of a host that is down');
    return this.present;
  }

  /** Boots the next incarnation; the host must be down. */
  start(): void {
    assert(!this.up, 'starting a host that is up');
    this.incarnation++;
    const { cpu } = this.parts;
    this.present = new Incarnation(this.surroundings, this, this.incarnation, this.storage, cpu, this.clock);
    this.present.cpu.slowdown = this.slowdownFactor;
    this.stackUp = true;
    this.up = true;
    this.current = this.parts.boot(this.present);
    this.receiver = this.current;
    this.current.start();
  }

  /** Ends the present incarnation. `machine`: the stack goes too, so that nothing answers. The host must be up. */
  crash(what: 'machine' | 'process'): void {
    assert(this.up && this.present !== undefined, 'crashing a host that is down');
    this.up = false;
    this.stackUp = what === 'process';
    this.paused = false;
    this.receiver = this.down;
    this.present.end();
    this.present = undefined;
    this.storage.crash();
    this.kept.tellDurable(this.actor);
    this.kept.discard();
    this.current = undefined;
    this.surroundings.tcp.faults.crash(this.id, what === 'process');
    this.udpPorts.length = 0;
    this.tcpPorts.length = 0;
  }

  /** Stops the actor for a while; what reaches it meanwhile waits. */
  pause(): void {
    assert(this.up && !this.paused, 'pausing a host that does not run');
    this.paused = true;
    this.receiver = this.kept;
  }

  /** While paused: keeps `call` for the actor that goes on, after what was kept before. */
  keep(call: (actor: Actor) => void): void {
    this.kept.keep(call);
  }

  /** Lets the actor go on, with everything that waited first. */
  resume(): void {
    assert(this.up && this.paused, 'resuming a host that is not paused');
    this.paused = false;
    this.receiver = this.actor;
    const { incarnation } = this;
    this.kept.replay(this.actor, () => this.up && this.incarnation === incarnation);
    if (!this.up) return;
    this.surroundings.tcp.resume(this.id);
  }

  /** Makes CPU work take `factor` times as long from now on, or gives that back. Several multiply. */
  slowDown(factor: number, inForce: boolean): void {
    if (inForce) this.slowdowns.push(factor);
    else {
      const at = this.slowdowns.indexOf(factor);
      assert(at >= 0, 'giving back a slowdown that is not in force');
      this.slowdowns.splice(at, 1);
    }
    if (this.present !== undefined) this.present.cpu.slowdown = this.slowdownFactor;
  }

  private get slowdownFactor(): number {
    return this.slowdowns.reduce((product, factor) => product * factor, 1);
  }
}
