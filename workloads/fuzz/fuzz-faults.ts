/**
 * Swarm testing (Groce et al. 2012): a random plan of faults for one seed. Not a little of everything, but a random subset of the
 * families of faults, each with a random weight, so that now and then one family has the world to itself.
 *
 * Chance is weighted to dangerous states. Some clients are away for a while, since without that nothing is stored; most faults of
 * servers and streams are put at the instants at which clients come back, where commits, pushes and answers are in flight; and a crash
 * often meets a slow disk, which leaves a commit pending.
 */
import type { RandomStream } from '../../sim/host/ports.js';
import { NS_PER_MS } from '../../sim/kernel/time.js';
import { checkFaults } from '../faults/faults-check.js';
import type { Fault } from '../faults/faults-schema.js';
import { phasesOf, type Scenario } from '../scenario/scenario.js';
import { imHost } from '../topology.js';

type Common = Pick<Fault, 'at' | 'target' | 'mode' | 'direction'> & { for: number; value?: number };

/** Adds the faults of one family, given where and when the next one is to be. */
type Family = (draw: Draw) => Fault[];

/** Most faults of a plan, not counting those that take clients away. */
const MOST_FAULTS = 8;
/** So many of the plans' corruptions reach the parsers. */
const ESCAPES = 0.4;
/** A plan has one crash more with this probability. */
const CRASH_TOO = 0.4;
/** A plan has a crash of the IM Server while the IM XDMS cannot be reached with this probability. */
const CRASH_WITHOUT_XDMS = 0.12;
const SERVERS = ['core', 'im', 'im', 'xdms'] as const;
/** Hosts with a CPU station, in the places of {@link SERVERS}. */
const STATIONS = ['core', 'im', 'im', 'im'] as const;
const DIRECTIONS = ['out', 'in', 'both'] as const;

/** Random values for one plan. */
class Draw {
  constructor(
    readonly stream: RandomStream,
    private readonly fromNs: number,
    private readonly untilNs: number,
    /** Instants after which much is in flight. */
    readonly dangerous: readonly number[],
  ) {}

  pick<T>(values: readonly T[]): T {
    return values[this.stream.below(values.length)] as T;
  }

  chance(probability: number): boolean {
    return this.stream.uniform() < probability;
  }

  /** Uniform in the logarithm, rounded: short ones are as likely as long ones. */
  between(least: number, most: number): number {
    return Math.round(least * Math.exp(this.stream.uniform() * Math.log(most / least)));
  }

  /** As `between`, in whole milliseconds, which read better in a report. */
  betweenMs(leastMs: number, mostMs: number): number {
    return this.between(leastMs, mostMs) * NS_PER_MS;
  }

  /** An instant while load is offered, more often than not shortly after a dangerous one. */
  instantNs(): number {
    const base = this.pick(this.dangerous);
    const near = base + this.betweenMs(50, 4000);
    if (this.chance(0.7) && near < this.untilNs) return near;
    return this.fromNs + this.stream.below((this.untilNs - this.fromNs) / NS_PER_MS) * NS_PER_MS;
  }

  common(target: Fault['target'], leastMs: number, mostMs: number): Common {
    const at = this.instantNs();
    const lasts = Math.min(this.betweenMs(leastMs, mostMs), this.untilNs - at);
    const where = { at, for: Math.max(lasts, 1), target, direction: 'both' as const };
    return target === 'clients'
      ? { ...where, mode: 'fixed-percent', value: 10 + this.stream.below(91) }
      : { ...where, mode: 'all' };
  }

  /** The same with a random direction. */
  oneWay(target: Fault['target'], leastMs: number, mostMs: number): Common {
    return { ...this.common(target, leastMs, mostMs), direction: this.pick(DIRECTIONS) };
  }

  anyone(): Fault['target'] {
    return this.chance(0.5) ? 'clients' : this.pick(SERVERS);
  }

  share(most: number): number {
    return (1 + this.stream.below(most * 100)) / 100;
  }
}

const FAMILIES: Readonly<Record<string, Family>> = {
  loss: (d) => [{ ...d.oneWay(d.anyone(), 1000, 20000), kind: 'loss', percent: d.share(0.4) }],
  delay: (d) => [
    {
      ...d.oneWay(d.anyone(), 1000, 20000),
      kind: 'delay',
      time: d.betweenMs(10, 2000),
      jitter: d.betweenMs(1, 200),
    },
  ],
  duplicate: (d) => [{ ...d.oneWay(d.anyone(), 1000, 20000), kind: 'duplicate', percent: d.share(0.6) }],
  corrupt: (d) => [
    {
      ...d.oneWay(d.anyone(), 1000, 10000),
      kind: 'corrupt',
      percent: d.share(0.3),
      escape: false,
    },
  ],
  cut: (d) => [{ ...d.oneWay(d.anyone(), 100, 10000), kind: 'partition', spread: 0 }],
  clog: (d) => [{ ...d.oneWay(d.anyone(), 100, 3000), kind: 'clog' }],
  stream: (d) => [
    d.pick<(where: Common) => Fault>([
      (where) => ({ ...where, kind: 'reset' }),
      (where) => ({ ...where, kind: 'stall' }),
      (where) => ({ ...where, kind: 'limit-data', bytes: d.between(50, 20_000) }),
      (where) => ({ ...where, kind: 'slicer', size: d.between(1, 500) }),
      (where) => ({ ...where, kind: 'slow-close', delay: d.betweenMs(10, 2000) }),
    ])(d.oneWay(d.anyone(), 100, 15000)),
  ],
  crash: (d) => {
    const target = d.pick(['im', 'im', 'im', 'im', 'im', 'im', 'core', 'core', 'xdms'] as const);
    const what = d.pick(['machine', 'process'] as const);
    const crash: Fault = { ...d.common(target, 10, 5000), kind: 'crash', what };
    if (target !== 'im' || d.chance(0.3)) return [crash];
    // A commit that is slow when the machine stops is lost as a whole, and its message must not have been accepted.
    const delay = d.betweenMs(100, 2000);
    const at = Math.max(0, crash.at - 2 * delay);
    return [{ ...d.common(target, 1, 1), at, for: 3 * delay, kind: 'storage-latency', delay }, crash];
  },
  client: (d) => [
    d.pick<(where: Common) => Fault>([
      (where) => ({ ...where, kind: 'crash', what: d.pick(['machine', 'process'] as const) }),
      (where) => ({ ...where, kind: 'pause' }),
    ])(d.common('clients', 50, 15000)),
  ],
  pause: (d) => [{ ...d.common(d.pick(SERVERS), 10, 5000), kind: 'pause' }],
  slowdown: (d) => [
    { ...d.common(d.pick(STATIONS), 1000, 10000), kind: 'slowdown', factor: d.between(2, 1000) },
  ],
  clock: (d) => [
    {
      ...d.common('im', 1000, 30000),
      kind: 'clock-skew',
      offset: d.betweenMs(1000, 120000) * d.pick([-1, 1]),
      drift: 0,
    },
  ],
  storage: (d) => [
    d.pick<(where: Common) => Fault>([
      (where) => ({ ...where, kind: 'storage-latency', delay: d.betweenMs(10, 2000) }),
      (where) => ({ ...where, kind: 'storage-full' }),
      (where) => ({ ...where, kind: 'storage-error', percent: d.share(1) }),
    ])(d.common(d.chance(0.8) ? 'im' : 'xdms', 100, 10000)),
  ],
  rate: (d) => [
    {
      ...d.oneWay(d.anyone(), 1000, 20000),
      kind: 'rate',
      rate: d.between(20_000, 5_000_000),
      limit: d.between(2000, 300_000),
    },
  ],
};

/** Names of the families, for reports. */
export const FAULT_FAMILIES: readonly string[] = Object.keys(FAMILIES);

/**
 * A random plan for `scenario`, besides the faults that it has. Every entry has an id and passes the check of scenarios. What was added
 * to the vocabulary later draws from `later`, so that the plans of old are as they were.
 */
export function randomFaults(scenario: Scenario, stream: RandomStream, later: RandomStream): Fault[] {
  const { loadFromNs, loadUntilNs } = phasesOf(scenario);
  const absences = randomAbsences(stream, loadFromNs, loadUntilNs);
  const returns = [...scenario.faults, ...absences].map((fault) => fault.at + (fault.for ?? 0));
  const draw = new Draw(stream, loadFromNs, loadUntilNs, returns.length > 0 ? returns : [loadFromNs]);
  const weights = FAULT_FAMILIES.map((name) => ({
    name,
    // Crashes reach states that nothing else does.
    weight: draw.chance(name === 'crash' ? 0.6 : 0.35) ? draw.between(1, 20) : 0,
  }));
  const total = weights.reduce((sum, { weight }) => sum + weight, 0);
  const faults: Fault[] = [...absences];
  const varied = (family: Family): Fault[] => {
    const { instances } = scenario.server;
    const instance = instances > 1 ? later.below(instances) : 0;
    return family(draw).map((fault) => {
      if (fault.kind === 'corrupt') return { ...fault, escape: later.uniform() < ESCAPES };
      return fault.target === 'im' ? { ...fault, target: imHost(instance) as Fault['target'] } : fault;
    });
  };
  const wanted = total === 0 ? 0 : 1 + stream.below(MOST_FAULTS);
  for (let i = 0; i < wanted; i++) {
    let at = stream.uniform() * total;
    const chosen = weights.find(({ weight }) => (at -= weight) < 0);
    if (chosen !== undefined) faults.push(...varied(FAMILIES[chosen.name] as Family));
  }
  // Whatever else happens: recovery is where most is to be lost.
  if (draw.chance(CRASH_TOO)) faults.push(...varied(FAMILIES.crash as Family));
  // What the crash must not take along: the list of metadata that could not be written yet.
  if (later.uniform() < CRASH_WITHOUT_XDMS) {
    faults.push(...crashWithoutXdms(new Draw(later, loadFromNs, loadUntilNs, draw.dangerous), loadUntilNs));
  }
  return sane(scenario, faults);
}

/** The IM XDMS is away for a while, and in the middle of it the IM Server crashes. */
function crashWithoutXdms(draw: Draw, untilNs: number): Fault[] {
  const away = draw.common('xdms', 4000, 20000);
  const at = away.at + wholeMs(away.for / 2);
  const down = Math.min(draw.betweenMs(10, 2000), Math.max(1, untilNs - at));
  const what = draw.pick(['machine', 'process'] as const);
  return [
    { ...away, kind: 'partition', spread: 0 },
    { at, for: down, target: 'im', mode: 'all', direction: 'both', kind: 'crash', what },
  ];
}

/** One to three times in which some clients are without network. */
function randomAbsences(stream: RandomStream, fromNs: number, untilNs: number): Fault[] {
  const span = untilNs - fromNs;
  return Array.from({ length: 1 + stream.below(3) }, () => {
    const at = fromNs + wholeMs(stream.uniform() * span * 0.6);
    const lasts = wholeMs((0.1 + 0.4 * stream.uniform()) * span);
    return {
      kind: 'partition',
      at,
      for: Math.min(lasts, untilNs - at),
      target: 'clients',
      mode: 'fixed-percent',
      value: 20 + stream.below(61),
      direction: 'both',
      spread: 0,
    };
  });
}

/** Without the entries that a scenario could not have, such as a crash of a host that is down. */
function sane(scenario: Scenario, faults: readonly Fault[]): Fault[] {
  const kept: Fault[] = [];
  for (const fault of faults) {
    const entry = { ...fault, id: `s${kept.length}` };
    const all = [...scenario.faults, ...kept, entry];
    if (checkFaults({ ...scenario, faults: all }).length === 0) kept.push(entry);
  }
  return kept;
}

function wholeMs(ns: number): number {
  return Math.floor(ns / NS_PER_MS) * NS_PER_MS;
}
