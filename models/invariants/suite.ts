/** All invariants of a run, in order of their ids, behind one witness that reads octets for them. */
import { OBSERVED_KINDS, Observed } from '../observations.js';
import { AnonymityHolds } from './anonymity-holds.js';
import { ByeComesLast } from './bye-comes-last.js';
import { ClientSeesNoNetwork } from './client-sees-no-network.js';
import { ContentIsIntact } from './content-is-intact.js';
import { DateIsKept } from './date-is-kept.js';
import { FramesAreSound } from './frames-are-sound.js';
import { HeadersAreIntact } from './headers-are-intact.js';
import type { Invariant, InvariantContext, InvariantTitle } from './invariant.js';
import { LifetimeIsKept } from './lifetime-is-kept.js';
import { LargeStoreIsWhitelisted } from './large-store-is-whitelisted.js';
import { MetadataMatchesStore } from './metadata-matches-store.js';
import { NothingIsLost } from './nothing-is-lost.js';
import { OnceAndOnlyOnce } from './once-and-only-once.js';
import { ReassemblyIsFaithful } from './reassembly-is-faithful.js';
import { RetransmissionsAreTimely } from './retransmissions-are-timely.js';
import { SentStreams } from './readers/sent-streams.js';
import { StoreIsClean } from './store-is-clean.js';
import { Witness } from './ledger/witness.js';

const DATAGRAMS_FROM = Observed.datagramSent;
const DATAGRAMS_TO = Observed.datagramLost;
/** A Binding success response with an IPv4 address. */
const KEEP_ALIVE_OCTETS = 32;
const FIRST_PRINTABLE = 32;

/** Sees an observation; as `ObservationHandler` of the world. */
export type Watcher = (
  kind: number,
  entity: number,
  message: number,
  a: number,
  b: number,
  buf: Buffer,
  start: number,
  end: number,
) => void;

export interface InvariantSuite {
  readonly invariants: readonly Invariant[];
  /** Kinds to subscribe {@link watch} to. */
  readonly kinds: readonly number[];
  readonly watch: Watcher;
  /** The run is over; `quiescent` is false if it was interrupted. */
  finish(quiescent: boolean): void;
  /** The workload's number of a deferred message; negative if it is not known. */
  messageOf(dm: number): number;
}

/** The invariants of a world with these `surroundings`, to which is added what the witness knows. */
export function createInvariants(surroundings: InvariantContext): InvariantSuite {
  const witness = new Witness();
  const { ledger } = witness;
  const messageOf = (dm: number): number => ledger.ofDm(dm);
  const partiesOf = (m: number): readonly number[] =>
    ledger.knows(m) ? [ledger.sender[m], ledger.recipient[m]] : [];
  // Not by a spread: it would have another hidden class in each world (docs/performance.md).
  const context: InvariantContext = Object.assign(surroundings, { messageOf, partiesOf });
  const streams = new SentStreams();
  const invariants: readonly Invariant[] = [
    new StoreIsClean(context, witness),
    new ClientSeesNoNetwork(context, witness),
    new AnonymityHolds(context, witness),
    new ContentIsIntact(context, witness),
    new HeadersAreIntact(context, witness),
    new DateIsKept(context, witness),
    new ReassemblyIsFaithful(context, witness),
    new OnceAndOnlyOnce(context, witness),
    new NothingIsLost(context, witness),
    new LifetimeIsKept(context, witness),
    new MetadataMatchesStore(context),
    new FramesAreSound(context, streams),
    new LargeStoreIsWhitelisted(context, witness),
    new ByeComesLast(context, streams),
    new RetransmissionsAreTimely(context),
  ];
  const byKind: Invariant[][] = Array.from({ length: OBSERVED_KINDS }, () => []);
  for (const invariant of invariants) for (const kind of invariant.kinds) byKind[kind].push(invariant);
  const witnessed = new Uint8Array(OBSERVED_KINDS);
  for (const kind of Witness.kinds) witnessed[kind] = 1;
  const streamed = new Uint8Array(OBSERVED_KINDS);
  for (const kind of SentStreams.kinds) streamed[kind] = 1;
  const kinds = byKind
    .map((_, kind) => kind)
    .filter((kind) => byKind[kind].length > 0 || witnessed[kind] === 1 || streamed[kind] === 1);
  return {
    invariants,
    kinds,
    messageOf: (dm) => witness.ledger.ofDm(dm),
    watch(kind, entity, message, a, b, buf, start, end) {
      if (kind >= DATAGRAMS_FROM && kind <= DATAGRAMS_TO && isKeepAlive(buf, start, end)) return;
      if (witnessed[kind] === 1) witness.watch(kind, entity, message, a, b, buf, start, end);
      if (streamed[kind] === 1) streams.watch(kind, entity, message, a, buf, start, end);
      const list = byKind[kind];
      for (let i = 0; i < list.length; i++) list[i].watch(kind, entity, message, a, b, buf, start, end);
    },
    finish(quiescent) {
      for (const invariant of invariants) invariant.finish(quiescent);
    },
  };
}

/**
 * A STUN message with no more than a transaction id and an address, or line ends alone: most of all datagrams of a quiet world,
 * and without room for anything that an invariant could object to.
 */
function isKeepAlive(buf: Buffer, start: number, end: number): boolean {
  return end - start <= KEEP_ALIVE_OCTETS && buf[start] < FIRST_PRINTABLE;
}

/** Id, title and clause of every invariant, without a run. */
export function listInvariants(): InvariantTitle[] {
  const nowhere: InvariantContext = {
    subscribers: 0,
    epochMs: 0,
    clientHost: 0,
    coreHost: 0,
    serverHost: 0,
    expiry: undefined,
    clientTimers: { t1Ns: 0, t2Ns: 0 },
    serverTimers: { t1Ns: 0, t2Ns: 0 },
    liveDeliveryLimitNs: 0,
    sendTimeoutNs: 0,
    now: () => 0,
  };
  return createInvariants(nowhere).invariants.map(({ id, title, clause }) => ({ id, title, clause }));
}
