/**
 * The schema of a scenario file, version 1: what a world is made of, what is asked of it, and what goes wrong. Parsing gives a
 * {@link Scenario} in base units (integer nanoseconds, octets, events a second, fractions) in which nothing is left to
 * default. Every default below without a source is an assumption of this project.
 *
 * Not modelled yet: Large Message traffic, several devices a user, thresholds, replications (see `docs/limits.md`).
 */
import { z } from 'zod';
import { bandwidth, duration, rate, share, size } from './units.js';

const positive = () => z.int({ error: 'a whole number is needed here' }).min(1);

/** Timer profile of a SIP leg: RFC 3261 table 4, or the longer ones of the IMS (rules 4.2). */
const timerProfile = () => z.enum(['internet', 'ims']);

const messageSize = z.discriminatedUnion('dist', [
  z.strictObject({ dist: z.literal('fixed'), value: size() }),
  z.strictObject({ dist: z.literal('uniform'), min: size(), max: size() }),
  z.strictObject({
    dist: z.literal('pareto'),
    min: size(),
    max: size(),
    alpha: z.number().min(0.1).max(10),
  }),
]);

const pager = z.strictObject({
  process: z.enum(['poisson']).default('poisson'),
  rate: rate(),
  size: messageSize.prefault({ dist: 'pareto', min: '20B', max: '400B', alpha: 1.6 }),
  /** Share of messages that carry an Expires header of their own, and the range it is drawn from. */
  expires: z
    .strictObject({
      share: share().prefault('0%'),
      min: duration().prefault('1h'),
      max: duration().prefault('24h'),
    })
    .prefault({}),
});

const network = z.strictObject({
  delay: duration().prefault('30ms'),
  /** Half-width of the uniform variation of the delay, on datagrams. */
  jitter: duration().prefault('5ms'),
  loss: share().prefault('0%'),
  duplicate: share().prefault('0%'),
  /** Largest IP packet, in octets. */
  mtu: size().prefault('1500B'),
  bandwidth: bandwidth().prefault('10Mbit/s'),
  /** Delay between SIP/IP Core and IM Server, which share a data centre. */
  coreDelay: duration().prefault('500us'),
});

const core = z.strictObject({
  registerExpires: duration().prefault('600000s'),
  flowTimeout: duration().prefault('30s'),
  liveDeliveryLimit: duration().prefault('8s'),
  thirdPartyRegister: z.boolean().default(true),
  timers: timerProfile().default('internet'),
});

const cost = z.strictObject({ fixed: duration(), perKiB: duration().prefault('0ns') });

const server = z.strictObject({
  timers: timerProfile().default('internet'),
  expiry: z
    .strictObject({
      enabled: z.boolean().default(true),
      default: duration().prefault('72h'),
      max: duration().prefault('168h'),
    })
    .prefault({}),
  push: z
    .strictObject({
      /** Largest MSRP chunk; below 2048 octets only as a stress (R5). */
      chunk: size().prefault('2KiB'),
      /** SEND transactions in flight in one session. */
      window: positive().default(8),
      /** Push sessions at the same time, over all users. */
      maxConcurrent: positive().default(1_000),
    })
    .prefault({}),
  storage: z
    .strictObject({ commitLatency: duration().prefault('2ms'), capacity: size().prefault('1GiB') })
    .prefault({}),
  cpu: z
    .strictObject({
      servers: positive().default(4),
      queue: positive().default(100_000),
      provenance: z.enum(['assumed', 'calibrated']).default('assumed'),
      costs: z
        .strictObject({
          request: cost.prefault({ fixed: '20us', perKiB: '5us' }),
          store: cost.prefault({ fixed: '30us', perKiB: '5us' }),
          push: cost.prefault({ fixed: '30us', perKiB: '5us' }),
        })
        .prefault({}),
    })
    .prefault({}),
});

const client = z.strictObject({
  timers: timerProfile().default('internet'),
  registerExpires: duration().prefault('3600s'),
  /** RFC 5626 section 4.5: base and ceiling of the wait after a failed registration. */
  backoffBase: duration().prefault('30s'),
  backoffMax: duration().prefault('1800s'),
  /** A device that finds its network again registers after a uniform wait of up to this. */
  reconnectJitter: duration().prefault('30s'),
  keepAlive: z.boolean().default(true),
});

/** A planned fault: `kind` happens to `target` from `at`, `for` so long. Names as tc-netem and Chaos Mesh use them. */
const fault = z.strictObject({
  name: z.string().min(1).optional(),
  at: duration(),
  for: duration(),
  kind: z.enum(['partition', 'loss']),
  /** Whose links: the access of the clients, or of one of the two servers. */
  target: z.enum(['access', 'core', 'im']),
  /** Which of the targets: all of them, so many, or so many percent. */
  mode: z.enum(['all', 'fixed', 'fixed-percent']).default('all'),
  /** For mode `fixed` a number of clients, for `fixed-percent` a percentage from 0 to 100. */
  value: z.number().min(0).optional(),
  direction: z.enum(['both', 'to', 'from']).default('both'),
  /** For kind `loss`: the share of packets that are lost. */
  percent: share().optional(),
});

export const scenarioSchema = z.strictObject({
  version: z.literal(1, { error: 'this program reads version 1' }),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a name is lower-case letters, digits and hyphens, at most 64'),
  description: z.string().default(''),
  /** Text, never a number, so that 042 and 42 are two seeds. */
  seed: z.string({ error: 'a seed is text: put it in quotes, "42"' }).min(1).max(200).default('42'),
  /** Wall-clock time at which the run starts, in UTC. */
  epoch: z.iso
    .datetime({ error: 'an instant in UTC is needed here, "2026-01-05T08:00:00Z"' })
    .default('2026-01-05T08:00:00Z'),
  /** Clients register during this first phase, spread evenly. */
  rampUp: duration().prefault('30s'),
  /** How long load is offered, after the ramp-up. */
  duration: duration(),
  /** The quiet phase after the load, in which everything should settle. */
  drain: duration().prefault('5m'),
  population: z.strictObject({
    subscribers: positive().min(2, 'somebody must send and somebody else receive').max(4_000_000),
    /** Share of users who hide their identity from recipients (RFC 3323). */
    anonymousShare: share().prefault('0%'),
    /** Share of clients without network from the start until the drain phase. */
    offlineShare: share().prefault('0%'),
  }),
  traffic: z.strictObject({ pager }),
  network: network.prefault({}),
  core: core.prefault({}),
  server: server.prefault({}),
  client: client.prefault({}),
  faults: z.array(fault).default([]),
  /** Exceeding a limit ends the run with an outcome of its own (exit 8), never a hang. */
  limits: z.strictObject({ events: positive().default(5_000_000_000) }).prefault({}),
});

/** A scenario as the file says it, quantities as text. */
export type ScenarioInput = z.input<typeof scenarioSchema>;
/** A scenario with everything expanded, in base units. Plain data: it can be cloned to a worker thread. */
export type Scenario = z.output<typeof scenarioSchema>;
export type Fault = Scenario['faults'][number];
export type MessageSize = Scenario['traffic']['pager']['size'];

/** Virtual instants of a scenario's phases, in nanoseconds since the start of the run. */
export interface Phases {
  readonly loadFromNs: number;
  readonly loadUntilNs: number;
  readonly endNs: number;
}

/** When load starts and ends, and when the run ends at the latest. */
export function phasesOf(scenario: Pick<Scenario, 'rampUp' | 'duration' | 'drain'>): Phases {
  const loadFromNs = scenario.rampUp;
  const loadUntilNs = loadFromNs + scenario.duration;
  return { loadFromNs, loadUntilNs, endNs: loadUntilNs + scenario.drain };
}
