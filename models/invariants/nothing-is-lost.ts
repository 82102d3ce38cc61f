/**
 * I9a: what was accepted is delivered, expires, is kept as undeliverable, or still waits for a user who is not there.
 * Judged at the end of a run that came to rest. Deleted unread is one that its own user asked to have deleted, and no other.
 *
 * A message may still wait for a registered user for {@link GRACE_NS}, counted from her registration, its receipt or the last
 * push to her, whichever came last: a push that the network broke is tried again by a timer. It may also wait for its turn as long
 * as hostile users hold all pushes that the server does at a time. What a push passed over waits for the next third-party REGISTER
 * of its user (A18, A19), and is tried again then.
 *
 * A user is registered by what the Core grants; one that crashed knows no binding, whatever its clients believe.
 */
import { Observed } from '../observations.js';
import { Invariant, type InvariantContext } from './invariant.js';
import { Fate } from './ledger/ledger.js';
import type { Witness } from './ledger/witness.js';

/** Longer than a retry of the push with the time-outs of one more failing session. */
const GRACE_NS = 180e9;

/** Where the two words of the DM id stand in a record (`models/im-server/store/record.ts`). */
const ID_AT = 40;

const UNREAD = 'its user left unread what arrived, and was asked for no confirmation';

/** A commit takes no longer, from the receipt on. */
const COMMIT_NS = 60e9;

export class NothingIsLost extends Invariant {
  readonly id = 'I9a';
  readonly title = 'nothing that was accepted is lost';
  readonly clause = 'RFC 3428 section 7; rules 7';
  readonly kinds = [
    Observed.bindingAdded,
    Observed.bindingRemoved,
    Observed.triggered,
    Observed.answered,
    Observed.pushInvited,
    Observed.pushEnded,
    Observed.storeAnswered,
    Observed.settled,
    Observed.passedOver,
    Observed.stored,
    Observed.discardAsked,
    Observed.discarded,
  ];
  /** When the user's present binding began; -1 without one. */
  private readonly boundSince: Float64Array;
  /** Bindings of the user: one for each device that is there. */
  private readonly bindings: Int32Array;
  /** Messages that the client did not take (A18, A19): when the IM Server was told since that she is there, Infinity if it was not. */
  private readonly passedOver = new Map<number, number>();
  /** Those of each user of which it was not. */
  private readonly passedOf = new Map<number, number[]>();
  /** Where users delete messages themselves: the words of each DM id, and what was asked for, `user:word:word`. */
  private readonly idOfDm = new Map<number, string>();
  private readonly discardsAsked = new Set<string>();
  /** User whose message the first violation could not name yet; -1 if there is none. */
  private unnamed = -1;
  /** When a push to the user was last begun. */
  private readonly invitedAt: Float64Array;
  /** Hostile users with a push. */
  private readonly heldUp = new Set<number>();

  constructor(
    context: InvariantContext,
    private readonly witness: Witness,
  ) {
    super(context);
    this.boundSince = new Float64Array(context.subscribers).fill(-1);
    this.bindings = new Int32Array(context.subscribers);
    this.invitedAt = new Float64Array(context.subscribers);
  }

  watch(kind: number, user: number, message: number, a: number, b: number, buf: Buffer, start: number): void {
    if (kind === Observed.stored) {
      if (user === this.unnamed) this.name(this.witness.ledger.ofDm(message));
      // Only where a setting may be `manual`: it costs memory for each message.
      if (this.context.withholds === undefined) return;
      const word0 = buf.readInt32LE(start + ID_AT) >>> 0;
      const word1 = buf.readInt32LE(start + ID_AT + 4) >>> 0;
      this.idOfDm.set(message, `${user}:${word0}:${word1}`);
    } else if (kind === Observed.discardAsked) this.discardsAsked.add(`${user}:${a}:${b}`);
    else if (kind === Observed.discarded) this.discarded(user, message);
    else if (kind === Observed.bindingAdded) {
      this.bindings[user] = b;
      if (!this.isRegistered(user)) this.boundSince[user] = this.context.now();
    } else if (kind === Observed.bindingRemoved) {
      if (--this.bindings[user] <= 0) this.boundSince[user] = -1;
    } else if (kind === Observed.pushInvited) {
      this.invitedAt[user] = this.context.now();
      if (this.context.isHostile?.(user) === true) this.heldUp.add(user);
    } else if (kind === Observed.pushEnded) this.heldUp.delete(user);
    else if (kind === Observed.settled) this.settled(message);
    else if (kind === Observed.passedOver) this.wasPassedOver(user, this.witness.ledger.ofDm(message));
    else if (kind === Observed.triggered) {
      if (a > 0) this.isToBeTriedAgain(user);
    } else if (a === 202) this.accepted(kind, user, message);
  }

  private discarded(user: number, dm: number): void {
    this.checked++;
    const id = this.idOfDm.get(dm);
    if (id === undefined || !this.discardsAsked.has(id)) {
      this.violate(`deferred message ${dm} was deleted unread, and user ${user} did not ask for that`);
    }
    this.idOfDm.delete(dm);
  }

  /** Accepted means committed: the commit comes before the 202. */
  private accepted(kind: number, user: number, message: number): void {
    const { ledger } = this.witness;
    if (kind === Observed.answered) {
      if (ledger.knows(message) && ledger.recipient[message] === this.unnamed) this.name(message);
      // To a Large Message 202 says that no confirmation was asked for: nothing was promised.
      if ((ledger.fate[message] & Fate.stored) !== 0 || ledger.large.of(message) !== undefined) return;
      this.violate(`message ${message} was answered 202 before it was stored`);
    } else if (!ledger.hasDm(message)) {
      const isFirst = this.first === undefined;
      this.violate(`the 202 for a message to user ${user} left the server before that was stored`);
      if (isFirst && this.first !== undefined) this.unnamed = user;
    }
  }

  /** The server does not know the number of a message; the next of this user that is stored or answered is the one. */
  private name(message: number): void {
    if (message < 0) return;
    this.first = `${this.first ?? ''}: message ${message}`;
    this.unnamed = -1;
  }

  /** Delivered means shown: the client's 200 comes after it, and the deletion after that. */
  private settled(dm: number): void {
    const { ledger } = this.witness;
    const m = ledger.ofDm(dm);
    if (!ledger.knows(m) || ledger.presented[m] + ledger.live[m] > 0) return;
    if (this.isUnread(ledger.recipient[m])) this.excuse(UNREAD);
    else this.violate(`message ${m} was deleted as delivered before anybody had it`);
  }

  override finish(quiescent: boolean): void {
    if (!quiescent) return;
    const { ledger } = this.witness;
    const endNs = this.context.now();
    for (let m = 0; m < ledger.size; m++) {
      if (!ledger.knows(m)) continue;
      const answered = ledger.answered[m];
      const fate = ledger.fate[m];
      const large = ledger.large.of(m) !== undefined;
      if (large && answered === 202 && (fate & Fate.stored) === 0) continue;
      const arrived = ledger.presented[m] + ledger.live[m] > 0;
      if (answered === 200 || answered === 202 || (fate & Fate.stored) !== 0) this.checked++;
      else continue;
      if (arrived || (fate & (Fate.expired | Fate.deadLettered | Fate.discarded)) !== 0) continue;
      const user = ledger.recipient[m];
      if (this.context.isHostile?.(ledger.sender[m]) === true) continue;
      const promised = answered === 200 && !(large && (fate & Fate.stored) !== 0);
      if (promised) this.violate(`message ${m} was answered 200, and user ${user} never got it`);
      else if ((fate & Fate.stored) === 0) this.violate(`message ${m} was answered 202, and never stored`);
      else if ((fate & Fate.settled) !== 0) {
        if (!this.isUnread(user))
          this.violate(`message ${m} was deleted as delivered, and user ${user} never got it`);
      } else if (this.wasLiedAbout(ledger.receivedAtNs[m])) this.excuse('the disk that lied lost it');
      else if (this.context.withholds?.(user) === true) {
        this.excuse('waits: nothing is pushed to its user');
      } else if (this.isPassedOver(m, endNs)) this.excuse('waits: the client takes no such message');
      else if (!this.waitsTooLong(user, ledger.receivedAtNs[m], endNs)) {
        this.excuse(
          this.isRegistered(user) ? 'waits: its push is still due' : 'waits: its user is not registered',
        );
      } else if (this.waitsItsTurn(user)) {
        this.excuse('waits: hostile users hold all pushes that are done at a time');
      } else if (this.faults.beyondBudget !== '') this.excuse(`waits: ${this.faults.beyondBudget}`);
      else this.violate(`message ${m} still waits, though user ${user} is registered`);
    }
  }

  /** A hostile user may leave unread what her TCP took, and without confirmation nobody hears of it. */
  private isUnread(user: number): boolean {
    return this.context.silenceSettles === true && this.context.isHostile?.(user) === true;
  }

  /** Received while the disk lied, or so shortly before that its commit may have been. */
  private wasLiedAbout(receivedAtNs: number): boolean {
    return this.faults.lies.some(
      ({ fromNs, crashNs }) => receivedAtNs >= fromNs - COMMIT_NS && receivedAtNs <= crashNs,
    );
  }

  private waitsTooLong(user: number, receivedAtNs: number, endNs: number): boolean {
    const lastNs = Math.max(this.boundSince[user], receivedAtNs, this.invitedAt[user]);
    return this.isRegistered(user) && lastNs + GRACE_NS < endNs;
  }

  private wasPassedOver(user: number, m: number): void {
    this.passedOver.set(m, Infinity);
    const others = this.passedOf.get(user);
    if (others === undefined) this.passedOf.set(user, [m]);
    else others.push(m);
  }

  private isToBeTriedAgain(user: number): void {
    for (const m of this.passedOf.get(user) ?? []) this.passedOver.set(m, this.context.now());
    this.passedOf.delete(user);
  }

  /** A push passed it over, and no REGISTER came since that the server had the time to act on. A crash forgets that one came. */
  private isPassedOver(m: number, endNs: number): boolean {
    const againNs = this.passedOver.get(m);
    if (againNs === undefined) return false;
    return againNs + GRACE_NS >= endNs || hasCome(this.faults.serverCrashesNs, againNs, againNs + GRACE_NS);
  }

  /** The Core granted a binding that it has not dropped since, nor lost in a crash. */
  private isRegistered(user: number): boolean {
    const sinceNs = this.boundSince[user];
    return sinceNs >= 0 && !hasCome(this.faults.coreCrashesNs, sinceNs, this.context.now());
  }

  private waitsItsTurn(user: number): boolean {
    const { pushes } = this.context;
    if (pushes === undefined) return false;
    const nowNs = this.context.now();
    let held = 0;
    for (const other of this.heldUp) {
      if (pushes.serverOf(other) !== pushes.serverOf(user)) continue;
      // A crash ends all pushes, and nobody says so.
      if (!hasCome(this.faults.serverCrashesNs, this.invitedAt[other], nowNs)) held++;
    }
    return held >= pushes.atATime;
  }
}

/** True if one of these instants lies in [fromNs, untilNs]. */
function hasCome(instantsNs: readonly number[], fromNs: number, untilNs: number): boolean {
  return instantsNs.some((atNs) => atNs >= fromNs && atNs <= untilNs);
}
