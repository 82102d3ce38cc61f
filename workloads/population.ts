/**
 * The subscribers: who sends to whom, and who hides her identity. User *n* is a number; her address and public identity follow
 * from it (`docs/architecture.md`).
 *
 * Everybody sends and receives alike. Not modelled yet: popularity, lists, several devices.
 */
import type { RandomStream } from '../sim/host/ports.js';
import { unit, type Chance } from '../sim/kernel/random.js';

/** Purpose number of the addressed decision who is anonymous; workloads have those from 1000 on. */
const PURPOSE_ANONYMOUS = 1000;

export class Population {
  readonly subscribers: number;
  private readonly anonymousShare: number;
  private readonly chance: Chance;
  private readonly parties: RandomStream;

  constructor(chance: Chance, subscribers: number, anonymousShare: number) {
    this.subscribers = subscribers;
    this.anonymousShare = anonymousShare;
    this.chance = chance;
    this.parties = chance.stream('population.parties', 0, 0);
  }

  /** The next sender, each user alike. */
  sender(): number {
    return this.parties.below(this.subscribers);
  }

  /** A recipient for `sender`: any other user, each alike. */
  recipientFor(sender: number): number {
    const other = this.parties.below(this.subscribers - 1);
    return other < sender ? other : other + 1;
  }

  /** True if `user` asks for privacy with all she sends. The same for the whole run. */
  isAnonymous(user: number): boolean {
    return unit(this.chance.addressed(PURPOSE_ANONYMOUS, user, 0)) < this.anonymousShare;
  }
}
