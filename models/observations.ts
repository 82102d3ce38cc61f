import { Tap } from '../sim/host/ports.js';

/**
 * Observations: the one stream in which models and the network tap say what happened. Recorder, invariants, capture and
 * ladder subscribe to kinds; nothing else crosses from models to results.
 *
 * An observation is positional numbers: `emit(kind, entity, message, a, b)`, or `emitOctets(kind, entity, message, a, buf,
 * start, end)` where the octets are valid only during the call. For each kind, the table below says what the positions mean.
 *
 * Numbers
 * - *user*: index of the subscriber in the population, the same for a client and for the account she has on the server.
 * - *message*: the number that the workload gave the message (`m`), where a client speaks. A server does not know it: it
 *   speaks of its *deferred message number* (`dm`), counted from 0 in order of storing over the whole run. Whoever needs the
 *   pair reads the body mark (`models/marks.ts`) in the octets.
 * - *push*: number of the push session, counted from 0 by the server over the whole run.
 * Times are nanoseconds of virtual time. Kinds below 50 are part of the fingerprint, so they are emitted whether or not somebody
 * listens; `wants` may guard the others.
 */
export const Observed = {
  /** The workload asked for a message. entity: sender user, message: m, a: recipient user, b: intendedAtNs. */
  offered: 0,
  /** First transmission left the client. Octets: the request. entity: sender user, message: m, a: recipient user. */
  sent: 1,
  /** Final answer at the sender. entity: sender user, message: m, a: SIP status (408 for Timer F), b: intendedAtNs. */
  answered: 2,
  /** A MESSAGE reached a client outside of any push, for the first time. Octets: the request. entity: recipient user,
   *  message: ordinal at this client, a: 0. */
  deliveredLive: 3,
  /** A pushed deferred message was complete at a client and not seen before. Octets: the MIME payload of the SEND.
   *  entity: recipient user, message: ordinal at this client, a: 0. */
  presented: 4,
  /** As `presented`, but the client had that push Message-ID already and presents nothing. Octets: the payload.
   *  entity: recipient user. */
  duplicateDropped: 5,
  /** The workload asked for a Large Message; follows its `offered`. entity: sender user, message: m, a: recipient user, b: octets
   *  of the body. Its `sent` has the INVITE as octets; its `answered` says 200 once every SEND had its 200 (or success REPORTs
   *  cover it), 202 if no confirmation was asked for and it is written, 487 if the sender aborted it. */
  largeOffered: 6,
  /** A Large Message goes to another session after a failure (R15). Octets: the INVITE of that session. entity: sender user,
   *  message: m, a: recipient user. */
  largeRetried: 7,
  /** A Large Message was complete at a client outside of any push, for the first time. Octets: its body. entity: recipient user,
   *  message: ordinal at this client, a: 0. Follows its `largeLiveInvite`. */
  largeLive: 8,
  /** The INVITE of the session by which the next `largeLive` came. Octets: as received. entity: recipient user. */
  largeLiveInvite: 9,

  /** The server received a message to be deferred. entity: recipient user, message: -1, a: octets, b: receivedAtNs. */
  deferralRequested: 10,
  /** Committed to storage. Octets: the record as stored. entity: recipient user, message: dm, a: receivedAtNs. */
  stored: 11,
  /** Refused. entity: recipient user, message: -1, a: SIP status of the answer, b: 0. */
  rejected: 12,
  /** Final answer to the sender of a deferred message left the server. entity: user, message: dm, a: status, b: receivedAtNs. */
  storeAnswered: 13,
  /** Lifetime over: the record is gone, undelivered. entity: recipient user, message: dm, a: receivedAtNs, b: expiresAtNs. */
  expired: 14,
  /** Settled: delivered and deleted from storage. entity: recipient user, message: dm, a: receivedAtNs, b: content octets. */
  settled: 15,
  /** Kept but no longer pushed (A18). entity: recipient user, message: dm, a: MSRP status or 0, b: receivedAtNs. */
  deadLettered: 16,
  /** The expiry instant that was stamped. entity: user, message: dm, a: expiresAtNs (-1: never), b: receivedAtNs. */
  stamped: 17,

  /** A Large Message is complete at the server. entity: recipient user, message: chunks, a: octets, b: when its first chunk came. */
  assembled: 18,
  /** MIME headers of a SEND that are not stored (A14). entity: recipient user, message: 0, a: how many, b: 0. */
  contentHeadersDropped: 19,
  /** The server answered the INVITE of a Large Message session. entity: recipient user, message: session, a: 200, b: 0. */
  largeSessionOpened: 27,
  /** That session is over. entity: recipient user, message: session, a: messages still being stored, b: 0. */
  largeSessionEnded: 28,

  /** A third-party REGISTER reached the server. entity: user, message: 0, a: expires in seconds, b: queued messages. */
  triggered: 20,
  /** The push INVITE left. entity: user, message: push, a: nanoseconds since the trigger, b: queued messages. */
  pushInvited: 21,
  /** The push session is up and bound. entity: user, message: push, a: SIP status 200, b: 0. */
  pushEstablished: 22,
  /** A SEND with a whole deferred message, or its last chunk, was handed to TCP. entity: user, message: dm, a: push,
   *  b: expiresAtNs (-1: never). */
  pushSent: 23,
  /** BYE of the push session left. entity: user, message: push, a: unsettled SEND transactions, b: settled messages. */
  pushByeSent: 24,
  /** The push session is over. entity: user, message: push, a: SIP status or 0, b: settled messages. */
  pushEnded: 25,
  /** The queue of a user ran empty. entity: user, message: push, a: nanoseconds since the 200 to the REGISTER trigger. */
  drained: 26,

  /** Kept, and not pushed before the next third-party REGISTER: too large for this client, or of a type she does not take (A18, A19).
   *  entity: recipient user, message: dm, a: MSRP status if she said so of the SEND, 0 if her answer did, b: receivedAtNs. */
  passedOver: 29,
  /** A MESSAGE told the user how many deferred messages wait (setting `notify`). entity: user, message: 0, a: how many, b: 0. */
  noticeSent: 35,
  /** A client got such a MESSAGE, or an IMDN. Octets: the request. entity: user, message: ordinal at this client, a: 0. */
  noticed: 36,
  /** There is a reason to push, and the operator or the user's setting wants none. entity: user, message: 0, a: setting
   *  (`ServiceSetting`), b: queued messages. */
  withheld: 37,
  /** The sender of a deferred message was told by IMDN that it is stored. entity: sender user, message: dm, a: 0, b: 0. */
  storedNotified: 38,

  /** A client asks the server to delete a deferred message that she has not read. entity: user, message: 0, a and b: the two words
   *  of 32 bits in the String of its DM id (S4). */
  discardAsked: 39,

  /** A REGISTER left the client (first transmission). entity: user, message: attempt, a: requested expires in seconds. */
  registerSent: 30,
  /** Registered or refreshed. entity: user, message: attempt, a: nanoseconds since the REGISTER left, b: granted seconds. */
  registered: 31,
  /** The attempt failed. entity: user, message: attempt, a: SIP status (408 for Timer F), b: back-off nanoseconds. */
  registerFailed: 32,
  /** The Core dropped a binding. entity: user, message: 0, a: 0 expired, 1 unregistered, 2 flow failed. */
  bindingRemoved: 33,
  /** The Core granted a binding. entity: user, message: 0, a: granted seconds, b: bindings of the user. */
  bindingAdded: 34,

  /** The IM XDMS answered a request. entity: user of the list, -1 if none was named, message: HTTP method by number
   *  (`models/wire/http`), a: HTTP status, b: octets of the request. */
  xdmsRequest: 43,
  /** The metadata of a deferred message is in the IM XDMS: its PUT was answered 2xx. entity: user, message: dm, a: HTTP status,
   *  b: nanoseconds since the request was made ready. */
  metadataPut: 44,
  /** The metadata of a deferred message is gone: its DELETE was answered 2xx or 404. Positions as for `metadataPut`. */
  metadataDeleted: 45,
  /** A metadata request failed and will be tried again. entity: user, message: dm or -1, a: HTTP status, 0 for a connection that
   *  broke or did not answer, b: attempts so far. */
  metadataFailed: 46,
  /** A list was compared with the store. entity: user, message: entries put again, a: surplus entries deleted, b: 0. */
  metadataReconciled: 47,
  /** A deferred message left on a GET of its user. entity: user, message: dm, a: octets of the payload, b: expiresAtNs (-1: never). */
  fetched: 48,
  /** Deleted from storage because its user asked for that, unread. entity: recipient user, message: dm, a: receivedAtNs, b: content
   *  octets. One that she had fetched before is `settled` instead. */
  discarded: 49,
  /** Octets that no parser of ours could accept. entity: host, message: 0, a: error code, octets: what came. */
  malformed: 40,
  /** A SIP request or response was sent again by Timer A, E or G. entity: host, message: transaction, a: ordinal from 1. */
  retransmitted: 41,
  /** A client transaction timed out (B or F). entity: host, message: transaction, a: method, b: 0. */
  timedOut: 42,

  /** What the network tap sees: `datagramSent` ... `streamEnded`, 50 to 55; documented at {@link Tap}. */
  ...Tap,

  /** A header that the store dropped; not in the fingerprint. entity: user, message: dm, a: header id, b: class. */
  headerDropped: 60,
  /** The content of a Large Message, a stretch of it in each observation, in order, before its `sent`; not in the fingerprint.
   *  Octets: they. entity: sender user, message: m, a: offset of the first of them, b: 0. */
  largeContent: 61,
  /** What the sender says of a Large Message, before its `sent`; not in the fingerprint. Octets: the lines Message-ID and
   *  Content-Type of each SEND, and Privacy if she is to be anonymous, each with its CRLF. entity: sender user, message: m, a: 0. */
  largeLabel: 62,
  /** A client sends a message that asks for notifications of its delivery (RFC 5438); not in the fingerprint, as all kinds from 64 on.
   *  entity: sender user, message: m, a: recipient user, b: 0. */
  notificationAsked: 64,
  /** A client sends such a notification; it is a message of its own, with `offered` and all that follows. entity: user who was
   *  shown the message, message: m of the notification, a: who had sent the message, b: `ImdnStatus`. */
  notificationSent: 65,
  /** A notification was shown to who had asked. entity: user, message: ordinal at this client, a: `ImdnStatus`, b: 0. */
  notificationReceived: 66,
  /** The server tells a sender that her message expired or cannot be delivered. entity: sender user, message: dm, a: 0, b: 0. */
  failureNotified: 67,
  /** A MESSAGE by which the server would have told a user something was not sent. a: why (`NotSent`), b: the kind as which it would have
   *  been observed; entity and message as there. */
  noticeDropped: 68,
  /** A MESSAGE that was refused with 403 left once more, after a registration; not in the fingerprint. Octets: the request. entity: sender user,
   *  message: m, a: recipient user. */
  sentAgain: 69,
  /** A message that another device of the user had before, or this one: nothing is presented. Only of users with several devices, in
   *  the place of `duplicateDropped`; not in the fingerprint. Octets: as there. entity: recipient user. */
  copied: 63,
} as const;
export type Observed = (typeof Observed)[keyof typeof Observed];

/** One more than the largest kind; subscription tables have this many rows. */
export const OBSERVED_KINDS = 72;
