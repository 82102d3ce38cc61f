/**
 * The profiles in use, by small numbers, and what a pair of them means for a path. Most paths are *plain*: constant delay, no
 * chance, no rate. A packet on a plain path costs one look into this table and a place in a lane.
 */
import { assert } from '../kernel/assert.js';
import { type Kernel, Phase } from '../kernel/kernel.js';
import type { AccessProfile, DirectionProfile } from './access-profiles.js';

/** A change to a profile, such as a fault makes. Must be pure. */
export type ProfileChange = (profile: AccessProfile) => AccessProfile;

/** Answers of {@link ProfileTable.laneOf} besides a lane. */
export const NOT_PLAIN = -1;
const UNKNOWN = -2;
/** Profiles in one world; a fault plan of many overlapping kinds makes some. */
const PROFILE_LIMIT = 4096;

function plain(direction: DirectionProfile): boolean {
  return (
    direction.jitterNs === 0 &&
    direction.loss === 0 &&
    direction.gilbertElliott === undefined &&
    direction.duplicate === 0 &&
    direction.corrupt === undefined &&
    direction.clogUntilNs === undefined &&
    direction.rateBitsPerS === 0
  );
}

export class ProfileTable {
  /** By number. */
  readonly profiles: AccessProfile[] = [];
  private readonly changes: ProfileChange[] = [];
  /** Number of the changed profile, by profile and change. */
  private readonly changed = new Map<number, number>();
  private stride = 8;
  private lanes = new Int32Array(64).fill(UNKNOWN);

  constructor(private readonly kernel: Kernel) {}

  /** The number of `profile`; the same object has the same number. */
  add(profile: AccessProfile): number {
    const known = this.profiles.indexOf(profile);
    if (known >= 0) return known;
    assert(this.profiles.length < PROFILE_LIMIT, 'more link profiles than the table holds');
    check(profile.out);
    check(profile.in);
    assert(profile.mtuOctets >= 576, 'an MTU of at least 576 octets (RFC 791)');
    return this.profiles.push(profile) - 1;
  }

  /** Registers a change and gives its number. */
  addChange(change: ProfileChange): number {
    return this.changes.push(change) - 1;
  }

  /** The number of profile `base` after these changes, in this order. */
  after(base: number, changes: readonly number[]): number {
    let profile = base;
    for (const change of changes) {
      const key = profile + change * PROFILE_LIMIT;
      let next = this.changed.get(key);
      if (next === undefined) {
        next = this.add(this.changes[change](this.profiles[profile]));
        this.changed.set(key, next);
      }
      profile = next;
    }
    return profile;
  }

  /** The lane of a plain path from a link of profile `from` to one of profile `to`; {@link NOT_PLAIN} otherwise. */
  laneOf(from: number, to: number): number {
    if (from < this.stride && to < this.stride) {
      const lane = this.lanes[from * this.stride + to];
      if (lane !== UNKNOWN) return lane;
    }
    return this.findLane(from, to);
  }

  private findLane(from: number, to: number): number {
    while (from >= this.stride || to >= this.stride) {
      this.stride *= 2;
      this.lanes = new Int32Array(this.stride * this.stride).fill(UNKNOWN);
    }
    const out = this.profiles[from].out;
    const into = this.profiles[to].in;
    const lane =
      plain(out) && plain(into) ? this.kernel.lane(out.delayNs + into.delayNs, Phase.network) : NOT_PLAIN;
    this.lanes[from * this.stride + to] = lane;
    return lane;
  }
}

function check(direction: DirectionProfile): void {
  const { delayNs, loss, duplicate, rateBitsPerS } = direction;
  assert(Number.isInteger(delayNs) && delayNs >= 0, 'a link delay is an integer of nanoseconds');
  assert(loss >= 0 && loss <= 1 && duplicate >= 0 && duplicate <= 1, 'link probabilities are in [0, 1]');
  const corrupt = direction.corrupt ?? 0;
  assert(corrupt >= 0 && corrupt <= 1, 'link probabilities are in [0, 1]');
  assert(rateBitsPerS >= 0, 'a link rate is not negative');
}
