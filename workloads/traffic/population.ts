/**
 * The subscribers: who sends to whom, and who hides her identity. User *n* is a number; her address and public identity follow
 * from it (`models/addressing.ts`).
 *
 * Everybody sends alike; recipients are drawn alike or by popularity. Not modelled: communities, lists.
 */
import type { RandomStream } from '../../sim/host/ports.js';
import type { ExpandedPlan } from '../../sim/faults/plan.js';
import { zipf } from '../load/popularity.js';
import { unit, type Chance } from '../../sim/kernel/random.js';

/** Purpose number of the addressed decision who is anonymous. */
const PURPOSE_ANONYMOUS = 0x3_0001;

/** Draws of a sender before an offline one is taken, in the odd case that nearly nobody is online. */
const MOST_DRAWS = 1000;

/**
 * Which users the partitions of a fault plan take off the network, and when: from the beginning of one in whatever direction to its
 * end, or to when everything heals. Who comes back within a `spread` counts as back at once, who has crashed as never gone, and a
 * pause leaves the network as it is: what these users are asked to send waits for them.
 */
export class Outages {
  private readonly cuts: { readonly fromNs: number; readonly untilNs: number; readonly cut: Uint8Array }[] =
    [];

  /** `host` names the clients in the plan; at `healNs` everything heals. */
  constructor(plan: ExpandedPlan, host: string, subscribers: number, healNs: number) {
    for (const fault of plan) {
      if (fault.kind !== 'partition' || fault.host !== host) continue;
      const cut = new Uint8Array(subscribers);
      // Further devices lie behind the users; a user sends from her first.
      for (const member of fault.members) if (member < subscribers) cut[member] = 1;
      const untilNs = Math.min(fault.atNs + (fault.forNs ?? Infinity), healNs);
      this.cuts.push({ fromNs: fault.atNs, untilNs, cut });
    }
  }

  /** True if `user` has no network at this instant. */
  isCut(user: number, atNs: number): boolean {
    for (const { fromNs, untilNs, cut } of this.cuts) {
      if (cut[user] === 1 && atNs >= fromNs && atNs < untilNs) return true;
    }
    return false;
  }
}

/** Who has no network at an instant, which is never in the past. */
export interface Connectivity {
  isCut(user: number, atNs: number): boolean;
}

export class Population {
  private readonly parties: RandomStream;
  private readonly rank: (() => number) | undefined;

  constructor(
    private readonly chance: Chance,
    private readonly subscribers: number,
    private readonly anonymousShare: number,
    /** Users who are without network do not send; undefined if everybody may. */
    private readonly outages?: Connectivity,
    /** Exponent of the popularity of recipients; undefined if all are alike. */
    zipfExponent?: number,
  ) {
    this.parties = chance.stream('population.parties', 0, 0);
    if (zipfExponent !== undefined)
      this.rank = zipf(chance.stream('population.popularity', 0, 0), subscribers, zipfExponent);
  }

  /** A sender at this instant: each user alike, of those who may send, but not `recipient`. */
  sender(atNs: number, recipient = -1): number {
    let user = this.parties.below(this.subscribers);
    for (let draws = 1; draws < MOST_DRAWS && this.isUnfit(user, atNs, recipient); draws++) {
      user = this.parties.below(this.subscribers);
    }
    return user === recipient ? (user + 1) % this.subscribers : user;
  }

  private isUnfit(user: number, atNs: number, recipient: number): boolean {
    return user === recipient || this.outages?.isCut(user, atNs) === true;
  }

  /** A recipient for `sender`: any other user, online or not, each alike or by popularity. */
  recipientFor(sender: number): number {
    for (let draws = 0; this.rank !== undefined && draws < MOST_DRAWS; draws++) {
      const user = this.rank() - 1;
      if (user !== sender) return user;
    }
    const other = this.parties.below(this.subscribers - 1);
    return other < sender ? other : other + 1;
  }

  /** True if `user` asks for privacy with all she sends. The same for the whole run. */
  isAnonymous(user: number): boolean {
    return unit(this.chance.addressed(PURPOSE_ANONYMOUS, user, 0)) < this.anonymousShare;
  }
}
