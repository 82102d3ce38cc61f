/**
 * The schema of one planned fault: `kind` happens to `target` from `at`, `for` so long. Names and parameters are those of tc-netem,
 * Chaos Mesh and toxiproxy where they have one. Used in a scenario under `faults`, and in a file of its own (`--faults FILE`).
 */
import { z } from 'zod';
import { MOST_INSTANCES } from '../../models/addressing.js';
import { bandwidth, duration, offset, share, size, NEEDS_WHOLE } from '../scenario/units.js';

const count = () => z.int({ error: NEEDS_WHOLE }).min(0);

const FURTHER_SERVERS = Array.from({ length: MOST_INSTANCES - 1 }, (_, i) => `im-${i + 2}`);

/** What every fault says. */
const common = {
  /** Names the fault in reports; `f` and its place in the list if left out. */
  id: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/, 'an id is letters, digits, dots, hyphens and underscores')
    .optional(),
  at: duration(),
  /** To the general healing if left out. */
  for: duration().optional(),
  /** The access links or the host of whom; `im` is the first IM Server of a cluster, `im-2` the second, and so on. */
  target: z.enum(['clients', 'core', 'im', 'xdms', ...FURTHER_SERVERS]),
  /** How many of the clients: one of them, all, so many, or so many percent. */
  mode: z.enum(['one', 'all', 'fixed', 'fixed-percent', 'random-max-percent']).default('all'),
  /** For mode `fixed` a number of clients, for the percentages a number from 0 to 100. */
  value: z.number().min(0).optional(),
  /** Which clients exactly, ascending; in the place of mode and value. */
  members: z.array(count()).min(1, 'a fault hits somebody').optional(),
  /** As seen from the target: what it sends, what it receives, or both. */
  direction: z.enum(['out', 'in', 'both']).default('both'),
};

function kind<Name extends string, Params extends z.ZodRawShape>(name: Name, params: Params) {
  return z.strictObject({ ...common, kind: z.literal(name), ...params });
}

/** Loss in bursts as tc-netem gives it: p to the bad state, r back, h and k the shares that pass in the bad and the good one. */
const gemodel = z.strictObject({
  p: share(),
  r: share(),
  h: share().prefault('0%'),
  k: share().prefault('100%'),
});

export const faultSchema = z.discriminatedUnion('kind', [
  kind('delay', { time: duration(), jitter: duration().prefault('0s') }),
  kind('loss', { percent: share().optional(), gemodel: gemodel.optional() }),
  kind('duplicate', { percent: share() }),
  /** A checksum shows it, unless `escape`: then altered octets reach the parser. */
  kind('corrupt', { percent: share(), escape: z.boolean().default(false) }),
  kind('rate', { rate: bandwidth(), limit: size().prefault('256KiB') }),
  /** `spread`: members come back one by one within this time of the end. */
  kind('partition', { spread: duration().prefault('0s') }),
  kind('clog', {}),
  /** One packet of the member's link in this direction: the one `ordinal` others after `at`. */
  kind('drop', { ordinal: count() }),
  kind('stall', {}),
  kind('reset', {}),
  kind('limit-data', { bytes: size() }),
  kind('slicer', { size: size() }),
  kind('slow-close', { delay: duration() }),
  kind('crash', { what: z.enum(['machine', 'process']).default('machine') }),
  kind('pause', {}),
  kind('slowdown', { factor: z.number().min(1).max(1e6) }),
  kind('clock-skew', {
    offset: offset().prefault('0s'),
    /** Parts per million that the clock runs too fast. */
    drift: z.number().min(-1e6).max(1e6).default(0),
  }),
  kind('storage-latency', { delay: duration() }),
  kind('storage-full', {}),
  kind('storage-error', { percent: share() }),
  kind('lying-disk', {}),
]);

/** A fault with everything expanded, in base units. */
export type Fault = z.output<typeof faultSchema>;
export type FaultKind = Fault['kind'];

/** What a fault of this kind says, besides what every fault says; empty if there is no such kind. */
export function paramsOfFault(kind: string): string[] {
  return keysOfFault(kind).filter((key) => key !== 'kind' && !(key in common));
}

/** What every fault says, whatever its kind. */
export const KEYS_OF_EVERY_FAULT: readonly string[] = Object.keys(common);

/** All keys that a fault of this kind may have; empty if there is no such kind. */
export function keysOfFault(kind: string): string[] {
  const schema = faultSchema.options.find(({ shape }) => shape.kind.value === kind);
  return schema === undefined ? [] : Object.keys(schema.shape);
}

/** When everything heals that is still broken. */
export const healSchema = z.strictObject({
  /** The end of the load if left out. */
  at: duration().optional(),
});

/**
 * The fault budget: what the deployment claims to survive. A plan beyond it is run all the same, but that every message ends
 * somehow (liveness) is not asked of it then. Safety always is.
 */
export const claimsSchema = z.strictObject({
  /** `unlimited`: any plan goes, and liveness is never judged. */
  budget: z.enum(['limited', 'unlimited']).default('limited'),
  /** Crashes of servers in one run. */
  crashes: count().default(8),
  /** Longest time for which a server may be away or a link cut. */
  outage: duration().prefault('1h'),
  /** Largest share of packets that may be lost or damaged while a fault lasts. */
  loss: share().prefault('50%'),
  /** Largest error of a server's clock. */
  clockSkew: duration().prefault('5m'),
  /** True if even a disk that lies must not lose anything. */
  lyingDisk: z.boolean().default(false),
});
