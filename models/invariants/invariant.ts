/**
 * What an invariant is: a statement about every run, with the clause it comes from, that is put to the test by watching
 * observations. Invariants judge the models, so they import nothing that the models use to do their work: `models/wire`, the
 * engines and the actors are out of bounds (lint says so), and what they must read in octets they read with the plain readers
 * of this folder.
 *
 * An invariant that was never tested proves nothing, so each counts its tests; one that no saboteur of `models/saboteurs`
 * makes fail does not count at all.
 */

import { NO_FAULTS, type PlannedFaults } from './planned-faults.js';
import type { StoreRules } from './readers/store-rules.js';

/** Which clients are whose, where users have several devices. */
export interface ClientNumbers {
  /** Clients of all users. */
  readonly clients: number;
  userOf(client: number): number;
  each(user: number, visit: (client: number) => void): void;
}

/** What an invariant must know of the world that cannot be seen in observations. Plain data. */
export interface InvariantContext {
  readonly subscribers: number;
  /** Users with several clients; one each if left out. */
  readonly devices?: ClientNumbers;
  /** Wall clock at the start of the run, milliseconds since 1970. */
  readonly epochMs: number;
  /** Numbers of the hosts in the world. */
  readonly clientHost: number;
  readonly coreHost: number;
  readonly serverHost: number;
  /** Hosts of the other IM Servers of a cluster; none if left out. */
  readonly otherServerHosts?: readonly number[];
  /** Undefined if the operator keeps no metadata. */
  readonly xdmsHost?: number | undefined;
  /** Lifetimes that the operator set (S6); undefined if the capability is off. */
  readonly expiry:
    { readonly defaultNs: number; readonly maxNs: number; readonly skewLimitNs: number } | undefined;
  /** T1 and T2 of the clients' leg and of the servers' leg. */
  readonly clientTimers: { readonly t1Ns: number; readonly t2Ns: number };
  readonly serverTimers: { readonly t1Ns: number; readonly t2Ns: number };
  /** After so long the Core gives up a request that a client does not answer, and repeats it no more (rules 2.1). */
  readonly liveDeliveryLimitNs: number;
  /** A SEND without a response for so long has failed (RFC 4975 section 7.1.1), as the IM Server is set. */
  readonly sendTimeoutNs: number;
  /** For so long after a session failed the IM Server knows its Large Messages again (R15); left out: for good. */
  readonly resumeWindowNs?: number | undefined;
  /** Who wants nothing pushed, by a setting or by the operator's will (D2, O7); left out: nobody. */
  readonly withholds?: ((user: number) => boolean) | undefined;
  /** What the operator changed of what may be stored (A3); left out: nothing. */
  readonly storeRules?: StoreRules | undefined;
  /** What the fault plan excuses; left out: nothing. */
  readonly faults?: PlannedFaults | undefined;
  /** The number of the message that became this deferred message; negative if it is not known. */
  readonly messageOf?: ((dm: number) => number) | undefined;
  /** Sender and recipient of a message; empty if it is not known. */
  readonly partiesOf?: ((message: number) => readonly number[]) | undefined;
  /** Who of the users does harm, so that a session with her may end in any way; left out: nobody. */
  readonly isHostile?: ((user: number) => boolean) | undefined;
  /** How many pushes an IM Server does at a time, and which server of a cluster is a user's; left out: no limit is judged. */
  readonly pushes?: { readonly atATime: number; serverOf(user: number): number } | undefined;
  /** Told of each violation: the id of the invariant, and the message; -1 if it is of none that is known. */
  readonly onViolation?: ((id: string, message: number) => void) | undefined;
  /** True if pushes ask for no confirmation, so that silence settles them (A15). */
  readonly silenceSettles?: boolean | undefined;
  /** Virtual time now. */
  now(): number;
}

/** Names an invariant: its id in rules section 7, one line, and where it comes from. */
export interface InvariantTitle {
  readonly id: string;
  readonly title: string;
  readonly clause: string;
}

export abstract class Invariant implements InvariantTitle {
  abstract readonly id: string;
  abstract readonly title: string;
  abstract readonly clause: string;
  /** Kinds of `models/observations.ts` that it watches. */
  abstract readonly kinds: readonly number[];
  /** How often it was put to the test. */
  checked = 0;
  violations = 0;
  /** The first offender in words; undefined while it holds. */
  first: string | undefined;

  /** What would be a violation if the fault plan did not explain it: reason and how often. */
  readonly excuses = new Map<string, number>();
  protected readonly faults: PlannedFaults;

  constructor(protected readonly context: InvariantContext) {
    this.faults = context.faults ?? NO_FAULTS;
  }

  /** Sees one observation; the positions mean what its kind says, octets are valid during the call. */
  abstract watch(
    kind: number,
    entity: number,
    message: number,
    a: number,
    b: number,
    buf: Buffer,
    start: number,
    end: number,
  ): void;

  /** The run is over: what only its end can tell. `quiescent` is false if it was interrupted. */
  finish(_quiescent: boolean): void {
    // Most invariants have said all they know.
  }

  /** True for the host of an IM Server, of a cluster too. */
  protected isServer(host: number): boolean {
    const { serverHost, otherServerHosts } = this.context;
    return host === serverHost || otherServerHosts?.includes(host) === true;
  }

  /** Notes what the fault plan explains. */
  protected excuse(reason: string): void {
    this.excuses.set(reason, (this.excuses.get(reason) ?? 0) + 1);
  }

  /**
   * True if the words name a message or a user of whom octets were altered, or nobody, and somebody's were. Where they name a user
   * alone, it may have been in a message to her or from her.
   */
  private isOfAlteredOctets(words: string): boolean {
    const { altered } = this.faults;
    const { messages, clients, betweenServers } = altered;
    if (betweenServers) return true;
    if (clients.size + messages.size + altered.users.size === 0) return false;
    const { devices, messageOf, partiesOf } = this.context;
    const users: number[] = [];
    let namesMessage = false;
    for (const [, deferred, kind, number] of words.matchAll(/\b(deferred )?(user|message) (\d+)/g)) {
      if (kind === 'user') {
        users.push(Number(number));
        continue;
      }
      const message = deferred === undefined ? Number(number) : (messageOf?.(Number(number)) ?? -1);
      if (messages.has(message)) return true;
      const parties = partiesOf?.(message) ?? [];
      namesMessage ||= parties.length > 0;
      users.push(...parties);
    }
    if (users.length === 0) return true;
    if (users.some((user) => altered.users.has(user))) return true;
    if ([...clients].some((client) => users.includes(devices?.userOf(client) ?? client))) return true;
    if (namesMessage) return false;
    return [...messages].some((one) => partiesOf?.(one).some((user) => users.includes(user)) === true);
  }

  /** The message, or the one of the deferred message, that the words name; -1 if they name none. */
  private messageIn(words: string): number {
    const [, deferred, number] = /\b(deferred )?message (\d+)/.exec(words) ?? [];
    if (number === undefined) return -1;
    return deferred === undefined ? Number(number) : (this.context.messageOf?.(Number(number)) ?? -1);
  }

  /** Notes a violation; only the first is kept in words. It is of `message`, or if that is negative of the one that the words name. */
  protected violate(words: string, message = -1): void {
    if (this.isOfAlteredOctets(words)) {
      this.excuse('octets were altered on the way (corrupt with escape)');
      return;
    }
    this.violations++;
    this.first ??= `at ${(this.context.now() / 1e9).toFixed(6)} s: ${words}`;
    const { onViolation, partiesOf } = this.context;
    if (onViolation === undefined) return;
    const named = message >= 0 ? message : this.messageIn(words);
    onViolation(this.id, (partiesOf?.(named) ?? []).length > 0 ? named : -1);
  }
}
