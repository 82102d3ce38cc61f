/**
 * The one function of the product: a cell in, a result out (`docs/architecture.md`). Has the world of a cell built, connects recorder,
 * invariants and workload to it, and runs it in slices of one virtual second.
 *
 * The exact part of the result is a function of the cell. The noisy part is measured around the run, never in it.
 */
import { Subject, type Observable } from 'rxjs';
import { XDMS_IP } from '../models/addressing.js';
import type { ClientFleet } from '../models/client/client-fleet.js';
import { OTHER_KEYS } from '../models/im-server/store/store.js';
import { Observed } from '../models/observations.js';
import type { CellResult, Outcome } from '../results/cell-result.js';
import type { Exemplars } from '../results/folder/intervals-file.js';
import type { AttemptLimits } from '../results/recording/attempts.js';
import { Reconnection, type PlannedOutage } from '../results/recording/reconnection.js';
import { Recorder } from '../results/recording/recorder.js';
import { summarise } from '../results/summary.js';
import type { StoragePort } from '../sim/host/ports.js';
import { RunOutcome, type EventTrace } from '../sim/kernel/kernel.js';
import { NS_PER_S } from '../sim/kernel/time.js';
import { LinkBits } from '../sim/network/link.js';
import { VirtualScheduler } from '../sim/rx.js';
import type { World } from '../sim/world.js';
import type { Actors } from './actors.js';
import { buildWorld, mixBodies } from './build-world.js';
import type { Cell } from './cell.js';
import { costSourcesOf } from './cost-sources.js';
import { plannedOutage } from './faults/outage.js';
import { actorsOf } from './fuzz/sabotage.js';
import { thresholdsOf } from './objectives.js';
import { planDigest } from './plan.js';
import { phasesOf } from './scenario/scenario.js';
import { runToEnd, type Simulation } from './simulation.js';
import { warmUpRule } from './steady-state.js';
import { Stopwatch } from './stopwatch.js';
import * as topology from './topology.js';
import { largeTraffic } from './traffic/large-message.js';
import { Numbers } from './traffic/numbers.js';
import { pagerTraffic } from './traffic/pager.js';
import { absencesOf, populationOf } from './traffic/people.js';
import { watchInvariants, type InvariantWatch } from './watch/judges.js';
import { StationWatch } from './watch/stations.js';
import type { Watcher } from './watch/watcher.js';

/** Simulates `cell` from start to end. Same cell, same exact part of the result, on any machine. */
export function simulate(cell: Cell, actors: Actors = actorsOf(cell)): CellResult {
  return runToEnd(prepare(cell, actors));
}

/** The world of `cell`, ready to run in slices, with `watchers` looking on and `pager` as Pager Mode workload. `actors` may put another IM Server, Core or fleet in the place of ours. */
export function prepare(
  cell: Cell,
  actors: Actors = actorsOf(cell),
  watchers: readonly Watcher[] = [],
  pager: typeof pagerTraffic = pagerTraffic,
): Simulation {
  return new CellSimulation(cell, actors, watchers, pager);
}

/** Something that is looked at once all events up to and including `atNs` have happened. */
interface Look {
  readonly atNs: number;
  readonly look: () => void;
}

class CellSimulation implements Simulation {
  readonly endNs: number;
  outcome: Outcome | undefined;
  private readonly world: World;
  private readonly recorder: Recorder;
  private readonly reconnection: Reconnection | undefined;
  /** What is looked at between two events, in order of time. */
  private readonly looks: Look[] = [];
  private readonly invariants: InvariantWatch;
  private readonly stations: StationWatch;
  private readonly stopwatch = new Stopwatch();

  constructor(
    private readonly cell: Cell,
    actors: Actors,
    private readonly watchers: readonly Watcher[],
    pager: typeof pagerTraffic,
  ) {
    const { scenario } = cell;
    this.endNs = phasesOf(scenario).endNs;
    const numbers = new Numbers();
    this.world = buildWorld(cell, actors, numbers);
    const { world } = this;
    const warmUp = warmUpRule(scenario);
    this.recorder = new Recorder(world.observations, world.kernel, attemptLimits(scenario), warmUp, XDMS_IP);
    this.invariants = watchInvariants(cell, world, (id, message) => this.recorder.violated(id, message));
    this.stations = new StationWatch(
      world,
      phasesOf(scenario),
      scenario.server.instances,
      warmUp !== undefined,
    );
    this.looks.push(...this.stations.looks);
    mixBodies(world);
    for (const watcher of watchers) watcher.attach(world, cell);
    this.reconnection = this.follow(plannedOutage(world.plan, scenario));
    this.looks.sort((a, b) => a.atNs - b.atNs);
    const answers = answeredSenders(world, numbers);
    const absences = absencesOf(scenario, world);
    world.start();
    absences?.begin();
    const population = populationOf(scenario, world, absences);
    const scheduler = new VirtualScheduler(world.kernel);
    const clients = world.host(topology.Host.clients);
    const { large } = scenario.traffic;
    pager(scenario, world.chance, scheduler, population, numbers, answers).subscribe((offer) => {
      (clients.actor as ClientFleet).offerPager(offer);
    });
    if (large !== undefined) {
      largeTraffic(large, scenario, world.chance, scheduler, population, numbers).subscribe((offer) => {
        (clients.actor as ClientFleet).offerLarge(offer);
      });
    }
  }

  get nowNs(): number {
    return this.world.kernel.nowNs;
  }

  get events(): number {
    return this.world.kernel.executed;
  }

  step(limitNs = Infinity): void {
    if (this.outcome !== undefined) return;
    const untilNs = Math.min(this.nowNs + NS_PER_S, this.endNs, limitNs);
    const outcome = this.runUntil(untilNs);
    if (outcome === RunOutcome.eventLimit) this.outcome = 'event-limit';
    else if (untilNs === this.endNs) this.outcome = 'completed';
    this.stations.sample(this.nowNs);
    this.recorder.endOfSecond(this.nowNs / NS_PER_S);
  }

  /** Stops at what is to be looked at on the way. That changes nothing: it is no event. */
  private runUntil(untilNs: number): RunOutcome {
    while (this.looks.length > 0 && this.looks[0].atNs <= untilNs) {
      const { atNs, look } = this.looks[0];
      const outcome = this.world.runUntil(atNs);
      if (outcome === RunOutcome.eventLimit) return outcome;
      this.looks.shift();
      look();
    }
    return this.world.runUntil(untilNs);
  }

  /** Follows the clients of `outage` until they are registered again. */
  private follow(outage: PlannedOutage | undefined): Reconnection | undefined {
    if (outage === undefined) return undefined;
    const { world } = this;
    const reconnection = new Reconnection(world.observations, world.kernel, outage);
    const host = world.host(topology.Host.clients).id;
    const hasNetwork = (client: number): boolean =>
      world.links.isUp(host, client, LinkBits.out) && world.links.isUp(host, client, LinkBits.in);
    this.looks.push({ atNs: outage.endsAtNs, look: () => reconnection.over(hasNetwork) });
    return reconnection;
  }

  trace(trace: EventTrace): void {
    this.world.kernel.trace = trace;
  }

  finish(): CellResult {
    const { cell, world, recorder } = this;
    const outcome = this.outcome ?? 'interrupted';
    this.outcome = outcome;
    for (const watcher of this.watchers) watcher.finish();
    const invariants = this.invariants.finish(outcome === 'completed');
    const servers = topology.imHostsOf(cell.scenario).map((name) => world.host(name));
    const summary = summarise(recorder, {
      scenario: cell.scenario.name,
      seed: cell.seed,
      overrides: cell.overrides,
      sabotage: cell.sabotage,
      planDigest: planDigest(cell),
      outcome,
      fingerprint: world.fingerprint.hex(),
      checkpoints: world.fingerprint.checkpoints(),
      virtualNs: this.nowNs,
      events: this.events,
      subscribers: cell.scenario.population.subscribers,
      costs: costSourcesOf(cell.scenario),
      invariants,
      stations: this.stations.accounts(recorder.warmUp()),
      ...(servers.every(({ incarnation }) => incarnation === 0)
        ? { device: messagesOn(servers.map(({ storage }) => storage)) }
        : {}),
      ...(this.reconnection === undefined ? {} : { reconnection: this.reconnection }),
      limits: attemptLimits(cell.scenario),
      thresholds: thresholdsOf(cell.scenario),
    });
    return {
      summary,
      timing: this.stopwatch.timing(this.nowNs, this.events),
      series: { ...recorder.series(), ...this.stations.series() },
      intervals: { metrics: recorder.intervals(), exemplars: this.exemplars() },
    };
  }

  /** Whose ladders tell most: of messages that were stored and delivered if there are any. */
  private exemplars(): Exemplars {
    const { dwell, answer } = this.recorder.extremes();
    const [happy, slowest] =
      dwell.longest < 0
        ? [answer.shortest, answer.longest]
        : [this.invariants.messageOf(dwell.shortest), this.invariants.messageOf(dwell.longest)];
    return { ...(happy < 0 ? {} : { happy }), ...(slowest < 0 ? {} : { slowest }) };
  }
}

/** The time limits of a scenario attempt. */
function attemptLimits({ ihs }: Cell['scenario']): AttemptLimits {
  return { answerLimitNs: ihs.answerLimit, deliveryLimitNs: ihs.deliveryLimit };
}

/** Records of messages on the devices, without what else a server keeps there. */
function messagesOn(devices: readonly StoragePort[]): { records: number; octets: number } {
  const found = { records: 0, octets: 0 };
  for (const storage of devices) {
    storage.scan((key, _block, length) => {
      if (key >= OTHER_KEYS) return;
      found.records++;
      found.octets += length;
    });
  }
  return found;
}

/** The sender of each message that was answered, for workloads that wait for answers. */
function answeredSenders(world: World, numbers: Numbers): Observable<number> {
  const answers = new Subject<number>();
  world.observations.subscribe(Observed.answered, (_kind, sender, message) => {
    if (!numbers.isNotification(message)) answers.next(sender);
  });
  return answers;
}
