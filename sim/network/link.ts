/**
 * Access links: one for each address of each host, in two directions. The links of a host share its profile; what differs (a
 * fault on some of them) is kept sparsely. An idle link costs one octet; links that need chance or a rate cost eight or sixteen
 * more, all in typed arrays that are made when the first packet needs them.
 *
 * A path is the sender's link outwards, then the receiver's link inwards. Loss, jitter and duplication of both are decided when
 * the packet is offered; whether the receiver's link is up, and the queue before it, is decided when the packet gets there.
 * What is the matter with a link is in `link-states.ts`, rates and queues in `link-lines.ts`, chance in `link-chance.ts`, single
 * losses in `link-losses.ts`.
 *
 * Not modelled: paths that share anything but the two access links; header octets of layers below IP.
 */
import type { Chance } from '../kernel/random.js';
import type { Kernel } from '../kernel/kernel.js';
import { LinkChance } from './link-chance.js';
import { LinkLines } from './link-lines.js';
import { LinkLosses, type LossWatch } from './link-losses.js';
import { IN_BAD, LinkStates, OUT_BAD } from './link-states.js';
import { NOT_PLAIN, ProfileTable } from './profile-table.js';
import type { AccessProfile, DirectionProfile } from './access-profiles.js';
import { assert } from '../kernel/assert.js';

/** Directions of a link as bits: what the host sends, what it receives. */
export const LinkBits = { out: 1, in: 2, both: 3 } as const;

/** Answers of {@link Links.offer} besides a lane (0 or more). */
export const Offer = {
  lost: -1,
  /** Arrives at `arrivalNs`. */
  arrives: -2,
  /** Reaches the receiver's link at `arrivalNs`, where it must queue: ask {@link Links.queueIn} then. */
  farQueue: -3,
} as const;

/**
 * Told of octets that are altered on their way and read all the same: of a datagram with what it was and what it became, both in
 * `buf`, of a stream without.
 */
export type AlterWatch = (
  fromHost: number,
  fromLocal: number,
  toHost: number,
  toLocal: number,
  buf?: Buffer,
  before?: number,
  after?: number,
  octets?: number,
) => void;

export class Links {
  readonly table: ProfileTable;
  /** After an offer that was neither lost nor given a lane: when. */
  arrivalNs = 0;
  /** After an offer: the datagram arrives again, at `duplicateNs`. */
  duplicate = false;
  duplicateNs = 0;
  /** After an offer: the packet arrives damaged, and no checksum shows it; these bits say where. -1: intact. */
  corruptBits = -1;
  lossWatch: LossWatch | undefined;
  /** Sees the ends of the path of each packet that arrives altered, and no checksum shows it. */
  alterWatch: AlterWatch | undefined;
  /**
   * Set for worlds whose plan has faults of packets: packets are numbered on plain paths too, and no path is taken for one without
   * chance. Then no fault shifts the numbers of another one's packets by being there or not.
   */
  countAll = false;

  private readonly chance: LinkChance;
  /** On which of the two links chance took the packet of the last offer. */
  private lostBits = 0;
  /** By host: number of its first link, and its profile. */
  private readonly firstLink: number[] = [];
  private readonly baseProfile: number[] = [];
  private count = 0;
  private readonly states: LinkStates;
  private readonly lines: LinkLines;
  private readonly losses = new LinkLosses();
  /** By link and direction: packets so far. Made when needed. */
  private ordinals = new Uint32Array(0);

  constructor(
    private readonly kernel: Kernel,
    chance: Chance,
  ) {
    this.table = new ProfileTable(kernel);
    this.chance = new LinkChance(chance);
    this.states = new LinkStates(this.table);
    this.lines = new LinkLines(kernel);
  }

  /** Adds the links of the next host. */
  addHost(addresses: number, profile: AccessProfile): void {
    this.firstLink.push(this.count);
    this.baseProfile.push(this.table.add(profile));
    this.count += addresses;
    this.states.grow(this.count);
    this.lines.links = this.count;
  }

  /** Memory of the state that grows with the number of links. */
  get octetsInUse(): number {
    return this.states.bits.byteLength + this.ordinals.byteLength + this.lines.octetsInUse;
  }

  /** The profile in force on the link of (host, local). */
  profileOf(host: number, local: number): AccessProfile {
    return this.table.profiles[
      this.states.profileNumber(this.firstLink[host] + local, this.baseProfile[host])
    ];
  }

  /** True if what (host, local) sends, or receives, gets through its link. */
  isUp(host: number, local: number, bit: number): boolean {
    return (this.states.bits[this.firstLink[host] + local] & bit) === 0;
  }

  /** Takes directions down, or gives back one that was taken down before. A link is up once every holder gave back. */
  hold(host: number, local: number, bits: number, down: boolean): void {
    this.states.hold(this.firstLink[host] + local, bits, down);
  }

  /** Puts a change of the profile in force on this link, after those that are, or takes it back. */
  change(host: number, local: number, change: number, inForce: boolean): void {
    this.states.change(this.firstLink[host] + local, this.baseProfile[host], change, inForce);
  }

  /**
   * Loses one packet of this link and direction, the one `after` others from now on; gives how to take that back. Needs
   * {@link countAll}.
   */
  drop(host: number, local: number, bit: number, after: number): () => void {
    assert(this.countAll, 'a packet is to be dropped where packets are not counted');
    const entity = (this.firstLink[host] + local) * 2 + (bit === LinkBits.in ? 1 : 0);
    return this.losses.drop(entity, (this.ordinals[entity] ?? 0) + after);
  }

  /** One-way delay of the path without jitter and queues. */
  delayNs(fromHost: number, fromLocal: number, toHost: number, toLocal: number): number {
    return this.profileOf(fromHost, fromLocal).out.delayNs + this.profileOf(toHost, toLocal).in.delayNs;
  }

  /** The lane of a path without chance and rate; below 0 if it is not like that. */
  plainLane(fromHost: number, fromLocal: number, toHost: number, toLocal: number): number {
    if (this.countAll) return NOT_PLAIN;
    return this.table.laneOf(
      this.states.profileNumber(this.firstLink[fromHost] + fromLocal, this.baseProfile[fromHost]),
      this.states.profileNumber(this.firstLink[toHost] + toLocal, this.baseProfile[toHost]),
    );
  }

  /**
   * Offers `packets` IP packets of `octets` in all to the path. Answers a lane (arrives after its delay) or one of
   * {@link Offer}. A queue before the sender's line that is full loses the packet if `droppable`.
   */
  offer(
    fromHost: number,
    fromLocal: number,
    toHost: number,
    toLocal: number,
    octets: number,
    packets: number,
    droppable: boolean,
  ): number {
    const from = this.firstLink[fromHost] + fromLocal;
    const to = this.firstLink[toHost] + toLocal;
    const fromProfile = this.states.profileNumber(from, this.baseProfile[fromHost]);
    const toProfile = this.states.profileNumber(to, this.baseProfile[toHost]);
    this.duplicate = false;
    this.corruptBits = -1;
    if ((this.states.bits[from] & LinkBits.out) !== 0) return Offer.lost;
    const lane = this.table.laneOf(fromProfile, toProfile);
    if (lane !== NOT_PLAIN && !this.countAll) return lane;
    const out = this.table.profiles[fromProfile].out;
    const into = this.table.profiles[toProfile].in;
    const offer = this.offerWithChance(out, from, into, to, octets, packets, droppable);
    if (this.lossWatch !== undefined && this.lostBits !== 0) {
      const { lostBits } = this;
      const outOrdinal = this.losses.sinceInstant(from * 2, this.ordinals[from * 2] - packets);
      const inOrdinal = this.losses.sinceInstant(to * 2 + 1, this.ordinals[to * 2 + 1] - packets);
      if ((lostBits & LinkBits.out) !== 0) this.lossWatch(fromHost, fromLocal, 'out', outOrdinal, packets);
      if ((lostBits & LinkBits.in) !== 0) this.lossWatch(toHost, toLocal, 'in', inOrdinal, packets);
    }
    return offer;
  }

  /**
   * A packet reached the receiver's link: -1 if it is lost there, else the instant at which it is through the queue (now, if
   * there is no rate).
   */
  queueIn(host: number, local: number, octets: number, droppable: boolean): number {
    const link = this.firstLink[host] + local;
    if ((this.states.bits[link] & LinkBits.in) !== 0) return -1;
    const profile = this.table.profiles[this.states.profileNumber(link, this.baseProfile[host])].in;
    return this.lines.queue(profile, link * 2 + 1, octets, droppable);
  }

  /** How long the line of (host, local) outwards is busy with what it took; 0 without a rate. */
  backlogNs(host: number, local: number): number {
    return this.lines.backlogNs((this.firstLink[host] + local) * 2);
  }

  private offerWithChance(
    out: DirectionProfile,
    from: number,
    into: DirectionProfile,
    to: number,
    octets: number,
    packets: number,
    droppable: boolean,
  ): number {
    if (this.ordinals.length === 0) this.ordinals = new Uint32Array(this.count * 2);
    const { ordinals, chance } = this;
    const outEntity = from * 2;
    const inEntity = to * 2 + 1;
    const outOrdinal = ordinals[outEntity];
    const inOrdinal = ordinals[inEntity];
    if (this.lossWatch !== undefined) {
      const { nowNs } = this.kernel;
      this.losses.noteInstant(outEntity, outOrdinal, nowNs);
      this.losses.noteInstant(inEntity, inOrdinal, nowNs);
    }
    ordinals[outEntity] = outOrdinal + packets;
    ordinals[inEntity] = inOrdinal + packets;
    const lostOut = this.lost(out, outEntity, outOrdinal, packets, from, OUT_BAD);
    // A packet that the first link lost still has its number on the second, so that loss here shifts no decision there.
    const lostIn = this.lost(into, inEntity, inOrdinal, packets, to, IN_BAD);
    this.lostBits = (lostOut ? LinkBits.out : 0) | (lostIn ? LinkBits.in : 0);
    let sentNs = this.lines.queue(out, outEntity, octets, droppable);
    if (sentNs < 0 || lostOut || lostIn) return Offer.lost;
    const clogNs = Math.max(out.clogUntilNs ?? 0, into.clogUntilNs ?? 0);
    if (clogNs > sentNs) sentNs = clogNs;
    const delayNs = out.delayNs + into.delayNs;
    const jitterNs =
      chance.jitterNs(out, outEntity, outOrdinal, false) + chance.jitterNs(into, inEntity, inOrdinal, false);
    this.arrivalNs = sentNs + Math.max(0, Math.round(delayNs + jitterNs));
    if (chance.duplicated(out, outEntity, outOrdinal) || chance.duplicated(into, inEntity, inOrdinal)) {
      const again =
        chance.jitterNs(out, outEntity, outOrdinal, true) + chance.jitterNs(into, inEntity, inOrdinal, true);
      this.duplicate = true;
      this.duplicateNs = sentNs + Math.max(0, Math.round(delayNs + again));
    }
    return into.rateBitsPerS > 0 ? Offer.farQueue : Offer.arrives;
  }

  private lost(
    profile: DirectionProfile,
    entity: number,
    ordinal: number,
    packets: number,
    link: number,
    badBit: number,
  ): boolean {
    let lost = this.chance.lost(profile, entity, ordinal, packets, (this.states.bits[link] & badBit) !== 0);
    if (this.losses.any && this.losses.takes(entity, ordinal, packets)) lost = true;
    if (profile.corrupt !== undefined && this.chance.corrupted(profile, entity, ordinal)) {
      if (profile.corruptEscapes === true) this.corruptBits = this.chance.corruptBits(entity, ordinal);
      else lost = true;
    }
    if (this.chance.bad) this.states.bits[link] |= badBit;
    else this.states.bits[link] &= ~badBit;
    return lost;
  }
}
