/**
 * The one function of the product: a cell in, a result out (`docs/architecture.md`). Builds the world of a cell, connects recorder,
 * invariants and workload to it, and runs it in slices of one virtual second.
 *
 * The exact part of the result is a function of the cell. The noisy part is measured here, around the run, never in it.
 */
import { Subject, type Observable } from 'rxjs';
import type { ClientFleet } from '../models/client/client-fleet.js';
import { CORE_IP, FIRST_CLIENT_IP, imServerIp, XDMS_IP } from '../models/addressing.js';
import type { ImServerConfig } from '../models/im-server/config.js';
import { OTHER_KEYS } from '../models/im-server/store/store.js';
import { Needle } from '../models/invariants/readers/search.js';
import { BODY_MARK } from '../models/marks.js';
import { Observed } from '../models/observations.js';
import type { AttemptLimits } from '../results/recording/attempts.js';
import { TIMING_SCHEMA, type Timing } from '../results/cell/timing.js';
import type { CellResult, Outcome } from '../results/cell-result.js';
import { Reconnection, type PlannedOutage } from '../results/recording/reconnection.js';
import type { Exemplars } from '../results/folder/intervals-file.js';
import { Recorder } from '../results/recording/recorder.js';
import { summarise } from '../results/summary.js';
import type { StoragePort } from '../sim/host/ports.js';
import { RunOutcome, type EventTrace } from '../sim/kernel/kernel.js';
import { NS_PER_S } from '../sim/kernel/time.js';
import { LinkBits } from '../sim/network/link.js';
import { VirtualScheduler } from '../sim/rx.js';
import { createWorld, type HostSpec, type World } from '../sim/world.js';
import type { Actors } from './actors.js';
import { Bodies } from './traffic/bodies.js';
import type { Cell } from './cell.js';
import { faultPlan } from './faults/faults.js';
import { watchInvariants, type InvariantWatch } from './watch/judges.js';
import { thresholdsOf } from './objectives.js';
import { largeTraffic } from './traffic/large-message.js';
import { Numbers } from './traffic/numbers.js';
import { plannedOutage } from './faults/outage.js';
import { arenaOctets } from './forecast/arena.js';
import { pagerTraffic } from './traffic/pager.js';
import { absencesOf, populationOf } from './traffic/people.js';
import { planDigest } from './plan.js';
import { actorsOf } from './fuzz/sabotage.js';
import { phasesOf } from './scenario/scenario.js';
import { runToEnd, type Simulation } from './simulation.js';
import { StationWatch } from './watch/stations.js';
import { warmUpRule } from './steady-state.js';
import * as topology from './topology.js';
import type { Watcher } from './watch/watcher.js';

const MARK = new Needle(BODY_MARK);

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
  private readonly wallStartMs = performance.now();
  private readonly cpuStart = process.cpuUsage();

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
      provenance: [cell.scenario.core.cpu.provenance, cell.scenario.server.cpu.provenance],
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
      timing: this.timing(),
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

  private timing(): Timing {
    const wallMs = performance.now() - this.wallStartMs;
    const cpu = process.cpuUsage(this.cpuStart);
    const seconds = Math.max(wallMs, 1) / 1000;
    return {
      schema: TIMING_SCHEMA,
      wallMs: Math.round(wallMs),
      cpuMs: Math.round((cpu.user + cpu.system) / 1000),
      speed: Math.round(this.nowNs / NS_PER_S / seconds),
      eventsPerSecond: Math.round(this.events / seconds),
      maxResidentOctets: process.resourceUsage().maxRSS * 1024,
      node: process.version,
    };
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

function buildWorld(cell: Cell, actors: Actors, numbers: Numbers): World {
  const { scenario, seed } = cell;
  const links = topology.linksOf(scenario);
  return createWorld({
    seed,
    epochMs: Date.parse(scenario.epoch),
    faults: faultPlan(scenario),
    healAtNs: phasesOf(scenario).healNs,
    kernel: cell.tieSeed === undefined ? {} : { tieSeed: cell.tieSeed },
    limits: { maxEvents: scenario.limits.events },
    arena: { initialOctets: arenaOctets(scenario) },
    hosts: [
      {
        name: topology.Host.core,
        ip: CORE_IP,
        addresses: 1,
        factory: actors.core,
        config: topology.coreConfig(cell),
        link: links.servers,
        cpu: topology.coreCpu(scenario),
      },
      imServerHost(cell, actors, 0),
      {
        name: topology.Host.clients,
        ip: FIRST_CLIENT_IP,
        addresses: topology.devicesOf(scenario).clients,
        factory: actors.clients,
        config: topology.clientConfig(cell, new Bodies(seed), numbers),
        link: links.clients,
      },
      {
        name: topology.Host.xdms,
        ip: XDMS_IP,
        addresses: 1,
        factory: actors.xdms,
        config: topology.xdmsConfig(cell),
        link: links.servers,
        storage: topology.xdmsStorage(scenario),
      },
      ...Array.from({ length: scenario.server.instances - 1 }, (_, i) => imServerHost(cell, actors, i + 1)),
    ],
  });
}

function imServerHost(cell: Cell, actors: Actors, instance: number): HostSpec<ImServerConfig> {
  const { scenario } = cell;
  return {
    name: topology.imHost(instance),
    ip: imServerIp(instance),
    addresses: 1,
    factory: actors.server,
    config: topology.serverConfig(cell, instance),
    link: topology.linksOf(scenario).servers,
    cpu: topology.serverCpu(scenario),
    storage: topology.serverStorage(scenario),
  };
}

/** The sender of each message that was answered, for workloads that wait for answers. */
function answeredSenders(world: World, numbers: Numbers): Observable<number> {
  const answers = new Subject<number>();
  world.observations.subscribe(Observed.answered, (_kind, sender, message) => {
    if (!numbers.isNotification(message)) answers.next(sender);
  });
  return answers;
}

/** Bodies stay out of the fingerprint on every hop; each enters it once, here, when it is first sent. */
function mixBodies(world: World): void {
  world.observations.subscribe(Observed.sent, (_kind, _user, _message, _a, _b, buf, start, end) => {
    const at = MARK.in(buf, start, end);
    if (at >= 0) world.fingerprint.octets(world.octets.words, at, end);
  });
  world.observations.subscribe(Observed.largeContent, (_kind, _user, _message, _a, _b, _buf, start, end) => {
    world.fingerprint.octets(world.octets.words, start, end);
  });
}
