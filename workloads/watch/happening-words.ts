/**
 * What the numbers of an observation are called: `entity` and `message` mean something else for each kind (`models/observations.ts`).
 * Only what is called a message is the number that a ladder takes.
 */
import { Observed } from '../../models/observations.js';

/** Whom the entity of a kind names, if it is no user. */
const ENTITIES: ReadonlyMap<number, string> = new Map([
  [Observed.malformed, 'host'],
  [Observed.retransmitted, 'host'],
  [Observed.timedOut, 'host'],
]);

const NOTHING = '';
/** A message of the workload, by its number. */
const MESSAGE = 'message';
/** One in the store, by the number that the IM Server gave it. */
const DEFERRED = 'deferred message';
/** How many the client had had. */
const ORDINAL = 'number at this client';

const NUMBERS: ReadonlyMap<number, string> = new Map<number, string>([
  ...named(MESSAGE, ['offered', 'sent', 'sentAgain', 'answered', 'largeOffered', 'largeRetried']),
  ...named(ORDINAL, ['deliveredLive', 'presented', 'largeLive', 'noticed']),
  ...named(DEFERRED, [
    'stored',
    'storeAnswered',
    'expired',
    'settled',
    'deadLettered',
    'stamped',
    'passedOver',
  ]),
  ...named(DEFERRED, ['pushSent', 'storedNotified', 'fetched', 'discarded']),
  ...named(DEFERRED, ['metadataPut', 'metadataDeleted', 'metadataFailed']),
  ...named('push', ['pushInvited', 'pushEstablished', 'pushByeSent', 'pushEnded', 'drained']),
  ...named('session', ['largeSessionOpened', 'largeSessionEnded']),
  ...named('attempt', ['registerSent', 'registered', 'registerFailed']),
  ...named('transaction', ['retransmitted', 'timedOut']),
  ...named('chunks', ['assembled']),
  ...named('HTTP method', ['xdmsRequest']),
  ...named('entries put again', ['metadataReconciled']),
  ...named(NOTHING, ['duplicateDropped', 'largeLiveInvite', 'deferralRequested', 'rejected', 'triggered']),
  ...named(NOTHING, ['contentHeadersDropped', 'noticeSent', 'withheld', 'discardAsked', 'malformed']),
  ...named(NOTHING, ['bindingRemoved', 'bindingAdded']),
]);

function named(word: string, names: readonly (keyof typeof Observed)[]): [number, string][] {
  return names.map((name) => [Observed[name], word]);
}

/** What the number of an observation of `kind` is called; empty if it means nothing, undefined for a kind that nobody named. */
export function numberOf(kind: number): string | undefined {
  return NUMBERS.get(kind);
}

/** True if the number of `kind` is that of a message in the store. */
export function isOfStore(kind: number): boolean {
  return NUMBERS.get(kind) === DEFERRED;
}

/**
 * An observation in words, `settled, user 9, deferred message 4, which is message 12`. `known` is the number of the message by the
 * workload, if octets told it; undefined otherwise.
 */
export function observationInWords(
  name: string,
  kind: number,
  entity: number,
  number: number,
  known: number | undefined,
): string {
  const who = entity < 0 ? '' : `, ${ENTITIES.get(kind) ?? 'user'} ${entity}`;
  const word = numberOf(kind) ?? 'number';
  const what = word === NOTHING || number < 0 ? '' : `, ${word} ${number}`;
  const which = known === undefined || word === MESSAGE ? '' : `, which is message ${known}`;
  return `${name}${who}${what}${which}`;
}
