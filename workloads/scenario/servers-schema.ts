/**
 * The part of a scenario that describes the deployment: SIP/IP Core and IM Server, their CPU stations and cost tables, storage. Every
 * default without a source is an assumption of this project.
 */
import { z } from 'zod';
import { MOST_INSTANCES } from '../../models/addressing.js';
import { REPORT_CHOICES } from './report-choices.js';
import { bandwidth, duration, rate, share, size, NEEDS_WHOLE } from './units.js';

const positive = () => z.int({ error: NEEDS_WHOLE }).min(1);

/** Timer profile of a SIP leg: RFC 3261 table 4, or the longer ones of the IMS (rules 4.2). */
export const timerProfile = () => z.enum(['internet', 'ims']);

/** Cost of one kind of work: a base, and so much for each KiB of what it works on. */
const cost = (base: string, perKiB: string) =>
  z
    .strictObject({
      base: duration(),
      perKiB: duration().prefault('0ns'),
      distribution: z.enum(['constant', 'exponential']).default('constant'),
    })
    .prefault({ base, perKiB });

/** A header field by its name, or all whose names begin alike. */
const headerName = z
  .string({ error: 'the name of a header field is needed here' })
  .regex(
    /^[A-Za-z0-9.!%_+`'~-]+\*?$/,
    'the name of a header field is needed here, like X-Bill, or P-Op-* for all that begin so',
  );

/** One CPU station. `provenance` says where its costs come from; until a table was calibrated that is "assumed". */
const cpu = <Costs extends z.ZodObject>(costs: Costs) =>
  z
    .strictObject({
      servers: positive().default(8),
      queue: positive().default(1_000_000),
      /** Which waiting job is served next; `priority` follows the order of `priorities`, without interrupting a service. */
      discipline: z.enum(['fifo', 'priority', 'processor-sharing']).default('fifo'),
      /** Kinds of work in order of urgency; those left out come last, together. */
      priorities: z.array(z.enum(Object.keys(costs.shape) as [string, ...string[]])).default([]),
      provenance: z.string().min(1).default('assumed'),
      costs: costs.prefault({} as z.input<Costs>),
    })
    .prefault({} as never);

export const core = z.strictObject({
  /** Lifetime granted to a binding that asks for nothing or for more. */
  registerExpires: duration().prefault('600000s'),
  /** Shorter ones are refused with 423. */
  minExpires: duration().prefault('60s'),
  flowTimeout: duration().prefault('30s'),
  /** 32s where `client.timers` is `ims` (`profile-defaults.ts`). */
  liveDeliveryLimit: duration().prefault('8s'),
  /** Third-party REGISTER also on a refresh. */
  thirdPartyOnRefresh: z.boolean().default(true),
  /** REGISTER requests admitted a second; more are answered 503. Without limit if left out. */
  registerLimit: rate().optional(),
  cpu: cpu(
    z.strictObject({
      request: cost('20us', '2us'),
      response: cost('10us', '1us'),
      register: cost('30us', '2us'),
      // A keep-alive is answered by the network interface's own thread: assumed to cost nothing.
      keepAlive: cost('0ns', '0ns'),
    }),
  ),
});

export const server = z.strictObject({
  /** IM Servers of the cluster; each user belongs to one of them by a hash. Each has a host, stations and storage of its own. */
  instances: positive().max(MOST_INSTANCES).default(1),
  /** Timer profile of the leg between SIP/IP Core and IM Server. */
  timers: timerProfile().default('internet'),
  expiry: z
    .strictObject({
      enabled: z.boolean().default(true),
      default: duration().prefault('72h'),
      max: duration().prefault('168h'),
      /** A sender's Date further than this from the clock of the server is not trusted (A10). */
      skewLimit: duration().prefault('5m'),
    })
    .prefault({}),
  push: z
    .strictObject({
      enabled: z.boolean().default(true),
      wrapper: z.enum(['sipfrag', 'sip']).default('sipfrag'),
      /** Largest MSRP chunk; below 2048 octets only as a stress (R5). */
      chunk: size().prefault('2KiB'),
      /** Failure-Report and Success-Report of each SEND (rules 3.5); `responses` if left out. */
      reports: z.enum(REPORT_CHOICES).optional(),
      /** SEND transactions in flight in one session. */
      window: positive().default(8),
      /** Push sessions at the same time, over all users. */
      maxConcurrent: positive().default(1_000),
      /** Push sessions started a second; without limit if left out. */
      startRate: rate().optional(),
      startJitter: duration().prefault('0s'),
      bindLimit: duration().prefault('32s'),
      /** What a session failed to deliver is tried again after this; 0s leaves it to the next third-party REGISTER. */
      retry: duration().prefault('30s'),
      sendTimeout: duration().prefault('30s'),
      /** What was delivered is kept so long at most, in case a failure is reported late; less if the session ends before. */
      grace: duration().prefault('30s'),
    })
    .prefault({}),
  /** Large Messages as the server receives them for offline users. All assumed. */
  large: z
    .strictObject({
      /** Largest message; MSRP 413 beyond it. 20 MiB is what RCS recommends for video. */
      maxSize: size().prefault('20MiB'),
      /** Octets that all messages in reassembly may hold together. */
      reassembly: size().prefault('1GiB'),
      /** A partial message without a new chunk for so long is discarded (R13). */
      partialLimit: duration().prefault('2m'),
      /** Partials of a failed session wait so long for a replacement session (R15). */
      resumeWindow: duration().prefault('5m'),
      /** Longest session without BYE. */
      sessionLimit: duration().prefault('1h'),
    })
    .prefault({}),
  /** Senders whose message asks for it (message/cpim, RFC 5438) are told that it is stored. */
  storedNotification: z.boolean().default(false),
  /** They are told as well when it expires or cannot be delivered (rules 2.4). */
  failureNotification: z.boolean().default(false),
  /** Shares of the users who want something else than a push for what comes while they are away (rules 2.2). */
  settings: z
    .strictObject({
      /** A MESSAGE says how many wait when she comes online. */
      notify: share().prefault('0%'),
      /** She fetches or deletes them herself. */
      manual: share().prefault('0%'),
      /** Nothing is deferred for her: 480. */
      reject: share().prefault('0%'),
      hold: share().prefault('0%'),
    })
    .prefault({})
    .refine(
      ({ notify, manual, reject, hold }) => notify + manual + reject + hold <= 1,
      'the shares of the settings are more than 100 % together',
    ),
  quota: z
    .strictObject({
      /** Without limit if left out, all three. */
      messagesPerUser: positive().optional(),
      octetsPerUser: size().optional(),
      messageOctets: size().optional(),
    })
    .prefault({}),
  /** What the store keeps of a message's header section, where the operator wants it otherwise (A3). */
  headers: z
    .strictObject({
      /** Never stored nor pushed, besides what never is. */
      neverStore: z.array(headerName).default([]),
      /** False: stored as the letter of S1 has it, unless the sender is anonymous, and not pushed all the same. */
      dropNetwork: z.boolean().default(true),
      dropIdentityHints: z.boolean().default(true),
      dropCredentials: z.boolean().default(true),
    })
    .optional(),
  /** Metadata in the IM XDMS (S7). */
  metadata: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** Keep-alive connections, and requests without an answer on one. */
      connections: positive().max(64).default(4),
      pipelining: positive().default(256),
      /** Requests are collected so long and leave together. */
      linger: duration().prefault('20ms'),
      timeout: duration().prefault('10s'),
      backoffBase: duration().prefault('1s'),
      backoffMax: duration().prefault('60s'),
      /** Requests that may wait on one connection: at least a comparison, a document and an entry of it. */
      queue: z.int({ error: NEEDS_WHOLE }).min(3).default(262_144),
    })
    .prefault({}),
  storage: z
    .strictObject({
      commitLatency: duration().prefault('2ms'),
      /** Octets written a second; without limit if left out. */
      bandwidth: bandwidth().optional(),
      capacity: size().prefault('64GiB'),
      groupCommit: z.boolean().default(true),
    })
    .prefault({}),
  cpu: cpu(
    z.strictObject({
      message: cost('50us', '5us'),
      register: cost('20us', '0ns'),
      push: cost('100us', '0ns'),
      send: cost('30us', '5us'),
      session: cost('100us', '0ns'),
      large: cost('50us', '1us'),
      // A user's own GET or DELETE: assumed to cost what a SEND costs.
      fetch: cost('30us', '5us'),
    }),
  ),
});
