/**
 * The schema of a scenario file, version 1: what a world is made of, what is asked of it, and what goes wrong. Parsing gives a
 * {@link Scenario} in base units (integer nanoseconds, octets, events a second, fractions) in which nothing is left to
 * default. Every default below without a source is an assumption of this project.
 *
 * Not modelled: see `docs/limits.md`.
 */
import { z } from 'zod';
import { MOST_DEVICES } from '../../models/devices.js';
import { HABIT_NAMES } from '../../models/hostile/habits.js';
import { claimsSchema, faultSchema, healSchema } from '../faults/faults-schema.js';
import { loadShape } from '../load/schema.js';
import { PRESET_NAMES } from './presets.js';
import { REPORT_CHOICES } from './report-choices.js';
import { core, server, timerProfile } from './servers-schema.js';
import { bandwidth, duration, share, size, NEEDS_WHOLE } from './units.js';

const positive = () => z.int({ error: NEEDS_WHOLE }).min(1);

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
  ...loadShape,
  size: messageSize.prefault({ dist: 'pareto', min: '20B', max: '400B', alpha: 1.6 }),
  /** Share of messages that carry an Expires header of their own, and the range it is drawn from. */
  expires: z
    .strictObject({
      share: share().prefault('0%'),
      min: duration().prefault('1h'),
      max: duration().prefault('24h'),
    })
    .prefault({}),
  /** Share of messages whose senders ask to be told of their delivery or failure (IMDN, RFC 5438), in message/cpim. */
  notifications: share().prefault('0%'),
});

/** Large Messages, each in MSRP over a session of its sender with its recipient. */
const large = z.strictObject({
  ...loadShape,
  size: z
    .discriminatedUnion('dist', [
      z.strictObject({ dist: z.literal('fixed'), value: size() }),
      /** Half of all messages are below the median; `sigma` is the deviation of the logarithm; `cap` is the largest. */
      z.strictObject({
        dist: z.literal('lognormal'),
        median: size(),
        sigma: z.number().min(0).max(5),
        cap: size(),
      }),
    ])
    .prefault({ dist: 'lognormal', median: '300KiB', sigma: 1.2, cap: '10MiB' }),
  /** Content-Type of the messages, in turns. */
  contentTypes: z
    .array(z.string().min(3))
    .min(1)
    .default(['image/jpeg', 'text/plain', 'video/3gpp', 'message/cpim']),
  /** Largest MSRP chunk; below 2048 octets only as a stress (R5). */
  chunk: size().prefault('2KiB'),
  /** Chunks above 2 KiB, with range-end `*`, which the sender interrupts for other traffic (R5, R6). */
  interruptible: z.boolean().default(false),
  /** Messages of one session take turns, chunk by chunk. */
  interleave: z.boolean().default(false),
  /** Share of messages that their sender gives up on the way, with `#` (R12). */
  abortShare: share().prefault('0%'),
  /** After a failed session go on behind what was answered 200 (R15), else from the start. */
  resume: z.boolean().default(true),
  /** Failure-Report and Success-Report, the six combinations of rules 3.5. */
  reports: z.enum(REPORT_CHOICES).default('responses'),
  /** Share of messages whose senders ask to be told of their delivery or failure (IMDN, RFC 5438), in message/cpim. */
  notifications: share().prefault('0%'),
});

/** One access link of a client, in each direction; a path is the sender's link outwards and the receiver's inwards. */
const network = z.strictObject({
  delay: duration().prefault('25ms'),
  /** Width of the variation of the delay: half-width if uniform, standard deviation if normal. */
  jitter: duration().prefault('0ms'),
  distribution: z.enum(['uniform', 'normal']).default('uniform'),
  loss: share().prefault('0%'),
  /** Share of datagrams that arrive twice. */
  duplicate: share().prefault('0%'),
  /** Largest IP packet. */
  mtu: size().prefault('1500B'),
  /** Bit rate from and to the client; without limit if left out. */
  up: bandwidth().optional(),
  down: bandwidth().optional(),
  /** Octets that may wait for the line when it has a bit rate. */
  queue: size().prefault('256KiB'),
  /** One-way delay of the access links of SIP/IP Core and IM Server. */
  coreDelay: duration().prefault('250us'),
});

const client = z.strictObject({
  /** Timer profile of the leg between client and SIP/IP Core, in both directions. */
  timers: timerProfile().default('internet'),
  registerExpires: duration().prefault('3600s'),
  /** RFC 5626 section 4.5: base and ceiling of the wait after a failed registration. */
  backoffBase: duration().prefault('30s'),
  backoffMax: duration().prefault('1800s'),
  /** What a client does when its network is back, and after a failure; see `models/client/config.ts`. */
  reconnect: z.enum(['jitter', 'rfc5626', 'lockstep']).default('jitter'),
  /** A device that finds its network again registers after a uniform wait of up to this. */
  reconnectJitter: duration().prefault('30s'),
  keepAlive: z.boolean().default(true),
  /** Large Message sessions of one client with one server share a connection (RFC 4975 section 5.4). */
  shareConnections: z.boolean().default(false),
  /** A message that was shown is looked at after this, and `displayed` is told who asked for notifications (RFC 5438). Assumed. */
  displayDelay: duration().optional(),
  /** Who opens the connection of a push, or of a session with another client: she (`active`, if left out) or the other side (RFC 6135). */
  setup: z.enum(['active', 'passive']).optional(),
  /** Clients of users whose setting is `manual`, or `notify` once they are told: they list, fetch and delete what waits. All assumed. */
  fetch: z
    .strictObject({
      /** After a registration or notice a client waits uniformly up to this before it asks for the list. */
      wait: duration().prefault('10s'),
      /** It asks again so long after it has worked off a list; 0s leaves it to the next registration. */
      every: duration().prefault('0s'),
      /** Share of the messages that are deleted unread. */
      discardShare: share().prefault('20%'),
    })
    .prefault({}),
});

/** A threshold: an expression that must hold, or one with a severity of its own. */
const thresholdEntry = z.union([
  z.string(),
  z.strictObject({ expr: z.string(), severity: z.enum(['fail', 'warn']).default('fail') }),
]);

export const scenarioSchema = z.strictObject({
  version: z.literal(1, { error: 'this program reads version 1' }),
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a name is lower-case letters, digits and hyphens, at most 64'),
  description: z.string().default(''),
  /** Text, never a number, so that 042 and 42 are two seeds. */
  seed: z.string({ error: 'a seed is text: put it in quotes, "42"' }).min(1).max(200).default('42'),
  /** Fills in what `traffic` leaves out: a busy hour of this kind of service (`presets.ts`). */
  preset: z.enum(PRESET_NAMES).optional(),
  /** Wall-clock time at which the run starts, in UTC. */
  epoch: z.iso
    .datetime({ error: 'an instant in UTC is needed here, "2026-01-05T08:00:00Z"' })
    .default('2026-01-05T08:00:00Z'),
  /** Clients register during this first phase, spread evenly. */
  rampUp: duration().prefault('30s'),
  /** How long load is offered, after the ramp-up. */
  duration: duration(),
  /**
   * `terminating`: the run has a beginning and an end that belong to the question (an outage, a storm, a busy hour), and all of it
   * counts. `steady-state`: the question is how things are in the long run, and figures leave out the warm-up.
   */
  analysis: z.enum(['terminating', 'steady-state']).default('terminating'),
  /** Of a steady-state run: what its figures leave out. MSER-5 over at most half of the load if left out. */
  warmup: z
    .discriminatedUnion('until', [
      /** Where MSER-5 finds the end, at most `max`. */
      z.strictObject({ until: z.literal('mser5'), max: duration().optional() }),
      z.strictObject({ until: z.literal('fixed'), length: duration() }),
    ])
    .optional(),
  /** The quiet phase after the load, in which everything should settle. */
  drain: duration().prefault('5m'),
  population: z.strictObject({
    subscribers: z
      .int({ error: NEEDS_WHOLE })
      .min(2, 'at least 2: somebody must send and somebody else receive')
      .max(4_000_000, 'at most 4,000,000'),
    /** Shares of the users with one device, with two, with three, and so on. */
    devicesPerUser: z.array(share()).min(1).max(MOST_DEVICES).prefault(['100%']),
    /** Share of users who hide their identity from recipients (RFC 3323). */
    anonymousShare: share().prefault('0%'),
    /** Who sends: only users whose network is there at the intended instant, or anyone (whose client then queues). */
    senders: z.enum(['online', 'anyone']).default('online'),
    /** Share of clients without network from the start until the drain phase. */
    offlineShare: share().prefault('0%'),
    /** Clients that do harm; the invariants are asked for the others. */
    hostile: z
      .strictObject({
        share: share().prefault('0%'),
        kinds: z
          .array(z.enum(HABIT_NAMES))
          .min(1)
          .default([...HABIT_NAMES]),
      })
      .prefault({}),
    /** Users who come and go during the load: share offline at any instant, and the lognormal time that they stay away. */
    absence: z
      .strictObject({
        share: share(),
        median: duration().prefault('30m'),
        mean: duration().prefault('2h'),
      })
      .optional(),
    /** How recipients are drawn: all alike, or by Zipf's law with this exponent, user 0 the most popular. */
    popularity: z
      .discriminatedUnion('law', [
        z.strictObject({ law: z.literal('uniform') }),
        z.strictObject({ law: z.literal('zipf'), exponent: z.number().min(0.1).max(5).default(1) }),
      ])
      .prefault({ law: 'uniform' }),
  }),
  traffic: z.strictObject({ pager, large: large.optional() }),
  network: network.prefault({}),
  core: core.prefault({}),
  server: server.prefault({}),
  client: client.prefault({}),
  faults: z.array(faultSchema).default([]),
  heal: healSchema.prefault({}),
  claims: claimsSchema.prefault({}),
  /** By metric: what must hold at the end, in k6's syntax; exit 3 if it does not. A `warn` is only told. */
  thresholds: z.record(z.string(), z.union([thresholdEntry, z.array(thresholdEntry)])).default({}),
  /** When a scenario attempt counts as handled inadequately (rules 6.4); both assumed. */
  ihs: z
    .strictObject({
      /** From the intended time to the 200 or 202: `core.liveDeliveryLimit` and half as much again (48s with the timers of the IMS). */
      answerLimit: duration().prefault('12s'),
      /** From when a stored message and its recipient were both there to its settlement. */
      deliveryLimit: duration().prefault('2m'),
    })
    .prefault({}),
  /** Exceeding a limit ends the run with an outcome of its own (exit 8), never a hang. */
  limits: z
    .strictObject({
      events: positive().default(5_000_000_000),
      /** A scenario whose forecast needs more memory is refused before it runs. */
      memory: size().prefault('4GiB'),
    })
    .prefault({}),
});

/** A scenario with everything expanded, in base units. Plain data: it can be cloned to a worker thread. */
export type Scenario = z.output<typeof scenarioSchema>;
export type MessageSize = Scenario['traffic']['pager']['size'];

/** Virtual instants of a scenario's phases, in nanoseconds since the start of the run. */
export interface Phases {
  readonly loadFromNs: number;
  readonly loadUntilNs: number;
  /** Everything that is still broken heals then. */
  readonly healNs: number;
  readonly endNs: number;
}

/** When load starts and ends, and when the run ends at the latest. */
export function phasesOf(
  scenario: Pick<Scenario, 'rampUp' | 'duration' | 'drain'> & Partial<Pick<Scenario, 'heal'>>,
): Phases {
  const loadFromNs = scenario.rampUp;
  const loadUntilNs = loadFromNs + scenario.duration;
  const healNs = scenario.heal?.at ?? loadUntilNs;
  return { loadFromNs, loadUntilNs, healNs, endNs: loadUntilNs + scenario.drain };
}
