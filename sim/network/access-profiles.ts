/**
 * Access profiles: what a host's access link does to the packets that cross it. A path is the sender's link outwards and then
 * the receiver's link inwards; nothing else lies between, so a core network is part of the delays given here.
 *
 * The named values are *assumed*: round figures for the kind of access that the name says, not measurements of a network.
 *
 * Not modelled: radio states, handover, asymmetric MTU, priority queues.
 */
import { NS_PER_MS, NS_PER_US } from '../kernel/time.js';

/** Loss with memory (Gilbert-Elliott): a link is in a good or a bad state, and moves between them at each packet. */
export interface GilbertElliott {
  /** Probability at each packet to go from good to bad. */
  readonly toBad: number;
  /** Probability at each packet to go from bad to good. */
  readonly toGood: number;
  readonly lossInGood: number;
  readonly lossInBad: number;
}

/** One direction of an access link. Probabilities are in [0, 1]. */
export interface DirectionProfile {
  readonly delayNs: number;
  /** Width of the jitter: half-width if uniform, standard deviation if normal; a delay never falls below 0. */
  readonly jitterNs: number;
  readonly jitter: 'uniform' | 'normal';
  /** Probability that a packet is lost, each on its own. */
  readonly loss: number;
  /** Loss in bursts, besides `loss`. */
  readonly gilbertElliott?: GilbertElliott | undefined;
  /** Probability that a datagram arrives twice. */
  readonly duplicate: number;
  /** Probability that a packet is damaged on the way. Its checksum shows it, so that it is lost, unless `escapes` says more. */
  readonly corrupt?: number | undefined;
  /** True: damage passes every checksum, and altered octets reach the reader. */
  readonly corruptEscapes?: boolean | undefined;
  /** Nothing arrives before this instant: the link keeps packets for so long. Only a fault sets it. */
  readonly clogUntilNs?: number | undefined;
  /** Bits each second; 0 is without limit. */
  readonly rateBitsPerS: number;
  /** Octets that may wait for the line; a datagram above it is dropped. Ignored without a rate. */
  readonly queueOctets: number;
}

export interface AccessProfile {
  readonly name: string;
  /** Where the values come from, one line for the report. */
  readonly provenance: string;
  /** Largest IP packet. */
  readonly mtuOctets: number;
  /** From the host into the network. */
  readonly out: DirectionProfile;
  /** From the network to the host. */
  readonly in: DirectionProfile;
}

const PERFECT: DirectionProfile = {
  delayNs: 0,
  jitterNs: 0,
  jitter: 'uniform',
  loss: 0,
  duplicate: 0,
  rateBitsPerS: 0,
  queueOctets: 0,
};

/** A profile from what differs from a perfect link; both directions alike unless `out` or `in` says more. */
export function accessProfile(
  name: string,
  both: Partial<DirectionProfile>,
  more: {
    readonly provenance?: string;
    readonly mtuOctets?: number;
    readonly out?: Partial<DirectionProfile>;
    readonly in?: Partial<DirectionProfile>;
  } = {},
): AccessProfile {
  return {
    name,
    provenance: more.provenance ?? 'assumed',
    mtuOctets: more.mtuOctets ?? 1500,
    out: { ...PERFECT, ...both, ...more.out },
    in: { ...PERFECT, ...both, ...more.in },
  };
}

const MBIT = 1_000_000;

/** The profiles that a scenario may name. All values assumed. */
export const ACCESS_PROFILES = {
  /** No delay at all: for tests. */
  perfect: accessProfile('perfect', {}),
  /** A server in its data centre. */
  'data-centre': accessProfile('data-centre', { delayNs: 250 * NS_PER_US }),
  /** A mobile client, constant delay, so that packets travel in lanes. */
  mobile: accessProfile('mobile', { delayNs: 25 * NS_PER_MS }),
  /** A mobile client with jitter, some loss, and a rate. */
  'mobile-4g': accessProfile(
    'mobile-4g',
    { delayNs: 25 * NS_PER_MS, jitterNs: 8 * NS_PER_MS, loss: 0.001, queueOctets: 256 * 1024 },
    { out: { rateBitsPerS: 10 * MBIT }, in: { rateBitsPerS: 40 * MBIT } },
  ),
  /** The edge of a cell: long, narrow, and losing in bursts. */
  'mobile-edge': accessProfile(
    'mobile-edge',
    {
      delayNs: 150 * NS_PER_MS,
      jitterNs: 60 * NS_PER_MS,
      gilbertElliott: { toBad: 0.01, toGood: 0.2, lossInGood: 0.002, lossInBad: 0.5 },
      queueOctets: 64 * 1024,
    },
    { out: { rateBitsPerS: 128_000 }, in: { rateBitsPerS: 384_000 } },
  ),
  /** Fixed access at home. */
  fixed: accessProfile('fixed', { delayNs: 8 * NS_PER_MS, jitterNs: NS_PER_MS }),
} as const satisfies Record<string, AccessProfile>;
