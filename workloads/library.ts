/**
 * The library: what a program of somebody else's can hand in (a workload, an invariant, an IM Server, a fleet of IM Clients), and the
 * one function that runs them. What is handed in has no less than the built-in parts have, and no more.
 *
 * Not offered: another SIP/IP Core or IM XDMS; `prepare` of `simulate.ts` takes them.
 */
import { map } from 'rxjs';
import type { ClientFleetConfig } from '../models/client/config.js';
import type { ClientFleet } from '../models/client/client-fleet.js';
import type { ImServerConfig } from '../models/im-server/config.js';
import { Observed } from '../models/observations.js';
import type { CellResult, InvariantVerdict } from '../results/cell-result.js';
import { UsageError } from '../results/exit-codes.js';
import type { ActorFactory, Ports, RandomStream } from '../sim/host/ports.js';
import { arrivals } from './traffic/arrivals.js';
import { cellOf } from './cell.js';
import { Numbers } from './traffic/numbers.js';
import type { pagerTraffic } from './traffic/pager.js';
import { phasesOf, type Scenario } from './scenario/scenario.js';
import { prepare } from './simulate.js';
import { actorsOf } from './fuzz/sabotage.js';
import type { Watcher } from './watch/watcher.js';

/** One observation of a run; what the members mean is said at each kind in `models/observations.ts`. */
export interface Observation {
  /** Virtual time, nanoseconds since the start. */
  readonly atNs: number;
  readonly entity: number;
  readonly message: number;
  readonly a: number;
  readonly b: number;
  /** A view, valid during the call only: copy what you keep. */
  readonly octets: Uint8Array;
}

/** Takes the verdicts of an invariant. */
export interface Judge {
  /** Puts the invariant to the test once; `words` say what is wrong if `holds` is false. */
  check(holds: boolean, words: string): void;
}

export type ObservedName = keyof typeof Observed;
export type Handlers = { readonly [Name in ObservedName]?: (observation: Observation) => void };

export interface InvariantDefinition {
  /** Short and your own, such as `X1`; the built-in ones are I1 to I14. */
  readonly id: string;
  /** What holds in every run, in one line. */
  readonly title: string;
  /** Where that is written. */
  readonly clause: string;
  /** Called once a run, so that state lives in its closure. Gives a handler for each kind that it watches. */
  watch(judge: Judge): Handlers;
}

/** A Pager Mode message to be sent. */
export interface Message {
  /** Seconds of virtual time since the start of the run; never less than that of the message before. */
  readonly atS: number;
  /** Users are numbers from 0. */
  readonly from: number;
  readonly to: number;
  /** Body, 20 to 1300 octets (RFC 3428 section 8 sets the upper end for congestion's sake). */
  readonly sizeOctets: number;
  readonly anonymous?: boolean;
  /** Lifetime; left out: none is asked for. */
  readonly expiresS?: number;
}

export interface WorkloadContext {
  readonly subscribers: number;
  /** When load begins and ends; messages outside are refused. */
  readonly fromS: number;
  readonly untilS: number;
  /** The only chance a workload may use: named, seeded, its own. */
  readonly random: RandomStream;
}

export interface WorkloadDefinition {
  readonly name: string;
  /** The messages of a whole run, in order of time; drawn one by one as time goes on. */
  messages(context: WorkloadContext): Iterable<Message>;
}

export type ServerFactory = ActorFactory<ImServerConfig>;
export type ClientFactory = (ports: Ports, config: ClientFleetConfig) => ClientFleet;

/** Gives `definition` back, checked by the compiler. */
export function defineInvariant(definition: InvariantDefinition): InvariantDefinition {
  return definition;
}

/** Gives `definition` back. It takes the place of `traffic.pager`; the rest of the scenario stays. */
export function defineWorkload(definition: WorkloadDefinition): WorkloadDefinition {
  return definition;
}

/** Gives `factory` back: an IM Server in the place of the built-in one. */
export function defineServer(factory: ServerFactory): ServerFactory {
  return factory;
}

/** Gives `factory` back: all IM Clients of a run in one actor, which has one address for each of them. */
export function defineClient(factory: ClientFactory): ClientFactory {
  return factory;
}

export interface SimulateOptions {
  /** Seed of all chance, any text; left out: the scenario's. */
  readonly seed?: string;
  readonly invariants?: readonly InvariantDefinition[];
  readonly workload?: WorkloadDefinition;
  readonly server?: ServerFactory;
  readonly client?: ClientFactory;
}

/**
 * Simulates `scenario` and gives its result; nothing is written. The same scenario, seed and parts give the same exact result. Verdicts
 * of own invariants stand after the built-in ones. Throws a `UsageError` for a workload that cannot be.
 */
export function simulate(scenario: Scenario, options: SimulateOptions = {}): CellResult {
  const cell = cellOf(scenario, options.seed);
  const builtIn = actorsOf(cell);
  const actors = {
    ...builtIn,
    server: options.server ?? builtIn.server,
    clients: options.client ?? builtIn.clients,
  };
  const own = (options.invariants ?? []).map(watched);
  const watchers = own.map(({ watcher }) => watcher);
  const failures: unknown[] = [];
  const failed = (error: unknown) => failures.push(error);
  const traffic = options.workload === undefined ? undefined : trafficOf(options.workload, failed);
  const simulation = prepare(cell, actors, watchers, traffic);
  while (simulation.outcome === undefined && failures.length === 0) simulation.step();
  if (failures.length > 0) throw failures[0];
  const result = simulation.finish();
  const verdicts = own.map(({ verdict }) => verdict);
  return {
    ...result,
    summary: { ...result.summary, invariants: [...result.summary.invariants, ...verdicts] },
  };
}

function watched(definition: InvariantDefinition): { watcher: Watcher; verdict: InvariantVerdict } {
  const { id, title, clause } = definition;
  const verdict: InvariantVerdict = { id, title, clause, held: true, checked: 0, violations: 0 };
  const watcher: Watcher = {
    attach(world) {
      const check = (holds: boolean, words: string) => {
        verdict.checked++;
        if (holds) return;
        verdict.held = false;
        verdict.violations++;
        verdict.first ??= `at ${(world.kernel.nowNs / 1e9).toFixed(6)} s: ${words}`;
      };
      const handlers = Object.entries(definition.watch({ check })) as [
        ObservedName,
        Handlers[ObservedName],
      ][];
      for (const [name, handler] of handlers) {
        if (handler === undefined) continue;
        world.observations.subscribe(Observed[name], (_kind, entity, message, a, b, buf, start, end) => {
          handler({ atNs: world.kernel.nowNs, entity, message, a, b, octets: buf.subarray(start, end) });
        });
      }
    },
    finish() {
      // Verdicts are taken as they come.
    },
  };
  return { watcher, verdict };
}

/** A definition as the Pager Mode workload of a run; `failed` hears of the error that ends it. */
function trafficOf(definition: WorkloadDefinition, failed: (error: unknown) => void): typeof pagerTraffic {
  return (scenario, chance, scheduler, _population, numbers?: Numbers) => {
    const series = numbers ?? new Numbers();
    const { loadFromNs, loadUntilNs } = phasesOf(scenario);
    const { subscribers } = scenario.population;
    const context = {
      subscribers,
      fromS: loadFromNs / 1e9,
      untilS: loadUntilNs / 1e9,
      random: chance.stream(`own.${definition.name}`, 0, 0),
    };
    const messages = definition.messages(context)[Symbol.iterator]();
    const waiting: Message[] = [];
    let last = loadFromNs;
    const next = (): number => {
      try {
        const step = messages.next();
        if (step.done === true) return Infinity;
        const atNs = Math.round(step.value.atS * 1e9);
        const fault = faultOf(step.value, atNs, last, loadUntilNs, subscribers);
        if (fault !== undefined) throw new UsageError(`workload ${definition.name}: ${fault}`);
        last = atNs;
        waiting.push(step.value);
        return atNs;
      } catch (error) {
        // An observable would swallow it.
        failed(error);
        return Infinity;
      }
    };
    return arrivals(scheduler, next, loadFromNs, loadUntilNs).pipe(
      map((intendedAtNs) => {
        const message = waiting.shift();
        if (message === undefined) throw new Error('a message for each instant');
        return {
          sender: message.from,
          recipient: message.to,
          message: series.take(),
          sizeOctets: message.sizeOctets,
          intendedAtNs,
          anonymous: message.anonymous ?? false,
          expiresS: message.expiresS ?? -1,
        };
      }),
    );
  };
}

function faultOf(
  { from, to, sizeOctets, expiresS }: Message,
  atNs: number,
  lastNs: number,
  untilNs: number,
  subscribers: number,
): string | undefined {
  const isUser = (user: number) => Number.isInteger(user) && user >= 0 && user < subscribers;
  if (!(atNs >= lastNs && atNs < untilNs)) {
    return `a message at ${atNs / 1e9} s is out of order or outside of the load (${lastNs / 1e9} s to ${untilNs / 1e9} s)`;
  }
  if (!isUser(from) || !isUser(to) || from === to) return `no message from user ${from} to user ${to} can be`;
  if (!Number.isInteger(sizeOctets) || sizeOctets < 20 || sizeOctets > 1300) {
    return `a body of ${sizeOctets} octets: 20 to 1300 are possible`;
  }
  if (expiresS !== undefined && !(Number.isInteger(expiresS) && expiresS > 0)) {
    return `a lifetime of ${expiresS} s: whole seconds above 0 are possible`;
  }
  return undefined;
}
