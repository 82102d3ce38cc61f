/**
 * The subscribers: who sends to whom, and who hides her identity. User *n* is a number; her address and public identity follow
 * from it (`models/addressing.ts`).
 *
 * Everybody sends and receives alike. Not modelled yet: popularity, lists, several devices.
 */
import type { RandomStream } from '../sim/host/ports.js';
import type { ExpandedPlan } from '../sim/faults/plan.js';
import { unit, type Chance } from '../sim/kernel/random.js';

/** Purpose number of the addressed decision who is anonymous. */
const PURPOSE_ANONYMOUS = 0x3_0001;

/** Draws of a sender before an offline one is taken, in the odd case that nearly nobody is online. */
const MOST_DRAWS = 1000;

/** Which users a fault plan takes off the network, and when. */
export class Outages {
  private readonly cuts: { readonly fromNs: number; readonly untilNs: number; readonly cut: Uint8Array }[] =
    [];

  /** `host` names the clients in the plan. */
  constructor(plan: ExpandedPlan, host: string, subscribers: number) {
    for (const fault of plan) {
      if (fault.kind !== 'partition' || fault.host !== host) continue;
      const cut = new Uint8Array(subscribers);
      for (const member of fault.members) cut[member] = 1;
      this.cuts.push({ fromNs: fault.atNs, untilNs: fault.atNs + (fault.forNs ?? Infinity), cut });
    }
  }

  /** True if `user` has no network at this instant. */
  isCut(user: number, atNs: number): boolean {
    return this.cuts.some(({ fromNs, untilNs, cut }) => atNs >= fromNs && atNs < untilNs && cut[user] === 1);
  }
}

export class Population {
  private readonly parties: RandomStream;

  constructor(
    private readonly chance: Chance,
    private readonly subscribers: number,
    private readonly anonymousShare: number,
    /** Users who are without network do not send; undefined if everybody may. */
    private readonly outages?: Outages,
  ) {
    this.parties = chance.stream('population.parties', 0, 0);
  }

  /** A sender at this instant: each user alike, of those who may send. */
  sender(atNs: number): number {
    let user = this.parties.below(this.subscribers);
    for (let draws = 1; draws < MOST_DRAWS && this.outages?.isCut(user, atNs) === true; draws++) {
      user = this.parties.below(this.subscribers);
    }
    return user;
  }

  /** A recipient for `sender`: any other user, each alike, online or not. */
  recipientFor(sender: number): number {
    const other = this.parties.below(this.subscribers - 1);
    return other < sender ? other : other + 1;
  }

  /** True if `user` asks for privacy with all she sends. The same for the whole run. */
  isAnonymous(user: number): boolean {
    return unit(this.chance.addressed(PURPOSE_ANONYMOUS, user, 0)) < this.anonymousShare;
  }
}
