/**
 * The world: a seed and a topology in, a running world out. It builds kernel, chance, arena, fingerprint, network, hosts and
 * faults, and runs them in slices of virtual time, so that a caller can report progress and be interrupted between slices.
 *
 * Order of things: `createWorld`, then subscriptions (`World.observations.subscribe`), then `start`, which boots the hosts in
 * the order in which they were given, then `runUntil` as often as wanted.
 */
import { FaultInjector, type FaultSurroundings } from './faults/injector.js';
import { expandPlan } from './faults/expand.js';
import { PACKET_KINDS, type ExpandedPlan, type FaultPlan } from './faults/plan.js';
import { Host } from './host/host.js';
import { type ObservationHandler, ObservationHub } from './host/observations.js';
import type { Actor, Ports } from './host/ports.js';
import {
  type ClockSpec,
  type CpuSpec,
  FREE_CPU,
  PLAIN_STORAGE,
  type StorageSpec,
  TRUE_CLOCK,
} from './host/specs.js';
import { assert } from './kernel/assert.js';
import { Fingerprint } from './kernel/fingerprint.js';
import { Kernel, type KernelOptions, RunOutcome } from './kernel/kernel.js';
import { OctetArena } from './kernel/octets.js';
import { Chance } from './kernel/random.js';
import type { AccessProfile } from './network/access-profiles.js';
import { Fabric } from './network/fabric.js';
import { Links } from './network/link.js';
import { hashText } from './kernel/mix.js';
import { NetworkTap } from './network/tap.js';
import { Tcp } from './network/tcp.js';
import { tcpDefaults, type TcpSettings } from './network/tcp-settings.js';
import { Udp } from './network/udp.js';

/** Purpose of addressed chance that a fault takes for one of its members. */
const PURPOSE_OF_MEMBER = 0x10202;

/** One host: an address range, an actor, and what it runs on. */
export interface HostSpec<Config = unknown> {
  /** Unique in the world; fault plans name it. */
  readonly name: string;
  /** First IPv4 address, as an unsigned integer below 2^31; `local` n has `ip + n`. */
  readonly ip: number;
  /** Number of addresses; the ranges of two hosts may not overlap. */
  readonly addresses: number;
  /** Any `ActorFactory<Config>`. Declared as a method, so that hosts of different configurations fit into one list. */
  factory(ports: Ports, config: Config): Actor;
  readonly config: Config;
  /** The access link of each of its addresses. */
  readonly link: AccessProfile;
  /** Default: {@link FREE_CPU}. */
  readonly cpu?: CpuSpec | undefined;
  /** Default: {@link PLAIN_STORAGE}. */
  readonly storage?: StorageSpec | undefined;
  /** Default: {@link TRUE_CLOCK}. */
  readonly clock?: ClockSpec | undefined;
}

export interface WorldOptions {
  readonly seed: string;
  /** Milliseconds since 1970 at the start of the run, whole seconds recommended. */
  readonly epochMs: number;
  readonly hosts: readonly HostSpec[];
  readonly faults?: FaultPlan | undefined;
  /** Everything still in force heals then, and nothing is installed from then on. Default: never. */
  readonly healAtNs?: number | undefined;
  readonly tcp?: Partial<TcpSettings> | undefined;
  readonly limits?: { readonly maxEvents?: number | undefined } | undefined;
  readonly kernel?: KernelOptions | undefined;
  readonly arena?: { readonly initialOctets?: number; readonly poison?: boolean } | undefined;
  /** Subscriptions as data: the same as `World.observations.subscribe` for each. */
  readonly subscribers?:
    readonly { readonly kinds: readonly number[]; readonly handler: ObservationHandler }[] | undefined;
}

/** Where a world stands when nobody runs it. */
export interface WorldState {
  readonly nowNs: number;
  readonly events: number;
  readonly pendingEvents: number;
  readonly fingerprint: string;
  readonly heldOctets: number;
}

export interface World {
  readonly kernel: Kernel;
  readonly octets: OctetArena;
  readonly chance: Chance;
  readonly fingerprint: Fingerprint;
  readonly observations: ObservationHub;
  /** In the order of the options; `Host.actor` is the actor of the present incarnation. */
  readonly hosts: readonly Host[];
  /** For counts of what is on its way. */
  readonly udp: Udp;
  readonly tcp: Tcp;
  /** The access links, for who must cut or change one outside of a plan. */
  readonly links: Links;
  /** The fault plan as it runs, with explicit members. */
  readonly plan: ExpandedPlan;
  /** The host of this name; an unknown name is an assertion. */
  host(name: string): Host;
  /** Boots all hosts and installs the faults. Called by the first `runUntil` if nobody did. */
  start(): void;
  /** Runs up to and including `atNs`, which is finite; `eventLimit` once `limits.maxEvents` is reached. */
  runUntil(atNs: number): RunOutcome;
  /** Runs until nothing is left to happen, or the event limit. A world with keep-alives never gets there. */
  run(): RunOutcome;
  /** Heals all faults in force and none to come; for the liveness phase. */
  healAll(): void;
  state(): WorldState;
}

/** Builds a world; nothing happens in it yet. Overlapping ranges, double names and invalid plans are assertions. */
export function createWorld(options: WorldOptions): World {
  return new VirtualWorld(options);
}

class VirtualWorld implements World {
  readonly kernel: Kernel;
  readonly octets: OctetArena;
  readonly chance: Chance;
  readonly fingerprint = new Fingerprint();
  readonly observations: ObservationHub;
  readonly hosts: readonly Host[];
  readonly links: Links;
  readonly udp: Udp;
  readonly tcp: Tcp;
  readonly plan: ExpandedPlan;
  private readonly injector: FaultInjector;
  private readonly maxEvents: number;
  private started = false;

  constructor(options: WorldOptions) {
    this.kernel = new Kernel(options.kernel);
    this.octets = new OctetArena(options.arena?.initialOctets, options.arena?.poison);
    this.chance = new Chance(options.seed);
    this.maxEvents = options.limits?.maxEvents ?? Infinity;
    const { kernel, octets, chance } = this;
    const observe = new ObservationHub(kernel, this.fingerprint, octets);
    this.observations = observe;
    const fabric = new Fabric();
    this.links = new Links(kernel, chance);
    const tap = new NetworkTap(kernel, octets, this.fingerprint, observe);
    this.udp = new Udp(kernel, octets, fabric, this.links, tap);
    const settings = Object.assign(tcpDefaults(), options.tcp);
    this.tcp = new Tcp(kernel, octets, chance, fabric, this.links, tap, settings);
    const { udp, tcp } = this;
    const surroundings = { kernel, octets, chance, udp, tcp, observe };
    this.hosts = options.hosts.map((spec, id) => {
      const host = new Host(partsOf(spec, id, options.epochMs), surroundings);
      fabric.add(host);
      this.links.addHost(spec.addresses, spec.link);
      return host;
    });
    const names = new Set(this.hosts.map((host) => host.name));
    assert(names.size === this.hosts.length, 'two hosts of one name');
    this.plan = expandPlan(options.faults ?? [], this.hosts, chance);
    this.links.countAll = this.plan.some(({ kind }) => PACKET_KINDS.includes(kind));
    const context: FaultSurroundings = {
      links: this.links,
      tcp: tcp.faults,
      now: () => kernel.nowNs,
      chance: ({ id }, member) => chance.addressed(PURPOSE_OF_MEMBER, hashText(id, 0), member),
      hostOf: (name) => this.host(name),
    };
    this.injector = new FaultInjector(kernel, context, this.plan, options.healAtNs);
    for (const { kinds, handler } of options.subscribers ?? []) {
      for (const kind of kinds) observe.subscribe(kind, handler);
    }
  }

  host(name: string): Host {
    const host = this.hosts.find((candidate) => candidate.name === name);
    assert(host !== undefined, `no host is named ${name}`);
    return host;
  }

  start(): void {
    assert(!this.started, 'a world starts once');
    this.started = true;
    this.observations.close();
    this.injector.schedule();
    for (const host of this.hosts) host.start();
  }

  runUntil(atNs: number): RunOutcome {
    if (!this.started) this.start();
    const { kernel } = this;
    const outcome = kernel.runUntil(atNs, this.maxEvents - kernel.executed);
    this.fingerprint.advance(kernel.nowNs);
    return outcome;
  }

  run(): RunOutcome {
    if (!this.started) this.start();
    const { kernel } = this;
    let outcome: RunOutcome = RunOutcome.idle;
    while (kernel.pending > 0 && outcome !== RunOutcome.eventLimit) {
      outcome = this.runUntil(kernel.nextNs());
    }
    return outcome;
  }

  healAll(): void {
    this.injector.healAll();
  }

  state(): WorldState {
    return {
      nowNs: this.kernel.nowNs,
      events: this.kernel.executed,
      pendingEvents: this.kernel.pending,
      fingerprint: this.fingerprint.hex(),
      heldOctets: this.octets.heldOctets,
    };
  }
}

function partsOf(spec: HostSpec, id: number, epochMs: number): ConstructorParameters<typeof Host>[0] {
  return {
    id,
    name: spec.name,
    firstIp: spec.ip,
    addresses: spec.addresses,
    epochMs,
    cpu: spec.cpu ?? FREE_CPU,
    storage: spec.storage ?? PLAIN_STORAGE,
    clock: spec.clock ?? TRUE_CLOCK,
    boot: (ports) => spec.factory(ports, spec.config),
  };
}
