/**
 * The world: a seed and a topology in, a running world out. It builds kernel, chance, arena, fingerprint, network, hosts and
 * faults, and runs them in slices of virtual time, so that a caller can report progress and be interrupted between slices.
 *
 * Order of things: `createWorld`, then subscriptions (`World.observations.subscribe`), then `start`, which boots the hosts in
 * the order in which they were given, then `runUntil` as often as wanted.
 */
import type { Actor, ActorFactory } from './host/ports.js';
import type { ClockSpec, CpuSpec, StorageSpec } from './host/specs.js';
import type { ObservationHandler, ObservationHub } from './host/observations.js';
import type { AccessProfile } from './network/access-profiles.js';
import type { ExpandedPlan, FaultPlan } from './faults/plan.js';
import type { Kernel, KernelOptions, RunOutcome } from './kernel/kernel.js';
import type { OctetArena } from './kernel/octets.js';
import type { Fingerprint } from './kernel/fingerprint.js';
import type { Chance } from './kernel/random.js';
import type { TcpSettings } from './network/tcp-settings.js';
import { unreachable } from './kernel/assert.js';

/** One host: an address range, an actor, and what it runs on. */
export interface HostSpec<Config = unknown> {
  /** Unique in the world; fault plans name it. */
  readonly name: string;
  /** First IPv4 address, as an unsigned integer below 2^31; `local` n has `ip + n`. */
  readonly ip: number;
  /** Number of addresses; the ranges of two hosts may not overlap. */
  readonly addresses: number;
  // A method, so that hosts of different configurations fit into one list.
  factory(...args: Parameters<ActorFactory<Config>>): Actor;
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
  readonly tcp?: Partial<TcpSettings> | undefined;
  readonly limits?: { readonly maxEvents?: number | undefined } | undefined;
  readonly kernel?: KernelOptions | undefined;
  readonly arena?: { readonly initialOctets?: number; readonly poison?: boolean } | undefined;
  /** Subscriptions as data: the same as `World.observations.subscribe` for each. */
  readonly subscribers?:
    readonly { readonly kinds: readonly number[]; readonly handler: ObservationHandler }[] | undefined;
}

/** How a host stands, as the world shows it. */
export interface WorldHost {
  readonly id: number;
  readonly name: string;
  readonly up: boolean;
  readonly incarnation: number;
  /** The actor of the present incarnation; asking while the host is down is an assertion. */
  readonly actor: Actor;
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
  readonly hosts: readonly WorldHost[];
  /** The fault plan as it runs, with explicit members. */
  readonly plan: ExpandedPlan;
  /** The host of this name; an unknown name is an assertion. */
  host(name: string): WorldHost;
  /** Boots all hosts and installs the faults. Called by the first `runUntil` if nobody did. */
  start(): void;
  /** Runs up to and including `atNs`; `eventLimit` once `limits.maxEvents` is reached. */
  runUntil(atNs: number): RunOutcome;
  state(): WorldState;
}

/** Builds a world; nothing happens in it yet. */
export function createWorld(options: WorldOptions): World {
  return unreachable(`not there yet ${options.seed}`);
}
