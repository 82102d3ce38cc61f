/**
 * Chance on a link: loss, duplication and jitter. Every decision is *addressed*: it depends on the seed, the link, its direction
 * and the number of the packet on it, and on nothing else, so that a draw elsewhere never shifts it.
 *
 * Packets are numbered in the order in which they are offered to the path. What is offered as n packets (a datagram of n fragments, a
 * long TCP segment) takes n numbers: each of them can be lost, but duplication, jitter and corruption are drawn once for all.
 */
import { standardNormal } from '../kernel/distributions.js';
import { type Chance, unit } from '../kernel/random.js';
import type { DirectionProfile, GilbertElliott } from './access-profiles.js';

/** Purposes of addressed chance that the simulator itself uses; models take theirs below 65,536. */
export const NETWORK_PURPOSE = {
  loss: 0x10001,
  burstState: 0x10002,
  burstLoss: 0x10003,
  duplicate: 0x10004,
  jitter: 0x10005,
  jitterSecond: 0x10006,
  segment: 0x10007,
  duplicateJitter: 0x10008,
  corrupt: 0x10009,
  corruptPlace: 0x1000a,
} as const;

export class LinkChance {
  /** After {@link lost}: whether the link is in the bad state of Gilbert and Elliott. */
  bad = false;

  constructor(private readonly chance: Chance) {}

  /** True if any of packets [ordinal, ordinal + packets) is lost. `bad` is the state before, and afterwards the field. */
  lost(profile: DirectionProfile, entity: number, ordinal: number, packets: number, bad: boolean): boolean {
    this.bad = bad;
    let lost = false;
    if (profile.loss > 0) {
      const p = packets === 1 ? profile.loss : 1 - Math.exp(packets * Math.log1p(-profile.loss));
      lost = unit(this.chance.addressed(NETWORK_PURPOSE.loss, entity, ordinal)) < p;
    }
    const { gilbertElliott } = profile;
    if (gilbertElliott !== undefined) {
      for (let i = 0; i < packets; i++) {
        if (this.burst(gilbertElliott, entity, ordinal + i)) lost = true;
      }
    }
    return lost;
  }

  /** Whether the packet is damaged on this link. */
  corrupted(profile: DirectionProfile, entity: number, ordinal: number): boolean {
    const p = profile.corrupt ?? 0;
    return p > 0 && unit(this.chance.addressed(NETWORK_PURPOSE.corrupt, entity, ordinal)) < p;
  }

  /** 32 bits that say which octet is damaged, and how. */
  corruptBits(entity: number, ordinal: number): number {
    return this.chance.addressed(NETWORK_PURPOSE.corruptPlace, entity, ordinal) >>> 0;
  }

  /** Whether the packet arrives a second time. */
  duplicated(profile: DirectionProfile, entity: number, ordinal: number): boolean {
    return (
      profile.duplicate > 0 &&
      unit(this.chance.addressed(NETWORK_PURPOSE.duplicate, entity, ordinal)) < profile.duplicate
    );
  }

  /** What jitter adds to the delay of this packet, or of its duplicate: any sign, not rounded. */
  jitterNs(profile: DirectionProfile, entity: number, ordinal: number, duplicate: boolean): number {
    if (profile.jitterNs === 0) return 0;
    const purpose = duplicate ? NETWORK_PURPOSE.duplicateJitter : NETWORK_PURPOSE.jitter;
    const u = unit(this.chance.addressed(purpose, entity, ordinal));
    if (profile.jitter === 'uniform') return (2 * u - 1) * profile.jitterNs;
    const v = unit(this.chance.addressed(NETWORK_PURPOSE.jitterSecond ^ (purpose << 4), entity, ordinal));
    return profile.jitterNs * standardNormal(u, v);
  }

  private burst(model: GilbertElliott, entity: number, ordinal: number): boolean {
    const move = unit(this.chance.addressed(NETWORK_PURPOSE.burstState, entity, ordinal));
    if (this.bad) this.bad = move >= model.toGood;
    else this.bad = move < model.toBad;
    const p = this.bad ? model.lossInBad : model.lossInGood;
    return p > 0 && unit(this.chance.addressed(NETWORK_PURPOSE.burstLoss, entity, ordinal)) < p;
  }
}
